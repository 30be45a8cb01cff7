"""What becomes of the time: settlements, what waits for one, and what of it is charged."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.decisions import (
    COLUMNS,
    append,
    charged_decisions,
    decision_of,
    found,
    history,
    require_message,
    take_back,
)
from mailtriage.adapters.ledger.review import OPEN_WORK, clients_of
from mailtriage.adapters.ledger.times import instant, seconds_up
from mailtriage.errors import UsageError
from mailtriage.ledger.refusals import refuse_settlement
from mailtriage.ledger.standing import reopened_by, standing
from mailtriage.ledger.work import Charged, Due
from mailtriage.model import Decision
from mailtriage.model.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database
    from mailtriage.model import Settlement

_DUE = f"SELECT {COLUMNS}, c.worked_at FROM charge_due c CROSS JOIN decision d ON d.id = c.decision"  # noqa: S608 - constants
_DUE_ORDER = "ORDER BY c.client, c.worked_at, c.decision"
_SAVED = "SELECT message, client FROM saved_work WHERE client IN (?, '') ORDER BY message"
_CHARGED = """
SELECT s.client, l.worked_on, l.units, l.price_minor, s.currency, m.statement, m.position
FROM statement_message m
CROSS JOIN statement_line l ON l.statement = m.statement AND l.position = m.position
CROSS JOIN statement s ON s.number = m.statement
WHERE m.message = ?
AND NOT EXISTS (SELECT 1 FROM credited_line c WHERE c.statement = m.statement AND c.position = m.position)
ORDER BY m.statement, m.position
"""


class SettlementsPart:
    """`Settling`."""

    _database: Database

    def settle(self, number: int, settlement: Settlement, decided_at: datetime) -> Decision:
        """The settlement, appended as a decision.

        Raises:
            UsageError: if there is no message with this number, or a charge names no client or another one than was
                assigned.
        """
        with self._database.transaction():
            require_message(self._database, number)
            refuse_settlement(settlement, standing(history(self._database, number)).client)
            return append(
                self._database,
                Decision(
                    *(0, number, settlement.kind, decided_at, settlement.client),
                    seconds=settlement.seconds,
                    settlement=settlement,
                ),
            )

    def undo_decision(self, decision_id: int, decided_at: datetime) -> Decision:
        """Take back this decision, wherever it stands in its message's history, by an appended UNDO.

        Raises:
            UsageError: if there is no such decision, if it is taken back already, or if an issued line that no credit
                took back stands on it.
        """
        with self._database.transaction():
            if found(self._database, decision_id) is None:
                raise UsageError(f"there is no decision {decision_id}", "`mailtriage history N` shows a message's.")
            return take_back(self._database, decision_id, decided_at)

    def reopen(self, number: int, decided_at: datetime) -> tuple[Decision, ...]:
        """Take back all settlements in force of a message by appended UNDOs, the last one last.

        What stands on an issued line that no credit took back stays.

        Raises:
            UsageError: if there is no message with this number.
        """
        with self._database.transaction():
            require_message(self._database, number)
            settled = reopened_by(history(self._database, number), charged_decisions(self._database, number))
            return tuple(take_back(self._database, decision_id, decided_at) for decision_id in settled)

    def open_work(self, over_seconds: int = 0) -> tuple[int, ...]:
        """Numbers of messages that wait for a settlement, rising: long ones, and those with time in force."""
        return tuple(number for (number,) in self._database.rows(f"{OPEN_WORK} ORDER BY message", over_seconds))

    def due(self, client: str | None = None, before: datetime | None = None) -> tuple[Due, ...]:
        """Charges on no statement yet, of one client or all, worked before an instant; by client and time."""
        wheres, values = ["1 = 1"], list[object]()
        if client is not None:
            wheres.append("c.client = ?")
            values.append(client)
        if before is not None:
            wheres.append("c.worked_at < ?")
            values.append(seconds_up(before))
        rows = self._database.rows(f"{_DUE} WHERE {' AND '.join(wheres)} {_DUE_ORDER}", *values)
        return tuple(Due(decision_of(row[:-1]), instant(row[-1])) for row in rows)

    def saved(self, client: str) -> tuple[int, ...]:
        """Numbers of this client's messages that a holding SAVE keeps for the session and that are not done, rising.

        Whose a message is, the decision says; where it names nobody, the message's only client.
        """
        return tuple(
            number
            for number, named in self._database.rows(_SAVED, client)
            if (named or self._only_client(number)) == client
        )

    def charged(self, numbers: Sequence[int]) -> tuple[Charged, ...]:
        """What statements charge of these messages, credits taken off; a pooled line counts whole for each one."""
        return tuple(
            Charged(number, client, date.fromisoformat(worked_on), units, Money(price_minor, currency), *line)
            for number in sorted(set(numbers))
            for client, worked_on, units, price_minor, currency, *line in self._database.rows(_CHARGED, number)
        )

    def _only_client(self, number: int) -> str | None:
        now = standing(history(self._database, number))
        clients = clients_of(self._database, number, now.client)
        return clients[0] if len(clients) == 1 else None
