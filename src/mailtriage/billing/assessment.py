"""What may be charged of a message's time: which consent covers which entry, at which price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.billing.prices import price_on
from mailtriage.billing.units import units
from mailtriage.model.work import Evidence, TimeKind, Worked

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.model.money import Money
    from mailtriage.model.work import Consent, PriceFrom, Terms, TimeEntry


@dataclass(frozen=True, slots=True)
class Covering:
    """What decides whether time can be charged: a client's consents and prices, and the practice's terms.

    For a message that is nobody's, or of an address that several clients share, all of them are empty.
    """

    consents: tuple[Consent, ...]
    own_prices: tuple[PriceFrom, ...]
    terms: Terms
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Assessment:
    """The time of one message, and what of it may be charged.

    Attributes:
        measured_seconds: all that was typed or timed.
        covered_seconds: what of it was worked while a consent was in force, at no more than the consented price.
        voided_seconds: what a consent would have covered, had the price of that day not been above the agreed one.
        units: what `covered_seconds` make.
        price: of one unit, the lowest that holds for any covered entry; None where nothing is covered.
    """

    measured_seconds: int = 0
    covered_seconds: int = 0
    voided_seconds: int = 0
    units: int = 0
    price: Money | None = None

    @property
    def free_seconds(self) -> int:
        """What was worked without a consent: recorded, and never charged."""
        return self.measured_seconds - self.covered_seconds


def assess(number: int, entries: Sequence[TimeEntry], covering: Covering) -> Assessment:
    """What may be charged of the entries in force of a message. Evidence that is not hers counts for nothing."""
    measured = [entry.worked for entry in entries if entry.worked.evidence.can_be_charged]
    priced = [(worked.seconds, _charged_price(number, worked, covering)) for worked in measured]
    prices = [price for _, price in priced if price is not None]
    covered = sum(seconds for seconds, price in priced if price is not None)
    agreed = sum(worked.seconds for worked in measured if _agreed(number, worked, covering.consents))
    return Assessment(
        measured_seconds=sum(worked.seconds for worked in measured),
        covered_seconds=covered,
        voided_seconds=agreed - covered,
        units=units(covered, covering.terms),
        price=min(prices, key=lambda price: price.minor) if prices else None,
    )


def price_now(number: int, covering: Covering, now: datetime) -> Money | None:
    """What a unit of work on this message would cost that is done now; None if it would be free."""
    return _charged_price(number, Worked(TimeKind.BOTH, 1, Evidence.TYPED, now), covering)


def is_agreed_now(number: int, covering: Covering, now: datetime) -> bool:
    """True if a consent is in force, at whatever price."""
    return bool(_agreed(number, Worked(TimeKind.BOTH, 1, Evidence.TYPED, now), covering.consents))


def _charged_price(number: int, worked: Worked, covering: Covering) -> Money | None:
    """What a unit of this work costs; None if it is free.

    Never more than the client agreed to last; where the price of the day is lower, that. A price above it voids the
    consent, and so does a price in another currency than the practice's: there is no exchange here.
    """
    currency = covering.terms.currency
    day = worked.began_at.astimezone(covering.zone).date()
    asked = price_on(day, covering.own_prices, covering.terms.prices)
    agreed = [consent.terms for consent in _agreed(number, worked, covering.consents)]
    if not agreed:
        return None
    given_at = max(terms.given_at for terms in agreed)
    latest = [terms.price for terms in agreed if terms.given_at == given_at]
    if any(price.currency != currency for price in (*latest, *([asked] if asked else []))):
        return None
    most = min(latest, key=lambda price: price.minor)
    return None if asked is not None and most < asked else asked or most


def _agreed(number: int, worked: Worked, consents: Sequence[Consent]) -> list[Consent]:
    return [consent for consent in consents if consent.covers(worked, number)]
