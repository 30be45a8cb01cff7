"""From the ledger to statements, in any order of working, confirming, issuing and crediting."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from fakes import FakeLedger
from invoices import PRACTICE
from ledgers import received
from mailtriage.billing.assessment import Covering, assess
from mailtriage.billing.issuing import Accounts, drafts, issue
from mailtriage.billing.months import day_in, month_of
from mailtriage.billing.settling import confirmed
from mailtriage.billing.statement import Office, credit_of
from mailtriage.billing.units import units
from mailtriage.documents import document
from mailtriage.model.money import Money
from mailtriage.model.statements import Month, StatementKind
from mailtriage.model.work import Evidence, NewConsent, PriceFrom, Terms, TimeKind, Worked

if TYPE_CHECKING:
    from mailtriage.model.statements import Issued

ZONE = ZoneInfo("Europe/London")
BEGAN = datetime(2026, 10, 24, 8, tzinfo=UTC)
PRICE = Money(2000, "GBP")
MESSAGES = range(1, 5)
Step = tuple[str, int, int, int]
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["work", "confirm", "confirm", "issue", "credit"]),
        st.sampled_from(MESSAGES),
        st.sampled_from([60, 299, 300, 301, 400, 900, 1500]),
        st.integers(0, 3),
    ),
    max_size=30,
)


class Desk:
    """A practice with one client, whose clock goes on six hours a step."""

    def __init__(self, pool: Literal["message", "day"], basis: Literal["whole", "excess"]) -> None:
        self.ledger = FakeLedger()
        self.terms = Terms(pool=pool, basis=basis, prices=(PriceFrom(PRICE),))
        self.now = BEGAN
        self.billing = self.ledger.billing
        for number in MESSAGES:
            assert self.ledger.add_received(received(str(number), clients=("J.T.",), received_at=BEGAN)) == number
        self.billing.add_consent(NewConsent("J.T.", None, BEGAN, "signed", PRICE, ""), BEGAN)

    def take(self, step: Step) -> None:
        self.now += timedelta(hours=6)
        what, number, seconds, choice = step
        if what == "work":
            began_at = self.now - timedelta(seconds=seconds)
            self.billing.log_time(number, [Worked(TimeKind.REPLY, seconds, Evidence.TIMER, began_at)], self.now)
        elif what == "confirm":
            covering = Covering(self.billing.consents("J.T."), (), self.terms, ZONE)
            assessment = assess(number, self.billing.time_entries(number), covering)
            self.billing.settle(number, confirmed(assessment, "J.T."), self.now)
        elif what == "issue":
            self.issue()
        else:
            self.credit(choice)

    def issue(self) -> None:
        office = Office(PRACTICE, self.terms, ZONE)
        month = month_of(day_in(ZONE, self.now))
        accounts = Accounts(self.billing, self.ledger, self.terms, ZONE)
        with self.ledger.transaction():
            wanted = [draft.statement for draft in drafts(accounts, office, {}, month, self.now)]
            issue(self.billing, wanted, document, self.now)

    def credit(self, choice: int) -> None:
        open_lines = [
            (each, at)
            for each in self.billing.all_issued()
            if each.statement.kind is StatementKind.STATEMENT
            for at in range(len(each.statement.lines))
            if at not in each.credited
        ]
        if open_lines:
            each, at = open_lines[choice % len(open_lines)]
            with self.ledger.transaction():
                issue(self.billing, [credit_of(each, [at], "a mistake", self.now.date())], document, self.now)

    def in_force(self) -> dict[tuple[int, ...], int]:
        """The units of the lines that nobody took back, by their messages."""
        found: dict[tuple[int, ...], int] = defaultdict(int)
        for each in self.billing.all_issued():
            for at, line in enumerate(each.statement.lines):
                if each.statement.kind is StatementKind.STATEMENT and at not in each.credited:
                    found[line.messages] += line.units
        return found


def _sums(issued: Issued) -> None:
    statement = issued.statement
    assert statement.total.minor == sum(line.net.minor + line.vat.minor for line in statement.lines)
    sign = 1 if statement.kind is StatementKind.STATEMENT else -1
    assert all(line.units * sign > 0 for line in statement.lines)
    assert f"{statement.total}".encode() in issued.text


@given(_STEPS, st.sampled_from(["message", "day"]), st.sampled_from(["whole", "excess"]))
def test_whatever_is_done_nobody_pays_more_than_message_by_message(
    steps: list[Step], pool: Literal["message", "day"], basis: Literal["whole", "excess"]
) -> None:
    office = Desk(pool, basis)
    for step in [*steps, ("issue", 1, 0, 0), ("issue", 1, 0, 0)]:
        office.take(step)
    issued = office.billing.all_issued()
    assert [each.statement.number for each in issued] == list(range(1, len(issued) + 1))
    for each in issued:
        _sums(each)
    worked = {number: sum(entry.worked.seconds for entry in office.billing.time_entries(number)) for number in MESSAGES}
    apart = sum(units(seconds, office.terms) for seconds in worked.values())
    charged = office.in_force()
    assert sum(charged.values()) <= apart
    if pool == "message":
        assert all(count <= units(worked[messages[0]], office.terms) for messages, count in charged.items())


@given(_STEPS)
def test_a_second_issue_right_after_the_first_finds_nothing(steps: list[Step]) -> None:
    office = Desk("day", "whole")
    for step in [*steps, ("issue", 1, 0, 0)]:
        office.take(step)
    count = len(office.billing.all_issued())
    office.issue()
    assert len(office.billing.all_issued()) == count


@given(st.lists(st.integers(301, 4000), min_size=1, max_size=4), st.data())
def test_a_day_that_is_issued_in_parts_costs_what_it_costs_in_one(times: list[int], data: st.DataObject) -> None:
    """As long as nothing is worked on another day, however the confirmations come."""
    office = Desk("day", "whole")
    numbers = list(MESSAGES)[: len(times)]
    for number, seconds in zip(numbers, times, strict=True):
        office.now = BEGAN + timedelta(hours=8)
        began_at = BEGAN + timedelta(hours=number)
        office.billing.log_time(number, [Worked(TimeKind.READING, seconds, Evidence.TYPED, began_at)], office.now)
    for number in data.draw(st.permutations(numbers)):
        office.take(("confirm", number, 0, 0))
        if data.draw(st.booleans()):
            office.issue()
    office.issue()
    apart, together = sum(units(seconds, office.terms) for seconds in times), units(sum(times), office.terms)
    assert sum(office.in_force().values()) == min(apart, together)
    assert {each.statement.month for each in office.billing.all_issued()} <= {Month(2026, 10)}
