"""Amounts of money: whole minor units of one currency, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_SIGNS = {"GBP": "\u00a3", "EUR": "\u20ac", "USD": "$"}
_WRITTEN = re.compile(r"(\d{1,7})(?:\.(\d{2}))?", re.ASCII)
MINOR_PER_MAJOR = 100


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units (pence, cents) of a currency with two decimals; below 0 on a credit.

    Attributes:
        minor: the amount, so that 2000 is 20.00.
        currency: its ISO 4217 code.
    """

    minor: int
    currency: str

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + other._same(self).minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - other._same(self).minor, self.currency)

    def __mul__(self, count: int) -> Money:
        return Money(self.minor * count, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < other._same(self).minor

    def __str__(self) -> str:
        """As a person writes it.

        >>> str(Money(2000, "GBP")), str(Money(-5, "CHF"))
        ('£20.00', '-CHF 0.05')
        """
        sign = _SIGNS.get(self.currency, f"{self.currency} ")
        return f"{'-' if self.minor < 0 else ''}{sign}{abs(self.minor) // 100:,}.{abs(self.minor) % 100:02}"

    @property
    def plain(self) -> str:
        """The bare figure for files, with a point and two decimals: "-1234.50"."""
        return f"{'-' if self.minor < 0 else ''}{abs(self.minor) // 100}.{abs(self.minor) % 100:02}"

    def percent(self, rate: Decimal) -> Money:
        """This many per cent of the amount, half a minor unit rounded away from zero.

        >>> Money(125, "GBP").percent(Decimal(20))
        Money(minor=25, currency='GBP')
        """
        share = (Decimal(self.minor) * rate / 100).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(share), self.currency)

    def _same(self, other: Money) -> Money:
        """Itself. Raises ValueError if the other is in another currency: there is no exchange here."""
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up")
        return self


def parse_money(text: str, currency: str) -> Money:
    """The amount written "20", "20.00" or with the currency's sign or code before it. Never negative.

    Raises:
        ValueError: saying how it is written, for anything else.
    """
    bare = text.strip().removeprefix(_SIGNS.get(currency, currency)).removeprefix(currency).strip()
    written = _WRITTEN.fullmatch(bare)
    if written is None:
        raise ValueError(f'{text!r} is no amount in {currency}; write it as in "20.00"')
    return Money(int(written[1]) * MINOR_PER_MAJOR + int(written[2] or 0), currency)


def total(amounts: tuple[Money, ...], currency: str) -> Money:
    """The sum; zero for none.

    Raises:
        ValueError: if one of them is in another currency.
    """
    return sum(amounts, start=Money(0, currency))
