"""Time, charges and statements to keep in a ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from ledgers import HOUR, NOON, received
from mailtriage.model import DecisionKind, Settlement, Verdict
from mailtriage.model.money import Money
from mailtriage.model.statements import Line, Month, Party, Statement, StatementKind
from mailtriage.model.work import Evidence, TimeKind, Worked

if TYPE_CHECKING:
    from datetime import datetime

    from ledgers import Ledger
    from mailtriage.ledger.work import Due
    from mailtriage.model import Decision
    from mailtriage.model.statements import Issued

PRICE = Money(2000, "GBP")
MARCH = Month(2026, 3)
LATER = NOON + 100 * HOUR
LONG = Verdict(long=True, words=1_400)


def typed(seconds: int = 600, began_at: datetime = NOON, kind: TimeKind = TimeKind.READING) -> Worked:
    return Worked(kind, seconds, Evidence.TYPED, began_at)


def charge(client: str = "J.T.", units: int = 1, price: Money = PRICE) -> Settlement:
    return Settlement(DecisionKind.CONFIRM, client, 600, units, price)


def line_for(due: Due) -> Line:
    """A line that carries out one charge."""
    decision = due.decision
    assert decision.settlement
    assert decision.settlement.price
    return Line(
        due.worked_at.date(),
        decision.settlement.units,
        15,
        decision.settlement.price,
        None,
        (decision.number,),
        (decision.id,),
    )


def statement_with(*lines: Line, number: int = 1, client: str = "J.T.", currency: str = "GBP") -> Statement:
    practice = Party("Dr Hale", ("1 High Street", "Town"))
    issued_on = date(2026, 4, 1)
    kind = StatementKind.STATEMENT
    return Statement(number, kind, MARCH, issued_on, client, practice, Party("Jo"), currency, lines)


def credit_of(original: Statement, *lines: Line, number: int) -> Statement:
    """A credit of these lines of the original."""
    taken = tuple(replace(line, units=-line.units) for line in lines)
    kind = StatementKind.CREDIT
    return replace(original, number=number, kind=kind, lines=taken, credits=original.number, note="an error")


def worked_message(ledger: Ledger, name: str = "a", seconds: int = 600) -> int:
    """The number of a long message that was read for so long."""
    number = ledger.add_received(received(name, verdict=LONG))
    ledger.billing.log_time(number, [typed(seconds)], LATER)
    return number


def charged_message(ledger: Ledger, name: str = "a", client: str = "J.T.", units: int = 1) -> Decision:
    """The CONFIRM that charges a message."""
    return ledger.billing.settle(worked_message(ledger, name), charge(client, units), LATER)


def issued_to(ledger: Ledger, client: str = "J.T.") -> Issued:
    """A statement with a line for each charge that is due."""
    lines = [line_for(due) for due in ledger.billing.due(client)]
    number = ledger.billing.next_statement_number()
    return ledger.billing.issue(statement_with(*lines, number=number, client=client), b"what went out", LATER)
