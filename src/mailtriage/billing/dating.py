"""Whether it matters when minutes were worked that were typed afterwards, without saying when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from mailtriage.billing.assessment import assess
from mailtriage.model.work import Evidence, TimeEntry, TimeKind, Worked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.billing.assessment import Covering

_SECOND = timedelta(seconds=1)


def is_same_whenever(number: int, seconds: int, earliest: datetime, latest: datetime, covering: Covering) -> bool:
    """True if work on this message comes to the same, whenever it lay between the two instants.

    False as soon as a consent or a price that began or ended meanwhile makes a difference. Where the span is longer
    than what lies between, it ends at `latest`.
    """
    last_begin = latest - timedelta(seconds=seconds)
    first_begin = min(earliest, last_begin)
    begins = {first_begin, last_begin, *_edges(seconds, covering)}
    return len({_assessed(number, seconds, at, covering) for at in begins if first_begin <= at <= last_begin}) == 1


def _assessed(number: int, seconds: int, began_at: datetime, covering: Covering) -> object:
    entry = TimeEntry(0, number, 0, Worked(TimeKind.BOTH, seconds, Evidence.TYPED, began_at))
    return assess(number, [entry], covering)


def _edges(seconds: int, covering: Covering) -> Iterator[datetime]:
    """The last and the first begin on either side of each change."""
    for consent in covering.consents:
        yield from (consent.terms.given_at - _SECOND, consent.terms.given_at)
        if consent.withdrawn_at:
            last = consent.withdrawn_at - timedelta(seconds=seconds)
            yield from (last, last + _SECOND)
    for price in (*covering.own_prices, *covering.terms.prices):
        if price.from_on:
            midnight = datetime.combine(price.from_on, time(), covering.zone).astimezone(UTC)
            yield from (midnight - _SECOND, midnight)
