"""`called`, `done`, `undo`, `assign` and `history`, typed at a real practice folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import EX_USAGE

if TYPE_CHECKING:
    from practice_folder import PracticeFolder

    Capture = pytest.CaptureFixture[str]


def _kinds(practice: PracticeFolder, number: int) -> list[str]:
    with practice.ledger() as ledger:
        return [decision.kind.value for decision in ledger.decisions(number)]


def test_called_ends_the_call_and_says_how_to_take_it_back(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("called", "1") == 0
    assert "Take it back: mailtriage undo 1" in capsys.readouterr().out
    practice.run("summary")
    assert "Call first" not in capsys.readouterr().out


def test_called_twice_is_recorded_once(practice: PracticeFolder, capsys: Capture) -> None:
    practice.run("called", "1")
    assert practice.run("called", "1") == 0
    assert "already called about, today 14:05" in capsys.readouterr().out
    assert _kinds(practice, 1) == ["called"]


def test_undo_takes_back_and_undo_again_brings_back(practice: PracticeFolder, capsys: Capture) -> None:
    practice.run("called", "1")
    practice.run("undo")
    assert '"called" is taken back' in capsys.readouterr().out
    practice.run("summary")
    assert "Call first: message 1" in capsys.readouterr().out
    practice.run("undo", "1")
    assert '"called" holds again' in capsys.readouterr().out
    assert _kinds(practice, 1) == ["called", "undo", "undo"]


def test_done_takes_ranges_and_says_when_a_call_was_not_made(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("done", "1-2", "4") == 0
    out = capsys.readouterr().out
    assert "Message 1 from J.T.: done" in out
    assert out.count("It asked for a call, and none is recorded.") == 1
    assert [_kinds(practice, number) for number in (1, 2, 3, 4)] == [["done"], ["done"], [], ["done"]]


def test_one_unknown_number_leaves_everything_as_it_was(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("done", "1", "99") == EX_USAGE
    assert "there is no message 99; nothing was changed" in capsys.readouterr().err
    assert _kinds(practice, 1) == []


def test_nothing_to_undo_is_said(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("undo") == EX_USAGE
    assert "nothing was decided yet" in capsys.readouterr().err


def test_an_undo_that_fails_halfway_takes_nothing_back(practice: PracticeFolder, capsys: Capture) -> None:
    practice.run("done", "1")
    capsys.readouterr()
    assert practice.run("undo", "1", "2") == EX_USAGE
    assert capsys.readouterr().out == ""
    assert _kinds(practice, 1) == ["done"]


@pytest.mark.parametrize("typed", ["R.S.", "r.s.", "rs"])
def test_assign_settles_whose_a_message_is(practice: PracticeFolder, capsys: Capture, typed: str) -> None:
    practice.run("summary")
    assert "one of J.T., R.S.?" in capsys.readouterr().out
    assert practice.run("assign", "2", typed) == 0
    assert "Message 2 is now R.S.'s." in capsys.readouterr().out
    practice.run("summary")
    assert "message 2 from R.S.," in capsys.readouterr().out


def test_an_unknown_code_names_the_nearest(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("assign", "2", "R.T.") == EX_USAGE
    assert "Did you mean" in capsys.readouterr().err
    assert _kinds(practice, 2) == []


def test_assign_says_in_which_order_number_and_code_stand(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("assign", "R.S.", "2") == EX_USAGE
    assert "The code comes last: mailtriage assign N CODE" in capsys.readouterr().err


def test_history_tells_everything_in_order(practice: PracticeFolder, capsys: Capture) -> None:
    practice.run("assign", "1", "R.S.")
    practice.run("called", "1")
    practice.run("undo", "1")
    capsys.readouterr()
    assert practice.run("history", "1", "3") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Message 1 from R.S., received yesterday 09:00",
        "  today 14:05  assigned to R.S.",
        "  today 14:05  called",
        '  today 14:05  undo: "called" is taken back',
        "Message 3 from new@elsewhere.example, received yesterday 11:00",
        "  Nothing was decided about it yet.",
    ]


def test_reading_says_which_messages_there_are_not_and_of_no_change(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("history", "98-99") == EX_USAGE
    assert "there are no messages 98, 99\n" in capsys.readouterr().err


def test_a_code_that_is_near_to_none_names_none(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("assign", "2", "X.Y.") == EX_USAGE
    assert "Did you mean" not in capsys.readouterr().err


def test_an_empty_note_is_told_from_a_missing_reason(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("save", "1", "--skimmed", "--why", "") == EX_USAGE
    assert "--why is empty\n  Leave it out" in capsys.readouterr().err


def test_check_as_json_has_its_findings_and_their_exit_status(practice: PracticeFolder, capsys: Capture) -> None:
    status = practice.run("check", "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["exit_status"]) == (1, status)
    assert {"level", "subject", "text", "advice"} == set(told["findings"][0])
    assert "ledger" in [finding["subject"] for finding in told["findings"]]
