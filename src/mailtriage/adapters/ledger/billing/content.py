"""A statement as JSON text and back: what was issued, whole, whatever the roster and the configuration say later."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from mailtriage.model.money import Money
from mailtriage.model.statements import Line, Month, Party, Statement, StatementKind


def content_of(statement: Statement) -> str:
    """The statement as JSON: days as ISO 8601, percentages as decimal text, prices in minor units of its currency."""
    return json.dumps(
        {
            "number": statement.number,
            "kind": statement.kind.value,
            "month": [statement.month.year, statement.month.month],
            "issued_on": statement.issued_on.isoformat(),
            "client": statement.client,
            "practice": _party_content(statement.practice),
            "recipient": _party_content(statement.recipient),
            "currency": statement.currency,
            "lines": [_line_content(line) for line in statement.lines],
            "credits": statement.credits,
            "note": statement.note,
            "vat_number": statement.vat_number,
            "due_on": statement.due_on.isoformat() if statement.due_on else None,
            "payment": statement.payment,
        },
        separators=(",", ":"),
    )


def statement_of(content: str) -> Statement:
    """The statement that `content_of` wrote."""
    known: dict[str, Any] = json.loads(content)
    return Statement(
        number=known["number"],
        kind=StatementKind(known["kind"]),
        month=Month(*known["month"]),
        issued_on=date.fromisoformat(known["issued_on"]),
        client=known["client"],
        practice=_party(known["practice"]),
        recipient=_party(known["recipient"]),
        currency=known["currency"],
        lines=tuple(_line(line, known["currency"]) for line in known["lines"]),
        credits=known["credits"],
        note=known["note"],
        vat_number=known["vat_number"],
        due_on=date.fromisoformat(known["due_on"]) if known["due_on"] else None,
        payment=known["payment"],
    )


def _party_content(party: Party) -> dict[str, object]:
    return {"name": party.name, "postal": party.postal}


def _party(content: dict[str, Any]) -> Party:
    return Party(content["name"], tuple(content["postal"]))


def _line_content(line: Line) -> dict[str, object]:
    return {
        "worked_on": line.worked_on.isoformat(),
        "units": line.units,
        "unit_minutes": line.unit_minutes,
        "price_minor": line.price.minor,
        "vat_percent": None if line.vat_percent is None else str(line.vat_percent),
        "messages": line.messages,
        "decisions": line.decisions,
        "is_late": line.is_late,
    }


def _line(content: dict[str, Any], currency: str) -> Line:
    vat = content["vat_percent"]
    return Line(
        worked_on=date.fromisoformat(content["worked_on"]),
        units=content["units"],
        unit_minutes=content["unit_minutes"],
        price=Money(content["price_minor"], currency),
        vat_percent=None if vat is None else Decimal(vat),
        messages=tuple(content["messages"]),
        decisions=tuple(content["decisions"]),
        is_late=content["is_late"],
    )
