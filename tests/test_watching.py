"""When a watched mailbox is connected, renewed and polled: seconds in, seconds out."""

from __future__ import annotations

import doctest
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.errors import EX_CONFIG, EX_NOPERM, EX_TEMPFAIL
from mailtriage.poll import watching
from mailtriage.poll.watching import (
    FIRST_REFUSED_PAUSE_SECONDS,
    LEAST_GAP_SECONDS,
    LONGEST_PAUSE_SECONDS,
    LONGEST_REFUSED_PAUSE_SECONDS,
    STEADY_SECONDS,
    Moment,
    Pace,
    Schedule,
    slept,
)

PACE = Pace(every_seconds=300, renew_seconds=540)
NEW = Schedule.begun(PACE, 0, announces=True)
LISTENING = NEW.connected(0).polled(1, 0)


def test_the_examples_hold() -> None:
    assert doctest.testmod(watching).failed == 0


def test_it_connects_and_polls_at_once_and_then_as_often_as_configured() -> None:
    assert (NEW.connect_at, NEW.poll_at) == (0, 0)
    assert (LISTENING.connect_at, LISTENING.poll_at, LISTENING.renew_at) == (inf, 301, 540)
    assert Schedule.begun(PACE, 0, announces=False).polled(0, 0).next_at == 300


def test_an_announcement_brings_the_poll_forward_but_several_at_once_are_one_poll() -> None:
    assert LISTENING.announced(100).poll_at == 100
    assert LISTENING.announced(2).poll_at == 1 + LEAST_GAP_SECONDS
    assert LISTENING.announced(2).announced(3).poll_at == 1 + LEAST_GAP_SECONDS


def test_a_server_that_talks_without_end_is_asked_once_a_second() -> None:
    quiet = LISTENING.renewed(100)
    assert quiet.listens
    assert quiet.spoke(150).renew_at == 150
    talking = quiet.spoke(100.1)
    assert (talking.listens, talking.renew_at) == (False, 101)
    assert talking.spoke(100.2) == talking
    assert talking.renewed(101).listens


def test_pauses_grow_to_a_limit_and_begin_anew_after_a_steady_connection() -> None:
    schedule, pauses = NEW, []
    for _ in range(10):
        schedule = schedule.dropped(0)
        pauses.append(schedule.connect_at)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    assert schedule.connected(0).dropped(STEADY_SECONDS - 1).failures == 11
    assert schedule.connected(0).dropped(STEADY_SECONDS).failures == 1
    assert schedule.connected(0).renewed(STEADY_SECONDS).failures == 0
    assert not schedule.listens


def test_what_came_while_it_was_not_connected_is_looked_for() -> None:
    assert LISTENING.dropped(100).connected(102).poll_at == 102


def test_a_dropped_connection_does_not_put_a_poll_off_unless_the_server_named_a_time() -> None:
    assert LISTENING.dropped(100).poll_at == LISTENING.poll_at
    told = LISTENING.dropped(100, wait_seconds=900)
    assert (told.connect_at, told.poll_at) == (1000, 1000)
    assert LISTENING.dropped(100, wait_seconds=10).poll_at == LISTENING.poll_at


def test_a_refused_login_is_polled_at_once_to_be_told_and_then_tried_only_with_long_pauses() -> None:
    refused = LISTENING.dropped(100).refused(102)
    assert refused.poll_at == 102
    refused = refused.polled(103, EX_NOPERM)
    assert refused.poll_at == 103 + FIRST_REFUSED_PAUSE_SECONDS
    assert refused.connect_at > refused.poll_at, "a poll knocks first, and alone"
    assert refused.announced(200) == refused
    for _ in range(5):
        refused = refused.polled(0, EX_NOPERM)
    assert refused.poll_at == LONGEST_REFUSED_PAUSE_SECONDS
    assert refused.polled(0, 0).poll_at == PACE.every_seconds
    assert (refused.polled(5, 0).refusals, refused.polled(5, 0).connect_at) == (0, 5)


def test_a_login_that_is_refused_only_where_it_waits_is_not_tried_again_soon() -> None:
    assert LISTENING.refused(100).polled(101, 0).connect_at == 100 + FIRST_REFUSED_PAUSE_SECONDS


def test_a_poll_is_never_more_frequent_for_a_refusal() -> None:
    rare = Schedule.begun(Pace(86_400, 540), 0, announces=False)
    assert rare.polled(0, EX_NOPERM).poll_at == 86_400


def test_other_failures_do_not_slow_the_polls_down() -> None:
    for status in (EX_TEMPFAIL, EX_CONFIG, -9):
        assert LISTENING.polled(400, status).poll_at == 700


def test_a_server_that_announces_nothing_is_not_connected_to_again() -> None:
    assert NEW.unannounced().polled(0, 0).connect_at == inf
    assert NEW.unannounced().woke(50).connect_at == inf


def test_after_a_sleep_everything_is_due() -> None:
    for schedule in (LISTENING, NEW.dropped(0), NEW.refused(0).polled(0, EX_NOPERM)):
        woken = schedule.woke(50)
        assert (woken.connect_at, woken.poll_at, woken.failures, woken.refusals) == (50, 50, 0, 0)
        assert not woken.listens


def test_a_sleep_is_noticed_by_the_clock_on_the_wall_or_by_a_wait_that_took_too_long() -> None:
    before = Moment(1000, 10)
    assert not slept(before, Moment(1020, 30), overlong_seconds=0.1)
    assert slept(before, Moment(4600, 30), overlong_seconds=0)
    assert slept(before, Moment(1020, 30), overlong_seconds=15)
    assert not slept(before, Moment(500, 30), overlong_seconds=0), "a clock that is set back"


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["connected", "renewed", "announced", "spoke", "dropped", "refused", "woke", "ok", "noperm"]),
        st.floats(0, 4000),
    ),
    max_size=30,
)


@given(STEPS)
def test_whatever_happens_a_poll_is_due_within_the_interval_or_the_longest_pause(
    steps: list[tuple[str, float]],
) -> None:
    schedule, now = NEW, 0.0
    for step, seconds in steps:
        now += seconds
        if step in ("ok", "noperm"):
            schedule = schedule.polled(now, EX_NOPERM if step == "noperm" else 0)
        else:
            schedule = getattr(schedule, step)(now)
        assert schedule.poll_at <= now + max(PACE.every_seconds, LONGEST_REFUSED_PAUSE_SECONDS)
        assert schedule.refusals or schedule.poll_at <= now + PACE.every_seconds
