"""The part of the ledger that keeps what was decided: one appended log, and the lists that follow from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage import model
from mailtriage.adapters.ledger.times import instant, seconds

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database, Row
    from mailtriage.model import Decision, DecisionKind, Settlement
    from mailtriage.model.money import Money

COLUMNS = (
    "d.id, d.message, d.kind, d.decided_at, d.client, d.undoes, d.seconds, d.units, d.price_minor, d.currency, "
    "d.note, d.skimmed"
)
_SELECT = f"SELECT {COLUMNS} FROM decision d"  # noqa: S608 - constants
_HISTORY = f"{_SELECT} WHERE d.message = ? ORDER BY d.id"
_ONE = f"{_SELECT} WHERE d.id = ?"
_LAST = "SELECT max(id) FROM decision"
_LAST_OF = "SELECT max(id) FROM decision WHERE message = ?"
_INSERT = """
INSERT INTO decision (message, kind, decided_at, client, undoes, seconds, units, price_minor, currency, note, skimmed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_CHARGED = """
SELECT c.decision, c.statement FROM decision d CROSS JOIN statement_charge c ON c.decision = d.id
WHERE d.message = ?
AND NOT EXISTS (SELECT 1 FROM credited_line l WHERE l.statement = c.statement AND l.position = c.position)
"""


class DecisionsPart:
    """`Decisions`."""

    _database: Database

    def decide(self, number: int, kind: DecisionKind, decided_at: datetime, client: str = "") -> Decision:
        """The decision, appended.

        Raises:
            UsageError: if there is no message with this number.
        """
        from mailtriage.ledger.refusals import refuse_decision

        refuse_decision(kind)
        with self._database.transaction():
            require_message(self._database, number)
            return append(self._database, model.Decision(0, number, kind, decided_at, client))

    def undo(self, decided_at: datetime, number: int | None = None) -> Decision | None:
        """Take back the last decision in force (of that message), by an appended UNDO; None if there is none.

        Raises:
            UsageError: if an issued line that no credit took back stands on it.
        """
        with self._database.transaction():
            # Nothing can have taken back the newest decision: it is in force, and it is the one to take back.
            last = self._database.rows(_LAST) if number is None else self._database.rows(_LAST_OF, number)
            return None if last[0][0] is None else take_back(self._database, last[0][0], decided_at)

    def decisions(self, number: int) -> tuple[Decision, ...]:
        """The whole history of a message, oldest first, undone ones included."""
        return history(self._database, number)


def history(database: Database, number: int) -> tuple[Decision, ...]:
    """The whole history of a message, oldest first."""
    return tuple(map(decision_of, database.rows(_HISTORY, number)))


def found(database: Database, decision_id: int) -> Decision | None:
    """The decision with this id."""
    row = database.row(_ONE, decision_id)
    return decision_of(row) if row else None


def require_message(database: Database, number: int) -> None:
    """Raise UsageError where there is no message with this number."""
    from mailtriage.ledger.refusals import refuse_unknown

    refuse_unknown(number, is_kept=database.row("SELECT 1 FROM message WHERE number = ?", number) is not None)


def append(database: Database, decision: Decision) -> Decision:
    """The decision as it is kept, with its id; the lists of what is open follow it. Call it in a transaction."""
    from mailtriage.adapters.ledger.open_lists import refresh
    from mailtriage.ledger.standing import standing

    kept = replace(decision, id=_insert(database, decision), decided_at=decision.decided_at.replace(microsecond=0))
    refresh(database, kept.number, standing(history(database, kept.number)))
    return kept


def take_back(database: Database, decision_id: int, decided_at: datetime) -> Decision:
    """The appended UNDO of a decision that there is. Call it in a transaction.

    Raises:
        UsageError: if it is taken back already, or an issued line stands on it.
    """
    from mailtriage.ledger.refusals import undo_target

    (number,) = database.rows("SELECT message FROM decision WHERE id = ?", decision_id)[0]
    target = undo_target(history(database, number), decision_id, charged_decisions(database, number))
    return append(database, model.Decision(0, number, model.DecisionKind.UNDO, decided_at, undoes=target))


def charged_decisions(database: Database, number: int) -> dict[int, int]:
    """A message's settlements on issued lines that no credit took back, each with its statement."""
    return {int(decision): int(statement) for decision, statement in database.rows(_CHARGED, number)}


def decision_of(row: Row) -> Decision:
    """The decision in a row of `COLUMNS`."""
    decision_id, number, kind_name, decided_at, client, undoes, worked_seconds, *terms = row
    kind = model.DecisionKind(kind_name)
    settlement = _settlement(kind, client, worked_seconds, terms) if kind in model.SETTLEMENTS else None
    return model.Decision(decision_id, number, kind, instant(decided_at), client, undoes, worked_seconds, settlement)


def _settlement(kind: DecisionKind, client: str, worked_seconds: int, terms: list[object]) -> Settlement:
    units, price_minor, currency, note, skimmed = terms
    price: Money | None = None
    if price_minor is not None:
        from mailtriage.model.money import Money

        price = Money(int(str(price_minor)), str(currency))
    asked = None if skimmed is None else bool(skimmed)
    return model.Settlement(kind, client, worked_seconds, int(str(units)), price, str(note), asked)


def _insert(database: Database, decision: Decision) -> int:
    settled = decision.settlement or model.Settlement(decision.kind)
    price = settled.price
    return database.insert(
        _INSERT,
        decision.number,
        decision.kind.value,
        seconds(decision.decided_at),
        decision.client,
        decision.undoes,
        decision.seconds,
        settled.units,
        price.minor if price else None,
        price.currency if price else None,
        settled.note,
        settled.skimmed,
    )
