"""What is proposed to become of a message's time, and why. A proposal decides nothing: she does.

Whatever is proposed, she can log, confirm, adjust, waive or save any message.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from mailtriage.billing.assessment import assess, is_agreed_now, price_now
from mailtriage.billing.estimate import estimate
from mailtriage.billing.interval import interval
from mailtriage.model import Forwarded

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.billing.assessment import Assessment, Covering
    from mailtriage.billing.estimate import Estimate
    from mailtriage.billing.interval import Interval
    from mailtriage.billing.speeds import Paces
    from mailtriage.ledger import KeptMessage, SeenInterval
    from mailtriage.model import Decision
    from mailtriage.model.money import Money
    from mailtriage.model.work import Evidence, Reply, Terms, TimeEntry


class Proposed(StrEnum):
    """What is proposed."""

    CONFIRM = "confirm"
    TYPE = "type the minutes"
    SAVE = "save"
    NAME = "name the client"
    SETTLED = "settled"
    NOTHING = "nothing"


class Ground(StrEnum):
    """Why. The first eight bar a charge from being proposed, whatever was agreed."""

    AUTOMATIC = "automatic mail"
    EMERGENCY = "emergency-like wording"
    BEGUN = "you began"
    FORWARDED = "forwarded"
    DIARY = "about the diary"
    STRANGER = "not a client's"
    SHARED = "a shared address"
    SETTLED = "settled"
    CONSENT = "a consent covers it"
    NO_CONSENT = "no consent"
    WITHOUT_CONSENT = "worked without consent"
    PRICE = "the price is above the agreed one"
    SHORT = "not over the limit"


_SAVED_WHEN_LONG = frozenset({Ground.BEGUN, Ground.FORWARDED, Ground.DIARY})


@dataclass(frozen=True, slots=True)
class Known:
    """All that a proposal is made from. `lapsed`, `added_seconds` and `is_credited` are those of `ledger.Standing`."""

    message: KeptMessage
    entries: tuple[TimeEntry, ...]
    replies: tuple[Reply, ...]
    seen: SeenInterval | None
    covering: Covering
    paces: Paces
    lapsed: Decision | None = None
    added_seconds: int = 0
    is_credited: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed for a message.

    Attributes:
        assessment: what was typed or timed, and what of it may be charged.
        estimate: what may be missing from that, by words.
        interval: between reading and answering; None where something was measured, or where it says nothing.
        evidence: how what is assessed was measured: TYPED, TIMER or both.
        price: of one unit worked now; None where that would be free.
        lapsed: the settlement that holds no longer, since `added_seconds` more (or less) are in force, or since the
            client is another one, or since a credit (`is_credited`); None where nothing was reopened.
    """

    kind: Proposed
    ground: Ground
    assessment: Assessment
    estimate: Estimate
    terms: Terms
    evidence: frozenset[Evidence] = frozenset()
    interval: Interval | None = None
    price: Money | None = None
    lapsed: Decision | None = None
    added_seconds: int = 0
    is_credited: bool = False

    @property
    def is_likely_over(self) -> bool:
        """True if what was measured and what is likely missing come to more than the free minutes."""
        free = self.terms.free_minutes * 60
        by_words = self.assessment.measured_seconds + self.estimate.mid
        return by_words > free or (self.interval is not None and self.interval.least > free)


def barred(message: KeptMessage) -> Ground | None:
    """Why no charge is ever proposed for this message; None if one may be."""
    verdict = message.verdict
    first_that_holds = (
        (verdict.automatic, Ground.AUTOMATIC),
        (verdict.emergency.is_alarm, Ground.EMERGENCY),
        (message.is_begun, Ground.BEGUN),
        (verdict.forwarded is not Forwarded.NO, Ground.FORWARDED),
        (verdict.diary, Ground.DIARY),
        (not message.clients, Ground.STRANGER),
        (len(message.clients) > 1, Ground.SHARED),
    )
    return next((ground for holds, ground in first_that_holds if holds), None)


def proposal(known: Known, now: datetime) -> Proposal:
    """What is proposed for a message at `now`.

    CONFIRM where typed or timed minutes pass the limit under a consent. TYPE where only words or an interval say that
    they do, and a consent is in force. SAVE, without a charge, where it is or was likely over and no consent is.
    """
    number, covering = known.message.number, known.covering
    found = Proposal(
        kind=Proposed.NOTHING,
        ground=Ground.SHORT,
        assessment=assess(number, known.entries, covering),
        estimate=estimate(known.message.verdict.words, known.replies, known.entries, known.paces),
        terms=covering.terms,
        evidence=frozenset(e.worked.evidence for e in known.entries if e.worked.evidence.can_be_charged),
        interval=None if known.entries else interval(known.seen, known.replies),
        price=price_now(number, covering, now),
        lapsed=known.lapsed,
        added_seconds=known.added_seconds,
        is_credited=known.is_credited,
    )
    kind, ground = _proposed(known.message, found, is_agreed=is_agreed_now(number, covering, now))
    return replace(found, kind=kind, ground=ground)


def _proposed(message: KeptMessage, found: Proposal, *, is_agreed: bool) -> tuple[Proposed, Ground]:
    bar = barred(message)
    saves_anyway = bar in _SAVED_WHEN_LONG and message.verdict.long
    measured = found.assessment.measured_seconds
    first_that_holds = (
        (message.settlement, Proposed.SETTLED, Ground.SETTLED),
        (bar is Ground.SHARED, Proposed.NAME, bar),
        (bar, Proposed.SAVE if saves_anyway else Proposed.NOTHING, bar),
        (found.assessment.units, Proposed.CONFIRM, Ground.CONSENT),
        (measured > found.terms.free_minutes * 60, Proposed.SAVE, _free(found.assessment, is_agreed=is_agreed)),
        (not found.is_likely_over, Proposed.NOTHING, Ground.SHORT),
        (found.price is not None, Proposed.TYPE, Ground.CONSENT),
    )
    otherwise = (Proposed.SAVE, Ground.PRICE if is_agreed else Ground.NO_CONSENT)
    return next(((kind, ground) for holds, kind, ground in first_that_holds if holds and ground), otherwise)


def _free(assessment: Assessment, *, is_agreed: bool) -> Ground:
    """Why measured time over the limit cannot be charged."""
    if assessment.voided_seconds:
        return Ground.PRICE
    return Ground.WITHOUT_CONSENT if is_agreed else Ground.NO_CONSENT
