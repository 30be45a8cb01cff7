"""Months, statements and credits as values."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices import CREDIT, JO, OCTOBER, PLAIN, PRACTICE, issued, line
from mailtriage.billing import months
from mailtriage.billing.account import Account
from mailtriage.billing.issuing import refuse_early
from mailtriage.billing.months import begins_at, later, month_of, parse_month
from mailtriage.billing.statement import Office, credit_of, recipient_of, statement_of
from mailtriage.errors import UsageError
from mailtriage.model import Client
from mailtriage.model.money import Money
from mailtriage.model.statements import Line, Month, Statement, StatementKind
from mailtriage.model.work import Terms

LONDON = ZoneInfo("Europe/London")
SECOND = timedelta(seconds=1)
TODAY = date(2026, 11, 3)


def test_a_month_begins_at_midnight_of_the_practice() -> None:
    assert begins_at(Month(2026, 11), LONDON) == datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
    assert begins_at(OCTOBER, LONDON) == datetime(2026, 9, 30, 23, 0, tzinfo=UTC)


def test_the_months_of_both_clock_changes_are_an_hour_shorter_and_longer() -> None:
    def hours(month: Month) -> float:
        return (begins_at(later(month, 1), LONDON) - begins_at(month, LONDON)) / timedelta(hours=1)

    assert (hours(Month(2026, 3)), hours(Month(2026, 10))) == (31 * 24 - 1, 31 * 24 + 1)


@given(st.dates(date(1971, 1, 1), date(2999, 12, 31)), st.integers(-30, 30))
def test_months_count_on_and_back(day: date, count: int) -> None:
    month = month_of(day)
    assert later(later(month, count), -count) == month
    assert parse_month(str(month)) == month


@pytest.mark.parametrize("text", ["2026", "2026-13", "2026-00", "10/2026", "2026-1", "x\x1b[31m", "9999-12"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no month"):
        parse_month(text)


def test_a_month_is_issued_when_it_is_over() -> None:
    end = begins_at(Month(2026, 11), LONDON)
    refuse_early(OCTOBER, end, LONDON, so_far=False)
    refuse_early(OCTOBER, end - SECOND, LONDON, so_far=True)
    with pytest.raises(UsageError, match="2026-10 is not over"):
        refuse_early(OCTOBER, end - SECOND, LONDON, so_far=False)
    with pytest.raises(UsageError, match="has not begun"):
        refuse_early(Month(2026, 11), end - SECOND, LONDON, so_far=True)


def test_a_statement_is_made_out_to_the_code_where_the_roster_has_no_name() -> None:
    assert recipient_of(None, "J.T.").name == "J.T."
    assert recipient_of(Client("J.T.", postal="2 Long Road\n\nYork"), "J.T.").postal == ("2 Long Road", "York")


def test_a_statement_says_by_when_to_pay() -> None:
    office = Office(PRACTICE, Terms(), LONDON, payment_days=30, payment="by transfer")
    made = statement_of(Account("J.T."), OCTOBER, office, JO, TODAY)
    assert (made.number, made.due_on, made.payment, made.lines) == (0, date(2026, 12, 3), "by transfer", ())
    assert statement_of(Account("J.T."), OCTOBER, replace(office, payment_days=0), JO, TODAY).due_on is None


def test_a_credit_takes_back_what_no_other_took() -> None:
    credit = credit_of(issued(credited=(0,)), (), "by mistake", TODAY)
    assert (credit.kind, credit.credits, credit.note, credit.due_on) == (StatementKind.CREDIT, 7, "by mistake", None)
    assert [line.units for line in credit.lines] == [-2]
    assert credit.total == -PLAIN.lines[1].net


@pytest.mark.parametrize(
    ("positions", "credited", "said"),
    [
        ((2,), (), "has no line 3"),
        ((-1,), (), "has no line 0"),
        ((0,), (0,), "credited already"),
        ((), (0, 1), "whole"),
    ],
)
def test_a_credit_that_takes_back_nothing_is_refused(
    positions: tuple[int, ...], credited: tuple[int, ...], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        credit_of(issued(credited=credited), positions, "", TODAY)


def test_a_credit_is_not_credited() -> None:
    with pytest.raises(UsageError, match="10 is a credit itself"):
        credit_of(issued(CREDIT), (), "", TODAY)


_LINES = st.lists(
    st.builds(
        lambda units, price, vat: Line(date(2026, 10, 1), units, 15, Money(price, "GBP"), vat, (1,), (1,)),
        st.integers(1, 40),
        st.integers(0, 99_999),
        st.none() | st.decimals(0, 99, places=2),
    ),
    min_size=1,
    max_size=8,
)


@given(_LINES)
def test_a_statement_is_the_sum_of_its_lines_and_its_credit_takes_it_back_to_the_penny(lines: list[Line]) -> None:
    statement: Statement = replace(PLAIN, lines=tuple(lines))
    assert statement.total.minor == sum(each.net.minor + each.vat.minor for each in lines)
    assert (statement.total + credit_of(issued(statement), (), "", TODAY).total).minor == 0


def test_vat_is_rounded_on_each_line_half_a_penny_away_from_zero() -> None:
    each = replace(line(vat="17.5"), price=Money(20, "GBP"))
    assert (each.vat.minor, replace(each, units=-1).vat.minor) == (4, -4)
    assert replace(line(), vat_percent=Decimal("2.5"), price=Money(20, "GBP")).vat.minor == 1


def test_the_examples_of_months_hold() -> None:
    assert doctest.testmod(months).failed == 0
    assert doctest.testmod(months).attempted > 0
