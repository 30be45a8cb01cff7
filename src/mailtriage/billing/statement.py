"""Statements and credits as values, before they are issued."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mailtriage.billing.account import lines_of
from mailtriage.errors import UsageError
from mailtriage.model.money import Money, total
from mailtriage.model.statements import Month, Party, Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from mailtriage.billing.account import Account
    from mailtriage.model import Client
    from mailtriage.model.statements import Issued
    from mailtriage.model.work import Terms


@dataclass(frozen=True, slots=True)
class Office:
    """The practice as it writes statements.

    Attributes:
        payment_days: how long clients have to pay; 0 sets no day.
        payment: how to pay, in her words.
    """

    practice: Party
    terms: Terms
    zone: ZoneInfo
    vat_number: str = ""
    payment_days: int = 0
    payment: str = ""


def recipient_of(client: Client | None, code: str) -> Party:
    """Whom a statement is made out to: name and address from the roster, the code where it gives no name."""
    if client is None:
        return Party(code)
    return Party(client.name or code, tuple(line for line in client.postal.split("\n") if line.strip()))


def statement_of(account: Account, month: Month, office: Office, recipient: Party, issued_on: date) -> Statement:
    """The month's statement of an account, without a number; its lines may be none."""
    lines = tuple(line for day in account.days for line in lines_of(day, month, office.terms))
    return Statement(
        number=0,
        kind=StatementKind.STATEMENT,
        month=month,
        issued_on=issued_on,
        client=account.client,
        practice=office.practice,
        recipient=recipient,
        currency=office.terms.currency,
        lines=tuple(sorted(lines, key=lambda line: (line.worked_on, line.messages))),
        vat_number=office.vat_number,
        due_on=issued_on + timedelta(days=office.payment_days) if office.payment_days else None,
        payment=office.payment,
    )


def credit_of(issued: Issued, positions: Sequence[int], why: str, issued_on: date) -> Statement:
    """The credit that takes back lines of a statement (from 0), or, for (), all that none took back; without a number.

    Names and addresses are those of the statement.

    Raises:
        UsageError: if `issued` is a credit, a line does not exist or is credited already, or nothing is left.
    """
    known = issued.statement
    if known.kind is StatementKind.CREDIT:
        raise UsageError(
            f"{known.number} is a credit itself, and cannot be taken back",
            "Confirm the messages again: their charges go onto the next statement.",
        )
    hint = f"`mailtriage statement print {known.number}` shows its lines, counted from 1."
    for position in positions:
        if not 0 <= position < len(known.lines):
            raise UsageError(f"statement {known.number} has no line {position + 1}", hint)
        if position in issued.credited:
            raise UsageError(f"line {position + 1} of statement {known.number} is credited already", hint)
    wanted = sorted(set(positions)) or [at for at in range(len(known.lines)) if at not in issued.credited]
    if not wanted:
        raise UsageError(f"statement {known.number} is credited whole already", hint)
    return replace(
        known,
        number=0,
        kind=StatementKind.CREDIT,
        issued_on=issued_on,
        lines=tuple(replace(known.lines[at], units=-known.lines[at].units) for at in wanted),
        credits=known.number,
        note=why,
        due_on=None,
        payment="",
    )


def left_to_pay(issued: Issued) -> Money:
    """What is still asked for: the lines that no credit took back, or nothing once it is paid; nothing for a credit."""
    known = issued.statement
    nothing = known.kind is StatementKind.CREDIT or issued.paid_on is not None
    open_lines = () if nothing else [line for at, line in enumerate(known.lines) if at not in issued.credited]
    return total(tuple(line.net + line.vat for line in open_lines), known.currency)


def owed_back(issued: Issued) -> Money:
    """What was credited of a statement after the client had paid it, and so is owed to the client."""
    return _sum_of(issued, issued.owed_back)


def taken_back(issued: Issued) -> Money:
    """What credits have taken back of a statement."""
    return _sum_of(issued, issued.credited)


def _sum_of(issued: Issued, positions: Sequence[int]) -> Money:
    lines = [issued.statement.lines[at] for at in positions]
    return total(tuple(line.net + line.vat for line in lines), issued.statement.currency)
