from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailtriage.adapters.terminal.moments import day, elapsed, moment, stamp

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 23, 9, 14, tzinfo=UTC), "today 09:14"),
        (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 17, 9, 14, tzinfo=UTC), "Tue 17 Nov 09:14"),
        (datetime(2026, 7, 1, 9, 14, tzinfo=UTC), "Wed 1 Jul 10:14"),
        (datetime(2025, 11, 17, 9, 14, tzinfo=UTC), "Mon 17 Nov 2025 09:14"),
        (datetime(2026, 11, 24, 9, 14, tzinfo=UTC), "Tue 24 Nov 09:14"),
    ],
)
def test_an_instant_is_said_as_a_person_would(at: datetime, said: str) -> None:
    assert moment(at, NOW, LONDON) == said


def test_the_hour_that_autumn_repeats_names_its_offset() -> None:
    now = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
    assert moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), now, LONDON) == "today 01:30 BST"
    assert moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), now, LONDON) == "today 01:30 GMT"
    assert moment(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), now, LONDON) == "today 02:30"


def test_the_hour_that_spring_leaves_out_is_never_said() -> None:
    now = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    assert moment(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), now, LONDON).startswith("today 00:59")
    assert moment(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), now, LONDON) == "today 02:00"


def test_today_is_the_practices_day_not_that_of_utc() -> None:
    now = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert moment(now, now, LONDON) == "today 00:30"
    assert day(now - timedelta(hours=1), now, LONDON) == "yesterday"


def test_a_headline_has_the_full_date() -> None:
    assert stamp(NOW, LONDON) == "Mon 23 Nov 2026 14:05"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(-5, "0 minutes"), (1, "1 minute"), (60, "1 hour"), (47 * 60, "47 hours"), (48 * 60, "2 days")],
)
def test_a_wait_is_said_in_its_largest_unit(minutes: int, said: str) -> None:
    assert elapsed(NOW - timedelta(minutes=minutes), NOW) == said


def test_a_time_that_leaves_the_calendar_in_the_practices_zone_is_said_all_the_same() -> None:
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    assert stamp(last, ZoneInfo("Pacific/Auckland")) == "Fri 31 Dec 9999 23:59"
