"""Instants and durations as a person says them, in the practice's zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

_SAME_YEAR_DAYS = 180


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """An instant: "today 09:14", "yesterday 18:02", "Tue 17 Nov 09:14"; with the year where that could mislead.

    The hour that the clocks repeat in autumn is told apart by the name of its offset ("01:30 GMT").
    """
    local = _local(at, zone)
    clock = f"{local:%H:%M}"
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        clock += f" {local.tzname()}"
    return f"{_day(local.date(), now.astimezone(zone).date())} {clock}"


def day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The day alone: "today", "Tue 17 Nov"."""
    return _day(_local(at, zone).date(), now.astimezone(zone).date())


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """An instant in full, for a headline: "Mon 23 Nov 2026 14:05"."""
    return f"{_local(at, zone):%a %-d %b %Y %H:%M}"


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """The instant in a zone; as it is, where a mail names one that leaves the calendar there (31 Dec 9999)."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at


def elapsed(since: datetime, now: datetime) -> str:
    """How long ago, in its largest unit, whole: "20 minutes", "5 hours", "6 days"."""
    minutes = max(int((now - since).total_seconds()) // 60, 0)
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return _plural(minutes, "minute")
    hours = minutes // 60
    return _plural(hours, "hour") if hours < 48 else _plural(hours // 24, "day")  # noqa: PLR2004 - "1 day" says too little


def _day(on: date, today: date) -> str:
    if on == today:
        return "today"
    if on == today - timedelta(days=1):
        return "yesterday"
    if abs((today - on).days) > _SAME_YEAR_DAYS:
        return f"{on:%a %-d %b %Y}"
    return f"{on:%a %-d %b}"


def _plural(count: int, unit: str) -> str:
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
