"""What every ledger must do with mail: keep it once, and join it with its answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ledgers import CRISIS, HOUR, NOON, Ledger, broken_group, numbers_of, place, received, sent
from mailtriage.ledger import KeptReason, Received, Sent
from mailtriage.model import Automatic, DecisionKind, Diary, Emergency, Flag, Forwarded, ReadingTime, Reason, Verdict

# ---------------------------------------------------------------- messages


def test_everything_of_a_message_comes_back_except_words(ledger: Ledger) -> None:
    verdict = Verdict(
        forwarded=Forwarded.POSSIBLE,
        emergency=Emergency.URGENT,
        quoted_alarm=True,
        long=True,
        words=1400,
        reading=ReadingTime(280, 353, 480),
        diary=(Diary.LATE, Diary.CANCEL),
        automatic=Automatic.SOCIAL,
        not_scanned=("encrypted", "cut at 1 MB"),
        reasons=(Reason("crisis.x", Flag.EMERGENCY, "her words", "quoted", "past", Emergency.MENTION),),
    )
    sent_at = NOON - timedelta(minutes=3)
    number = ledger.add_received(received(verdict=verdict, sent_at=sent_at, backlog=True))
    kept = ledger.message(number)
    assert kept is not None
    assert kept.verdict == replace(verdict, reasons=())
    assert kept.reasons == (KeptReason("crisis.x", Flag.EMERGENCY, "quoted", "past", Emergency.MENTION),)
    assert (kept.identity, kept.message_id, kept.sender) == ("identity of a", "a@example.org", "jo@example.org")
    assert (kept.received_at, kept.sent_at, kept.backlog) == (NOON, sent_at, True)


def test_an_unknown_number_is_no_message(ledger: Ledger) -> None:
    assert ledger.message(1) is None
    assert ledger.locations(1) == ()
    assert ledger.decisions(1) == ()


def test_the_same_mail_again_adds_only_its_place(ledger: Ledger) -> None:
    first = ledger.add_received(received(verdict=CRISIS))
    again = ledger.add_received(received(location=place("9", "Archive"), verdict=Verdict()))
    assert first == again
    assert numbers_of(ledger) == [first]
    assert ledger.locations(first) == (place("9", "Archive"), place("a"))
    assert len(ledger.alarms()) == 1


def test_the_same_mail_at_the_same_place_changes_nothing(ledger: Ledger) -> None:
    numbers = {ledger.add_received(received()), ledger.add_received(received())}
    assert len(numbers) == 1
    assert len(ledger.locations(numbers.pop())) == 1


def test_numbers_count_up_and_a_rolled_back_message_leaves_no_trace(ledger: Ledger) -> None:
    first = ledger.add_received(received("a"))
    with broken_group(ledger):
        ledger.add_received(received("b"))
    assert numbers_of(ledger) == [first]
    assert ledger.add_received(received("c")) > first


def test_a_place_that_holds_another_mail_now_leads_to_that_mail(ledger: Ledger) -> None:
    first = ledger.add_received(received("a", location=place("1")))
    second = ledger.add_received(received("b", location=place("1")))
    assert ledger.locations(first) == ()
    assert ledger.locations(second) == (place("1"),)


def test_messages_come_oldest_first_from_since_on(ledger: Ledger) -> None:
    late = ledger.add_received(received("late", received_at=NOON + HOUR))
    early = ledger.add_received(received("early", received_at=NOON))
    ledger.add_received(received("before", received_at=NOON - timedelta(seconds=1)))
    assert numbers_of(ledger, NOON) == [early, late]
    assert numbers_of(ledger, NOON + timedelta(milliseconds=1)) == [late]


@pytest.mark.parametrize("closing", [DecisionKind.CALLED, DecisionKind.DONE])
def test_an_old_alarm_is_shown_until_called_or_done(ledger: Ledger, closing: DecisionKind) -> None:
    old = ledger.add_received(received(received_at=NOON - 400 * HOUR, verdict=CRISIS))
    ledger.add_sent(sent(answers=("a@example.org",)))
    assert numbers_of(ledger) == [old]
    assert [message.number for message in ledger.alarms()] == [old]
    ledger.decide(old, closing, NOON)
    assert numbers_of(ledger) == []
    assert ledger.alarms() == ()
    ledger.undo(NOON)
    assert numbers_of(ledger) == [old]


def test_a_mention_is_no_alarm(ledger: Ledger) -> None:
    ledger.add_received(received(verdict=Verdict(emergency=Emergency.MENTION)))
    assert ledger.alarms() == ()
    assert numbers_of(ledger, NOON + HOUR) == []


def test_an_alarm_in_quoted_words_stays_until_surely_answered(ledger: Ledger) -> None:
    old = ledger.add_received(received(verdict=replace(CRISIS, quoted_alarm=True)))
    ledger.add_sent(sent("guess", thread="thread"))
    assert [message.number for message in ledger.alarms()] == [old]
    assert numbers_of(ledger, NOON + HOUR) == [old]
    ledger.add_sent(sent("sure", answers=("a@example.org",)))
    assert ledger.alarms() == ()
    assert numbers_of(ledger, NOON + HOUR) == []


def test_alarms_come_oldest_first(ledger: Ledger) -> None:
    late = ledger.add_received(received("late", received_at=NOON + HOUR, verdict=CRISIS))
    early = ledger.add_received(received("early", verdict=Verdict(emergency=Emergency.URGENT)))
    assert [message.number for message in ledger.alarms()] == [early, late]


def test_damaged_characters_are_kept_and_found_again(ledger: Ledger) -> None:
    broken = "\udcff\x00@\ud800"
    number = ledger.add_received(received(message_id=broken, sender=broken, answers=(broken,)))
    ledger.add_sent(sent(message_id=broken, answers=(broken,)))
    assert ledger.sent_ids([broken]) == {broken}
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at == NOON + HOUR


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize("sent_first", [True, False])
def test_an_answer_counts_whichever_side_was_polled_first(ledger: Ledger, *, sent_first: bool) -> None:
    if sent_first:
        ledger.add_sent(sent(answers=("x@y", "a@example.org")))
    number = ledger.add_received(received())
    if not sent_first:
        ledger.add_sent(sent(answers=("x@y", "a@example.org")))
    kept = ledger.message(number)
    assert kept is not None
    assert (kept.answered_at, kept.answer_is_guess) == (NOON + HOUR, False)


def test_the_first_of_several_answers_counts(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    for hours in (5, 2, 3):
        ledger.add_sent(sent(f"s{hours}", answers=("a@example.org",), sent_at=NOON + hours * HOUR))
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at == NOON + 2 * HOUR


def test_one_answer_can_answer_several_messages(ledger: Ledger) -> None:
    for name in "ab":
        ledger.add_received(received(name))
    ledger.add_sent(sent(answers=("a@example.org", "b@example.org")))
    assert [message.answered_at for message in ledger.messages(NOON)] == [NOON + HOUR] * 2


@pytest.mark.parametrize("sent_first", [True, False])
def test_an_answer_without_references_is_a_guess_by_subject_and_person(ledger: Ledger, *, sent_first: bool) -> None:
    if sent_first:
        ledger.add_sent(sent(thread="thread"))
    number = ledger.add_received(received())
    if not sent_first:
        ledger.add_sent(sent(thread="thread"))
    kept = ledger.message(number)
    assert kept is not None
    assert (kept.answered_at, kept.answer_is_guess) == (NOON + HOUR, True)


def test_a_sure_answer_counts_before_an_earlier_guess(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.add_sent(sent("guess", thread="thread", sent_at=NOON + HOUR))
    ledger.add_sent(sent("sure", answers=("a@example.org",), sent_at=NOON + 2 * HOUR))
    kept = ledger.message(number)
    assert kept is not None
    assert (kept.answered_at, kept.answer_is_guess) == (NOON + 2 * HOUR, False)


@pytest.mark.parametrize(
    ("received", "sent"),
    [
        pytest.param(received(), sent(thread="thread", recipients=("else@example.org",)), id="to another person"),
        pytest.param(received(), sent(thread="another thread"), id="another subject"),
        pytest.param(received(thread=""), sent(thread=""), id="no subject"),
        pytest.param(received(), sent(thread="thread", sent_at=NOON), id="in the same second"),
        pytest.param(
            received(sent_at=NOON - 900 * HOUR), sent(thread="thread", sent_at=NOON - HOUR), id="her clock was wrong"
        ),
        pytest.param(received(), sent(answers=("a@example.org",), sent_at=NOON - HOUR), id="sent before"),
        pytest.param(received(message_id=""), sent(answers=("",)), id="no Message-ID"),
    ],
)
def test_what_is_no_answer_leaves_the_message_waiting(ledger: Ledger, received: Received, sent: Sent) -> None:
    number = ledger.add_received(received)
    ledger.add_sent(sent)
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at is None
    assert not kept.answer_is_guess


def test_a_sure_answer_counts_though_the_server_took_the_mail_later(ledger: Ledger) -> None:
    """A mailbox that was moved to another server: every INTERNALDATE is the day of the move."""
    number = ledger.add_received(received(sent_at=NOON - 48 * HOUR))
    ledger.add_sent(sent(answers=("a@example.org",), sent_at=NOON - 24 * HOUR))
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at == NOON - 24 * HOUR


def test_a_sent_mail_again_adds_only_its_place(ledger: Ledger) -> None:
    ledger.add_sent(sent())
    ledger.add_sent(sent(location=place("9", "Sent Items")))
    assert ledger.known_keys("practice", "Sent Items", 7, ["9"]) == {"9"}
    assert ledger.sent_ids(["s@practice.example", "other", ""]) == {"s@practice.example"}


def test_a_sent_mail_is_known_with_its_words(ledger: Ledger) -> None:
    ledger.add_sent(sent(words=20))
    assert (ledger.sent_words("identity of s"), ledger.sent_words("identity of a")) == (20, None)


def test_a_sent_mail_without_message_id_is_not_found_by_an_empty_one(ledger: Ledger) -> None:
    ledger.add_sent(sent(message_id=""))
    assert ledger.sent_ids([""]) == frozenset()


def test_a_mail_that_looks_like_an_earlier_one_but_alarms_is_a_mail_of_its_own(ledger: Ledger) -> None:
    quoted = Verdict(emergency=Emergency.CRISIS, quoted_alarm=True)
    ledger.add_received(received("a"))
    assert ledger.add_received(received("a", location=place("2"), verdict=quoted)) == 2
    assert ledger.add_received(received("a", location=place("3"), verdict=CRISIS)) == 3
    assert [message.number for message in ledger.alarms()] == [2, 3]
    again = [ledger.add_received(received("a", location=place(key), verdict=CRISIS)) for key in ("3", "4")]
    assert again == [3, 3]
    assert ledger.add_received(received("a", location=place("5"))) == 1


def test_a_copy_that_alarms_no_more_than_the_first_is_the_same_mail(ledger: Ledger) -> None:
    ledger.add_received(received("a", verdict=CRISIS))
    assert ledger.add_received(received("a", location=place("2"), verdict=replace(CRISIS, quoted_alarm=True))) == 1
    assert ledger.add_received(received("a", location=place("3"))) == 1
