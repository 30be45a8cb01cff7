"""Time that was worked on e-mail, and what may make it a charge: consents, prices, terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

    from mailtriage.model.money import Money


class TimeKind(StrEnum):
    """What was done in a time."""

    READING = "reading"
    REPLY = "reply"
    BOTH = "reading and reply"


class Evidence(StrEnum):
    """How a time is known, the best first. Only the first two can be charged; the others are proposals."""

    TYPED = "typed"
    TIMER = "timer"
    INTERVAL = "interval"
    ESTIMATE = "estimate"

    @property
    def can_be_charged(self) -> bool:
        """True for what she typed or timed herself."""
        return self in (Evidence.TYPED, Evidence.TIMER)


@dataclass(frozen=True, slots=True)
class Worked:
    """A time to be kept: [began_at, began_at + seconds) in UTC, whole seconds, at least 1, evidence TYPED or TIMER.

    For typed minutes the span is what she says or what the timer measured: it decides which consent covers it.
    """

    kind: TimeKind
    seconds: int
    evidence: Evidence
    began_at: datetime

    @property
    def ended_at(self) -> datetime:
        """When it was over; half open."""
        return self.began_at + timedelta(seconds=self.seconds)


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """A kept time of message `number`; it is in force while its LOG decision is."""

    id: int
    number: int
    decision: int
    worked: Worked


@dataclass(frozen=True, slots=True)
class Awake:
    """What tells whether the machine ran on since a timer was started.

    Attributes:
        boot: an id of this run of the machine, "" where the system gives none.
        asleep_seconds: how long it was suspended since it booted, 0 where the system does not say.
    """

    boot: str
    asleep_seconds: int


@dataclass(frozen=True, slots=True)
class Timer:
    """The one timer that may run. `evidence` is TYPED where she said when it began, else TIMER."""

    number: int
    kind: TimeKind
    began_at: datetime
    awake: Awake
    evidence: Evidence = Evidence.TIMER


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A client's agreement to charges, to be recorded.

    Attributes:
        client: the code.
        number: the message it is for, None for a standing consent.
        given_at: from when on it holds, UTC; never in the future.
        how: how it was given ("signed agreement").
        price: the price of one unit that was agreed.
        policy: which version of the practice's policy ("2026-01"), "" if unknown.
    """

    client: str
    number: int | None
    given_at: datetime
    how: str
    price: Money
    policy: str


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded consent. `withdrawn_at` is when it stopped to hold, None while it does; if void, it never held."""

    id: int
    terms: NewConsent
    recorded_at: datetime
    withdrawn_at: datetime | None = None

    @property
    def is_void(self) -> bool:
        """True if it ended as it began, or before: it was recorded by mistake."""
        return self.withdrawn_at is not None and self.withdrawn_at <= self.terms.given_at

    def ends_before(self, at: datetime) -> bool:
        """True if a withdrawal for this instant would change nothing: it had ended by then."""
        return self.withdrawn_at is not None and self.withdrawn_at <= at

    def covers(self, worked: Worked, number: int) -> bool:
        """True if it was in force during the whole of this work on this message."""
        begun = self.terms.given_at <= worked.began_at
        ended = self.withdrawn_at is not None and worked.ended_at > self.withdrawn_at
        return begun and not ended and self.terms.number in (None, number)


@dataclass(frozen=True, slots=True)
class PriceFrom:
    """The price of one unit from the beginning of a day in the practice's zone; `from_on` None means always."""

    price: Money
    from_on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How time becomes units.

    Attributes:
        free_minutes: only strictly more than this is charged.
        increment_minutes: the length of one unit.
        basis: "whole": once over, the whole time counts; "excess": only what is beyond the free minutes.
        pool: "message": each message by itself; "day": per client and day the lower of that and the pooled charge.
        currency: ISO 4217, with two decimals.
        prices: the practice's own, in any order; () if it has named none.
        vat_percent: None where no VAT is charged.
    """

    free_minutes: int = 5
    increment_minutes: int = 15
    basis: Literal["whole", "excess"] = "whole"
    pool: Literal["message", "day"] = "message"
    currency: str = "GBP"
    prices: tuple[PriceFrom, ...] = ()
    vat_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """A mail of the practice's that answers a message.

    Attributes:
        sent_at: its Date.
        words: the therapist's own words in it.
        answers: how many messages it answers, at least 1.
        part_words: those of `words` that count for this message: all of them, or its part by the messages' lengths.
        is_guess: matched by subject and person, not by References.
    """

    sent_at: datetime
    words: int
    answers: int
    part_words: int
    is_guess: bool
