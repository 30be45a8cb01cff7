"""`show` and `why`, typed at a real practice folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import EX_USAGE

if TYPE_CHECKING:
    from practice_folder import PracticeFolder

    Capture = pytest.CaptureFixture[str]


def test_show_fetches_the_message_and_marks_what_was_flagged(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("show", "1") == 0
    out = capsys.readouterr().out
    assert "Message 1 from J.T., received yesterday 09:00\n" in out
    assert "kill myself]] tonight.\nI have told nobody.\n" in out
    assert "> See you on Thursday.\n" in out


def test_a_subject_of_escapes_and_markup_is_shown_harmless(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("show", "3") == 0
    assert "Subject: \\x1b[31mred\\x1b[0m [bold]bold[/x]\n" in capsys.readouterr().out


def test_several_messages_are_shown_in_the_order_typed(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("show", "4", "2-3") == 0
    out = capsys.readouterr().out
    assert out.index("Message 4") < out.index("Message 2") < out.index("Message 3")


def test_why_says_rule_tier_and_place(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("why", "1", "2") == 0
    out = capsys.readouterr().out
    assert "1. Crisis wording in the sender's own words (rule" in out
    assert "It is about the diary: in the sender's own words (rule diary.cancel)" in out
    assert "No flag does not mean no emergency" in out


def test_an_alarm_is_shown_with_text_to_copy_and_ordinary_mail_without(
    practice: PracticeFolder, capsys: Capture
) -> None:
    practice.run("show", "1")
    shown = capsys.readouterr().out
    assert "To copy into an answer (numbers checked 23 Nov 2026; mailtriage sends nothing):" in shown
    assert "116 123" in shown
    practice.run("show", "2")
    assert "To copy" not in capsys.readouterr().out


def test_a_message_that_was_deleted_is_said_to_be_gone(practice: PracticeFolder, capsys: Capture) -> None:
    practice.remove_letter(1)
    assert practice.run("show", "1", "2") == 1
    out = capsys.readouterr().out
    assert "It is no longer where it was read" in out
    assert "cancel our appointment" in out


@pytest.mark.parametrize("command", ["show", "why"])
def test_an_unknown_number_is_refused(practice: PracticeFolder, capsys: Capture, command: str) -> None:
    assert practice.run(command, "99") == EX_USAGE
    assert "there is no message 99" in capsys.readouterr().err


def test_showing_changes_nothing_in_the_mailbox(practice: PracticeFolder) -> None:
    before = sorted(path.name for path in (practice.path / "Maildir").rglob("*"))
    practice.run("show", "1-4")
    assert sorted(path.name for path in (practice.path / "Maildir").rglob("*")) == before
