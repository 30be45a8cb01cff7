"""No sequence of commands can charge without consent, change what was issued, lose an entry or miss a penny.

The same steps are taken on the ledger in memory and on a file. What may be charged is worked out a second time here,
second by second where consents are concerned, without the code under test.
"""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from fakes import FakeLedger
from ledgers import received
from mailtriage.adapters.ledger import open_ledger
from mailtriage.billing.assessment import Covering, assess
from mailtriage.billing.issuing import Accounts, drafts, issue
from mailtriage.billing.settling import adjusted, confirmed, saved, waived
from mailtriage.billing.statement import Office, credit_of
from mailtriage.errors import UsageError
from mailtriage.ledger.standing import standing
from mailtriage.model import Client, DecisionKind, Verdict
from mailtriage.model.money import Money
from mailtriage.model.statements import Month, Party, StatementKind
from mailtriage.model.work import Evidence, NewConsent, PriceFrom, Terms, TimeKind, Worked

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledgers import Ledger
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Settlement
    from mailtriage.model.statements import Issued, Statement
    from mailtriage.model.work import TimeEntry

_T = TypeVar("_T")

ZONE = ZoneInfo("Europe/London")
START = datetime(2026, 3, 27, 9, 0, tzinfo=UTC)  # two days before the clocks change, five before the month does
CLIENTS = (
    Client("J.T.", addresses=("jo@example.org", "us@example.org")),
    Client("R.S.", addresses=("us@example.org",)),
)
SENDERS = ("jo@example.org", "jo@example.org", "jo@example.org", "us@example.org", "new@example.org")
NUMBERS = st.sampled_from((1, 1, 1, 2, 2, 3, 4, 5))
SECONDS = st.sampled_from((300, 301, 600, 900, 901, 1801))
AGO = st.integers(0, 48).map(lambda hours: timedelta(hours=hours))
PRICES = st.sampled_from((1500, 2000, 2333))
Pool = Literal["message", "day"]
Basis = Literal["whole", "excess"]
POOLS: st.SearchStrategy[Pool] = st.sampled_from(("message", "day"))
BASES: st.SearchStrategy[Basis] = st.sampled_from(("whole", "excess"))
CODES = st.sampled_from(("J.T.", "R.S."))


class BillingMachine(RuleBasedStateMachine):
    """A practice of five messages: three of one client, one of a shared address, one of a stranger."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.file = open_ledger(self.folder / "ledger.db", "none", None)
        self.ledgers: tuple[Ledger, ...] = (self.file, FakeLedger())
        self.now = START
        self.logged: dict[int, set[int]] = {number: set() for number in range(1, len(SENDERS) + 1)}
        self.outgoing: dict[int, tuple[Statement, bytes]] = {}
        self.spent: dict[int, int] = {}

    @initialize(pool=POOLS, basis=BASES, vat=st.booleans())
    def begin(self, pool: Pool, basis: Basis, vat: bool) -> None:  # noqa: FBT001 - Hypothesis fills it in
        prices = (PriceFrom(Money(1500, "GBP")),)
        rate = Decimal("17.5") if vat else None
        self.terms = Terms(pool=pool, basis=basis, prices=prices, vat_percent=rate)
        self.office = Office(Party("Dr Hale"), self.terms, ZONE)
        for ledger in self.ledgers:
            for client in CLIENTS:
                ledger.save_client(client, START)
            for position, sender in enumerate(SENDERS):
                verdict = Verdict(long=True, words=1400)
                ledger.add_received(
                    received(str(position), sender=sender, verdict=verdict, received_at=START - timedelta(days=3))
                )
        self.consent("J.T.", 2000, timedelta(hours=24), None)

    def teardown(self) -> None:
        assert self.file.verify() == ()
        self.file.close()
        shutil.rmtree(self.folder)

    # ------------------------------------------------------------ commands

    @rule(hours=st.integers(1, 60))
    def time_goes_by(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(number=NUMBERS, seconds=SECONDS)
    def work_confirm_and_issue(self, number: int, seconds: int) -> None:
        self.work_and_confirm(number, seconds)
        self.issue(0)

    @rule(number=NUMBERS, seconds=SECONDS, ago=AGO, timed=st.booleans())
    def log(self, number: int, seconds: int, ago: timedelta, timed: bool) -> None:  # noqa: FBT001 - as above
        evidence = Evidence.TIMER if timed else Evidence.TYPED
        worked = Worked(TimeKind.READING, seconds, evidence, self.now - ago - timedelta(seconds=seconds))
        decision = self._same(lambda ledger: ledger.billing.log_time(number, [worked], self.now))
        if decision is not None:
            self.logged[number].add(decision.id)

    @rule(number=NUMBERS, code=CODES)
    def assign(self, number: int, code: str) -> None:
        self._same(lambda ledger: ledger.decide(number, DecisionKind.ASSIGN, self.now, code))

    @rule(number=NUMBERS)
    def done(self, number: int) -> None:
        self._same(lambda ledger: ledger.decide(number, DecisionKind.DONE, self.now))

    @rule(code=CODES, minor=PRICES, ago=AGO, number=st.none() | NUMBERS)
    def consent(self, code: str, minor: int, ago: timedelta, number: int | None) -> None:
        terms = NewConsent(code, number, self.now - ago, "signed", Money(minor, "GBP"), "2026-01")
        self._same(lambda ledger: ledger.billing.add_consent(terms, self.now))

    @rule(data=st.data(), ago=AGO)
    def withdraw(self, data: st.DataObject, ago: timedelta) -> None:
        if consents := self.file.billing.consents():
            chosen = data.draw(st.sampled_from(consents)).id
            self._same(lambda ledger: ledger.billing.withdraw_consent(chosen, self.now - ago, self.now))

    @rule(number=NUMBERS)
    def reopen(self, number: int) -> None:
        self._same(lambda ledger: ledger.billing.reopen(number, self.now))

    @rule(code=CODES, minor=PRICES, ago=AGO)
    def set_price(self, code: str, minor: int, ago: timedelta) -> None:
        price = PriceFrom(Money(minor, "GBP"), (self.now - ago).astimezone(ZONE).date())
        self._same(lambda ledger: ledger.billing.set_client_price(code, price, self.now))

    @rule(number=NUMBERS)
    def confirm(self, number: int) -> None:
        self._settle(number, self._confirmed)

    @rule(number=NUMBERS, seconds=SECONDS)
    def work_and_confirm(self, number: int, seconds: int) -> None:
        self.log(number, seconds, timedelta(hours=1), timed=True)
        self.confirm(number)

    @rule(number=NUMBERS, seconds=SECONDS, why=st.sampled_from(("", "two letters in one")))
    def adjust(self, number: int, seconds: int, why: str) -> None:
        self._settle(
            number,
            lambda ledger, message: adjusted(
                assess(number, *self._seen(ledger, message)), _of(message), seconds, why, self.terms
            ),
        )

    @rule(number=NUMBERS)
    def waive(self, number: int) -> None:
        self._settle(number, lambda _, message: waived(_of(message), "a kindness"))

    @rule(number=NUMBERS)
    def save(self, number: int) -> None:
        self._settle(number, lambda _, message: saved(_of(message), skimmed=True))

    @rule(number=st.none() | NUMBERS)
    def undo(self, number: int | None) -> None:
        self._same(lambda ledger: ledger.undo(self.now, number))

    @rule(number=NUMBERS, data=st.data())
    def erase(self, number: int, data: st.DataObject) -> None:
        if history := self.file.decisions(number):
            chosen = data.draw(st.sampled_from(history)).id
            self._same(lambda ledger: ledger.billing.undo_decision(chosen, self.now))

    @rule(ahead=st.sampled_from((0, 0, 0, -1, 1)))
    def issue(self, ahead: int) -> None:
        local = self.now.astimezone(ZONE)
        month = Month(local.year, local.month + ahead)
        made = self._same(lambda ledger: self._issue(ledger, month))
        for issued in made or ():
            self._check_against_the_ledger(issued.statement)
            self.outgoing[issued.statement.number] = (issued.statement, issued.text)

    @precondition(lambda self: self.outgoing)
    @rule(data=st.data(), whole=st.booleans())
    def credit(self, data: st.DataObject, whole: bool) -> None:  # noqa: FBT001 - as above
        number = data.draw(st.sampled_from(sorted(self.outgoing)))
        lines = range(len(self.outgoing[number][0].lines))
        positions = () if whole else (data.draw(st.sampled_from(lines)),)
        self.credit_lines(number, positions)

    @precondition(lambda self: self.outgoing)
    @rule(data=st.data(), seconds=SECONDS, code=st.none() | CODES)
    def confirm_more_then_credit_then_issue(self, data: st.DataObject, seconds: int, code: str | None) -> None:
        """The statement that follows must not charge again, to whomever, what was just given back."""
        number = data.draw(st.sampled_from(sorted(self.outgoing)))
        for message in sorted({message for line in self.outgoing[number][0].lines for message in line.messages}):
            if code:
                self.assign(message, code)
            self.work_and_confirm(message, seconds)
        self.credit_lines(number, ())
        self.issue(0)

    def credit_lines(self, number: int, positions: tuple[int, ...]) -> None:
        decided = {message: max(d.id for d in self.file.decisions(message)) for message in self._on_statements()}
        made = self._same(lambda ledger: self._credit(ledger, number, positions))
        for issued in made or ():
            self.outgoing[issued.statement.number] = (issued.statement, issued.text)
            self.spent |= {message: decided[message] for line in issued.statement.lines for message in line.messages}

    @precondition(lambda self: self.outgoing)
    @rule(data=st.data(), is_paid=st.booleans())
    def pay(self, data: st.DataObject, is_paid: bool) -> None:  # noqa: FBT001 - as above
        number = data.draw(st.sampled_from(sorted(self.outgoing)))
        paid_on = self.now.astimezone(ZONE).date() if is_paid else None
        self._same(lambda ledger: ledger.billing.pay(number, paid_on, self.now))

    # ------------------------------------------------------------ what must always hold

    @invariant()
    def nothing_issued_ever_changes(self) -> None:
        for ledger in self.ledgers:
            kept = {issued.statement.number: (issued.statement, issued.text) for issued in ledger.billing.all_issued()}
            assert kept == self.outgoing
        assert sorted(self.outgoing) == list(range(1, len(self.outgoing) + 1))

    @invariant()
    def statements_sum_to_the_penny(self) -> None:
        for statement, _ in self.outgoing.values():
            net = sum(line.units * line.price.minor for line in statement.lines)
            vat = sum(line.vat.minor for line in statement.lines)
            assert (statement.net.minor, statement.vat.minor, statement.total.minor) == (net, vat, net + vat)

    @invariant()
    def no_entry_is_lost(self) -> None:
        for ledger in self.ledgers:
            for number, logged in self.logged.items():
                history = ledger.decisions(number)
                assert {decision.id for decision in history if decision.kind is DecisionKind.LOG} == logged
                in_force = {entry.decision for entry in ledger.billing.time_entries(number)}
                assert in_force == set(standing(history).logs)

    @invariant()
    def both_ledgers_and_a_replay_of_the_history_agree(self) -> None:
        one, other = self.ledgers
        assert one.billing.open_work() == other.billing.open_work()
        assert one.billing.due() == other.billing.due()
        assert [one.billing.saved(code) for code in ("J.T.", "R.S.")] == [
            other.billing.saved(code) for code in ("J.T.", "R.S.")
        ]
        for number in self.logged:
            message = one.message(number)
            assert message == other.message(number)
            assert message is not None
            replayed = standing(one.decisions(number))
            assert (message.settlement, message.is_reopened, message.logged_seconds, message.done_at) == (
                (replayed.settlement, replayed.is_reopened, replayed.logged_seconds, replayed.done_at)
            )

    @invariant()
    def nothing_that_was_decided_before_its_credit_is_due(self) -> None:
        for due in self.file.billing.due():
            assert due.decision.id > self.spent.get(due.decision.number, 0)

    @invariant()
    def nothing_is_charged_twice(self) -> None:
        """What statements charge of a message, credits off, is never more than its dearest settlement decided."""
        for number in self.logged:
            decided = [
                decision.settlement.units * decision.settlement.price.minor
                for decision in self.file.decisions(number)
                if decision.settlement and decision.settlement.price
            ]
            charged = [c for c in self.file.billing.charged([number]) if len(self._line(c.statement, c.position)) == 1]
            assert sum(each.units * each.price.minor for each in charged) <= max(decided, default=0)

    # ------------------------------------------------------------ how it is done

    def _same(self, act: Callable[[Ledger], _T]) -> _T | None:
        """What an act comes to, which must be the same on both ledgers; None where both refuse it."""
        outcomes: list[_T | str] = []
        for ledger in self.ledgers:
            try:
                with ledger.transaction():
                    outcomes.append(act(ledger))
            except UsageError as error:
                outcomes.append(f"refused: {error.message}")
        first, second = outcomes
        assert first == second
        return None if isinstance(first, str) else first

    def _confirmed(self, ledger: Ledger, message: KeptMessage) -> Settlement:
        return confirmed(assess(message.number, *self._seen(ledger, message)), _of(message))

    def _settle(self, number: int, decide: Callable[[Ledger, KeptMessage], Settlement]) -> None:
        def act(ledger: Ledger) -> object:
            message = ledger.message(number)
            assert message is not None
            return ledger.billing.settle(number, decide(ledger, message), self.now)

        self._same(act)

    def _seen(self, ledger: Ledger, message: KeptMessage) -> tuple[tuple[TimeEntry, ...], Covering]:
        code = _of(message)
        consents = ledger.billing.consents(code) if code else ()
        prices = ledger.billing.client_prices(code) if code else ()
        return ledger.billing.time_entries(message.number), Covering(consents, prices, self.terms, ZONE)

    def _issue(self, ledger: Ledger, month: Month) -> tuple[Issued, ...]:
        accounts = Accounts(ledger.billing, ledger, self.terms, ZONE)
        made = drafts(accounts, self.office, {client.code: client for client in CLIENTS}, month, self.now)
        return issue(ledger.billing, [draft.statement for draft in made], _rendered, self.now)

    def _credit(self, ledger: Ledger, number: int, positions: tuple[int, ...]) -> tuple[Issued, ...]:
        issued = ledger.billing.issued(number)
        assert issued is not None
        credit = credit_of(issued, positions, "an error", self.now.astimezone(ZONE).date())
        return issue(ledger.billing, [credit], _rendered, self.now)

    def _on_statements(self) -> set[int]:
        return {message for sent, _ in self.outgoing.values() for line in sent.lines for message in line.messages}

    def _line(self, number: int, position: int) -> tuple[int, ...]:
        return self.outgoing[number][0].lines[position].messages

    def _check_against_the_ledger(self, statement: Statement) -> None:
        """Each line must be worked out again from what the ledger holds, by this test's own arithmetic."""
        assert statement.kind is StatementKind.STATEMENT
        for line in statement.lines:
            assert line.units > 0
            most = 0
            for number in line.messages:
                message = self.file.message(number)
                assert message is not None
                assert message.clients == (statement.client,)
                assert message.settlement is not None
                assert message.settlement.id in line.decisions
                assert message.settlement.id > self.spent.get(number, 0)
                covered, all_covered = self._covered(number, statement.client, line.price)
                assert covered > 0
                raised = message.settlement.kind is DecisionKind.ADJUST and all_covered
                most += self._units(message.settlement.seconds if raised else covered)
            assert line.units <= most

    def _covered(self, number: int, code: str, price: Money) -> tuple[int, bool]:
        """Seconds of the message under a consent to at least this price, and whether that is all of them.

        A consent counts where it was in force in the first and the last second of the work and agreed to no less than
        the price of that day.
        """
        covered, everything = 0, True
        for entry in self.file.billing.time_entries(number):
            worked = entry.worked
            asked = self._asked(code, worked.began_at)
            holds = any(
                consent.terms.given_at <= worked.began_at
                and (consent.withdrawn_at is None or worked.ended_at <= consent.withdrawn_at)
                and consent.terms.number in (None, number)
                and consent.terms.price.minor >= max(asked, price.minor)
                for consent in self.file.billing.consents(code)
            )
            covered += worked.seconds if holds else 0
            everything = everything and holds
        return covered, everything

    def _asked(self, code: str, at: datetime) -> int:
        day = at.astimezone(ZONE).date()
        own = [price for price in self.file.billing.client_prices(code) if price.from_on and price.from_on <= day]
        return max(own, key=lambda price: price.from_on or day).price.minor if own else 1500

    def _units(self, seconds: int) -> int:
        """The rule in words: nothing up to five minutes, else every begun quarter of an hour."""
        if seconds <= 300:
            return 0
        counted = seconds if self.terms.basis == "whole" else seconds - 300
        return counted // 900 + (counted % 900 > 0)


def _of(message: KeptMessage) -> str:
    return message.clients[0] if len(message.clients) == 1 else ""


def _rendered(statement: Statement) -> bytes:
    return f"{statement.kind} {statement.number}: {statement.total}".encode()


def test_the_machine_gets_as_far_as_a_statement_a_credit_and_another_statement() -> None:
    machine = BillingMachine()
    machine.begin("message", "whole", vat=True)
    machine.work_and_confirm(1, 901)
    machine.issue(0)
    made = machine._same(lambda ledger: machine._credit(ledger, 1, ()))  # noqa: SLF001 - the machine's own step
    assert made is not None
    machine.outgoing[2] = (made[0].statement, made[0].text)
    machine.work_and_confirm(1, 301)
    machine.issue(0)
    totals = [machine.outgoing[number][0].total.minor for number in sorted(machine.outgoing)]
    # 901 s are two units and 1202 s no more; 15.00 a unit, 17.5 % on the line of 30.00.
    assert totals == [3525, -3525, 3525]
    machine.nothing_issued_ever_changes()
    machine.teardown()


@pytest.mark.parametrize("code", ["J.T.", "R.S."])
def test_the_machine_does_not_charge_again_what_it_just_credited(code: str) -> None:
    machine = BillingMachine()
    machine.begin("message", "whole", vat=False)
    machine.consent("R.S.", 2000, timedelta(hours=24), None)
    machine.work_and_confirm(1, 901)
    machine.issue(0)
    machine.assign(1, code)
    machine.work_and_confirm(1, 901)
    machine.credit_lines(1, ())
    machine.issue(0)
    # 901 s are two units at 15.00; nothing follows the credit until it is confirmed anew: then 1802 s, three units.
    assert [machine.outgoing[number][0].total.minor for number in sorted(machine.outgoing)] == [3000, -3000]
    machine.confirm(1)
    machine.issue(0)
    assert machine.outgoing[3][0].total.minor == 4500
    machine.teardown()


TestBillingMachine = BillingMachine.TestCase
TestBillingMachine.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
