"""Calendar months in the practice's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from mailtriage.model.statements import Month

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(\d{4})-(\d{2})")
_YEARS = range(1971, 9999)
_MONTHS_OF_YEAR = 12


def parse_month(text: str) -> Month:
    """The month written "2026-10".

    Raises:
        ValueError: for anything else.
    """
    written = _WRITTEN.fullmatch(text.strip())
    if not written or int(written[1]) not in _YEARS or not 1 <= int(written[2]) <= _MONTHS_OF_YEAR:
        raise ValueError(f'{ascii(text)[:40]} is no month; write it as in "2026-10"')
    return Month(int(written[1]), int(written[2]))


def month_of(day: date) -> Month:
    """The month that a day lies in."""
    return Month(day.year, day.month)


def later(month: Month, count: int) -> Month:
    """The month that comes `count` months later; earlier below 0.

    >>> str(later(Month(2026, 12), 1)), str(later(Month(2026, 1), -2))
    ('2027-01', '2025-11')
    """
    years, months = divmod(month.month - 1 + count, _MONTHS_OF_YEAR)
    return Month(month.year + years, months + 1)


def begins_at(month: Month, zone: ZoneInfo) -> datetime:
    """The midnight in `zone` with which a month begins, in UTC; it ends where the next one begins."""
    return day_begins_at(date(month.year, month.month, 1), zone)


def day_begins_at(day: date, zone: ZoneInfo) -> datetime:
    """The midnight in `zone` with which a day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def day_in(zone: ZoneInfo, at: datetime) -> date:
    """The day in `zone` of an instant."""
    return at.astimezone(zone).date()
