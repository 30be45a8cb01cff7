"""Times as people type them: "16:05", "yesterday 16:05", "3 March 10:00" -> an instant. Nothing is guessed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from mailtriage.cli.since import day_of, has_year, shown
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_CLOCK = re.compile(
    r"(?:(?P<day>.+?)(?: |(?<=\d)t))?(?:at )?(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::(?P<second>\d\d))?)?"
    r" ?(?P<half>am|pm)?(?: ?(?P<offset>z|[a-z]{3,5}|[+-]\d\d(?::?\d\d)?))?",
    re.ASCII,
)
_NUMBER = re.compile(r"([+-])(\d\d):?(\d\d)?", re.ASCII)
_HINT = 'Say it as in "16:05", "yesterday 16:05", "2026-03-03 10:00" or "3 March 10:00".'
_DAY_HINT = 'Say it as in "2026-03-03", "3 March 2026" or "yesterday".'
_LONG_AGO = timedelta(days=180)
_EARLIEST_YEAR = 1971
_MOST_CHARACTERS = 60


def instant(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant that a text names, in UTC, whole seconds, never after `now`. Without a day it is today's.

    A time that the clocks skip is refused; one that they repeat needs the name of its offset ("01:30 BST").

    Raises:
        UsageError: if the text names no time, one that is still to come, or one that is not certain.
    """
    at = _instant(text, now, zone)
    if at is None:
        raise UsageError(f'"{shown(text)}" names no time of day', _HINT)
    if at > now:
        raise UsageError(f'"{shown(text)}" is still to come', _HINT)
    return at


def held_from(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """From when on a consent holds that was given at this time, or on this day.

    A day alone does not say when: it holds from the end of that day, today's from now on, so that no charge can rest
    on a consent that may have come later than the work.

    Raises:
        UsageError: as `instant`.
    """
    at = _instant(text, now, zone)
    if at is None:
        return min(_midnight(_past_day(text, now, zone) + timedelta(days=1), zone), now)
    return instant(text, now=now, zone=zone)


def held_until(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """When a consent ends that was withdrawn at this time; a day alone ends it at that day's beginning.

    Raises:
        UsageError: as `instant`.
    """
    at = _instant(text, now, zone)
    return _midnight(_past_day(text, now, zone), zone) if at is None else instant(text, now=now, zone=zone)


def named_day(text: str, *, today: date) -> date:
    """The day that a text names; it may be one to come, if its year is given.

    Raises:
        UsageError: if it names none for certain.
    """
    words = " ".join(text.casefold().split())
    try:
        on = day_of(words, today)
    except (ValueError, OverflowError) as error:
        raise UsageError(f'"{shown(text)}" is no date that can be told for certain', _DAY_HINT) from error
    if not has_year(words) and today - on > _LONG_AGO:
        raise UsageError(f'"{shown(text)}" leaves the year to be guessed', _DAY_HINT)
    if on.year < _EARLIEST_YEAR:
        raise UsageError(f'"{shown(text)}" lies before any e-mail', _DAY_HINT)
    return on


def _past_day(text: str, now: datetime, zone: ZoneInfo) -> date:
    today = now.astimezone(zone).date()
    on = named_day(text, today=today)
    if on > today:
        raise UsageError(f'"{shown(text)}" is still to come ({on:%-d %B %Y})', _DAY_HINT)
    return on


def _midnight(on: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(on, time(), zone).astimezone(UTC)


def _instant(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The instant, maybe one to come; None for a text without a time of day."""
    words = " ".join(text.casefold().replace(",", " ").split())
    if words == "now":
        return now
    found = _CLOCK.fullmatch(words) if len(words) <= _MOST_CHARACTERS else None
    if found is None or not (found["minute"] or found["half"]):
        return None
    today = now.astimezone(zone).date()
    on = named_day(found["day"], today=today) if found["day"] else today
    return _placed(datetime.combine(on, _clock(found, text)), found["offset"] or "", zone, text)


def _clock(found: re.Match[str], text: str) -> time:
    hour, half = int(found["hour"]), found["half"]
    if half and 1 <= hour <= 12:  # noqa: PLR2004 - hours on a clock's face
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 24
    try:
        return time(hour, int(found["minute"] or 0), int(found["second"] or 0))
    except ValueError as error:
        raise UsageError(f'"{shown(text)}" is no time of a day', _HINT) from error


def _placed(local: datetime, offset: str, zone: ZoneInfo, text: str) -> datetime:
    """The instant of a time on the wall, by the name or the figure of its offset where that is given."""
    if (number := _NUMBER.fullmatch(offset)) or offset in ("z", "utc"):
        return _by_figure(local, number)
    readings = [local.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    real = {at.astimezone(UTC): at for at in readings if _is_real(at, zone)}
    if not real:
        raise UsageError(f'"{shown(text)}" never was: the clocks were put forward over it', _HINT)
    named = [at for at, reading in real.items() if offset in ("", (reading.tzname() or "").casefold())]
    if len(named) == 1:
        return named[0]
    names = [reading.tzname() or "" for reading in real.values()]
    if not named:
        raise UsageError(f'"{shown(text)}": the clocks kept {" or ".join(names)} then', _HINT)
    said = " or ".join(f'"{local:%Y-%m-%d %H:%M} {name}"' for name in names)
    raise UsageError(f'"{shown(text)}" came twice: the clocks were put back', f"Say which: {said}.")


def _is_real(at: datetime, zone: ZoneInfo) -> bool:
    """False for a time that the clocks skipped: there and back again it is another."""
    return at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == at.replace(tzinfo=None)


def _by_figure(local: datetime, number: re.Match[str] | None) -> datetime:
    minutes = 0
    if number:
        minutes = (int(number[2]) * 60 + int(number[3] or 0)) * (-1 if number[1] == "-" else 1)
    return local.replace(tzinfo=UTC) - timedelta(minutes=minutes)
