"""What every ledger must do with statements, credits and payments: what was issued is never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bills import (
    LATER,
    MARCH,
    PRICE,
    charge,
    charged_message,
    credit_of,
    issued_to,
    line_for,
    statement_with,
    typed,
    worked_message,
)
from ledgers import HOUR, Ledger, broken_group
from mailtriage.errors import UsageError
from mailtriage.ledger.work import Charged
from mailtriage.model import DecisionKind, Settlement
from mailtriage.model.money import Money
from mailtriage.model.statements import Issued, Line, Month, Party, Statement, StatementKind

if TYPE_CHECKING:
    from mailtriage.model import Decision

TEXT = "£20.00 für Ärger\n".encode()


def _line(ledger: Ledger, decision: Decision) -> Line:
    return next(line_for(due) for due in ledger.billing.due() if due.decision == decision)


def _credit(ledger: Ledger, issued: Issued, *positions: int) -> Statement:
    """The issued credit of these lines."""
    lines = [issued.statement.lines[position] for position in positions]
    credit = credit_of(issued.statement, *lines, number=ledger.billing.next_statement_number())
    return ledger.billing.issue(credit, b"a credit", LATER).statement


def _refused(ledger: Ledger, statement: Statement, reason: str) -> None:
    before = ledger.billing.all_issued(), ledger.billing.due(), ledger.billing.next_statement_number()
    with pytest.raises(UsageError, match=reason):
        ledger.billing.issue(statement, TEXT, LATER)
    assert before == (ledger.billing.all_issued(), ledger.billing.due(), ledger.billing.next_statement_number())


# ---------------------------------------------------------------- issuing


def test_a_statement_and_its_bytes_come_back_as_they_were_issued(ledger: Ledger) -> None:
    confirm = charged_message(ledger, units=3)
    line = replace(_line(ledger, confirm), vat_percent=Decimal("20.0"), is_late=True)
    statement = replace(
        statement_with(line),
        practice=Party("Dr Häle", ("1 High Street", "", "Town")),
        recipient=Party("\udcff damaged", ()),
        vat_number="GB 123",
        due_on=date(2026, 4, 15),
        payment="By transfer\nto 12-34-56",
    )
    issued = ledger.billing.issue(statement, TEXT, LATER)
    assert issued == Issued(statement, LATER, TEXT)
    assert ledger.billing.issued(1) == issued
    assert ledger.billing.all_issued() == (issued,)
    assert ledger.billing.issued(2) is None


def test_what_a_client_or_a_price_becomes_later_changes_nothing_that_was_issued(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    issued = issued_to(ledger)
    ledger.decide(confirm.number, DecisionKind.ASSIGN, LATER, "R.S.")
    ledger.billing.log_time(confirm.number, [typed(900)], LATER)
    ledger.billing.settle(confirm.number, charge("R.S.", 5), LATER)
    assert ledger.billing.all_issued() == (issued,)


def test_statements_and_credits_are_numbered_in_one_sequence_without_gaps(ledger: Ledger) -> None:
    assert ledger.billing.next_statement_number() == 1
    for name in "ab":
        charged_message(ledger, name)
        issued = issued_to(ledger)
    assert _credit(ledger, issued, 0).number == 3
    assert [kept.statement.number for kept in ledger.billing.all_issued()] == [1, 2, 3]
    assert ledger.billing.next_statement_number() == 4


@pytest.mark.parametrize("number", [0, 2, 1_000])
def test_a_number_out_of_turn_is_refused(ledger: Ledger, number: int) -> None:
    confirm = charged_message(ledger)
    _refused(ledger, statement_with(_line(ledger, confirm), number=number), "next statement is number 1")


def test_a_failed_group_leaves_no_gap(ledger: Ledger) -> None:
    charged_message(ledger)
    with broken_group(ledger):
        issued_to(ledger)
    assert ledger.billing.all_issued() == ()
    assert len(ledger.billing.due()) == 1
    assert issued_to(ledger).statement.number == 1


def test_what_stands_on_a_statement_is_no_longer_due(ledger: Ledger) -> None:
    charged_message(ledger, "a")
    theirs = charged_message(ledger, "b", "R.S.")
    issued_to(ledger)
    assert [due.decision for due in ledger.billing.due()] == [theirs]


def test_a_decision_stands_on_one_statement_ever(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    line = _line(ledger, confirm)
    _refused(ledger, statement_with(line, line), "charged on a statement already")
    issued = issued_to(ledger)
    _refused(ledger, statement_with(line, number=2), "charged on a statement already")
    _credit(ledger, issued, 0)
    _refused(ledger, statement_with(line, number=3), "charged on a statement already")
    assert ledger.billing.due() == ()


def test_after_a_credit_a_new_decision_can_be_charged(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    _credit(ledger, issued_to(ledger), 0)
    assert ledger.billing.due() == ()
    again = ledger.billing.settle(confirm.number, charge(units=1), LATER)
    assert [due.decision for due in ledger.billing.due()] == [again]
    assert issued_to(ledger).statement.number == 3


def test_what_was_decided_before_a_credit_never_charges_what_was_credited(ledger: Ledger) -> None:
    confirm = charged_message(ledger, units=2)
    issued = issued_to(ledger)
    ledger.billing.log_time(confirm.number, [typed(60)], LATER)
    later = ledger.billing.settle(confirm.number, charge(units=3), LATER)
    line = _line(ledger, later)
    _credit(ledger, issued, 0)
    message = ledger.message(confirm.number)
    assert message is not None
    assert (message.settlement, message.is_reopened) == (None, True)
    assert ledger.billing.due() == ()
    assert confirm.number in ledger.billing.open_work(3600)
    _refused(ledger, replace(statement_with(line), number=3), "does not hold")


def test_a_credit_cannot_be_undone_and_no_undo_brings_back_what_it_ended(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    issued = issued_to(ledger)
    waive = ledger.billing.settle(confirm.number, Settlement(DecisionKind.WAIVE, "J.T."), LATER)
    _credit(ledger, issued, 0)
    for named in (None, confirm.number):
        with pytest.raises(UsageError, match=f"the credit on message {confirm.number} is issued, and cannot be undone"):
            ledger.undo(LATER, named)
    ledger.billing.undo_decision(waive.id, LATER)
    assert ledger.billing.due() == ()
    assert [past.kind for past in ledger.decisions(confirm.number)][-2:] == [DecisionKind.CREDITED, DecisionKind.UNDO]


def test_what_does_not_hold_is_not_charged(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    line = _line(ledger, confirm)
    ledger.billing.log_time(confirm.number, [typed(60)], LATER)
    _refused(ledger, statement_with(line), "does not hold")
    ledger.undo(LATER)
    ledger.undo(LATER, confirm.number)
    ledger.billing.undo_decision(confirm.id, LATER)
    _refused(ledger, statement_with(line), "does not hold")


def test_what_was_never_decided_or_charges_nothing_is_not_charged(ledger: Ledger) -> None:
    line = _line(ledger, charged_message(ledger))
    waive = ledger.billing.settle(worked_message(ledger, "b"), Settlement(DecisionKind.WAIVE, "J.T."), LATER)
    _refused(ledger, statement_with(replace(line, decisions=(99,))), "decision 99")
    _refused(ledger, statement_with(replace(line, decisions=(waive.id,))), f"decision {waive.id} charges nothing")
    _refused(ledger, statement_with(replace(line, decisions=())), "stands on no decision")
    _refused(ledger, statement_with(), "without lines")


def test_another_clients_charge_is_refused(ledger: Ledger) -> None:
    confirm = charged_message(ledger, client="R.S.")
    _refused(ledger, statement_with(_line(ledger, confirm)), r"is R\.S\.'s, not J\.T\.'s")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"units": 3}, id="more units"),
        pytest.param({"units": 0}, id="no unit"),
        pytest.param({"units": -1}, id="units below zero"),
        pytest.param({"price": Money(2001, "GBP")}, id="a higher price"),
        pytest.param({"messages": ()}, id="another message"),
    ],
)
def test_a_line_charges_no_more_than_was_decided(ledger: Ledger, change: dict[str, object]) -> None:
    line = _line(ledger, charged_message(ledger, units=2))
    _refused(ledger, statement_with(replace(line, **change)), "a line")  # type: ignore[arg-type]


def test_a_line_may_pool_several_decisions_and_charge_less(ledger: Ledger) -> None:
    first, second = (charged_message(ledger, name, units=2) for name in "ab")
    line = _line(ledger, first)
    pooled = replace(line, units=3, messages=(first.number, second.number), decisions=(first.id, second.id))
    issued = ledger.billing.issue(statement_with(pooled), TEXT, LATER)
    assert issued.statement.lines == (pooled,)
    assert ledger.billing.due() == ()


def test_there_is_one_currency_and_it_is_that_of_what_was_issued_before(ledger: Ledger) -> None:
    euro = charged_message(ledger, "a", "R.S.")
    line = _line(ledger, euro)
    _refused(ledger, statement_with(line, client="R.S.", currency="EUR"), "one currency")
    issued_to(ledger, "R.S.")
    number = worked_message(ledger, "b")
    ledger.billing.settle(number, charge(price=Money(2000, "EUR")), LATER)
    line = line_for(ledger.billing.due()[0])
    _refused(ledger, statement_with(line, number=2, currency="EUR"), "one currency")
    _refused(ledger, statement_with(line, number=2), "one currency")
    _refused(ledger, statement_with(replace(line, price=PRICE), number=2), "other than was decided")


def test_a_first_statement_may_be_in_any_currency(ledger: Ledger) -> None:
    ledger.billing.settle(worked_message(ledger), charge(price=Money(2500, "CHF")), LATER)
    line = line_for(ledger.billing.due()[0])
    issued = ledger.billing.issue(statement_with(line, currency="CHF"), TEXT, LATER)
    assert ledger.billing.issued(1) == issued
    assert str(issued.statement.total) == "CHF 25.00"


# ---------------------------------------------------------------- finding them again


def test_statements_are_found_by_client_and_month_by_number(ledger: Ledger) -> None:
    for name, client in (("a", "R.S."), ("b", "J.T."), ("c", "R.S.")):
        charged_message(ledger, name, client)
        lines = [line_for(due) for due in ledger.billing.due(client)]
        number = ledger.billing.next_statement_number()
        month = Month(2026, 2 + number)
        ledger.billing.issue(replace(statement_with(*lines, number=number, client=client), month=month), TEXT, LATER)

    def numbers(client: str | None = None, month: Month | None = None) -> list[int]:
        return [issued.statement.number for issued in ledger.billing.all_issued(client, month)]

    assert numbers() == [1, 2, 3]
    assert numbers("R.S.") == [1, 3]
    assert numbers(month=Month(2026, 4)) == [2]
    assert numbers("R.S.", MARCH) == [1]
    assert numbers("J.T.", MARCH) == numbers("nobody") == []


# ---------------------------------------------------------------- credits


def _two_lines(ledger: Ledger) -> Issued:
    for name in "ab":
        charged_message(ledger, name)
    return issued_to(ledger)


def test_a_credit_takes_lines_back_and_the_statement_tells_which(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    credit = _credit(ledger, issued, 1)
    assert ledger.billing.issued(1) == replace(issued, credited=(1,))
    assert ledger.billing.issued(2) == Issued(credit, LATER, b"a credit")
    assert credit.total == Money(-2000, "GBP")
    _credit(ledger, issued, 0)
    assert ledger.billing.issued(1) == replace(issued, credited=(0, 1))


def test_a_line_is_credited_once(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    line = issued.statement.lines[0]
    _refused(ledger, credit_of(issued.statement, line, line, number=2), "line 1 of statement 1 is credited already")
    _credit(ledger, issued, 0)
    _refused(ledger, credit_of(issued.statement, line, number=3), "line 1 of statement 1 is credited already")


@pytest.mark.parametrize(
    "change",
    [{"units": 2}, {"price": Money(1999, "GBP")}, {"decisions": (99,)}, {"messages": (7,)}, {"unit_minutes": 10}],
)
def test_a_line_that_the_statement_has_not_is_not_credited(ledger: Ledger, change: dict[str, object]) -> None:
    issued = _two_lines(ledger)
    line = replace(issued.statement.lines[0], **change)  # type: ignore[arg-type]
    _refused(ledger, credit_of(issued.statement, line, number=2), "has no such line")


def test_only_a_statement_of_that_client_and_month_can_be_credited(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    credit = credit_of(issued.statement, issued.statement.lines[0], number=2)
    _refused(ledger, replace(credit, credits=9), "no statement 9")
    _refused(ledger, replace(credit, credits=None), "no statement None")
    _refused(ledger, replace(credit, client="R.S."), "another client")
    _refused(ledger, replace(credit, month=Month(2026, 4)), "another month")
    _refused(ledger, replace(credit, lines=()), "without lines")
    ledger.billing.issue(credit, TEXT, LATER)
    _refused(ledger, replace(credit_of(credit, *credit.lines, number=3)), "no statement 2")


def test_a_statement_names_no_other(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    statement = replace(statement_with(_line(ledger, confirm)), credits=1)
    with pytest.raises(ValueError, match="only a credit"):
        ledger.billing.issue(statement, TEXT, LATER)
    assert ledger.billing.all_issued() == ()


def test_a_credit_frees_what_its_line_stood_on_and_nothing_else(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    first, second = (line.decisions[0] for line in issued.statement.lines)
    _credit(ledger, issued, 0)
    ledger.billing.undo_decision(first, LATER)
    with pytest.raises(UsageError, match="stands on statement 1"):
        ledger.billing.undo_decision(second, LATER)


# ---------------------------------------------------------------- what is charged


def test_what_is_charged_of_a_message_is_known_by_the_line_it_stands_under(ledger: Ledger) -> None:
    confirm = charged_message(ledger, units=2)
    assert ledger.billing.charged([confirm.number]) == ()
    issued_to(ledger)
    day = date(2026, 3, 2)
    assert ledger.billing.charged([confirm.number]) == (Charged(confirm.number, "J.T.", day, 2, PRICE, 1, 0),)
    assert ledger.billing.charged([99]) == ledger.billing.charged([]) == ()


def test_a_later_charge_stands_beside_the_earlier_one(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    issued_to(ledger)
    ledger.billing.log_time(confirm.number, [typed(900, LATER - HOUR)], LATER)
    ledger.billing.settle(confirm.number, charge(units=2), LATER)
    issued_to(ledger)
    charged = ledger.billing.charged([confirm.number, confirm.number])
    assert [(line.statement, line.units) for line in charged] == [(1, 1), (2, 2)]


def test_a_pooled_line_counts_whole_for_each_of_its_messages(ledger: Ledger) -> None:
    first, second = (charged_message(ledger, name, units=2) for name in "ab")
    pooled = replace(
        _line(ledger, first), units=3, messages=(first.number, second.number), decisions=(first.id, second.id)
    )
    ledger.billing.issue(statement_with(pooled), TEXT, LATER)
    charged = ledger.billing.charged([second.number, first.number])
    assert [(line.number, line.units, line.position) for line in charged] == [
        (first.number, 3, 0),
        (second.number, 3, 0),
    ]


def test_what_was_credited_is_not_charged(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    first, second = (line.messages[0] for line in issued.statement.lines)
    _credit(ledger, issued, 0)
    assert [line.number for line in ledger.billing.charged([first, second])] == [second]


# ---------------------------------------------------------------- payments


def test_a_payment_and_its_withdrawal_are_kept(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    for day in (date(2026, 4, 9), None, date(2026, 4, 10)):
        paid = ledger.billing.pay(1, day, LATER)
        assert paid == replace(issued, paid_on=day)
        assert ledger.billing.issued(1) == paid


def test_what_is_no_statement_or_credited_whole_is_not_paid(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    day = date(2026, 4, 9)
    with pytest.raises(UsageError, match="no statement 9"):
        ledger.billing.pay(9, day, LATER)
    _credit(ledger, issued, 0)
    assert ledger.billing.pay(1, day, LATER).paid_on == day
    with pytest.raises(UsageError, match="2 is a credit"):
        ledger.billing.pay(2, day, LATER)
    ledger.billing.pay(1, None, LATER)
    _credit(ledger, issued, 1)
    for paid_on in (day, None):
        with pytest.raises(UsageError, match="credited whole"):
            ledger.billing.pay(1, paid_on, LATER)
    kept = ledger.billing.issued(1)
    assert kept is not None
    assert (kept.paid_on, kept.owed_back) == (None, ())


def test_what_is_paid_is_not_paid_again_nor_before_it_was_issued(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    day = issued.statement.issued_on
    with pytest.raises(UsageError, match="cannot be paid before"):
        ledger.billing.pay(1, day - timedelta(days=1), LATER)
    assert ledger.billing.pay(1, day, LATER).paid_on == day
    for again in (day, day + timedelta(days=1)):
        with pytest.raises(UsageError, match="statement 1 is paid already") as refused:
            ledger.billing.pay(1, again, LATER)
        assert "statement paid 1 --not" in refused.value.hint
    assert ledger.billing.pay(1, None, LATER).paid_on is None


def test_what_is_credited_of_a_paid_statement_is_owed_back_and_what_was_credited_before_is_not(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    _credit(ledger, issued, 0)
    assert ledger.billing.pay(1, date(2026, 4, 9), LATER + HOUR).owed_back == ()
    credit = credit_of(issued.statement, issued.statement.lines[1], number=ledger.billing.next_statement_number())
    ledger.billing.issue(credit, b"a credit", LATER + 2 * HOUR)
    for kept in (ledger.billing.issued(1), *ledger.billing.all_issued()[:1]):
        assert kept is not None
        assert (kept.credited, kept.owed_back) == ((0, 1), (1,))
    assert ledger.billing.pay(1, None, LATER + 3 * HOUR).owed_back == ()


def test_what_was_paid_on_a_day_before_its_credit_is_owed_back_though_it_was_noted_later(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    first = issued.statement.lines[0]
    credit = credit_of(issued.statement, first, number=2)
    ledger.billing.issue(replace(credit, issued_on=issued.statement.issued_on + timedelta(days=2)), b"c", LATER)
    assert ledger.billing.pay(1, issued.statement.issued_on, LATER + HOUR).owed_back == (0,)


def test_a_payment_of_a_failed_group_is_not_kept(ledger: Ledger) -> None:
    issued = _two_lines(ledger)
    with broken_group(ledger):
        ledger.billing.pay(1, date(2026, 4, 9), LATER)
        _credit(ledger, issued, 0)
    assert ledger.billing.all_issued() == (issued,)


def test_a_rehearsal_issues_nothing(ledger: Ledger) -> None:
    charged_message(ledger)
    with ledger.rehearsal():
        assert issued_to(ledger).statement.kind is StatementKind.STATEMENT
    assert ledger.billing.all_issued() == ()
    assert len(ledger.billing.due()) == 1
