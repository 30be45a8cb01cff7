"""Recorded time that no statement charges, since it waits for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mailtriage.ledger.standing import standing
from mailtriage.model.statements import StatementKind

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.ledger import KeptMessage
    from mailtriage.ledger.work import BillingLedger
    from mailtriage.model import Decision
    from mailtriage.model.work import Terms


class DecidedMessages(Protocol):
    """Whose a message is now, and what was decided about it."""

    def message(self, number: int) -> KeptMessage | None:
        """One message; None if the number was never given."""
        ...

    def decisions(self, number: int) -> tuple[Decision, ...]:
        """The whole history of a message, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message of one client whose recorded time waits for a decision.

    Attributes:
        seconds: the time in force.
        credited: the statement that was credited after it was confirmed, by which the confirmation holds no longer;
            None where that is not why it waits.
    """

    number: int
    client: str
    seconds: int
    credited: int | None = None


def waiting(
    billing: BillingLedger, mail: DecidedMessages, terms: Terms, before: datetime, client: str | None = None
) -> tuple[Waiting, ...]:
    """Messages with time, last worked on before an instant, that wait for a decision; by client and number.

    Not those that never were over the free minutes, nor what is nobody's or of an address that several clients share.
    """
    found = []
    for number in billing.open_work(terms.free_minutes * 60):
        message = mail.message(number)
        ends = [entry.worked.ended_at for entry in billing.time_entries(number)]
        if message is None or not ends or max(ends) >= before or len(message.clients) != 1:
            continue
        if client in (None, message.clients[0]):
            is_credited = standing(mail.decisions(number)).is_credited
            credited = _credited(billing, number) if is_credited else None
            found.append(Waiting(number, message.clients[0], message.logged_seconds, credited))
    return tuple(sorted(found, key=lambda each: (each.client, each.number)))


def _credited(billing: BillingLedger, number: int) -> int | None:
    """The statement that the last credit of a message took back."""
    taken_back = [
        each.statement.credits
        for each in billing.all_issued()
        if each.statement.kind is StatementKind.CREDIT and any(number in line.messages for line in each.statement.lines)
    ]
    return taken_back[-1] if taken_back else None
