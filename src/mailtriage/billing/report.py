"""Where the time on e-mail went, by month and client."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.billing.account import lines_of
from mailtriage.billing.months import day_in, month_of
from mailtriage.model import CHARGES, DecisionKind
from mailtriage.model.money import Money, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.billing.account import Account
    from mailtriage.billing.issuing import KnownMessages
    from mailtriage.ledger import KeptMessage
    from mailtriage.ledger.work import BillingLedger, Charged
    from mailtriage.model.statements import Line, Month
    from mailtriage.model.work import Terms, TimeEntry


@dataclass(frozen=True, slots=True)
class Row:
    """The time of one client in one month, or, in a sum, of several.

    A message counts whole in the month of its last work.

    Attributes:
        month: None in a sum.
        client: the code, "" for messages that are nobody's or not certainly one client's.
        measured: seconds that she typed or timed.
        billed: seconds of them that charges stand for, whatever they were rounded up to. With `waived`, `saved`, `open`
            and `free` they make `measured`: each second counts once.
        charged_minutes: units in force, on statements or due, in minutes.
        charged: what they cost, before VAT.
        waived, saved: seconds of messages that she settled so, without those that are charged all the same.
        open: seconds of messages that she has not settled yet, or must confirm again, likewise.
    """

    month: Month | None
    client: str
    charged: Money
    measured: int = 0
    billed: int = 0
    charged_minutes: int = 0
    waived: int = 0
    saved: int = 0
    open: int = 0

    @property
    def free(self) -> int:
        """Seconds that were confirmed and cost nothing: within the free minutes, or without a consent."""
        return self.unpaid - self.waived - self.saved - self.open

    @property
    def unpaid(self) -> int:
        """Seconds that nobody is charged for: free, waived, saved, credited, or not settled yet."""
        return self.measured - self.billed


@dataclass(frozen=True, slots=True)
class _Message:
    """A message with time, and what it is charged."""

    kept: KeptMessage
    entries: tuple[TimeEntry, ...]
    charged: tuple[Charged, ...]

    @property
    def number(self) -> int:
        return self.kept.number

    @property
    def ended_at(self) -> datetime:
        return max(entry.worked.ended_at for entry in self.entries)

    @property
    def measured(self) -> int:
        return sum(entry.worked.seconds for entry in self.entries)

    @property
    def kind(self) -> DecisionKind | None:
        return self.kept.settlement.kind if self.kept.settlement else None

    def billed(self, terms: Terms, *, is_due: bool) -> int:
        """The seconds that charges stand for: those confirmed; or, decided otherwise since, what was issued covers."""
        decision = self.kept.settlement
        if decision and decision.kind in CHARGES and (is_due or self.charged):
            return min(decision.seconds, self.measured)
        return min(sum(line.units for line in self.charged) * terms.increment_minutes * 60, self.measured)

    @property
    def client(self) -> str:
        settled = self.kept.settlement.client if self.kept.settlement else ""
        return settled or (self.kept.clients[0] if len(self.kept.clients) == 1 else "")


@dataclass(frozen=True, slots=True)
class Period:
    """[start, end) in UTC, in months of a zone."""

    start: datetime
    end: datetime
    zone: ZoneInfo

    def month(self, at: datetime) -> Month:
        """The month that an instant lies in."""
        return month_of(day_in(self.zone, at))


def report(
    billing: BillingLedger, mail: KnownMessages, accounts: Sequence[Account], terms: Terms, period: Period
) -> tuple[Row, ...]:
    """A row for each month and client with time or charges in the period, in their order.

    Args:
        billing: time and statements.
        mail: the messages that they are about.
        accounts: what is due of work before the period's end.
        terms: the practice's.
        period: of the last work on a message.
    """
    messages = tuple(_messages(billing, mail, period))
    due = tuple(_due(accounts, period, terms))
    numbers_due = {number for _, line in due for number in line.messages}
    doubted = {doubt.number for account in accounts for doubt in account.doubts}
    by_row: dict[tuple[Month, str], list[Row]] = defaultdict(list)
    for each in messages:
        kind = None if each.number in doubted else each.kind
        billed = each.billed(terms, is_due=each.number in numbers_due)
        by_row[period.month(each.ended_at), each.client].append(_time(each, kind, billed, terms))
    for month, client, charged in _charged(messages, period):
        by_row[month, client].append(_cost(charged.price * charged.units, charged.units, terms))
    for client, line in due:
        by_row[month_of(line.worked_on), client].append(_cost(line.net, line.units, terms))
    return tuple(sum_of(by_row[month, client], month, client, terms.currency) for month, client in sorted(by_row))


def sum_of(rows: Iterable[Row], month: Month | None, client: str, currency: str) -> Row:
    """One row for several."""
    found = tuple(rows)
    return Row(
        month,
        client,
        total(tuple(row.charged for row in found), currency),
        measured=sum(row.measured for row in found),
        billed=sum(row.billed for row in found),
        charged_minutes=sum(row.charged_minutes for row in found),
        waived=sum(row.waived for row in found),
        saved=sum(row.saved for row in found),
        open=sum(row.open for row in found),
    )


def _messages(billing: BillingLedger, mail: KnownMessages, period: Period) -> Iterator[_Message]:
    for number in billing.worked_between(period.start, period.end):
        kept, entries = mail.message(number), billing.time_entries(number)
        if kept is not None and entries:
            message = _Message(kept, entries, billing.charged([number]))
            if message.ended_at < period.end:
                yield message


def _due(accounts: Sequence[Account], period: Period, terms: Terms) -> Iterator[tuple[str, Line]]:
    """The client and the line of each charge of the period that is on no statement yet."""
    first = day_in(period.zone, period.start)
    for account in accounts:
        for day in account.days:
            if day.worked_on >= first:
                yield from ((account.client, line) for line in lines_of(day, month_of(day.worked_on), terms))


def _charged(messages: Iterable[_Message], period: Period) -> Iterator[tuple[Month, str, Charged]]:
    """Each line of a statement that charges one of the messages, once, in the month of the first of them."""
    seen = set()
    for message in messages:
        for charged in message.charged:
            if (charged.statement, charged.position) not in seen:
                seen.add((charged.statement, charged.position))
                yield period.month(message.ended_at), charged.client, charged


def _time(message: _Message, kind: DecisionKind | None, billed: int, terms: Terms) -> Row:
    rest = message.measured - billed
    return Row(
        None,
        message.client,
        Money(0, terms.currency),
        measured=message.measured,
        billed=billed,
        waived=rest if kind is DecisionKind.WAIVE else 0,
        saved=rest if kind is DecisionKind.SAVE else 0,
        open=rest if kind is None else 0,
    )


def _cost(amount: Money, units: int, terms: Terms) -> Row:
    return Row(None, "", amount, charged_minutes=units * terms.increment_minutes)
