"""The part of the ledger in memory that keeps time, settlements, consents, prices and statements."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fake_kept import KeptBilling, appended, charged_of, credited_lines, first, guessed_from, named_by, undone
from mailtriage.errors import UsageError
from mailtriage.ledger.answers import Asked, answered_by, reply_to
from mailtriage.ledger.issuing import (
    credited_positions,
    messages_of,
    paid_for,
    refuse_charges,
    refuse_payment,
    refuse_statement,
)
from mailtriage.ledger.refusals import (
    refuse_consent,
    refuse_settlement,
    refuse_time,
    refuse_unknown,
    refuse_withdrawal,
)
from mailtriage.ledger.standing import Standing, reopened_by, standing
from mailtriage.ledger.work import Charged, Due
from mailtriage.model import CHARGES, Decision, DecisionKind
from mailtriage.model.statements import Issued, StatementKind
from mailtriage.model.work import Consent, TimeEntry, TimeKind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from mailtriage.ledger import KeptMessage, Sent
    from mailtriage.model import Settlement
    from mailtriage.model.statements import Month, Statement
    from mailtriage.model.work import NewConsent, PriceFrom, Reply, Timer, Worked


class _Ledger(Protocol):
    """What this part needs of the whole."""

    @property
    def kept(self) -> KeptBilling: ...

    def decisions(self, number: int) -> tuple[Decision, ...]: ...

    def message(self, number: int) -> KeptMessage | None: ...


class FakeBilling:
    """`BillingLedger`, in memory, over the ledger in memory."""

    def __init__(self, ledger: _Ledger) -> None:
        self._ledger = ledger

    @property
    def _kept(self) -> KeptBilling:
        return self._ledger.kept

    # ------------------------------------------------------------ time

    def log_time(self, number: int, worked: Sequence[Worked], decided_at: datetime) -> Decision:
        refuse_time(worked, decided_at)
        self._require(number)
        total = sum(work.seconds for work in worked)
        log = appended(self._kept, Decision(0, number, DecisionKind.LOG, decided_at, seconds=total))
        for work in worked:
            self._kept.entries.append(TimeEntry(len(self._kept.entries) + 1, number, log.id, work))
        return log

    def time_entries(self, number: int) -> tuple[TimeEntry, ...]:
        return tuple(entry for entry in self._kept.entries if entry.decision in self._now(number).logs)

    def worked_between(self, start: datetime, end: datetime) -> tuple[int, ...]:
        return tuple(
            number
            for number in sorted(self._kept.received)
            if any(start <= entry.worked.ended_at < end for entry in self.time_entries(number))
        )

    def overlapping(self, began_at: datetime, ended_at: datetime) -> tuple[TimeEntry, ...]:
        found = [
            entry
            for number in self._kept.received
            for entry in self.time_entries(number)
            if entry.worked.began_at < ended_at and began_at < entry.worked.ended_at
        ]
        return tuple(sorted(found, key=lambda entry: (entry.worked.began_at, entry.id)))

    def speeds(self, kind: TimeKind, limit: int) -> tuple[tuple[int, int], ...]:
        known = (self._speed(number, kind) for number in sorted(self._kept.received, reverse=True))
        return tuple((words, seconds) for words, seconds in known if words and seconds)[:limit]

    def _speed(self, number: int, kind: TimeKind) -> tuple[int, int]:
        entries = [entry.worked for entry in self.time_entries(number)]
        if any(work.kind is TimeKind.BOTH for work in entries):
            return 0, 0
        seconds = sum(work.seconds for work in entries if work.kind is kind)
        if kind is TimeKind.READING:
            return self._kept.received[number].verdict.words, seconds
        replies = self.replies(number)
        is_alone = [(reply.answers, reply.is_guess) for reply in replies] == [(1, False)]
        return (replies[0].words if is_alone else 0), seconds

    # ------------------------------------------------------------ the timer

    def timer(self) -> Timer | None:
        return self._kept.timer

    def start_timer(self, timer: Timer) -> None:
        self._require(timer.number)
        if self._kept.timer:
            raise UsageError(f"a timer runs already, for message {self._kept.timer.number}")
        self._kept.timer = timer

    def stop_timer(self) -> Timer | None:
        timer, self._kept.timer = self._kept.timer, None
        return timer

    # ------------------------------------------------------------ settlements

    def settle(self, number: int, settlement: Settlement, decided_at: datetime) -> Decision:
        self._require(number)
        refuse_settlement(settlement, self._now(number).client)
        decision = Decision(0, number, settlement.kind, decided_at, settlement.client)
        return appended(self._kept, replace(decision, seconds=settlement.seconds, settlement=settlement))

    def undo_decision(self, decision_id: int, decided_at: datetime) -> Decision:
        for decision in self._kept.decisions:
            if decision.id == decision_id:
                return undone(self._kept, decision, decided_at)
        raise UsageError(f"there is no decision {decision_id}")

    def reopen(self, number: int, decided_at: datetime) -> tuple[Decision, ...]:
        self._require(number)
        by_id = {decision.id: decision for decision in self._ledger.decisions(number)}
        settled = reopened_by(self._ledger.decisions(number), charged_of(self._kept, number))
        return tuple(undone(self._kept, by_id[decision_id], decided_at) for decision_id in settled)

    def open_work(self, over_seconds: int = 0) -> tuple[int, ...]:
        return tuple(number for number in sorted(self._kept.received) if self.is_open(number, over_seconds))

    def is_open(self, number: int, over_seconds: int) -> bool:
        verdict, now = self._kept.received[number].verdict, self._now(number)
        reopened = now.is_reopened and bool(now.logs)
        waits = (verdict.long and verdict.automatic is None) or reopened or now.logged_seconds > over_seconds
        return waits and now.settlement is None and now.done_at is None

    def due(self, client: str | None = None, before: datetime | None = None) -> tuple[Due, ...]:
        settlements = [self._now(number).settlement for number in self._kept.received]
        charges = [
            Due(decision, self._worked_at(decision))
            for decision in settlements
            if decision and decision.kind in CHARGES and decision.settlement and decision.settlement.units
        ]
        asked = [
            due
            for due in charges
            if due.decision.id not in self._charged_decisions()
            and client in (None, due.decision.client)
            and (before is None or due.worked_at < before)
        ]
        return tuple(sorted(asked, key=lambda due: (due.decision.client, due.worked_at, due.decision.id)))

    def saved(self, client: str) -> tuple[int, ...]:
        return tuple(number for number in sorted(self._kept.received) if self._saved_for(number) == client)

    def charged(self, numbers: Sequence[int]) -> tuple[Charged, ...]:
        return tuple(
            Charged(
                *(number, issued.statement.client, line.worked_on, line.units, line.price),
                *(issued.statement.number, position),
            )
            for number in sorted(set(numbers))
            for issued in self._kept.issued.values()
            for position, line in enumerate(issued.statement.lines)
            if issued.statement.kind is StatementKind.STATEMENT
            and number in line.messages
            and position not in issued.credited
        )

    def _worked_at(self, decision: Decision) -> datetime:
        ends = [entry.worked.ended_at for entry in self.time_entries(decision.number)]
        return max(ends, default=decision.decided_at)

    def _charged_decisions(self) -> set[int]:
        statements = [issued.statement for issued in self._kept.issued.values()]
        return {decision for statement in statements for line in statement.lines for decision in line.decisions}

    def _saved_for(self, number: int) -> str | None:
        now, message = self._now(number), self._ledger.message(number)
        if not now.settlement or now.settlement.kind is not DecisionKind.SAVE or now.done_at or message is None:
            return None
        only = message.clients[0] if len(message.clients) == 1 else None
        return now.settlement.client or only

    # ------------------------------------------------------------ replies

    def replies(self, number: int) -> tuple[Reply, ...]:
        received = self._kept.received.get(number)
        if received is None:
            return ()
        everything = sorted(self._kept.sent.values(), key=lambda sent: (sent.sent_at, sent.identity))
        sure = [sent for sent in everything if named_by(sent, received)]
        mails = sure or [sent for sent in everything if guessed_from(sent, received)]
        found = (
            reply_to(number, sent.sent_at, sent.words, answered_by(sent.sent_at, self._asked(sent))) for sent in mails
        )
        return tuple(reply for reply in found if reply)

    def _asked(self, mail: Sent) -> list[Asked]:
        asked = []
        for number, received in self._kept.received.items():
            sure = first(sent for sent in self._kept.sent.values() if named_by(sent, received))
            guess = first(sent for sent in self._kept.sent.values() if guessed_from(sent, received))
            words = received.verdict.words
            if sure and named_by(mail, received):
                asked.append(Asked(number, received.received_at, words, sure, is_guess=False))
            elif guess and not sure and guessed_from(mail, received):
                asked.append(Asked(number, received.received_at, words, guess, is_guess=True))
        return asked

    # ------------------------------------------------------------ consents and prices

    def consents(self, client: str | None = None) -> tuple[Consent, ...]:
        asked = [consent for consent in self._kept.consents.values() if client in (None, consent.terms.client)]
        return tuple(sorted(asked, key=lambda consent: (consent.terms.client, consent.id)))

    def add_consent(self, consent: NewConsent, recorded_at: datetime) -> Consent:
        refuse_consent(consent, recorded_at)
        if consent.number is not None:
            self._require(consent.number)
        kept = Consent(len(self._kept.consents) + 1, consent, recorded_at)
        self._kept.consents[kept.id] = kept
        return kept

    def withdraw_consent(self, consent_id: int, withdrawn_at: datetime, recorded_at: datetime) -> Consent:
        refuse_withdrawal(self._kept.consents.get(consent_id), consent_id, withdrawn_at, recorded_at)
        kept = replace(self._kept.consents[consent_id], withdrawn_at=withdrawn_at)
        self._kept.consents[consent_id] = kept
        return kept

    def client_prices(self, client: str) -> tuple[PriceFrom, ...]:
        by_day = {price.from_on: price for code, price in self._kept.prices if code == client}
        always = [by_day[None]] if None in by_day else []
        return (*always, *(by_day[day] for day in sorted(day for day in by_day if day)))

    def set_client_price(self, client: str, price: PriceFrom, set_at: datetime) -> None:  # noqa: ARG002 - as in the file
        self._kept.prices.append((client, price))

    # ------------------------------------------------------------ statements

    def next_statement_number(self) -> int:
        return len(self._kept.issued) + 1

    def issue(self, statement: Statement, text: bytes, issued_at: datetime) -> Issued:
        currency = self._kept.issued[1].statement.currency if self._kept.issued else None
        refuse_statement(statement, self.next_statement_number(), currency)
        if statement.kind is StatementKind.CREDIT:
            original = self._kept.issued.get(statement.credits or 0)
            positions = credited_positions(statement, original)
            if original:
                credited = tuple(sorted({*original.credited, *positions}))
                self._kept.issued[original.statement.number] = replace(original, credited=credited)
            for number in messages_of(statement):
                appended(self._kept, Decision(0, number, DecisionKind.CREDITED, issued_at, statement.client))
        else:
            settlements = [self._now(number).settlement for number in self._kept.received]
            holding = {decision.id: decision for decision in settlements if decision}
            refuse_charges(statement, holding, self._charged_decisions())
        self._kept.issued[statement.number] = Issued(statement, issued_at, text)
        return self._kept.issued[statement.number]

    def issued(self, number: int) -> Issued | None:
        kept = self._kept.issued.get(number)
        if kept is None:
            return None
        credited, paid_at = credited_lines(self._kept, kept), self._kept.paid_at.get(number)
        return replace(kept, owed_back=paid_for(credited, kept.paid_on, paid_at))

    def all_issued(self, client: str | None = None, month: Month | None = None) -> tuple[Issued, ...]:
        everything = filter(None, map(self.issued, self._kept.issued))
        return tuple(
            issued
            for issued in everything
            if client in (None, issued.statement.client) and month in (None, issued.statement.month)
        )

    def pay(self, number: int, paid_on: date | None, recorded_at: datetime) -> Issued:
        refuse_payment(self.issued(number), number, paid_on)
        self._kept.issued[number] = replace(self._kept.issued[number], paid_on=paid_on)
        self._kept.paid_at[number] = recorded_at
        return next(filter(None, [self.issued(number)]))

    def _require(self, number: int) -> None:
        refuse_unknown(number, is_kept=number in self._kept.received)

    def _now(self, number: int) -> Standing:
        return standing(self._ledger.decisions(number))
