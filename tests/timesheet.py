"""Time, consents and prices of an invented practice, for the rules about charges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailtriage.billing.assessment import Covering
from mailtriage.model.money import Money
from mailtriage.model.work import (
    Consent,
    Evidence,
    NewConsent,
    PriceFrom,
    Reply,
    Terms,
    TimeEntry,
    TimeKind,
    Worked,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

ZONE = ZoneInfo("Europe/London")
BEGAN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
NUMBER = 41
PRACTICE_PRICE = PriceFrom(Money(2000, "GBP"))


def pounds(amount: int) -> Money:
    return Money(amount * 100, "GBP")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def worked(
    seconds: int = 600,
    began_at: datetime = BEGAN,
    kind: TimeKind = TimeKind.READING,
    evidence: Evidence = Evidence.TIMER,
) -> Worked:
    return Worked(kind, seconds, evidence, began_at)


def entries(*times: Worked) -> tuple[TimeEntry, ...]:
    return tuple(TimeEntry(at, NUMBER, at, each) for at, each in enumerate(times, 1))


def consent(
    given_at: datetime = BEGAN - timedelta(days=30),
    withdrawn_at: datetime | None = None,
    number: int | None = None,
    price: Money = PRACTICE_PRICE.price,
) -> Consent:
    return Consent(1, NewConsent("A.B.", number, given_at, "signed agreement", price, ""), given_at, withdrawn_at)


def covering(
    *consents: Consent,
    own: Sequence[PriceFrom] = (),
    prices: Sequence[PriceFrom] = (PRACTICE_PRICE,),
    currency: str = "GBP",
) -> Covering:
    return Covering(consents, tuple(own), Terms(prices=tuple(prices), currency=currency), ZONE)


def price(amount: int, from_on: date | None = None) -> PriceFrom:
    return PriceFrom(pounds(amount), from_on)


def reply(
    words: int = 190,
    *,
    sent_at: datetime = BEGAN,
    answers: int = 1,
    part_words: int | None = None,
    is_guess: bool = False,
) -> Reply:
    return Reply(sent_at, words, answers, words if part_words is None else part_words, is_guess)
