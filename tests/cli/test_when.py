"""Times as they are typed, on ordinary days and on those when the clocks change."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.cli.when import held_from, held_until, instant, named_day
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 23, 14, 5, 30, tzinfo=UTC)  # a Monday


def at(text: str, now: datetime = NOW) -> datetime:
    return instant(text, now=now, zone=LONDON)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13:05", "2026-11-23T13:05"),
        ("9:07", "2026-11-23T09:07"),
        ("09:07:08", "2026-11-23T09:07:08"),
        ("now", "2026-11-23T14:05:30"),
        ("9am", "2026-11-23T09:00"),
        ("12:30 am", "2026-11-23T00:30"),
        ("12 pm", "2026-11-23T12:00"),
        (" Yesterday  16:05 ", "2026-11-22T16:05"),
        ("yesterday at 4pm", "2026-11-22T16:00"),
        ("fri 16:05", "2026-11-20T16:05"),
        ("2026-03-03 10:00", "2026-03-03T10:00"),
        ("2026-07-03 10:00", "2026-07-03T09:00"),
        ("2026-07-03T10:00", "2026-07-03T09:00"),
        ("2026-07-03 10:00 BST", "2026-07-03T09:00"),
        ("2026-07-03T10:00:00+00:00", "2026-07-03T10:00"),
        ("2026-07-03T10:00:00Z", "2026-07-03T10:00"),
        ("2026-07-03 10:00 -0530", "2026-07-03T15:30"),
        ("3 March 2026 10:00", "2026-03-03T10:00"),
        ("4/3/2026 10:00", "2026-03-04T10:00"),
        ("3 Nov 10:00", "2026-11-03T10:00"),
        ("3 Oct 10:00", "2026-10-03T09:00"),
        ("1 August 10:00", "2026-08-01T09:00"),
        ("3rd Sept 2026, 10:00", "2026-09-03T09:00"),
        ("Sat 16:05", "2026-11-21T16:05"),
        ("Saturday at 16:05", "2026-11-21T16:05"),
    ],
)
def test_a_time_is_read_day_first_in_the_practices_zone(text: str, expected: str) -> None:
    assert at(text) == datetime.fromisoformat(f"{expected}+00:00")


@pytest.mark.parametrize(
    "text",
    [
        *("", "16", "25:00", "9:60", "13pm", "0am", "14:06", "tomorrow 9:00", "2026-13-01 9:00", "2027-01-01 9:00"),
        *("soon", "9:00 CET", "1/2 9:00", "x" * 500, "1969-01-01 10:00", "yesterday", "9999 days 10:00"),
    ],
)
def test_what_is_no_certain_past_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        at(text)
    assert refused.value.hint
    assert len(refused.value.message) < 140


def test_a_date_whose_year_would_have_to_be_guessed_asks_for_it() -> None:
    with pytest.raises(UsageError, match="leaves the year to be guessed"):
        at("3 March 10:00", datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    assert at("28 Dec 10:00", datetime(2027, 1, 2, 12, 0, tzinfo=UTC)).year == 2026


def test_a_time_that_the_clocks_skip_never_was() -> None:
    with pytest.raises(UsageError, match="never was"):
        at("2026-03-29 01:30")
    assert at("2026-03-29 00:59") == datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert at("2026-03-29 02:00") == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_the_clocks_repeat_is_told_apart_by_its_offsets_name() -> None:
    with pytest.raises(UsageError, match="came twice") as refused:
        at("2026-10-25 01:30")
    assert refused.value.hint == 'Say which: "2026-10-25 01:30 BST" or "2026-10-25 01:30 GMT".'
    assert at("2026-10-25 01:30 bst") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert at("2026-10-25 01:30 GMT") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_an_offset_that_was_not_kept_then_is_refused() -> None:
    with pytest.raises(UsageError, match="the clocks kept GMT then"):
        at("2026-11-20 10:00 BST")


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_every_minute_of_a_clock_change_day_is_exact_or_refused(day: str) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=LONDON).astimezone(UTC)
    for minute in range(25 * 60):
        moment = start + timedelta(minutes=minute)
        local = moment.astimezone(LONDON)
        assert at(f"{local:%Y-%m-%d %H:%M} {local.tzname()}") == moment


def test_a_day_alone_gives_a_consent_from_its_end_and_today_from_now() -> None:
    def given_on(text: str) -> datetime:
        return held_from(text, now=NOW, zone=LONDON)

    assert given_on("2026-03-03") == datetime(2026, 3, 4, tzinfo=UTC)
    assert given_on("2026-07-03") == datetime(2026, 7, 3, 23, 0, tzinfo=UTC)
    assert given_on("yesterday") == datetime(2026, 11, 23, tzinfo=UTC)
    assert given_on("today") == NOW
    assert given_on("2026-03-03 10:00") == datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


def test_a_day_alone_ends_a_consent_at_its_beginning() -> None:
    assert held_until("today", now=NOW, zone=LONDON) == datetime(2026, 11, 23, tzinfo=UTC)
    assert held_until("2026-07-03", now=NOW, zone=LONDON) == datetime(2026, 7, 2, 23, 0, tzinfo=UTC)
    assert held_until("12:00", now=NOW, zone=LONDON) == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("held", [held_from, held_until])
@pytest.mark.parametrize("text", ["tomorrow", "2026-11-24", "15:00", "", "3"])
def test_a_consent_cannot_begin_or_end_in_the_future(held: Callable[..., datetime], text: str) -> None:
    with pytest.raises(UsageError):
        held(text, now=NOW, zone=LONDON)


def test_a_day_to_come_needs_its_year() -> None:
    today = NOW.date()
    assert named_day("1 Jan 2027", today=today).year == 2027
    with pytest.raises(UsageError, match="year"):
        named_day("1 Jan", today=today)


@given(st.text(max_size=30) | st.from_regex(r"[0-9a-z /:.+-]{1,24}", fullmatch=True))
def test_any_text_is_a_past_instant_or_a_refusal(text: str) -> None:
    with contextlib.suppress(UsageError):
        assert at(text) <= NOW
    with contextlib.suppress(UsageError):
        assert held_from(text, now=NOW, zone=LONDON) <= NOW
