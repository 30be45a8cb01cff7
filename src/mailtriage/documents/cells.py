"""Rows of CSV that a spreadsheet reads as what they are: figures as figures, words never as a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Cell = str | int | Money
_FORMULA = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20\u2212")
"""What begins a formula in a spreadsheet, its full-width twins among them."""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[Cell]], line_end: str = "\n") -> str:
    """The header as it is, and the rows."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return written.getvalue()


def _cell(cell: Cell) -> str:
    """A figure as it is, a minus among it; words made safe, with an apostrophe before what would begin a formula.

    Only our own arithmetic makes figures, so that a credit's "-20.00" stays a number and a client called "-20.00" does
    not become one.
    """
    if isinstance(cell, Money):
        return cell.plain
    if isinstance(cell, int):
        return str(cell)
    shown = one_line(cell)
    return f"'{shown}" if {cell[:1], shown[:1]} & _FORMULA else shown
