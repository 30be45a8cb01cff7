"""`confirm`, `adjust`, `waive`, `save`, `undo` and `history` of charges, typed at a real practice folder."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ledgers import place, sent
from mailtriage.errors import EX_USAGE
from mailtriage.model import Automatic, Diary, Emergency, Forwarded, Verdict
from mailtriage.model.work import Evidence
from practice_folder import NOW
from pseudo_terminal import pseudo_terminal

if TYPE_CHECKING:
    from books import Books

POUND = "\N{POUND SIGN}"
UNIT = f"1 unit of 15 min at {POUND}20.00, {POUND}20.00"


@pytest.fixture
def agreed(books: Books) -> Books:
    """J.T. agreed long ago, and 12 minutes of message 4 are recorded."""
    books.type('consent add J.T. --given 2026-11-01 --how "signed agreement" --price 20.00')
    books.type("log 4 --reading 12m")
    return books


# ---------------------------------------------------------------- confirm


def test_confirm_says_units_price_and_raw_time_and_how_to_take_it_back(agreed: Books) -> None:
    assert agreed.type("confirm 4").splitlines() == [
        f"Message 4 from J.T.: confirmed: 1 unit at {POUND}20.00, {POUND}20.00, for 12 min that can be charged.",
        f"  12 min measured: {UNIT}.",
        "  Take it back: mailtriage undo 4",
    ]
    assert agreed.due() == [(4, 1, f"{POUND}20.00")]


def test_confirming_twice_is_recorded_once(agreed: Books) -> None:
    agreed.type("confirm 4")
    assert "was already confirmed" in agreed.type("confirm 4")
    assert len(agreed.due()) == 1


def test_what_was_worked_before_the_consent_stays_free_and_is_said(books: Books) -> None:
    books.type("log 4 --reading 8m", at="14:05")
    books.type('consent add J.T. --given 14:10 --how "by telephone" --price 20.00', at="14:10")
    books.type("log 4 --reply 7m", at="14:30")
    out = books.type("confirm 4")
    assert f"15 min measured: {UNIT}. 8 min stay free: no consent was in force then." in out
    assert "for 7 min that can be charged" in out


def test_without_consent_confirm_charges_nothing_and_says_why(books: Books) -> None:
    books.type("log 4 --reading 12m")
    out = books.type("confirm 4")
    assert "confirmed: no charge" in out
    assert "12 min stay free: no consent was in force" in out
    assert books.due() == []


def test_without_time_the_minutes_are_needed_in_a_pipe_and_booked_as_typed(agreed: Books) -> None:
    number = agreed.receive("long", NOW - timedelta(hours=1))
    assert "how many minutes?" in agreed.refused(f"confirm {number}")
    out = agreed.type(f"confirm {number} --minutes 9")
    assert f"9 min measured: {UNIT}" in out
    assert [entry.worked.evidence for entry in agreed.entries(number)] == [Evidence.TYPED]


def test_minutes_beside_recorded_ones_are_refused(agreed: Books) -> None:
    assert "12 min are recorded for message 4 already" in agreed.refused("confirm 4 --minutes 9")
    assert agreed.due() == []


@pytest.mark.parametrize("minutes", ["''", "0", "x", "1441"])
def test_minutes_that_are_none_are_refused(agreed: Books, minutes: str) -> None:
    number = agreed.receive("long", NOW - timedelta(hours=1))
    agreed.refused(f"confirm {number} --minutes {minutes}")
    assert agreed.entries(number) == ()


def test_minutes_whose_day_decides_about_the_consent_must_be_dated(books: Books) -> None:
    books.type('consent add J.T. --given 13:30 --how "by telephone" --price 20.00')
    number = books.receive("long", NOW - timedelta(hours=1))
    assert "hangs on when you worked on it" in books.refused(f"confirm {number} --minutes 9")
    assert "9 min stay free" in books.type(f"confirm {number} --minutes 9 --at 13:35")
    books.type(f"erase {number} 1")
    assert f"9 min measured: {UNIT}." in books.type(f"confirm {number} --minutes 9 --at 13:45")


def test_several_are_confirmed_at_once_or_none(agreed: Books) -> None:
    second = agreed.receive("second", NOW - timedelta(hours=1))
    agreed.type(f"log {second} --reading 16m")
    assert "confirm 3" not in agreed.refused(f"confirm 4 {second} 3")
    assert agreed.due() == []
    agreed.type(f"confirm 4-{second}")
    assert [(number, units) for number, units, _ in agreed.due()] == [(4, 1), (second, 2)]


def test_time_that_was_recorded_while_the_minutes_were_asked_for_is_not_counted_twice(agreed: Books) -> None:
    number = agreed.receive("long", NOW - timedelta(hours=1))
    config = str(agreed.practice.path / "config.toml")
    with pseudo_terminal(["--config", config, "confirm", str(number)]) as terminal:
        terminal.expect("How many minutes did it take you? ")
        agreed.type(f"log {number} --reading 9m")
        terminal.type("9\n")
        terminal.expect("was recorded meanwhile")
        assert terminal.leave() == EX_USAGE
    assert len(agreed.entries(number)) == 1
    assert agreed.due() == []


def test_a_question_for_minutes_in_the_middle_leaves_everything_as_it_was(agreed: Books) -> None:
    number = agreed.receive("long", NOW - timedelta(hours=1))
    agreed.refused(f"confirm 4 {number}")
    assert agreed.due() == []


def test_a_shared_address_cannot_be_charged_until_it_is_assigned(agreed: Books) -> None:
    agreed.type("log 2 --reading 12m")
    err = agreed.refused("confirm 2 --anyway")
    assert "one of J.T., R.S.? cannot be charged until you say whose it is" in err
    assert "mailtriage assign 2 CODE" in err
    agreed.type("assign 2 J.T.")
    agreed.type("confirm 2 --anyway")
    assert [number for number, *_ in agreed.due()] == [2]


@pytest.mark.parametrize("line", ["confirm 3 --minutes 9 --anyway", "adjust 3 --minutes 9 --anyway"])
def test_a_stranger_cannot_be_charged(agreed: Books, line: str) -> None:
    agreed.type("log 3 --reading 12m")
    assert "the sender is not on the roster" in agreed.refused(line)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict(forwarded=Forwarded.FORWARD), "forwarded"),
        (Verdict(forwarded=Forwarded.POSSIBLE), "forwarded"),
        (Verdict(emergency=Emergency.URGENT), "emergency"),
        (Verdict(diary=(Diary.CANCEL,)), "diary"),
        (Verdict(automatic=Automatic.BULK), "automatic"),
    ],
)
def test_what_is_never_proposed_for_charging_needs_anyway(agreed: Books, verdict: Verdict, reason: str) -> None:
    number = agreed.receive("odd", NOW - timedelta(hours=1), verdict=verdict)
    agreed.type(f"log {number} --reading 12m")
    for line in (f"confirm {number}", f"adjust {number} --minutes 9"):
        err = agreed.refused(line)
        assert reason in err
        assert "--anyway" in err
    assert agreed.due() == []
    agreed.type(f"confirm {number} --anyway")
    assert [found for found, *_ in agreed.due()] == [number]


def test_an_exchange_that_she_began_needs_anyway(agreed: Books) -> None:
    first = sent(
        "first", sent_at=NOW - timedelta(hours=5), message_id="first@practice.example", location=place("f", "S")
    )
    with agreed.practice.ledger() as ledger:
        ledger.add_sent(first)
    number = agreed.receive("answer", NOW - timedelta(hours=1), answers=("first@practice.example",))
    agreed.type(f"log {number} --reading 12m")
    assert "began" in agreed.refused(f"confirm {number}")
    agreed.type(f"confirm {number} --anyway")
    assert [found for found, *_ in agreed.due()] == [number]


def test_what_comes_to_no_unit_needs_no_anyway(agreed: Books) -> None:
    number = agreed.receive("odd", NOW - timedelta(hours=1), verdict=Verdict(forwarded=Forwarded.FORWARD))
    agreed.type(f"log {number} --reading 5m")
    assert "confirmed: no charge" in agreed.type(f"confirm {number}")


def test_time_added_after_a_confirmation_reopens_it(agreed: Books) -> None:
    agreed.type("confirm 4")
    out = agreed.type("log 4 --reply 4m", at="15:00")
    assert "What was decided about its time holds no longer: decide again." in out
    assert agreed.due() == []
    agreed.type("confirm 4")
    assert agreed.due() == [(4, 2, f"{POUND}20.00")]


def test_another_client_reopens_it(agreed: Books) -> None:
    agreed.type("confirm 4")
    assert "What was decided about its time holds no longer: decide again." in agreed.type("assign 4 R.S.")
    assert agreed.due() == agreed.due("R.S.") == []
    agreed.type("undo 4")
    assert [number for number, *_ in agreed.due()] == [4]


def test_confirm_asks_for_the_minutes_in_a_terminal(agreed: Books) -> None:
    number = agreed.receive("long", NOW - timedelta(hours=1))
    config = str(agreed.practice.path / "config.toml")
    with pseudo_terminal(["--config", config, "confirm", str(number)]) as terminal:
        terminal.expect("no time was typed or timed.")
        terminal.expect("How many minutes did it take you? ")
        terminal.type("nine\n9\n")
        terminal.expect("confirmed: 1 unit")
        assert terminal.leave() == 0
    assert [found for found, *_ in agreed.due()] == [number]


# ---------------------------------------------------------------- adjust


def test_adjust_charges_less_and_keeps_the_raw_time_beside_it(agreed: Books) -> None:
    agreed.type("log 4 --reply 20m")
    out = agreed.type("adjust 4 --minutes 15")
    assert f"adjusted to 15 min: 1 unit at {POUND}20.00, {POUND}20.00" in out
    assert "32 min measured: 3 units" in out


def test_adjusting_upwards_needs_a_reason(agreed: Books) -> None:
    assert "needs a reason" in agreed.refused("adjust 4 --minutes 20")
    assert "--why" in agreed.refused("adjust 4 --minutes 20 --why ''")
    assert "2 units" in agreed.type('adjust 4 --minutes 20 --why "read twice"')
    assert "(read twice)" in agreed.type("history 4")


def test_what_no_consent_covers_cannot_be_adjusted_into_a_charge(books: Books) -> None:
    books.type("log 4 --reading 12m")
    assert "no consent was in force" in books.refused("adjust 4 --minutes 9")
    assert "no time is recorded" in books.refused("adjust 1 --minutes 9 --anyway")


# ---------------------------------------------------------------- waive and save


def test_waive_keeps_the_reason_and_needs_one(agreed: Books) -> None:
    assert "A reason is needed" in agreed.refused("waive 4")
    assert "A reason is needed" in agreed.refused("waive 4 --why ''")
    assert "waived: no charge (a hard week)" in agreed.type('waive 4 --why "a hard week"')
    assert agreed.due() == []


def test_save_needs_to_know_whether_it_was_skimmed(books: Books) -> None:
    assert "No flag does not mean no emergency" in books.refused("save 4")
    assert "saved for the session, skimmed" in books.type("save 4 --skimmed")
    assert "saved for the session, not skimmed" in books.type("save 4 --not-skimmed")


def test_save_asks_in_a_terminal(books: Books) -> None:
    config = str(books.practice.path / "config.toml")
    with pseudo_terminal(["--config", config, "save", "4"]) as terminal:
        terminal.expect("Did you skim message 4 for anything that cannot wait? [y/n] ")
        terminal.type("\n")
        terminal.expect("Please answer y or n.")
        terminal.type("y\n")
        terminal.expect("saved for the session, skimmed")
        assert terminal.leave() == 0


@pytest.mark.parametrize("number", [2, 3])
def test_what_is_nobodys_cannot_be_saved_for_a_session(books: Books, number: int) -> None:
    assert f"mailtriage assign {number} CODE" in books.refused(f"save {number} --skimmed")


# ---------------------------------------------------------------- what stands on a statement


@pytest.fixture
def issued(agreed: Books) -> Books:
    """The 12 minutes of message 4 are charged on an issued statement; it is December."""
    agreed.type("confirm 4")
    config = agreed.practice.path / "config.toml"
    named = '[practice]\nname = "Dr Hale"\npostal = ["1 Mill Lane", "York"]\n'
    config.write_text(config.read_text("utf-8").replace("[practice]\n", named), "utf-8")
    agreed.type("client edit J.T. --postal '2 Home Lane; York'")
    assert agreed.typed("statement issue 2026-11 -y", at="2026-12-01 10:00")[0] == 0
    return agreed


@pytest.mark.parametrize("line", ["undo 4", "erase 4 1"])
def test_what_stands_on_an_issued_statement_cannot_be_undone(issued: Books, line: str) -> None:
    assert "mailtriage statement credit 1" in issued.refused(line)
    assert len(issued.entries(4)) == 1


def test_time_added_after_a_statement_charges_only_the_difference(issued: Books) -> None:
    issued.type("log 4 --reply 4m")
    out = issued.type("confirm 4")
    assert "16 min measured: 2 units" in out
    assert "1 of its units stands on a statement already; only what differs is new." in out
    shown = issued.type("statement show 2026-12 --client J.T.", at="2026-12-20 10:00")
    assert "1 x 15 min" in shown.replace("\N{MULTIPLICATION SIGN}", "x")
    assert f"{POUND}40.00" not in shown


@pytest.mark.parametrize("line", ["waive 4 --why kindness", "save 4 --skimmed", "adjust 4 --minutes 3"])
def test_what_is_not_charged_any_more_says_that_a_statement_still_asks_for_it(issued: Books, line: str) -> None:
    out = issued.type(line)
    assert f"Statement 1 still asks J.T. {POUND}20.00 for it; to take it back: mailtriage statement credit 1" in out
    assert "only what differs is new" not in out


def test_what_is_paid_or_credited_is_not_said_to_be_asked_for(issued: Books) -> None:
    issued.type("statement paid 1")
    assert f"Statement 1 was paid, and charges J.T. {POUND}20.00 for it;" in issued.type("waive 4 --why kindness")
    assert issued.typed("statement credit 1 --why kindness -y")[0] == 0
    assert "Statement 1" not in issued.type("waive 4 --why goodwill")


def test_naming_another_client_says_which_statement_bills_the_former_one(issued: Books) -> None:
    said = f"Statement 1 still asks J.T. {POUND}20.00 for it; to take it back: mailtriage statement credit 1"
    assert said in issued.type("assign 4 R.S.")
    assert "Statement 1" not in issued.type("assign 4 J.T.")


# ---------------------------------------------------------------- work before the message came


def test_minutes_that_fill_more_than_the_time_until_the_answer_begin_when_the_message_came(books: Books) -> None:
    books.type('consent add J.T. --given 2026-11-01 --how "signed agreement" --price 20.00')
    number = books.receive("quick", NOW - timedelta(minutes=30))
    with books.practice.ledger() as ledger:
        mail = sent(answers=("quick@example.org",), sent_at=NOW - timedelta(minutes=25))
        ledger.add_sent(mail)
    books.type(f"confirm {number} --minutes 12")
    assert [entry.worked.began_at for entry in books.entries(number)] == [NOW - timedelta(minutes=30)]
    late = books.receive("late", NOW - timedelta(minutes=5))
    assert "after that: the work would have begun" in books.refused(f"confirm {late} --minutes 12")
    assert books.entries(late) == ()


# ---------------------------------------------------------------- undo and history


def test_every_decision_about_time_can_be_undone_and_redone(agreed: Books) -> None:
    agreed.type("confirm 4")
    out = agreed.type("undo 4")
    assert f'"confirmed: 1 unit at {POUND}20.00, {POUND}20.00, for 12 min that can be charged" is taken back' in out
    assert agreed.due() == []
    assert "holds again" in agreed.type("undo 4")
    assert agreed.due() == [(4, 1, f"{POUND}20.00")]


def test_undoing_a_log_under_a_confirmation_reopens_it(agreed: Books) -> None:
    agreed.type("confirm 4")
    agreed.type("erase 4 1")
    assert agreed.due() == []
    agreed.type("undo 4")
    assert len(agreed.due()) == 1


def test_history_tells_entries_and_settlements_in_words(agreed: Books) -> None:
    agreed.type("log 4 --reply 1m30s")
    agreed.type("confirm 4")
    agreed.type("undo 4")
    agreed.type("erase 4 2")
    confirmed = f"confirmed: 1 unit at {POUND}20.00, {POUND}20.00, for 13 min 30 s that can be charged"
    assert agreed.type("history 4").splitlines() == [
        "Message 4 from J.T., received yesterday 12:00",
        "  today 14:05  entry 1: recorded 12 min (12 min of reading, typed, until today 14:05)",
        "  today 14:05  entry 2: recorded 1 min 30 s",
        f"  today 14:05  {confirmed}",
        f'  today 14:05  undo: "{confirmed}" is taken back',
        '  today 14:05  undo: entry 2, "recorded 1 min 30 s" is taken back',
        f"  Now: 12 min measured: {UNIT}. Nothing is decided about it.",
    ]


def test_history_as_json_has_every_decision_and_the_entries_in_force(agreed: Books) -> None:
    agreed.type("confirm 4")
    told = json.loads(agreed.type("history 4 --json"))["messages"][0]
    log, confirm = told["decisions"]
    assert (log["kind"], log["seconds"], log["in_force"]) == ("log", 720, True)
    assert (confirm["units"], confirm["price"], confirm["currency"]) == (1, "20.00", "GBP")
    assert told["settled_by"] == confirm["id"]
    assert told["entries"][0]["ended_at"] == "2026-11-23T14:05:00+00:00"
