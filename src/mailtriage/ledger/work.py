"""The part of the ledger that keeps time, settlements, consents, prices and statements, as small ports.

All of it is appended; the file refuses a change. `SqlLedger.billing` and `FakeLedger.billing` are `BillingLedger`s over
the same store as the rest, and take part in its transactions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mailtriage.model import Decision, Settlement
    from mailtriage.model.money import Money
    from mailtriage.model.statements import Issued, Month, Statement
    from mailtriage.model.work import Consent, NewConsent, PriceFrom, Reply, TimeEntry, TimeKind, Timer, Worked


@dataclass(frozen=True, slots=True)
class Due:
    """A charge that holds and stands on no statement yet.

    Attributes:
        decision: the CONFIRM or ADJUST, with its settlement; `units` is at least 1.
        worked_at: the end of the last work in force on the message, UTC: the day and the month that it belongs to;
            when it was decided, where no time is in force.
    """

    decision: Decision
    worked_at: datetime


@dataclass(frozen=True, slots=True)
class Charged:
    """What a line of a statement, not credited, charges of a message, by the client and the day it stands under.

    Attributes:
        statement: the number of the statement, and `position` of the line on it (from 0): a line that charges several
            messages comes once for each of them.
    """

    number: int
    client: str
    worked_on: date
    units: int
    price: Money
    statement: int
    position: int


class TimeLog(Protocol):
    """Time that was worked."""

    def log_time(self, number: int, worked: Sequence[Worked], decided_at: datetime) -> Decision:
        """One appended LOG decision with these entries, at least one.

        Raises:
            UsageError: if there is no message with this number, or an entry ends after `decided_at` or lasts longer
                than a day.
            ValueError: without an entry, or for one that is neither typed nor timed.
        """
        ...

    def time_entries(self, number: int) -> tuple[TimeEntry, ...]:
        """Those in force, in the order they were logged."""
        ...

    def worked_between(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Numbers of messages with an entry in force that ended in [start, end), rising."""
        ...

    def overlapping(self, began_at: datetime, ended_at: datetime) -> tuple[TimeEntry, ...]:
        """Those in force, of any message, that share some time with [began_at, ended_at), by when they began.

        What ends as it begins, or begins as it ends, shares nothing with it.
        """
        ...

    def speeds(self, kind: TimeKind, limit: int) -> tuple[tuple[int, int], ...]:
        """Words and seconds of the newest `limit` messages whose time of this kind (READING, REPLY) is in force.

        Only where both are known: the client's own words for READING; for REPLY the practice's own words in one mail
        that answers this message alone, by References. A message with an entry of BOTH in force tells neither.
        """
        ...


class Timers(Protocol):
    """The one timer that may run. It outlives a crash."""

    def timer(self) -> Timer | None:
        """The running timer."""
        ...

    def start_timer(self, timer: Timer) -> None:
        """Keep it.

        Raises:
            UsageError: if one runs already, or there is no such message.
        """
        ...

    def stop_timer(self) -> Timer | None:
        """Forget the running timer and hand it back; None if none runs."""
        ...


class Settling(Protocol):
    """What becomes of the time."""

    def settle(self, number: int, settlement: Settlement, decided_at: datetime) -> Decision:
        """The settlement, appended as a decision.

        Raises:
            UsageError: if there is no message with this number; if it charges nobody, or another client than the one
                that was assigned.
            ValueError: if a price stands without units or units without a price, or WAIVE or SAVE charge.
        """
        ...

    def undo_decision(self, decision_id: int, decided_at: datetime) -> Decision:
        """Take back this decision, wherever it stands in its message's history, by an appended UNDO.

        Raises:
            UsageError: if there is no such decision, if it is taken back already, or if an issued line that no credit
                took back stands on it, or was decided on it: on time, or on a client (so does `Decisions.undo`).
        """
        ...

    def reopen(self, number: int, decided_at: datetime) -> tuple[Decision, ...]:
        """Take back all settlements in force of a message by appended UNDOs, so that it waits for a decision.

        The last settlement is taken back last: one `undo` brings back that one and none before it. What stands on an
        issued line that no credit took back stays. () if there is nothing to take back.

        Raises:
            UsageError: if there is no message with this number.
        """
        ...

    def open_work(self, over_seconds: int = 0) -> tuple[int, ...]:
        """Numbers of messages that wait for a settlement, rising: long ones, and those with time in force.

        Not those that are done, nor automatic ones without time; of those that are neither long nor reopened only the
        ones with more time than `over_seconds`.
        """
        ...

    def due(self, client: str | None = None, before: datetime | None = None) -> tuple[Due, ...]:
        """Charges on no statement yet, of one client or all, worked before an instant; by client and time."""
        ...

    def saved(self, client: str) -> tuple[int, ...]:
        """Numbers of this client's messages that a holding SAVE keeps for the session and that are not done, rising.

        The client's are those whose SAVE names the client, or names nobody while the message is only this client's.
        """
        ...

    def charged(self, numbers: Sequence[int]) -> tuple[Charged, ...]:
        """What statements charge of these messages, credits taken off; a pooled line counts whole for each one.

        One for each line and message, by message, then by statement.
        """
        ...


class Replies(Protocol):
    """Answers of the practice's."""

    def replies(self, number: int) -> tuple[Reply, ...]:
        """The mails that answer this message, oldest first; a guess only where none is certain.

        A mail answers those messages it names that no earlier mail answered, and, where there are none, the last that
        it names: References name a whole thread (`ledger.answers`).
        """
        ...


class Consents(Protocol):
    """Agreements to charges."""

    def consents(self, client: str | None = None) -> tuple[Consent, ...]:
        """All ever recorded, of one client or of all, by client and then in the order they were recorded."""
        ...

    def add_consent(self, consent: NewConsent, recorded_at: datetime) -> Consent:
        """Append it.

        Raises:
            UsageError: if `given_at` is after `recorded_at`, or its message does not exist.
        """
        ...

    def withdraw_consent(self, consent_id: int, withdrawn_at: datetime, recorded_at: datetime) -> Consent:
        """Append that it ended; it keeps covering what was worked before. Of several withdrawals the earliest counts.

        From its beginning, or before, it is void: it never covered anything.

        Raises:
            UsageError: if there is no such consent, it had ended by then already, or `withdrawn_at` is after
                `recorded_at`.
        """
        ...


class ClientPrices(Protocol):
    """Prices of single clients, beside the practice's own in the configuration."""

    def client_prices(self, client: str) -> tuple[PriceFrom, ...]:
        """All that hold for this client by their days; of two for one day the one that was set last."""
        ...

    def set_client_price(self, client: str, price: PriceFrom, set_at: datetime) -> None:
        """Append a price."""
        ...


class Statements(Protocol):
    """Issued statements and credits. What was issued is never changed."""

    def next_statement_number(self) -> int:
        """One more than the highest in use; call it inside the transaction that issues."""
        ...

    def issue(self, statement: Statement, text: bytes, issued_at: datetime) -> Issued:
        """Keep a statement or a credit with the bytes that go out.

        A credit appends CREDITED to the history of each message on its lines: whatever charge was decided before it,
        on a statement or not, holds no longer.

        Raises:
            UsageError: if its number is not the next one, or it has no line; if a decision of a statement's line does
                not hold, is of another client or is charged already; if a line has no decision, charges more units than
                its decisions or a higher price, or does not name their messages; if a credit names no statement, or
                lines that it has not, or that are credited already (a credit's line is that line with its units
                negated); if the currency is not that of what was issued before.
        """
        ...

    def issued(self, number: int) -> Issued | None:
        """One of them, as it was issued."""
        ...

    def all_issued(self, client: str | None = None, month: Month | None = None) -> tuple[Issued, ...]:
        """All of them, or those of a client or a month, by number."""
        ...

    def pay(self, number: int, paid_on: date | None, recorded_at: datetime) -> Issued:
        """Append that a statement was paid on a day, or, by None, that it was not after all.

        Raises:
            UsageError: if there is no such statement, it is a credit, or credited whole; if it is paid already, or was
                issued only after that day. What is paid can always be taken back.
        """
        ...


class BillingLedger(
    TimeLog,
    Timers,
    Settling,
    Replies,
    Consents,
    ClientPrices,
    Statements,
    Protocol,
):
    """What the commands of time and charges need."""
