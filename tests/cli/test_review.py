"""`review` with single keys in a pseudo-terminal, and its list in a pipe. Message 1 asks for a call."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.model import Diary, Emergency, ReadingTime, Verdict
from practice_folder import NOW
from pseudo_terminal import pseudo_terminal

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from books import Books
    from pseudo_terminal import PseudoTerminal

POUND = "\N{POUND SIGN}"
LONG = Verdict(long=True, words=1412, reading=ReadingTime(282, 356, 484))
KEYS = "?:help"


@pytest.fixture
def waiting(books: Books) -> Books:
    """J.T. agreed long ago; 12 minutes of message 4 are recorded, and message 5 is long."""
    books.type('consent add J.T. --given 2026-11-01 --how "signed agreement" --price 20.00')
    books.type("log 4 --reading 12m")
    books.receive("long", NOW - timedelta(hours=1), verdict=LONG)
    return books


def review(books: Books, *words: str, columns: int = 80) -> AbstractContextManager[PseudoTerminal]:
    config = str(books.practice.path / "config.toml")
    return pseudo_terminal(["--config", config, "review", *words], columns=columns)


def kinds(books: Books, number: int) -> list[str]:
    with books.practice.ledger() as ledger:
        return [decision.kind.value for decision in ledger.decisions(number)]


# ---------------------------------------------------------------- keys


def test_a_review_goes_through_calls_first_and_then_through_time(waiting: Books) -> None:
    with review(waiting) as terminal:
        assert "1 of 3\nMessage 1 from J.T." in terminal.expect(KEYS)
        terminal.type("k")
        assert "so it asks for no call any more" in terminal.expect("1 of 3")
        terminal.expect(KEYS)
        terminal.type("d")
        assert "Message 1 from J.T.: done" in terminal.expect("2 of 3")
        assert f"12 min measured: 1 unit of 15 min at {POUND}20.00" in terminal.expect(KEYS)
        terminal.type("c")
        assert f"confirmed: 1 unit at {POUND}20.00, {POUND}20.00" in terminal.expect("3 of 3")
        terminal.expect(KEYS)
        terminal.type("s")
        terminal.expect("[y/n] (Enter alone goes back) ")
        terminal.type("y")
        terminal.expect("saved for the session, skimmed")
        terminal.expect("shows what is left.")
        terminal.type("q")
        assert terminal.leave() == 0
    assert [kinds(waiting, number) for number in (1, 4, 5)] == [["called", "done"], ["log", "confirm"], ["save"]]


def test_undo_right_after_a_decision_takes_all_of_it_back_and_once_more_brings_it_back(waiting: Books) -> None:
    with review(waiting, "5", "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("c")
        terminal.expect("How many minutes did it take you? ")
        terminal.type("9\n")
        terminal.expect("confirmed: 1 unit")
        terminal.expect("2 of 2")
        terminal.expect(KEYS)
        terminal.type("u")
        terminal.expect("Message 5: what was decided last is undone")
        terminal.expect("1 of 2\nMessage 5")
        assert waiting.entries(5) == ()
        assert waiting.due() == []
        terminal.expect(KEYS)
        terminal.type("u")
        terminal.expect("1 of 2")
        terminal.expect(KEYS)
        terminal.type("q")
        assert terminal.leave() == 0
    assert [number for number, *_ in waiting.due()] == [5]
    assert len(waiting.entries(5)) == 1


def test_next_back_and_the_space_bar_decide_nothing(waiting: Books) -> None:
    with review(waiting, "4", "5") as terminal:
        terminal.expect("1 of 2")
        terminal.expect(KEYS)
        terminal.type("n")
        terminal.expect("2 of 2")
        terminal.expect(KEYS)
        terminal.type("b")
        terminal.expect("1 of 2")
        terminal.expect(KEYS)
        terminal.type("  ")
        terminal.expect("shows what is left.")
        terminal.type("q")
        assert terminal.leave() == 0
    assert (kinds(waiting, 4), kinds(waiting, 5)) == (["log"], [])


def test_help_says_what_each_key_does_and_other_keys_point_to_it(waiting: Books) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("x")
        terminal.expect("? shows the keys.")
        terminal.type("\x1b[A")
        terminal.expect("? shows the keys.")
        terminal.type("?")
        terminal.expect("w  waive: charge nothing")
        terminal.expect("No flag does not mean no emergency.")
        terminal.type("\x04")
        assert terminal.leave() == 0
    assert kinds(waiting, 4) == ["log"]


def test_adjust_waive_and_time_ask_for_what_they_need(waiting: Books) -> None:
    with review(waiting, "4", "5") as terminal:
        terminal.expect(KEYS)
        terminal.type("t")
        terminal.expect("Minutes of reading (Enter for none, Esc goes back): ")
        terminal.type("\n")
        terminal.expect("Minutes of answering (Enter for none, Esc goes back): ")
        terminal.type("4\n")
        terminal.expect("(Enter for now, Esc goes back): ")
        terminal.type("\n")
        terminal.expect("kept 4 min of reply, typed")
        terminal.expect(KEYS)
        terminal.type("a")
        terminal.expect("How many minutes do you charge? ")
        terminal.type("20\n")
        terminal.expect("That is more than was recorded. Why? ")
        terminal.type("read twice\n")
        terminal.expect("adjusted to 20 min: 2 units")
        terminal.expect(KEYS)
        terminal.type("w")
        terminal.expect("Why is nothing charged? ")
        terminal.type("a hard week\n")
        terminal.expect("waived: no charge (a hard week)")
        terminal.expect("shows what is left.")
        terminal.type("q")
        assert terminal.leave() == 0
    assert waiting.due() == [(4, 2, f"{POUND}20.00")]


def test_what_is_never_proposed_is_asked_about_before_it_is_charged(waiting: Books) -> None:
    number = waiting.receive("diary", NOW - timedelta(hours=2), verdict=Verdict(diary=(Diary.CANCEL,)))
    waiting.type(f"log {number} --reading 12m")
    with review(waiting, str(number)) as terminal:
        terminal.expect(KEYS)
        terminal.type("c")
        terminal.expect("It is not meant to be charged (about the diary). Charge it all the same? [y/n] ")
        terminal.type("xn")
        terminal.expect("It is not charged.")
        terminal.expect(KEYS)
        terminal.type("q")
        assert terminal.leave() == 0
    assert waiting.due() == []


def test_a_refusal_and_an_abandoned_question_change_nothing_and_the_review_goes_on(waiting: Books) -> None:
    waiting.type("log 3 --reading 12m")
    with review(waiting, "3", "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("c")
        terminal.expect("cannot be charged: the sender is not on the")
        terminal.expect(KEYS)
        terminal.type("u")
        terminal.expect("nothing was decided here yet")
        terminal.expect(KEYS)
        terminal.type("n")
        terminal.expect(KEYS)
        terminal.type("w")
        terminal.expect("Why is nothing charged? ")
        terminal.type("\x04")
        terminal.expect("Nothing was changed.")
        terminal.expect(KEYS)
        terminal.type("q")
        assert terminal.leave() == 0
    assert (kinds(waiting, 3), kinds(waiting, 4)) == (["log"], ["log"])


@pytest.mark.parametrize("leaving", ["\n", "\x1b", "a hard we\x1b", "\x04", "  \n"])
@pytest.mark.parametrize(
    ("key", "question"), [("w", "Why is nothing charged? (Enter alone goes back) "), ("a", "(Enter alone goes back) ")]
)
def test_every_question_lets_go_and_changes_nothing(waiting: Books, key: str, question: str, leaving: str) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        terminal.type(key)
        terminal.expect(question)
        terminal.type(leaving)
        terminal.expect("Nothing was changed.")
        terminal.expect(KEYS)
        terminal.type("q")
        assert terminal.leave() == 0
    assert kinds(waiting, 4) == ["log"]


@pytest.mark.parametrize("leaving", ["\n", "\x1b", "\x04"])
def test_a_yes_or_no_lets_go_and_does_not_take_what_was_typed_before_it(waiting: Books, leaving: str) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("sy")
        terminal.expect("[y/n] (Enter alone goes back) ")
        terminal.type(f"x{leaving}")
        terminal.expect("Nothing was changed.")
        terminal.expect(KEYS)
        terminal.type("q")
        assert terminal.leave() == 0
    assert kinds(waiting, 4) == ["log"]


def test_time_without_minutes_asks_no_further(waiting: Books) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("t")
        for _ in range(2):
            terminal.expect("(Enter for none, Esc goes back): ")
            terminal.type("\n")
        assert "Finished" not in terminal.expect("No time was given; nothing was changed.")
        terminal.expect(KEYS)
        terminal.type("q")
        assert terminal.leave() == 0


@pytest.mark.parametrize("keys", ["", "w", "s"])
def test_ctrl_c_ends_the_review_on_a_line_of_its_own(waiting: Books, keys: str) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        if keys:
            terminal.type(keys)
            terminal.expect("goes back) ")
        terminal.interrupt()
        assert terminal.leave() == 130
        assert terminal.shown.endswith("\n")
    assert kinds(waiting, 4) == ["log"]


def test_after_the_last_message_the_last_decision_can_be_undone(waiting: Books) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("c")
        terminal.expect("confirmed: 1 unit")
        terminal.expect("shows what is left.")
        terminal.type("c")
        terminal.expect("shows what is left.")
        terminal.type("u")
        terminal.expect("1 of 1")
        terminal.expect(KEYS)
        terminal.type("n")
        terminal.expect("shows what is left.")
        terminal.type("b")
        terminal.expect("1 of 1")
        terminal.type("q")
        assert terminal.leave() == 0
    assert waiting.due() == []


def test_a_poll_can_write_while_a_question_waits(waiting: Books) -> None:
    with review(waiting, "4") as terminal:
        terminal.expect(KEYS)
        terminal.type("w")
        terminal.expect("Why is nothing charged? ")
        assert waiting.typed("poll")[0] == 0
        terminal.type("a hard week\n")
        terminal.expect("waived")
        terminal.type("q")
        assert terminal.leave() == 0


@pytest.mark.parametrize("columns", [40, 80])
def test_a_card_fits_the_window(waiting: Books, columns: int) -> None:
    with review(waiting, columns=columns) as terminal:
        terminal.expect("help")
        terminal.type("?")
        terminal.expect("no emergency.")
        terminal.type("q")
        assert terminal.leave() == 0
        lines = terminal.shown.replace("\x1b", "").splitlines()
    plain = [line for line in lines if "[" not in line]
    assert len(plain) > 10
    assert max(map(len, plain)) <= columns


# ---------------------------------------------------------------- without keys


def test_in_a_pipe_it_prints_the_list_with_the_commands_to_type(waiting: Books) -> None:
    out = waiting.type("review")
    assert [line.split(",")[0] for line in out.splitlines() if line.startswith("Message")] == [
        "Message 1 from J.T.",
        "Message 4 from J.T.",
        "Message 5 from J.T.",
    ]
    assert "  mailtriage called 1; waive 1 --why TEXT; save 1 --skimmed or --not-skimmed; log 1" in out
    assert "  mailtriage confirm 4; adjust 4 --minutes M; waive 4 --why TEXT" in out
    assert "confirm 1" not in out
    assert f"12 min measured: 1 unit of 15 min at {POUND}20.00, {POUND}20.00." in out


def test_the_gravest_call_comes_first_as_in_the_summary(waiting: Books) -> None:
    waiting.receive("urgent", NOW - timedelta(days=3), verdict=Verdict(emergency=Emergency.URGENT))
    crisis = waiting.receive("crisis", NOW - timedelta(minutes=5), verdict=Verdict(emergency=Emergency.CRISIS))
    waiting.receive("quoted", NOW - timedelta(days=4), verdict=Verdict(emergency=Emergency.CRISIS, quoted_alarm=True))
    waiting.type("called 1")
    sections = json.loads(waiting.type("summary --json"))["sections"]
    summary = [item["number"] for name in ("call", "look", "decide") for item in sections[name]]
    reviewed = [message["number"] for message in json.loads(waiting.type("review --json"))["messages"]]
    assert reviewed[0] == crisis
    assert reviewed == summary


def test_next_prints_the_first_one_alone(waiting: Books) -> None:
    waiting.type("done 1")
    out = waiting.type("review --next")
    assert "Message 4" in out
    assert "Message 5" not in out


def test_contact_preferences_are_shown_before_one_answers(waiting: Books) -> None:
    assert "J.T.: no voicemail\n" in waiting.type("review 4")


def test_nothing_to_decide_is_said(books: Books) -> None:
    books.type("done 1")
    assert books.type("review") == "Nothing waits for a decision.\n"


def test_review_as_json_has_what_is_proposed(waiting: Books) -> None:
    told = json.loads(waiting.type("review 4 --json"))
    assert told["version"] == 1
    assert told["messages"][0]["proposal"] == {
        "kind": "confirm",
        "ground": "a consent covers it",
        "measured_seconds": 720,
        "covered_seconds": 720,
        "units": 1,
        "price": "20.00",
        "currency": "GBP",
    }
