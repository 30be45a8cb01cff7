"""Statements as a JSON document; docs/statements.md describes it. A change that breaks a reader raises `VERSION`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailtriage.billing.statement import left_to_pay, owed_back
from mailtriage.documents.words import description

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.model.statements import Issued, Line, Party, Statement

VERSION = 1


def as_json(statements: Sequence[Statement]) -> str:
    """The document; amounts are decimal texts, days ISO 8601. JSON escapes whatever a terminal would obey."""
    return json.dumps({"version": VERSION, "statements": [*map(statement_values, statements)]}, indent=2) + "\n"


def statement_values(statement: Statement) -> dict[str, Any]:
    """One statement as JSON values; the number of a preview is null."""
    return {
        "number": statement.number or None,
        "kind": statement.kind.value,
        "credits": statement.credits,
        "month": str(statement.month),
        "issued_on": statement.issued_on.isoformat(),
        "due_on": statement.due_on.isoformat() if statement.due_on else None,
        "client": statement.client,
        "practice": _party(statement.practice) | {"vat_number": statement.vat_number},
        "recipient": _party(statement.recipient),
        "currency": statement.currency,
        "lines": [*map(_line, statement.lines)],
        "net": statement.net.plain,
        "vat": statement.vat.plain,
        "total": statement.total.plain,
        "note": statement.note,
        "payment": statement.payment,
    }


def issued_document(issued: Sequence[Issued]) -> dict[str, Any]:
    """What was issued, with what became of it since; `left_to_pay` is 0.00 for what is paid and for credits."""
    return {
        "version": VERSION,
        "statements": [
            statement_values(each.statement)
            | {
                "issued_at": each.issued_at.isoformat(),
                "credited_lines": [position + 1 for position in each.credited],
                "paid_on": each.paid_on.isoformat() if each.paid_on else None,
                "left_to_pay": left_to_pay(each).plain,
                "owed_back": owed_back(each).plain,
            }
            for each in issued
        ],
    }


def _party(party: Party) -> dict[str, Any]:
    return {"name": party.name, "postal": list(party.postal)}


def _line(line: Line) -> dict[str, Any]:
    return {
        "description": description(line),
        "worked_on": line.worked_on.isoformat(),
        "is_late": line.is_late,
        "units": line.units,
        "unit_minutes": line.unit_minutes,
        "unit_price": line.price.plain,
        "net": line.net.plain,
        "vat_percent": str(line.vat_percent) if line.vat_percent is not None else None,
        "vat": line.vat.plain,
        "messages": list(line.messages),
    }
