"""Durations as people type and say them: whole seconds."""

from __future__ import annotations

import re
from fractions import Fraction

MOST_SECONDS = 24 * 60 * 60
_HINT = 'write it as in "4m", "6m30s", "1h 5m", "90s" or "6:30"'
_UNITS = {"h": 3600, "m": 60, "s": 1}
_PART = re.compile(r"(\d{1,40}(?:\.\d{1,4})?)\s*(hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)\s*", re.ASCII)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)", re.ASCII)
_MINUTES = re.compile(r"\d{1,4}(?:\.\d{1,4})?", re.ASCII)


def parse_duration(text: str) -> int:
    """The seconds in "4m", "6m30s", "1h 5m", "90s", "1.5h" or "6:30" (minutes and seconds); 1 to 86,400.

    >>> parse_duration("6m30s"), parse_duration("6:30")
    (390, 390)

    Raises:
        ValueError: for anything else; a bare number says too little.
    """
    words = text.strip().casefold()
    clock = _CLOCK.fullmatch(words)
    if _MINUTES.fullmatch(words):
        raise ValueError(f'{text!r} names no unit: "{words}m" is minutes; {_HINT}')
    if words.startswith("-"):
        raise ValueError(f"{text!r} is less than nothing; {_HINT}")
    seconds = Fraction(int(clock[1]) * 60 + int(clock[2])) if clock else _in_parts(words, text)
    return _bounded(seconds, text)


def parse_minutes(text: str) -> int:
    """The seconds in a bare number of minutes ("9", "9.5"), or whatever `parse_duration` reads.

    Raises:
        ValueError: as there.
    """
    words = text.strip()
    return _bounded(Fraction(words) * 60, text) if _MINUTES.fullmatch(words) else parse_duration(text)


def spoken(seconds: int) -> str:
    """Exactly, in hours, minutes and seconds; never rounded, so that what is over five minutes never reads as five.

    >>> spoken(301), spoken(300), spoken(3900), spoken(0)
    ('5 min 1 s', '5 min', '1 h 5 min', '0 min')
    """
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = [f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min"), (rest, "s")) if count]
    return " ".join(parts) or "0 min"


def _in_parts(words: str, text: str) -> Fraction:
    seconds, at, smallest = Fraction(0), 0, 3601
    while at < len(words):
        part = _PART.match(words, at)
        unit = _UNITS[part[2][0]] if part else 0
        if part is None or unit >= smallest:
            raise ValueError(f"{text!r} is no duration; {_HINT}")
        seconds, at, smallest = seconds + Fraction(part[1]) * unit, part.end(), unit
    return seconds


def _bounded(seconds: Fraction, text: str) -> int:
    if seconds.denominator != 1:
        raise ValueError(f"{text!r} is no whole number of seconds; {_HINT}")
    if seconds > MOST_SECONDS:
        raise ValueError(f"{text!r} is longer than a day; {_HINT}")
    if not seconds:
        raise ValueError(f"{text!r} is no time at all; {_HINT}")
    return int(seconds)
