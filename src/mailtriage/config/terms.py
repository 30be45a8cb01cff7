"""The `[billing]` table as `Terms`: amounts, days and a rate out of texts."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from mailtriage.model.money import Money, parse_money
from mailtriage.model.work import PriceFrom, Terms

if TYPE_CHECKING:
    from mailtriage.config.values import Billing

_CURRENCY = re.compile(r"[A-Z]{3}")
_NO_CENTS = frozenset(
    {"BHD", "BIF", "CLP", "DJF", "GNF", "IQD", "ISK", "JOD", "JPY", "KMF", "KRW", "KWD", "LYD", "OMR", "PYG", "RWF"}
    | {"TND", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"}
)
"""ISO 4217 currencies whose minor unit is not a hundredth."""
_RATE = re.compile(r"(\d{1,2}(?:\.\d{1,2})?) ?%")


def terms_of(billing: Billing) -> Terms:
    """How the practice charges.

    Raises:
        ValueError: naming the key and what it should have been.
    """
    currency = _currency(billing.currency)
    return Terms(
        free_minutes=billing.free_minutes,
        increment_minutes=billing.increment_minutes,
        basis=billing.basis,
        pool=billing.pool,
        currency=currency,
        prices=tuple(_price(text, currency) for text in billing.prices),
        vat_percent=_rate(billing.vat),
    )


def _currency(text: str) -> str:
    if not _CURRENCY.fullmatch(text) or text in _NO_CENTS:
        raise ValueError(f'currency: {text!r} is no code of a currency with two decimals, as in "GBP"')
    return text


def _price(text: str, currency: str) -> PriceFrom:
    """The price written "20.00" or "22.00 from 2027-01-01"."""
    amount, _, day = text.partition(" from ")
    try:
        price: Money = parse_money(amount, currency)
        return PriceFrom(price, date.fromisoformat(day.strip()) if day else None)
    except ValueError as error:
        raise ValueError(f'prices: {text!r} must be written as in "20.00" or "22.00 from 2027-01-01"') from error


def _rate(text: str) -> Decimal | None:
    if text == "none":
        return None
    rate = _RATE.fullmatch(text.strip())
    if rate is None:
        raise ValueError(f'vat: {text!r} is neither "none" nor a rate as in "20%"')
    return Decimal(rate[1])
