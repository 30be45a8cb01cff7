"""From the ledger to statements: what is due, checked anew, then numbered and kept in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from mailtriage.billing.account import Account, Charge, Doubt, days_of
from mailtriage.billing.assessment import Covering, assess
from mailtriage.billing.doubts import doubt
from mailtriage.billing.months import begins_at, day_begins_at, day_in, later
from mailtriage.billing.statement import recipient_of, statement_of
from mailtriage.errors import UsageError
from mailtriage.model import CHARGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from mailtriage.billing.statement import Office
    from mailtriage.ledger import KeptMessage
    from mailtriage.ledger.work import BillingLedger, Charged, Due
    from mailtriage.model import Client, Settlement
    from mailtriage.model.statements import Issued, Month, Statement
    from mailtriage.model.work import Terms


class KnownMessages(Protocol):
    """Whose a message is now."""

    def message(self, number: int) -> KeptMessage | None:
        """One message; None if the number was never given."""
        ...


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be issued to a client: a statement without a number, and the account that it was made of."""

    statement: Statement
    account: Account


class Accounts:
    """What clients owe by the ledger, under the practice's terms."""

    def __init__(self, billing: BillingLedger, mail: KnownMessages, terms: Terms, zone: ZoneInfo) -> None:
        self._billing = billing
        self._mail = mail
        self._terms = terms
        self._zone = zone
        self._coverings: dict[str, Covering] = {}

    def due(self, before: datetime, client: str | None = None) -> tuple[Account, ...]:
        """The accounts with anything due that was worked before an instant, by client."""
        ordered = sorted(self._billing.due(client, before), key=lambda due: (_client(due), due.worked_at))
        return tuple(self._account(code, tuple(dues)) for code, dues in groupby(ordered, _client))

    def _account(self, client: str, dues: Sequence[Due]) -> Account:
        reasons = {due.decision.id: self._doubt(due) for due in dues}
        holding = [self._charge(due) for due in dues if not reasons[due.decision.id]]
        beside = self._charged_beside(client, holding) if self._terms.pool == "day" else ()
        return Account(
            client=client,
            days=days_of(holding, beside, self._terms),
            doubts=tuple(
                Doubt(due.decision.number, client, reasons[due.decision.id]) for due in dues if reasons[due.decision.id]
            ),
        )

    def _doubt(self, due: Due) -> str:
        number, settlement = due.decision.number, _settlement(due)
        message = self._mail.message(number)
        assessment = assess(number, self._billing.time_entries(number), self._covering(settlement.client))
        return doubt(settlement, message.clients if message else (), assessment, self._terms)

    def _covering(self, client: str) -> Covering:
        if client not in self._coverings:
            consents, prices = self._billing.consents(client), self._billing.client_prices(client)
            self._coverings[client] = Covering(consents, prices, self._terms, self._zone)
        return self._coverings[client]

    def _charge(self, due: Due) -> Charge:
        number = due.decision.number
        charged = self._billing.charged([number])
        return _charge(number, due.decision.id, day_in(self._zone, due.worked_at), _settlement(due), charged)

    def _charged_beside(self, client: str, due: Sequence[Charge]) -> tuple[Charge, ...]:
        """Charges of this client that statements hold already, of the days that something is due on."""
        return tuple(
            charge
            for day in sorted({charge.worked_on for charge in due})
            for charge in self._charged_on(client, day, {charge.number for charge in due})
        )

    def _charged_on(self, client: str, day: date, besides: set[int]) -> Iterable[Charge]:
        start, end = day_begins_at(day, self._zone), day_begins_at(day + timedelta(days=1), self._zone)
        for number in self._billing.worked_between(start, end):
            charged = self._billing.charged([number]) if number not in besides else ()
            lines = [each for each in charged if (each.client, each.worked_on) == (client, day)]
            if lines:
                units = sum(each.units for each in lines)
                yield Charge(number, None, client, day, self._held(number, client), units, lines[0].price, charged)

    def _held(self, number: int, client: str) -> int:
        """The seconds of the charge that holds for a client's message; 0 where none does any more."""
        message = self._mail.message(number)
        decision = message.settlement if message else None
        held = decision.settlement if decision and decision.kind in CHARGES else None
        return held.seconds if held and held.client == client else 0


def drafts(
    accounts: Accounts,
    office: Office,
    roster: Mapping[str, Client],
    month: Month,
    now: datetime,
    client: str | None = None,
) -> tuple[Draft, ...]:
    """What of a month, and of those before it, would be issued now, by client; statements may be without lines."""
    before = begins_at(later(month, 1), office.zone)
    today = day_in(office.zone, now)
    return tuple(
        Draft(
            statement_of(account, month, office, recipient_of(roster.get(account.client), account.client), today),
            account,
        )
        for account in accounts.due(before, client)
    )


def refuse_early(month: Month, now: datetime, zone: ZoneInfo, *, so_far: bool) -> None:
    """Raise UsageError for a month that is not over, or, with `so_far`, that has not begun.

    A statement in mid-month is seldom meant: the rest of the month then needs a further one, and with `pool = "day"`
    today's charge is not known yet. But a client who leaves wants the last one at once.
    """
    if now >= begins_at(later(month, 1), zone):
        return
    if now < begins_at(month, zone):
        raise UsageError(f"{month} has not begun", "A statement is for a month in which something was worked.")
    if not so_far:
        raise UsageError(
            f"{month} is not over: what is worked until then would need a further statement",
            "To issue what is due until now, for a client who leaves, say --so-far.",
        )


def issue(
    billing: BillingLedger, statements: Iterable[Statement], render: Callable[[Statement], bytes], issued_at: datetime
) -> tuple[Issued, ...]:
    """Statements or credits, numbered in their order and kept; those without lines take no number.

    To be called in one transaction, so that either all of them are kept or none, and no number is lost.

    Raises:
        UsageError: as `Statements.issue`.
    """
    issued = []
    for statement in statements:
        if statement.lines:
            numbered = replace(statement, number=billing.next_statement_number())
            issued.append(billing.issue(numbered, render(numbered), issued_at))
    return tuple(issued)


def _charge(
    number: int, decision: int | None, day: date, settlement: Settlement, charged: tuple[Charged, ...]
) -> Charge:
    if settlement.price is None:
        raise ValueError(f"decision on message {number} has units and no price")
    return Charge(
        number, decision, settlement.client, day, settlement.seconds, settlement.units, settlement.price, charged
    )


def _settlement(due: Due) -> Settlement:
    if due.decision.settlement is None:
        raise ValueError(f"decision {due.decision.id} is due and settles nothing")
    return due.decision.settlement


def _client(due: Due) -> str:
    return _settlement(due).client
