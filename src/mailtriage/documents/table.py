"""Statements as CSV, a row for each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.documents.cells import csv_text
from mailtriage.documents.words import description

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.documents.cells import Cell
    from mailtriage.model.statements import Line, Statement

_HEADER = (
    *(
        "number",
        "kind",
        "credits",
        "month",
        "issued_on",
        "due_on",
        "client",
        "name",
        "description",
        "worked_on",
        "late",
    ),
    *("units", "unit_minutes", "unit_price", "net", "vat_percent", "vat", "total", "currency"),
)


def as_csv(statements: Sequence[Statement]) -> str:
    """The file; days are ISO 8601, amounts have a point and two decimals, the number of a preview is empty."""
    return csv_text(_HEADER, (_row(statement, line) for statement in statements for line in statement.lines))


def _row(statement: Statement, line: Line) -> tuple[Cell, ...]:
    return (
        statement.number or "",
        statement.kind.value if statement.number else "preview",
        statement.credits or "",
        str(statement.month),
        statement.issued_on.isoformat(),
        statement.due_on.isoformat() if statement.due_on else "",
        statement.client,
        statement.recipient.name,
        description(line),
        line.worked_on.isoformat(),
        "late" if line.is_late else "",
        line.units,
        line.unit_minutes,
        line.price,
        line.net,
        str(line.vat_percent) if line.vat_percent is not None else "",
        line.vat,
        line.net + line.vat,
        statement.currency,
    )
