"""A statement as plain text of 80 columns: what is issued."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.documents.words import (
    description,
    lines_of,
    long_day,
    month_name,
    notes,
    percent,
    sum_name,
    title,
    vat_by_rate,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.model.statements import Line, Statement

COLUMNS = 80
_BEFORE_SIGN = re.compile("( {2,})   ((?:-?\\d+ x )?-?[\u00a3\u20ac])")
_DESCRIPTION, _QUANTITY, _AMOUNT = 46, 18, 16
_TO = "To   "
_RULE = "-" * COLUMNS
BETWEEN = f"\n{'=' * COLUMNS}\n\n"


def as_text(statements: Sequence[Statement]) -> str:
    """The statements one after the other, with a double rule between them."""
    return BETWEEN.join("\n".join(_page(statement)) + "\n" for statement in statements)


def with_room_for_codes(text: str) -> str:
    """A text for a terminal without a pound sign: room for the "GBP " in its place, so that the columns stay.

    >>> with_room_for_codes("        2 x £20.00")
    '     2 x £20.00'
    """
    return _BEFORE_SIGN.sub(r"\1\2", text)


def _page(statement: Statement) -> Iterator[str]:
    yield from _head(statement)
    yield ""
    yield _columns("", "units x price", f"amount ({statement.currency})")
    yield _RULE
    for line in statement.lines:
        yield _columns(description(line, " *" if line.is_late else ""), _times(line), str(line.net))
    yield _RULE
    yield from _sums(statement)
    yield from _foot(statement)


def _head(statement: Statement) -> Iterator[str]:
    for line in lines_of(statement.practice):
        yield from _wrapped(line)
    if statement.vat_number:
        yield f"VAT number {one_line(statement.vat_number)}"
    yield ""
    for at, line in enumerate(lines_of(statement.recipient)):
        yield from _wrapped(line, _TO if at == 0 else " " * len(_TO), " " * len(_TO))
    yield ""
    yield _across(title(statement).upper(), month_name(statement.month))
    dated = "As of" if not statement.number else "Date"
    yield _across(f"{dated} {long_day(statement.issued_on)}", f"Your reference {one_line(statement.client)}")


def _sums(statement: Statement) -> Iterator[str]:
    rates = vat_by_rate(statement)
    if rates:
        yield _columns("Net", "", str(statement.net))
    for rate, net, vat in rates:
        yield _columns(f"VAT {percent(rate)} on {net}", "", str(vat))
    yield _columns(sum_name(statement), "", str(statement.total))


def _foot(statement: Statement) -> Iterator[str]:
    yield ""
    for note in notes(statement):
        yield from _wrapped(note)


def _times(line: Line) -> str:
    return f"{line.units} x {line.price}"


def _columns(words: str, quantity: str, amount: str) -> str:
    return f"{words:<{_DESCRIPTION}}{quantity:>{_QUANTITY}}{amount:>{_AMOUNT}}".rstrip()


def _across(left: str, right: str) -> str:
    """Left and right on one line, or, where they do not fit, below each other."""
    room = COLUMNS - _width(left) - _width(right)
    return f"{left}{' ' * room}{right}" if room > 1 else f"{left}\n{right}"


def _wrapped(line: str, first: str = "", rest: str = "") -> list[str]:
    """A line cut to the columns; letters that take two of them count as two wherever there are any."""
    columns = COLUMNS if _width(line) == len(line) else COLUMNS // 2
    return textwrap.wrap(line, columns, initial_indent=first, subsequent_indent=rest)


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(each) else 1 + (unicodedata.east_asian_width(each) in "WF") for each in text)
