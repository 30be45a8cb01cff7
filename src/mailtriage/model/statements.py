"""Statements and credits: what a client is asked to pay for, once issued never changed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mailtriage.model.money import Money, total

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in the practice's zone."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


class StatementKind(StrEnum):
    """A statement asks for money; a credit takes a statement, or some of its lines, back."""

    STATEMENT = "statement"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Party:
    """Who writes, or who is written to: a name and the lines of a postal address. Either may be empty."""

    name: str = ""
    postal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One charge: correspondence of one day. Never what a mail was about.

    Attributes:
        worked_on: the day of the last work that it charges, in the practice's zone.
        units: increments charged; below 0 on a credit.
        unit_minutes: the length of one unit.
        price: of one unit.
        vat_percent: None where no VAT is charged.
        messages: the numbers of the messages that it charges, rising.
        decisions: the ids of the settlements that it carries out; each stands on one statement at most, ever.
        is_late: the work lies in an earlier month than the statement's.
    """

    worked_on: date
    units: int
    unit_minutes: int
    price: Money
    vat_percent: Decimal | None
    messages: tuple[int, ...]
    decisions: tuple[int, ...]
    is_late: bool = False

    @property
    def net(self) -> Money:
        """Units times price."""
        return self.price * self.units

    @property
    def vat(self) -> Money:
        """The VAT on this line, rounded to the minor unit; the total is the sum of these."""
        return self.net.percent(self.vat_percent) if self.vat_percent is not None else Money(0, self.price.currency)


@dataclass(frozen=True, slots=True)
class Statement:
    """A client's charges of a month, or a credit on them.

    Attributes:
        number: in one sequence over statements and credits, from 1, without gaps; 0 while it is only shown.
        month: which month's charges; for a credit that of the statement it credits.
        issued_on: in the practice's zone; while it is only shown, the day of showing.
        client: the code.
        practice, recipient: as they were when it was issued.
        lines: by day, then by message.
        credits: for a credit, the number of the statement that it takes back in whole or in part; None else.
        note: for a credit, the reason in her own words; "" else.
        vat_number: the practice's, "" without one.
        due_on: by when it should be paid; None on a credit, or where no time is set.
        payment: how to pay, in the practice's words, lines apart by line feeds; "" on a credit.
    """

    number: int
    kind: StatementKind
    month: Month
    issued_on: date
    client: str
    practice: Party
    recipient: Party
    currency: str
    lines: tuple[Line, ...]
    credits: int | None = None
    note: str = ""
    vat_number: str = ""
    due_on: date | None = None
    payment: str = ""

    @property
    def net(self) -> Money:
        """The sum of the lines before VAT."""
        return total(tuple(line.net for line in self.lines), self.currency)

    @property
    def vat(self) -> Money:
        """The sum of the lines' VAT."""
        return total(tuple(line.vat for line in self.lines), self.currency)

    @property
    def total(self) -> Money:
        """What is asked for; below 0 on a credit."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True)
class Issued:
    """A kept statement or credit.

    Attributes:
        text: the bytes that were issued (UTF-8 plain text), never made anew.
        credited: the positions (from 0) of its lines that a credit has taken back.
        paid_on: when it was paid in full, None while it is not. Credits are never paid.
        owed_back: those of `credited` that the client has paid for: what was credited since it was paid.
    """

    statement: Statement
    issued_at: datetime
    text: bytes
    credited: tuple[int, ...] = ()
    paid_on: date | None = None
    owed_back: tuple[int, ...] = ()
