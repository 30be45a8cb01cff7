"""What every ledger must do: the one in memory, and the files, plain and encrypted."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import pytest

from fakes import FakeLedger
from mailtriage.adapters.ledger import open_ledger
from mailtriage.errors import UsageError
from mailtriage.ledger import (
    Checkpoint,
    KeptReason,
    Location,
    MailboxHealth,
    PollLedger,
    Quarantined,
    Received,
    ReviewLedger,
    Roster,
    ScanHealth,
    SeenChange,
    SeenInterval,
    Sent,
)
from mailtriage.model import (
    Automatic,
    Client,
    DecisionKind,
    Diary,
    Emergency,
    Flag,
    Forwarded,
    ReadingTime,
    Reason,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CRISIS = Verdict(emergency=Emergency.CRISIS)


class Ledger(PollLedger, ReviewLedger, Roster, Protocol):
    """All ports at once."""


@contextmanager
def _file(path: Path, encryption: str) -> Iterator[Ledger]:
    with open_ledger(path, "none" if encryption == "none" else "sqlcipher", bytes(range(32))) as opened:
        yield opened
        assert opened.verify() == ()


@pytest.fixture(params=["memory", "none", "sqlcipher"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "memory":
        yield FakeLedger()
        return
    with _file(tmp_path / "ledger.db", request.param) as opened:
        yield opened


class _BrokenError(Exception):
    pass


@contextmanager
def _broken_group(ledger: Ledger) -> Iterator[None]:
    """A group of writes in which something fails at the end."""
    with suppress(_BrokenError), ledger.transaction():
        yield
        raise _BrokenError


def _place(key: str = "1", folder: str = "INBOX", mailbox: str = "practice") -> Location:
    return Location(mailbox, folder, 7, key)


def _received(name: str = "a", **changes: object) -> Received:
    plain = Received(
        identity=f"identity of {name}",
        message_id=f"{name}@example.org",
        location=_place(name),
        received_at=NOON,
        sent_at=NOON,
        sender="jo@example.org",
        clients=(),
        answers=(),
        thread="thread",
        seen=False,
        backlog=False,
        verdict=Verdict(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _sent(name: str = "s", **changes: object) -> Sent:
    plain = Sent(
        identity=f"identity of {name}",
        message_id=f"{name}@practice.example",
        location=_place(name, "Sent"),
        sent_at=NOON + HOUR,
        recipients=("jo@example.org",),
        answers=(),
        thread="another thread",
        words=20,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _numbers(ledger: Ledger, since: datetime = NOON) -> list[int]:
    return [message.number for message in ledger.messages(since)]


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
    number = ledger.add_received(_received(verdict=verdict, sent_at=sent_at, backlog=True))
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
    first = ledger.add_received(_received(verdict=CRISIS))
    again = ledger.add_received(_received(location=_place("9", "Archive"), verdict=Verdict()))
    assert first == again
    assert _numbers(ledger) == [first]
    assert ledger.locations(first) == (_place("9", "Archive"), _place("a"))
    assert len(ledger.alarms()) == 1


def test_the_same_mail_at_the_same_place_changes_nothing(ledger: Ledger) -> None:
    numbers = {ledger.add_received(_received()), ledger.add_received(_received())}
    assert len(numbers) == 1
    assert len(ledger.locations(numbers.pop())) == 1


def test_numbers_count_up_and_a_rolled_back_message_leaves_no_trace(ledger: Ledger) -> None:
    first = ledger.add_received(_received("a"))
    with _broken_group(ledger):
        ledger.add_received(_received("b"))
    assert _numbers(ledger) == [first]
    assert ledger.add_received(_received("c")) > first


def test_a_place_that_holds_another_mail_now_leads_to_that_mail(ledger: Ledger) -> None:
    first = ledger.add_received(_received("a", location=_place("1")))
    second = ledger.add_received(_received("b", location=_place("1")))
    assert ledger.locations(first) == ()
    assert ledger.locations(second) == (_place("1"),)


def test_messages_come_oldest_first_from_since_on(ledger: Ledger) -> None:
    late = ledger.add_received(_received("late", received_at=NOON + HOUR))
    early = ledger.add_received(_received("early", received_at=NOON))
    ledger.add_received(_received("before", received_at=NOON - timedelta(seconds=1)))
    assert _numbers(ledger, NOON) == [early, late]
    assert _numbers(ledger, NOON + timedelta(milliseconds=1)) == [late]


@pytest.mark.parametrize("closing", [DecisionKind.CALLED, DecisionKind.DONE])
def test_an_old_alarm_is_shown_until_called_or_done(ledger: Ledger, closing: DecisionKind) -> None:
    old = ledger.add_received(_received(received_at=NOON - 400 * HOUR, verdict=CRISIS))
    ledger.add_sent(_sent(answers=("a@example.org",)))
    assert _numbers(ledger) == [old]
    assert [message.number for message in ledger.alarms()] == [old]
    ledger.decide(old, closing, NOON)
    assert _numbers(ledger) == []
    assert ledger.alarms() == ()
    ledger.undo(NOON)
    assert _numbers(ledger) == [old]


def test_a_mention_is_no_alarm(ledger: Ledger) -> None:
    ledger.add_received(_received(verdict=Verdict(emergency=Emergency.MENTION)))
    assert ledger.alarms() == ()
    assert _numbers(ledger, NOON + HOUR) == []


def test_an_alarm_in_quoted_words_is_not_rung_but_stays_until_surely_answered(ledger: Ledger) -> None:
    old = ledger.add_received(_received(verdict=replace(CRISIS, quoted_alarm=True)))
    ledger.add_sent(_sent("guess", thread="thread"))
    assert ledger.alarms() == ()
    assert _numbers(ledger, NOON + HOUR) == [old]
    ledger.add_sent(_sent("sure", answers=("a@example.org",)))
    assert _numbers(ledger, NOON + HOUR) == []


def test_alarms_come_oldest_first(ledger: Ledger) -> None:
    late = ledger.add_received(_received("late", received_at=NOON + HOUR, verdict=CRISIS))
    early = ledger.add_received(_received("early", verdict=Verdict(emergency=Emergency.URGENT)))
    assert [message.number for message in ledger.alarms()] == [early, late]


def test_damaged_characters_are_kept_and_found_again(ledger: Ledger) -> None:
    broken = "\udcff\x00@\ud800"
    number = ledger.add_received(_received(message_id=broken, sender=broken, answers=(broken,)))
    ledger.add_sent(_sent(message_id=broken, answers=(broken,)))
    assert ledger.sent_ids([broken]) == {broken}
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at == NOON + HOUR


# ---------------------------------------------------------------- answers


@pytest.mark.parametrize("sent_first", [True, False])
def test_an_answer_counts_whichever_side_was_polled_first(ledger: Ledger, *, sent_first: bool) -> None:
    if sent_first:
        ledger.add_sent(_sent(answers=("x@y", "a@example.org")))
    number = ledger.add_received(_received())
    if not sent_first:
        ledger.add_sent(_sent(answers=("x@y", "a@example.org")))
    kept = ledger.message(number)
    assert kept is not None
    assert (kept.answered_at, kept.answer_is_guess) == (NOON + HOUR, False)


def test_the_first_of_several_answers_counts(ledger: Ledger) -> None:
    number = ledger.add_received(_received())
    for hours in (5, 2, 3):
        ledger.add_sent(_sent(f"s{hours}", answers=("a@example.org",), sent_at=NOON + hours * HOUR))
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at == NOON + 2 * HOUR


def test_one_answer_can_answer_several_messages(ledger: Ledger) -> None:
    for name in "ab":
        ledger.add_received(_received(name))
    ledger.add_sent(_sent(answers=("a@example.org", "b@example.org")))
    assert [message.answered_at for message in ledger.messages(NOON)] == [NOON + HOUR] * 2


@pytest.mark.parametrize("sent_first", [True, False])
def test_an_answer_without_references_is_a_guess_by_subject_and_person(ledger: Ledger, *, sent_first: bool) -> None:
    if sent_first:
        ledger.add_sent(_sent(thread="thread"))
    number = ledger.add_received(_received())
    if not sent_first:
        ledger.add_sent(_sent(thread="thread"))
    kept = ledger.message(number)
    assert kept is not None
    assert (kept.answered_at, kept.answer_is_guess) == (NOON + HOUR, True)


def test_a_sure_answer_counts_before_an_earlier_guess(ledger: Ledger) -> None:
    number = ledger.add_received(_received())
    ledger.add_sent(_sent("guess", thread="thread", sent_at=NOON + HOUR))
    ledger.add_sent(_sent("sure", answers=("a@example.org",), sent_at=NOON + 2 * HOUR))
    kept = ledger.message(number)
    assert kept is not None
    assert (kept.answered_at, kept.answer_is_guess) == (NOON + 2 * HOUR, False)


@pytest.mark.parametrize(
    ("received", "sent"),
    [
        pytest.param(_received(), _sent(thread="thread", recipients=("else@example.org",)), id="to another person"),
        pytest.param(_received(), _sent(thread="another thread"), id="another subject"),
        pytest.param(_received(thread=""), _sent(thread=""), id="no subject"),
        pytest.param(_received(), _sent(thread="thread", sent_at=NOON), id="in the same second"),
        pytest.param(
            _received(sent_at=NOON - 900 * HOUR), _sent(thread="thread", sent_at=NOON - HOUR), id="her clock was wrong"
        ),
        pytest.param(_received(), _sent(answers=("a@example.org",), sent_at=NOON - HOUR), id="sent before"),
        pytest.param(_received(message_id=""), _sent(answers=("",)), id="no Message-ID"),
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
    number = ledger.add_received(_received(sent_at=NOON - 48 * HOUR))
    ledger.add_sent(_sent(answers=("a@example.org",), sent_at=NOON - 24 * HOUR))
    kept = ledger.message(number)
    assert kept is not None
    assert kept.answered_at == NOON - 24 * HOUR


def test_a_sent_mail_again_adds_only_its_place(ledger: Ledger) -> None:
    ledger.add_sent(_sent())
    ledger.add_sent(_sent(location=_place("9", "Sent Items")))
    assert ledger.known_keys("practice", "Sent Items", 7, ["9"]) == {"9"}
    assert ledger.sent_ids(["s@practice.example", "other", ""]) == {"s@practice.example"}


def test_a_sent_mail_without_message_id_is_not_found_by_an_empty_one(ledger: Ledger) -> None:
    ledger.add_sent(_sent(message_id=""))
    assert ledger.sent_ids([""]) == frozenset()


# ---------------------------------------------------------------- clients


def _clients_of(ledger: Ledger, number: int) -> tuple[str, ...]:
    kept = ledger.message(number)
    assert kept is not None
    return kept.clients


def test_the_roster_comes_back_in_the_order_of_codes(ledger: Ledger) -> None:
    full = Client("R.S.", "Rosa Sand", ("b@example.org", "a@example.org"), "+44 20", "no voicemail")
    ledger.save_client(full, NOON)
    ledger.save_client(Client("J.T."), NOON)
    assert ledger.clients() == (Client("J.T."), full)


def test_saving_a_code_again_replaces_its_entry(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T.", "Jo", ("a@example.org", "b@example.org"), "1", "x"), NOON)
    ledger.save_client(Client("J.T.", "Joe", ("B@example.org", "b@example.org")), NOON)
    assert ledger.clients() == (Client("J.T.", "Joe", ("b@example.org",)),)


def test_a_removed_client_is_gone_and_cannot_be_removed_twice(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T.", addresses=("a@example.org",)), NOON)
    assert ledger.remove_client("J.T.", NOON)
    assert not ledger.remove_client("J.T.", NOON)
    assert ledger.clients() == ()


def test_earlier_mail_becomes_a_new_clients_and_follows_the_address(ledger: Ledger) -> None:
    number = ledger.add_received(_received())
    assert _clients_of(ledger, number) == ()
    ledger.save_client(Client("J.T.", addresses=("jo@example.org",)), NOON)
    assert _clients_of(ledger, number) == ("J.T.",)
    ledger.save_client(Client("J.T."), NOON)
    ledger.save_client(Client("R.S.", addresses=("jo@example.org",)), NOON)
    assert _clients_of(ledger, number) == ("R.S.",)


def test_an_address_taken_from_an_entry_is_unknown_again(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T.", addresses=("jo@example.org",)), NOON)
    number = ledger.add_received(_received(clients=("J.T.",)))
    ledger.save_client(Client("J.T."), NOON)
    assert _clients_of(ledger, number) == ()


def test_earlier_mail_is_found_by_any_spelling_of_an_address(ledger: Ledger) -> None:
    number = ledger.add_received(_received(sender="jo.t+mail@gmail.com"))
    ledger.save_client(Client("J.T.", addresses=("jot@googlemail.com", "JoT@gmail.com")), NOON)
    assert _clients_of(ledger, number) == ("J.T.",)


def test_a_client_whom_the_roster_cannot_tell_is_kept_with_the_message(ledger: Ledger) -> None:
    number = ledger.add_received(_received(clients=("J.T.",)))
    assert _clients_of(ledger, number) == ("J.T.",)


def test_a_shared_address_names_both_until_one_is_assigned(ledger: Ledger) -> None:
    for code in ("R.S.", "J.T."):
        ledger.save_client(Client(code, addresses=("jo@example.org",)), NOON)
    number = ledger.add_received(_received(clients=("J.T.", "R.S.")))
    assert _clients_of(ledger, number) == ("J.T.", "R.S.")
    ledger.decide(number, DecisionKind.ASSIGN, NOON, "R.S.")
    assert _clients_of(ledger, number) == ("R.S.",)
    ledger.undo(NOON, number)
    assert _clients_of(ledger, number) == ("J.T.", "R.S.")


# ---------------------------------------------------------------- decisions


def test_a_decision_needs_a_message(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no message 4"):
        ledger.decide(4, DecisionKind.CALLED, NOON)


def test_decisions_are_told_in_the_order_they_were_made(ledger: Ledger) -> None:
    number = ledger.add_received(_received())
    called = ledger.decide(number, DecisionKind.CALLED, NOON)
    assigned = ledger.decide(number, DecisionKind.ASSIGN, NOON + HOUR, "J.T.")
    undone = ledger.undo(NOON + 2 * HOUR)
    assert undone is not None
    assert (undone.kind, undone.number, undone.undoes) == (DecisionKind.UNDO, number, assigned.id)
    assert ledger.decisions(number) == (called, assigned, undone)


def test_undoing_an_undo_brings_the_decision_back(ledger: Ledger) -> None:
    number = ledger.add_received(_received(verdict=CRISIS))
    ledger.decide(number, DecisionKind.CALLED, NOON)
    for expected in (None, NOON, None, NOON):
        ledger.undo(NOON + HOUR)
        kept = ledger.message(number)
        assert kept is not None
        assert kept.called_at == expected
        assert bool(ledger.alarms()) == (expected is None)


def test_undo_takes_back_the_last_decision_overall_or_of_one_message(ledger: Ledger) -> None:
    first, second = (ledger.add_received(_received(name)) for name in "ab")
    ledger.decide(first, DecisionKind.CALLED, NOON)
    ledger.decide(second, DecisionKind.DONE, NOON)
    undone = ledger.undo(NOON, first)
    assert undone is not None
    assert undone.number == first
    kept = ledger.message(second)
    assert kept is not None
    assert kept.done_at == NOON


def test_there_is_nothing_to_undo_at_first(ledger: Ledger) -> None:
    assert ledger.undo(NOON) is None
    assert ledger.undo(NOON, ledger.add_received(_received())) is None


def test_undoing_the_second_of_two_calls_leaves_the_first(ledger: Ledger) -> None:
    number = ledger.add_received(_received(verdict=CRISIS))
    ledger.decide(number, DecisionKind.CALLED, NOON)
    ledger.decide(number, DecisionKind.CALLED, NOON + HOUR)
    ledger.undo(NOON + 2 * HOUR)
    kept = ledger.message(number)
    assert kept is not None
    assert kept.called_at == NOON


# ---------------------------------------------------------------- what a poll keeps of its work


def test_known_keys_are_those_received_sent_or_quarantined_in_that_folder(ledger: Ledger) -> None:
    ledger.add_received(_received(location=_place("1")))
    ledger.add_sent(_sent(location=_place("2")))
    ledger.add_quarantined(Quarantined(_place("3"), "cut short", NOON))
    assert ledger.known_keys("practice", "INBOX", 7, ["1", "2", "3", "4"]) == {"1", "2", "3"}
    assert ledger.known_keys("practice", "INBOX", 8, ["1"]) == frozenset()
    assert ledger.known_keys("practice", "Archive", 7, ["1"]) == frozenset()
    assert ledger.known_keys("other", "INBOX", 7, ["1"]) == frozenset()


def test_fingerprints_of_received_and_sent_mail_are_known(ledger: Ledger) -> None:
    ledger.add_received(_received(fingerprints=("f1", "f1")))
    ledger.add_sent(_sent(fingerprints=("f1", "f2")))
    assert ledger.known_fingerprints(["f1", "f2", "f3"]) == {"f1", "f2"}


def test_a_checkpoint_is_kept_for_each_folder_of_each_mailbox(ledger: Ledger) -> None:
    ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 100, 2**62))
    ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 101, 2**62 + 1))
    assert ledger.checkpoint("practice", "INBOX") == Checkpoint(7, 101, 2**62 + 1)
    assert ledger.checkpoint("practice", "Sent") is None
    assert ledger.checkpoint("other", "INBOX") is None


def test_a_failed_transaction_keeps_nothing_of_its_batch(ledger: Ledger) -> None:
    with _broken_group(ledger):
        ledger.add_received(_received())
        ledger.add_sent(_sent())
        ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 2))
    assert ledger.messages(NOON) == ()
    assert ledger.checkpoint("practice", "INBOX") is None
    assert ledger.known_keys("practice", "Sent", 7, ["s"]) == frozenset()


def test_a_failed_part_of_a_transaction_is_rolled_back_alone(ledger: Ledger) -> None:
    with ledger.transaction():
        number = ledger.add_received(_received("a"))
        with _broken_group(ledger):
            ledger.add_received(_received("b"))
    assert _numbers(ledger) == [number]


def test_a_rehearsal_can_be_read_inside_and_keeps_nothing(ledger: Ledger) -> None:
    with ledger.rehearsal():
        with ledger.transaction():
            number = ledger.add_received(_received(verdict=CRISIS))
        assert [message.number for message in ledger.alarms()] == [number]
    assert ledger.alarms() == ()
    assert ledger.messages(NOON) == ()


def test_quarantine_lists_a_place_once_with_its_latest_problem(ledger: Ledger) -> None:
    ledger.add_quarantined(Quarantined(_place("2"), "no body", NOON))
    ledger.add_quarantined(Quarantined(_place("1"), "no body", NOON))
    ledger.add_quarantined(Quarantined(_place("2"), "too big", NOON + HOUR))
    assert ledger.quarantined() == (
        Quarantined(_place("2"), "too big", NOON),
        Quarantined(_place("1"), "no body", NOON),
    )


def test_a_place_leaves_quarantine_when_released_or_kept_after_all(ledger: Ledger) -> None:
    for key in "123":
        ledger.add_quarantined(Quarantined(_place(key), "no body", NOON))
    ledger.release_quarantined(_place("1"))
    ledger.add_received(_received(location=_place("2")))
    ledger.add_sent(_sent(location=_place("3")))
    assert ledger.quarantined() == ()


def test_the_health_of_a_mailbox_is_replaced(ledger: Ledger) -> None:
    ledger.save_mailbox_health(MailboxHealth("work", NOON))
    ledger.save_mailbox_health(MailboxHealth("home", None, NOON, "no answer"))
    ledger.save_mailbox_health(MailboxHealth("work", NOON + HOUR))
    ledger.tell_failure("home", NOON + HOUR)
    ledger.tell_failure("unknown", NOON + HOUR)
    assert ledger.mailbox_health() == (
        MailboxHealth("home", None, NOON, "no answer", NOON + HOUR),
        MailboxHealth("work", NOON + HOUR),
    )


def test_the_heartbeat_is_replaced(ledger: Ledger) -> None:
    assert ledger.scan_health() is None
    ledger.save_scan_health(ScanHealth(NOON, 10, "digest"))
    ledger.save_scan_health(ScanHealth(NOON + HOUR, 11, "digest 2", "a rule failed"))
    assert ledger.scan_health() == ScanHealth(NOON + HOUR, 11, "digest 2", "a rule failed")


def test_the_last_time_she_was_told_counts(ledger: Ledger) -> None:
    first, second = (ledger.add_received(_received(name, verdict=CRISIS)) for name in "ab")
    assert ledger.told_at(first) is None
    ledger.save_told([first, second], NOON)
    ledger.save_told(iter([first]), NOON + HOUR)
    assert (ledger.told_at(first), ledger.told_at(second)) == (NOON + HOUR, NOON)


# ---------------------------------------------------------------- when mail was read


def test_mail_was_first_read_between_the_last_check_and_this_one(ledger: Ledger) -> None:
    number = ledger.add_received(_received())
    ledger.save_mailbox_health(MailboxHealth("practice", NOON + HOUR))
    ledger.add_seen(SeenChange(_place("a"), seen=True, noticed_at=NOON + 2 * HOUR))
    assert ledger.seen_interval(number) == SeenInterval(NOON + HOUR, NOON + 2 * HOUR)


def test_mail_first_read_stays_as_first_noticed(ledger: Ledger) -> None:
    number = ledger.add_received(_received())
    for seen, hours in ((False, 1), (True, 2), (False, 3), (True, 4)):
        ledger.add_seen(SeenChange(_place("a"), seen=seen, noticed_at=NOON + hours * HOUR))
    assert ledger.seen_interval(number) == SeenInterval(NOON, NOON + 2 * HOUR)


def test_mail_that_came_read_was_read_before_this_poll(ledger: Ledger) -> None:
    ledger.save_mailbox_health(MailboxHealth("practice", NOON + HOUR))
    ledger.save_scan_health(ScanHealth(NOON + 2 * HOUR, 1, "digest"))
    number = ledger.add_received(_received(seen=True))
    assert ledger.seen_interval(number) == SeenInterval(NOON, NOON + 2 * HOUR)
    assert ledger.open_locations("practice", "INBOX", 7) == ()


def test_a_flag_at_an_unknown_place_is_ignored(ledger: Ledger) -> None:
    ledger.add_sent(_sent())
    ledger.add_seen(SeenChange(_place("nowhere"), seen=True, noticed_at=NOON))
    ledger.add_seen(SeenChange(_place("s", "Sent"), seen=True, noticed_at=NOON))
    assert ledger.open_locations("practice", "Sent", 7) == ()


def test_open_locations_are_the_unread_places_of_that_folder(ledger: Ledger) -> None:
    ledger.save_scan_health(ScanHealth(NOON, 1, "digest"))
    ledger.add_received(_received("a"))
    ledger.add_received(_received("b"))
    ledger.add_received(_received("b", location=_place("b", "Archive")))
    ledger.add_received(_received("c", seen=True))
    assert ledger.open_locations("practice", "INBOX", 7) == (_place("a"), _place("b"))
    assert ledger.open_locations("practice", "INBOX", 8) == ()
    ledger.add_seen(SeenChange(_place("b", "Archive"), seen=True, noticed_at=NOON))
    assert ledger.open_locations("practice", "INBOX", 7) == (_place("a"),)
