"""How far back: "yesterday", "3 days", "mon", "2026-11-20", "20/11/2026" -> an instant. Day first, never guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"(\d{1,4})\s*(h|hours?|d|days?|w|weeks?|months?)(?:\s+ago)?")
_WRITTEN = re.compile(r"\d{1,2}(?:st|nd|rd|th)?[ /.-](?:\d{1,2}|[a-z]{3,9})(?:[ /.-](?P<year>\d\d|\d{4}))?")
_DAYS = {"d": 1, "w": 7, "m": 30}
_HINT = 'Say it as in "yesterday", "3 days", "2 weeks", "monday", "2026-11-20", "20/11/2026" or "20 Nov".'
_SHOWN_CHARACTERS = 40
_EARLIEST_YEAR = 1971


def since(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a text names, in UTC. Days begin at midnight in `zone`; "3 hours" counts from `now`.

    A month is 30 days. A date without a year is the last such date. Weekdays are the last such day, today included.

    Raises:
        UsageError: if the text names no time, or one that is still to come.
    """
    words = text.strip().casefold()
    span = _SPAN.fullmatch(words)
    if span and span[2].startswith("h"):
        return now - timedelta(hours=int(span[1]))
    today = now.astimezone(zone).date()
    try:
        on = today - timedelta(days=int(span[1]) * _DAYS[span[2][0]]) if span else day_of(words, today)
    except (ValueError, OverflowError) as error:
        raise UsageError(f'"{shown(text)}" is no date that can be told for certain', _HINT) from error
    if on.year < _EARLIEST_YEAR:
        raise UsageError(f'"{shown(text)}" lies before any e-mail', _HINT)
    if on > today:
        raise UsageError(f'"{shown(text)}" is still to come ({on:%-d %B %Y})', _HINT)
    return datetime.combine(on, time(), zone).astimezone(UTC)


def day_of(words: str, today: date) -> date:
    """The day that words in lower case name; it may be one to come.

    Raises:
        ValueError, OverflowError: for what is no date.
    """
    if words in ("today", "yesterday"):
        return today - timedelta(days=words == "yesterday")
    weekday = words[:3]
    if (
        words.isalpha()
        and weekday in _WEEKDAYS
        and words in (weekday, f"{today - _back(weekday, today):%A}".casefold())
    ):
        return today - _back(weekday, today)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", words):
        return date.fromisoformat(words)
    return _written(words, today)


def _back(weekday: str, today: date) -> timedelta:
    return timedelta(days=(today.weekday() - _WEEKDAYS.index(weekday)) % 7)


def has_year(words: str) -> bool:
    """False for a written date that leaves its year to be guessed."""
    written = _WRITTEN.fullmatch(words)
    return written is None or bool(written["year"])


def _written(words: str, today: date) -> date:
    """A date with day and month, as people write it in Britain. A bare number says too little."""
    written = _WRITTEN.fullmatch(words)
    if written is None:
        raise ValueError(words)
    from dateutil import parser

    on = parser.parse(words, dayfirst=True, default=datetime.combine(today, time())).date()
    return on.replace(year=on.year - 1) if on > today and not written["year"] else on


def shown(text: str) -> str:
    """What was typed, harmless and short, for a message that refuses it."""
    return ascii(text)[1:-1][:_SHOWN_CHARACTERS]
