"""Issued statements and credits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.billing.content import content_of, statement_of
from mailtriage.adapters.ledger.decisions import append, found, history
from mailtriage.adapters.ledger.times import instant, seconds
from mailtriage.ledger.issuing import (
    credited_positions,
    messages_of,
    paid_for,
    refuse_charges,
    refuse_payment,
    refuse_statement,
)
from mailtriage.ledger.standing import standing
from mailtriage.model import Decision, DecisionKind
from mailtriage.model.statements import Issued, StatementKind

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database, Row
    from mailtriage.model.statements import Month, Statement

_SELECT = """
SELECT s.number, s.issued_at, s.content, s.text,
       (SELECT max(p.id) FROM payment p WHERE p.statement = s.number)
FROM statement s
"""
_CREDITED = """
SELECT l.position, c.content, c.issued_at FROM credited_line l CROSS JOIN statement c ON c.number = l.credit
WHERE l.statement = ? ORDER BY l.position
"""
_INSERT = """
INSERT INTO statement (number, kind, client, month, currency, credits, issued_at, content, text)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_LINE = "INSERT INTO statement_line (statement, position, worked_on, units, price_minor) VALUES (?, ?, ?, ?, ?)"


class StatementsPart:
    """`Statements`."""

    _database: Database

    def next_statement_number(self) -> int:
        """One more than the highest in use; call it inside the transaction that issues."""
        return int(self._database.rows("SELECT coalesce(max(number), 0) + 1 FROM statement")[0][0])

    def issue(self, statement: Statement, text: bytes, issued_at: datetime) -> Issued:
        """Keep a statement or a credit with the bytes that go out; a credit ends the charges of its messages.

        Raises:
            UsageError: if its number is not the next one; if a decision of a statement's line does not hold, is of
                another client or is charged already, or would be charged at more than it says; if a credit names no
                statement, or lines that it has not, or that are credited already; if the currency is not that of what
                was issued before.
        """
        with self._database.transaction():
            refuse_statement(statement, self.next_statement_number(), self._currency())
            if statement.kind is StatementKind.CREDIT:
                positions = credited_positions(statement, self.issued(statement.credits or 0))
                self._insert(statement, text, issued_at)
                self._database.run_many(
                    "INSERT INTO credited_line (statement, position, credit) VALUES (?, ?, ?)",
                    ((statement.credits, position, statement.number) for position in positions),
                )
                for number in messages_of(statement):
                    append(self._database, Decision(0, number, DecisionKind.CREDITED, issued_at, statement.client))
            else:
                decisions = [decision for line in statement.lines for decision in line.decisions]
                charged = {decision for decision in decisions if self._is_charged(decision)}
                refuse_charges(statement, self._holding(decisions), charged)
                self._insert(statement, text, issued_at)
                self._insert_lines(statement)
        return Issued(statement, issued_at.replace(microsecond=0), text)

    def issued(self, number: int) -> Issued | None:
        """One of them, as it was issued."""
        row = self._database.row(f"{_SELECT} WHERE s.number = ?", number)
        return self._issued(row) if row else None

    def all_issued(self, client: str | None = None, month: Month | None = None) -> tuple[Issued, ...]:
        """All of them, or those of a client or a month, by number."""
        asked = {"s.client = ?": client, "s.month = ?": str(month) if month else None}
        given = {where: value for where, value in asked.items() if value is not None}
        where = f"WHERE {' AND '.join(given)}" if given else ""
        rows = self._database.rows(f"{_SELECT} {where} ORDER BY s.number", *given.values())
        return tuple(map(self._issued, rows))

    def pay(self, number: int, paid_on: date | None, recorded_at: datetime) -> Issued:
        """Append that a statement was paid on a day, or, by None, that it was not after all.

        Raises:
            UsageError: as `ledger.issuing.refuse_payment`.
        """
        with self._database.transaction():
            refuse_payment(self.issued(number), number, paid_on)
            self._database.run(
                "INSERT INTO payment (statement, paid_on, recorded_at) VALUES (?, ?, ?)",
                *(number, paid_on.isoformat() if paid_on else None, seconds(recorded_at)),
            )
            return self._issued(self._database.rows(f"{_SELECT} WHERE s.number = ?", number)[0])

    def _issued(self, row: Row) -> Issued:
        number, issued_at, content, text, payment = row
        credited = [
            (int(position), statement_of(credit).issued_on, instant(credited_at))
            for position, credit, credited_at in self._database.rows(_CREDITED, number)
        ]
        paid_on, recorded_at = self._payment(payment)
        return Issued(
            statement=statement_of(content),
            issued_at=instant(issued_at),
            text=bytes(text),
            credited=tuple(position for position, _, _ in credited),
            paid_on=paid_on,
            owed_back=paid_for(credited, paid_on, recorded_at),
        )

    def _payment(self, payment: int | None) -> tuple[date | None, datetime | None]:
        """The day of a payment, None if it took another back, and when it was noted."""
        if payment is None:
            return None, None
        paid_on, recorded_at = self._database.rows("SELECT paid_on, recorded_at FROM payment WHERE id = ?", payment)[0]
        return (date.fromisoformat(paid_on) if paid_on else None), instant(recorded_at)

    def _currency(self) -> str | None:
        row = self._database.row("SELECT currency FROM statement WHERE number = 1")
        return str(row[0]) if row else None

    def _is_charged(self, decision_id: int) -> bool:
        return self._database.row("SELECT 1 FROM statement_charge WHERE decision = ?", decision_id) is not None

    def _holding(self, decision_ids: list[int]) -> dict[int, Decision]:
        """Those of these decisions that are their message's settlement, and hold."""
        decisions = [decision for decision in (found(self._database, one) for one in decision_ids) if decision]
        settlements = [standing(history(self._database, decision.number)).settlement for decision in decisions]
        return {settlement.id: settlement for settlement in settlements if settlement}

    def _insert(self, statement: Statement, text: bytes, issued_at: datetime) -> None:
        self._database.run(
            _INSERT,
            *(statement.number, statement.kind.value, statement.client, str(statement.month), statement.currency),
            *(statement.credits, seconds(issued_at), content_of(statement), text),
        )

    def _insert_lines(self, statement: Statement) -> None:
        number = statement.number
        for position, line in enumerate(statement.lines):
            self._database.run(_LINE, number, position, line.worked_on.isoformat(), line.units, line.price.minor)
            self._database.run_many(
                "INSERT INTO statement_message (message, statement, position) VALUES (?, ?, ?)",
                ((message, number, position) for message in line.messages),
            )
            for decision in line.decisions:
                self._database.run(
                    "INSERT INTO statement_charge (decision, statement, position) VALUES (?, ?, ?)",
                    *(decision, number, position),
                )
                self._database.run("DELETE FROM charge_due WHERE decision = ?", decision)
