"""Instants as the whole seconds since 1970 (UTC) that the file holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def seconds(instant: datetime | None) -> int | None:
    """Whole seconds, fractions dropped; None for None."""
    return None if instant is None else (instant - _BEGINNING) // _SECOND


def instant(seconds: int) -> datetime:
    """The instant, UTC."""
    return _BEGINNING + seconds * _SECOND


def instant_or_none(seconds: int | None) -> datetime | None:
    """The instant, UTC; None for None."""
    return None if seconds is None else instant(seconds)


def seconds_up(instant: datetime) -> int:
    """Whole seconds, a fraction rounded up: what is at or after the instant, or before it, is so of these as well."""
    return -((_BEGINNING - instant) // _SECOND)
