"""What every ledger must do with time that was worked, and with the one timer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bills import LATER, LONG, typed
from ledgers import HOUR, NOON, Ledger, broken_group, received, sent
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind, Verdict
from mailtriage.model.work import Awake, Evidence, TimeKind, Timer, Worked

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def _logged(ledger: Ledger, number: int) -> int:
    kept = ledger.message(number)
    assert kept is not None
    return kept.logged_seconds


# ---------------------------------------------------------------- entries


def test_one_log_brings_all_its_entries_and_counts_their_seconds(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    reading, reply = typed(241), Worked(TimeKind.REPLY, 390, Evidence.TIMER, NOON + HOUR)
    log = ledger.billing.log_time(number, [reading, reply], LATER)
    assert (log.kind, log.number, log.seconds, log.decided_at) == (DecisionKind.LOG, number, 631, LATER)
    assert ledger.decisions(number) == (log,)
    assert [(entry.number, entry.decision, entry.worked) for entry in ledger.billing.time_entries(number)] == [
        (number, log.id, reading),
        (number, log.id, reply),
    ]
    assert _logged(ledger, number) == 631


def test_entries_come_in_the_order_they_were_logged_and_have_ids_of_their_own(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(60, NOON + HOUR)], LATER)
    ledger.billing.log_time(number, [typed(30, NOON)], LATER)
    entries = ledger.billing.time_entries(number)
    assert [entry.worked.seconds for entry in entries] == [60, 30]
    assert entries[0].id < entries[1].id


def test_time_is_in_force_while_its_log_is(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(60)], LATER)
    ledger.billing.log_time(number, [typed(30)], LATER)
    for expected in (60, 90, 60):
        ledger.undo(LATER, number)
        assert sum(entry.worked.seconds for entry in ledger.billing.time_entries(number)) == expected
        assert _logged(ledger, number) == expected


def test_a_message_without_time_has_no_entries(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    assert ledger.billing.time_entries(number) == ()
    assert ledger.billing.time_entries(number + 1) == ()
    assert _logged(ledger, number) == 0


def test_time_needs_a_message(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no message 4"):
        ledger.billing.log_time(4, [typed()], LATER)


@pytest.mark.parametrize(
    ("worked", "reason"),
    [
        pytest.param(typed(61, LATER - timedelta(seconds=60)), "future", id="ends a second too late"),
        pytest.param(typed(86_401, LATER - 3 * DAY), "longer than a day", id="a second longer than a day"),
    ],
)
def test_time_that_cannot_be_is_refused_with_all_that_came_beside_it(
    ledger: Ledger, worked: Worked, reason: str
) -> None:
    number = ledger.add_received(received())
    with pytest.raises(UsageError, match=reason):
        ledger.billing.log_time(number, [typed(), worked], LATER)
    assert ledger.decisions(number) == ()
    assert ledger.billing.time_entries(number) == ()


def test_time_may_last_a_day_and_end_now(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(86_400, LATER - DAY)], LATER)
    assert _logged(ledger, number) == 86_400


@pytest.mark.parametrize(
    "worked",
    [
        pytest.param([], id="nothing"),
        pytest.param([typed(0)], id="no second"),
        pytest.param([replace(typed(), evidence=Evidence.ESTIMATE)], id="an estimate"),
        pytest.param([replace(typed(), evidence=Evidence.INTERVAL)], id="an interval"),
    ],
)
def test_only_time_that_she_typed_or_timed_is_kept(ledger: Ledger, worked: list[Worked]) -> None:
    number = ledger.add_received(received())
    with pytest.raises(ValueError, match="at least one entry"):
        ledger.billing.log_time(number, worked, LATER)
    assert ledger.decisions(number) == ()


def test_time_of_a_group_that_fails_is_not_kept(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(60)], LATER)
    with broken_group(ledger):
        ledger.billing.log_time(number, [typed(30)], LATER)
        ledger.undo(LATER, number)
        ledger.billing.start_timer(Timer(number, TimeKind.READING, NOON, Awake("", 0)))
    assert [entry.worked.seconds for entry in ledger.billing.time_entries(number)] == [60]
    assert ledger.billing.timer() is None


# ---------------------------------------------------------------- between


def test_time_belongs_to_the_span_in_which_it_ended(ledger: Ledger) -> None:
    ends = [NOON - SECOND, NOON, NOON + HOUR - SECOND, NOON + HOUR]
    for name, end in zip("abcd", ends, strict=True):
        number = ledger.add_received(received(name))
        ledger.billing.log_time(number, [typed(60, end - timedelta(seconds=60))], LATER)
    assert ledger.billing.worked_between(NOON, NOON + HOUR) == (2, 3)


def test_a_fraction_of_a_second_does_not_let_in_what_ended_before(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(60, NOON - timedelta(seconds=60))], LATER)
    tick = timedelta(microseconds=1)
    assert ledger.billing.worked_between(NOON + tick, NOON + HOUR) == ()
    assert ledger.billing.worked_between(NOON - HOUR, NOON + tick) == (number,)


def test_a_span_names_each_message_once_and_none_whose_time_was_taken_back(ledger: Ledger) -> None:
    twice, undone = (ledger.add_received(received(name)) for name in "ab")
    ledger.billing.log_time(undone, [typed(60)], LATER)
    ledger.undo(LATER)
    ledger.billing.log_time(twice, [typed(60), typed(30)], LATER)
    assert ledger.billing.worked_between(NOON, LATER) == (twice,)


def test_time_taken_back_in_the_span_does_not_count_for_time_outside_of_it(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(60, NOON + 5 * HOUR)], LATER)
    inside = ledger.billing.log_time(number, [typed(60, NOON)], LATER)
    ledger.billing.undo_decision(inside.id, LATER)
    assert ledger.billing.worked_between(NOON, NOON + HOUR) == ()
    assert ledger.billing.worked_between(NOON + 5 * HOUR, NOON + 6 * HOUR) == (number,)


# ---------------------------------------------------------------- overlapping


def test_entries_overlap_where_they_share_time_and_not_where_they_only_touch(ledger: Ledger) -> None:
    one, other = (ledger.add_received(received(name)) for name in "ab")
    minute = timedelta(minutes=1)
    for number, start in ((one, NOON), (other, NOON + 10 * minute), (one, NOON - 23 * HOUR)):
        ledger.billing.log_time(number, [typed(600, start)], LATER)

    def overlapping(began: timedelta, ended: timedelta) -> list[int]:
        return [entry.number for entry in ledger.billing.overlapping(NOON + began, NOON + ended)]

    assert overlapping(-5 * minute, 0 * minute) == []
    assert overlapping(20 * minute, 30 * minute) == []
    assert overlapping(9 * minute, 10 * minute) == [one]
    assert overlapping(10 * minute, 11 * minute) == [other]
    assert overlapping(-5 * minute, 60 * minute) == [one, other]
    assert overlapping(20 * minute - timedelta(microseconds=1), 30 * minute) == [other]
    assert overlapping(-5 * minute, timedelta(microseconds=1)) == [one]


def test_an_entry_of_a_whole_day_overlaps_its_first_and_last_second(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(86_400)], LATER)
    for start in (NOON, NOON + DAY - SECOND):
        assert len(ledger.billing.overlapping(start, start + SECOND)) == 1


def test_time_taken_back_overlaps_nothing(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.billing.log_time(number, [typed(60)], LATER)
    ledger.undo(LATER)
    assert ledger.billing.overlapping(NOON, NOON + HOUR) == ()


# ---------------------------------------------------------------- speeds


def _read(ledger: Ledger, name: str, words: int, *worked: Worked) -> int:
    number = ledger.add_received(received(name, verdict=Verdict(words=words)))
    ledger.billing.log_time(number, worked, LATER)
    return number


def test_reading_speeds_are_the_clients_words_with_the_seconds_of_the_newest_messages(ledger: Ledger) -> None:
    for count, name in enumerate("abcd", start=1):
        _read(ledger, name, count * 100, typed(count * 30), typed(count), typed(9, kind=TimeKind.REPLY))
    assert ledger.billing.speeds(TimeKind.READING, 3) == ((400, 124), (300, 93), (200, 62))
    assert ledger.billing.speeds(TimeKind.READING, 0) == ()


def test_a_speed_is_not_known_without_words_or_time_in_force_or_of_both_kinds_at_once(ledger: Ledger) -> None:
    _read(ledger, "wordless", 0, typed(60))
    _read(ledger, "undone", 100, typed(60))
    ledger.undo(LATER)
    _read(ledger, "both", 100, typed(60), typed(60, kind=TimeKind.BOTH))
    _read(ledger, "a reply", 100, typed(60, kind=TimeKind.REPLY))
    assert ledger.billing.speeds(TimeKind.READING, 9) == ()


def test_more_messages_than_are_looked_at_in_one_step_are_found(ledger: Ledger) -> None:
    _read(ledger, "known", 7, typed(3))
    with ledger.transaction():
        for count in range(230):
            _read(ledger, f"wordless {count}", 0, typed(60))
    assert ledger.billing.speeds(TimeKind.READING, 1) == ((7, 3),)


def test_a_reply_tells_its_speed_where_it_answers_this_message_alone_and_surely(ledger: Ledger) -> None:
    reply = typed(600, kind=TimeKind.REPLY)
    _read(ledger, "alone", 50, reply)
    ledger.add_sent(sent("s1", answers=("alone@example.org",), words=120))
    for name in ("one", "two"):
        _read(ledger, name, 50, reply)
    ledger.add_sent(sent("s2", answers=("one@example.org", "two@example.org"), words=80))
    _read(ledger, "answered twice", 50, reply)
    for count in (1, 2):
        ledger.add_sent(sent(f"t{count}", answers=("answered twice@example.org",), words=80))
    _read(ledger, "unanswered", 50, reply)
    ledger.add_received(received("guessed", sender="ann@example.org", thread="guess", verdict=Verdict(words=9)))
    ledger.billing.log_time(6, [reply], LATER)
    ledger.add_sent(sent("s3", thread="guess", recipients=("ann@example.org",), words=70))
    assert ledger.billing.speeds(TimeKind.REPLY, 9) == ((120, 600),)


# ---------------------------------------------------------------- the timer


def test_the_timer_runs_until_it_is_stopped(ledger: Ledger) -> None:
    number = ledger.add_received(received(verdict=LONG))
    timer = Timer(number, TimeKind.REPLY, NOON, Awake("a boot", 90), Evidence.TYPED)
    assert ledger.billing.timer() is None
    ledger.billing.start_timer(timer)
    assert ledger.billing.timer() == timer
    assert ledger.billing.stop_timer() == timer
    assert ledger.billing.timer() is None
    assert ledger.billing.stop_timer() is None


def test_there_is_one_timer_and_it_needs_a_message(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    timer = Timer(number, TimeKind.READING, NOON, Awake("", 0))
    with pytest.raises(UsageError, match="no message 4"):
        ledger.billing.start_timer(replace(timer, number=4))
    ledger.billing.start_timer(timer)
    with pytest.raises(UsageError, match=f"runs already, for message {number}"):
        ledger.billing.start_timer(timer)
    ledger.billing.stop_timer()
    ledger.billing.start_timer(timer)
    assert ledger.billing.timer() == timer
