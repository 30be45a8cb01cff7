"""The words that every document uses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.model.money import Money, total
from mailtriage.model.statements import StatementKind

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from mailtriage.model.statements import Line, Month, Party, Statement

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
LATE = "worked before the month of this statement"
PREVIEW = "PREVIEW, NOT ISSUED"


def description(line: Line, mark: str = "") -> str:
    """What a line charges: "Correspondence, 14 May, 1 x 15 min"; with the year if the work is of an earlier month."""
    day = short_day(line.worked_on) + (f" {line.worked_on.year}" if line.is_late else "")
    return f"Correspondence, {day}{mark}, {abs(line.units)} x {line.unit_minutes} min"


def title(statement: Statement) -> str:
    """What a document is: "Statement 7", "Credit 8 on statement 7", or that it is a preview."""
    if not statement.number:
        return PREVIEW
    on = f" on statement {statement.credits}" if statement.credits else ""
    return f"{statement.kind.value.capitalize()} {statement.number}{on}"


def sum_name(statement: Statement) -> str:
    """What the total is called."""
    return "Total credited" if statement.kind is StatementKind.CREDIT else "Total to pay"


def short_day(day: date) -> str:
    """A day without its year, whatever the locale: "14 May", "3 Sep"."""
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"


def long_day(day: date) -> str:
    """A day in full: "14 May 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def month_name(month: Month) -> str:
    """A month in full: "May 2026"."""
    return f"{_MONTHS[month.month - 1]} {month.year}"


def percent(rate: Decimal) -> str:
    """A rate as it is written: "20%", "17.5%"."""
    return f"{rate.normalize():f}%"


def vat_by_rate(statement: Statement) -> tuple[tuple[Decimal, Money, Money], ...]:
    """For each rate, rising: the net amount that it falls on, and the VAT."""
    rates = sorted({line.vat_percent for line in statement.lines if line.vat_percent is not None})
    return tuple(
        (
            rate,
            total(tuple(line.net for line in statement.lines if line.vat_percent == rate), statement.currency),
            total(tuple(line.vat for line in statement.lines if line.vat_percent == rate), statement.currency),
        )
        for rate in rates
    )


def lines_of(party: Party) -> tuple[str, ...]:
    """Name and address, made safe, without empty lines."""
    return tuple(filter(None, map(one_line, (party.name, *party.postal))))


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of a text of her own, made safe, without empty ones."""
    return tuple(filter(None, map(one_line, text.splitlines())))


def notes(statement: Statement) -> tuple[str, ...]:
    """The sentences below the sums: what a mark means, the reason of a credit, by when and how to pay."""
    said = [f"* {LATE}"] if any(line.is_late for line in statement.lines) else []
    said += [] if vat_by_rate(statement) else ["No VAT is charged."]
    said += [f"Reason: {' '.join(paragraphs(statement.note))}"] if statement.note else []
    if not statement.number:
        return (*said, "This shows what would be issued. It has no number and asks for nothing.")
    said += [f"Please pay by {long_day(statement.due_on)}."] if statement.due_on else []
    return (*said, *paragraphs(statement.payment))
