from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.cli.since import since
from mailtriage.errors import UsageError

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize(
    ("text", "day", "month", "year"),
    [
        ("today", 23, 11, 2026),
        (" Yesterday ", 22, 11, 2026),
        ("3 days", 20, 11, 2026),
        ("3 days ago", 20, 11, 2026),
        ("3d", 20, 11, 2026),
        ("2 weeks", 9, 11, 2026),
        ("1 month", 24, 10, 2026),
        ("mon", 23, 11, 2026),
        ("Tuesday", 17, 11, 2026),
        ("2026-11-10", 10, 11, 2026),
        ("2026-03-04", 4, 3, 2026),
        ("04/03/2026", 4, 3, 2026),
        ("4.3.26", 4, 3, 2026),
        ("20 Nov", 20, 11, 2026),
        ("20th November", 20, 11, 2026),
        ("24 Dec", 24, 12, 2025),
        ("24/12", 24, 12, 2025),
    ],
)
def test_a_day_begins_at_its_midnight_in_london(text: str, day: int, month: int, year: int) -> None:
    assert since(text, now=NOW, zone=LONDON) == datetime(year, month, day, tzinfo=LONDON)


def test_hours_count_from_now() -> None:
    assert since("36 hours", now=NOW, zone=LONDON) == NOW - timedelta(hours=36)


def test_a_summer_midnight_is_an_hour_before_that_of_utc() -> None:
    assert since("2026-07-01", now=NOW, zone=LONDON) == datetime(2026, 6, 30, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "3",
        "",
        "2027-01-01",
        "24/12/2026",
        "32/1/2026",
        "2026-13-01",
        "soon",
        "monkey",
        "11/2026",
        "9999 months",
        "x" * 999,
    ],
)
def test_what_is_no_certain_past_day_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        since(text, now=NOW, zone=LONDON)
    assert "yesterday" in refused.value.hint
    assert len(refused.value.message) < 120


@given(st.text(max_size=30))
def test_any_text_is_a_past_instant_or_a_refusal(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert since(text, now=NOW, zone=LONDON) <= NOW


@given(st.from_regex(r"[0-9]{1,2}[ /.-](?:[0-9]{1,2}|[a-z]{3})(?:[ /.-][0-9]{2,4})?", fullmatch=True))
def test_any_written_date_is_a_past_instant_or_a_refusal(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert since(text, now=NOW, zone=LONDON) <= NOW
