"""What a timer measured, what is doubtful of it, and how typed minutes are dated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.timers import Run, run_of
from mailtriage.model.work import Awake, Evidence, TimeKind, Timer

LONDON = ZoneInfo("Europe/London")
START = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
AWAKE = Awake("boot", 100)


def ran(seconds: int, *, start: datetime = START, awake: Awake = AWAKE) -> Run:
    timer = Timer(3, TimeKind.READING, start, AWAKE)
    return run_of(timer, start + timedelta(seconds=seconds), awake, limit_minutes=30, zone=LONDON)


@pytest.mark.parametrize(("seconds", "doubtful"), [(1, False), (1800, False), (1801, True), (-1, True)])
def test_a_timer_is_trusted_up_to_its_limit_and_not_a_second_longer(seconds: int, *, doubtful: bool) -> None:
    assert ran(seconds).is_doubtful is doubtful


def test_a_timer_over_midnight_is_doubtful_in_the_practices_zone() -> None:
    summer = datetime(2026, 7, 1, 22, 50, tzinfo=UTC)
    assert ran(900, start=summer).is_over_midnight
    assert not ran(900, start=summer + timedelta(minutes=65)).is_over_midnight


@pytest.mark.parametrize(
    ("awake", "asleep_seconds", "rebooted"),
    [
        (Awake("boot", 102), 0, False),
        (Awake("boot", 103), 3, False),
        (Awake("boot", 99), 0, False),
        (Awake("boot", 5), 0, True),
        (Awake("another", 100), 0, True),
        (Awake("another", 4000), 0, True),
    ],
)
def test_sleep_and_reboots_are_told_from_the_jitter_of_clocks(
    awake: Awake, asleep_seconds: int, *, rebooted: bool
) -> None:
    run = ran(60, awake=awake)
    assert (run.asleep_seconds, run.is_rebooted) == (asleep_seconds, rebooted)
    assert run.is_doubtful is (bool(asleep_seconds) or rebooted)


def test_the_measured_time_is_the_run() -> None:
    worked = ran(390).measured()
    assert (worked.began_at, worked.seconds, worked.evidence) == (START, 390, Evidence.TIMER)


@given(st.integers(1, 86_400), st.integers(1, 86_400))
def test_typed_minutes_begin_no_later_than_the_timer_and_end_no_later_than_its_run(seconds: int, typed: int) -> None:
    run = ran(seconds)
    worked = run.corrected(typed)
    assert (worked.seconds, worked.evidence) == (typed, Evidence.TYPED)
    assert worked.began_at <= run.timer.began_at
    assert worked.ended_at == min(run.timer.began_at + timedelta(seconds=typed), run.ended_at)
