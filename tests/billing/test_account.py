"""From due charges to lines: to the penny, never more than was decided, and the lower of both counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.account import Charge, days_of, lines_of
from mailtriage.billing.units import units
from mailtriage.ledger.work import Charged
from mailtriage.model.money import Money, total
from mailtriage.model.statements import Month
from mailtriage.model.work import Terms

OCTOBER = Month(2026, 10)
DAY = date(2026, 10, 14)
TWENTY = Money(2000, "GBP")
BY_MESSAGE = Terms()
BY_DAY = Terms(pool="day")


def charge(
    number: int = 1,
    seconds: int = 400,
    day: date = DAY,
    price: Money = TWENTY,
    charged: tuple[Charged, ...] = (),
    *,
    is_due: bool = True,
) -> Charge:
    return Charge(number, number if is_due else None, "J.T.", day, seconds, units(seconds, Terms()), price, charged)


def charged(number: int, count: int, *, statement: int = 1, position: int = 0, price: Money = TWENTY) -> Charged:
    return Charged(number, "J.T.", DAY, count, price, statement, position)


def counts(*due: Charge, beside: tuple[Charge, ...] = (), terms: Terms = BY_MESSAGE) -> list[int]:
    return [line.units for day in days_of(due, beside, terms) for line in lines_of(day, OCTOBER, terms)]


def test_by_message_each_charge_is_a_line_of_its_own() -> None:
    (day,) = days_of([charge(2, 901), charge(1)], (), BY_MESSAGE)
    lines = lines_of(day, OCTOBER, BY_MESSAGE)
    assert [(line.messages, line.decisions, line.units) for line in lines] == [((1,), (1,), 1), ((2,), (2,), 2)]


def test_by_day_the_lower_count_is_one_line() -> None:
    (day,) = days_of([charge(1, 400), charge(2, 400)], (), BY_DAY)
    assert (day.apart, day.together) == (2, 1)
    (line,) = lines_of(day, OCTOBER, BY_DAY)
    assert (line.units, line.messages, line.decisions) == (1, (1, 2), (1, 2))


def test_both_counts_are_known_whichever_is_charged() -> None:
    (day,) = days_of([charge(1, 400), charge(2, 400)], (), BY_MESSAGE)
    assert (day.apart, day.together) == (2, 1)
    assert counts(charge(1, 400), charge(2, 400)) == [1, 1]


def test_only_what_is_new_is_charged() -> None:
    assert counts(charge(1, 1801, charged=(charged(1, 1),))) == [2]


def test_what_is_charged_already_makes_no_line() -> None:
    assert counts(charge(1, 400, charged=(charged(1, 1),))) == []
    assert counts(charge(1, 400, charged=(charged(1, 2),))) == []


def test_a_day_that_is_charged_already_takes_a_late_message_into_its_count() -> None:
    known = charge(1, 400, charged=(charged(1, 1),), is_due=False)
    assert counts(charge(2, 400), beside=(known,), terms=BY_DAY) == []
    assert counts(charge(2, 901), beside=(known,), terms=BY_DAY) == [1]
    assert counts(charge(2, 400), beside=(known,)) == [1]


def test_a_line_for_several_messages_is_taken_off_once() -> None:
    known = tuple(charge(n, 500, charged=(charged(n, 2),), is_due=False) for n in (1, 2, 3))
    assert counts(charge(4, 400), beside=known, terms=BY_DAY) == [1]


def test_two_prices_on_a_day_are_lines_of_their_own() -> None:
    days = days_of([charge(1), charge(2, price=Money(1500, "GBP"))], (), BY_DAY)
    assert [(day.price.minor, day.apart) for day in days] == [(1500, 1), (2000, 1)]


def test_what_was_charged_at_a_higher_price_counts_for_what_was_paid() -> None:
    cheaper = charge(1, 901, price=Money(1500, "GBP"), charged=(charged(1, 1),))
    assert counts(cheaper) == []


def test_a_line_of_an_earlier_month_is_marked_as_late() -> None:
    (day,) = days_of([charge(day=date(2026, 9, 30))], (), BY_MESSAGE)
    assert [line.is_late for line in lines_of(day, OCTOBER, BY_MESSAGE)] == [True]
    assert [line.is_late for line in lines_of(day, Month(2026, 9), BY_MESSAGE)] == [False]


def test_without_charges_there_are_no_days() -> None:
    assert days_of([], (), BY_DAY) == ()


_PRICES = st.sampled_from([Money(minor, "GBP") for minor in (0, 1, 333, 1500, 2000)])
_SECONDS = st.integers(301, 8000)


@st.composite
def _due(draw: st.DrawFn) -> list[Charge]:
    return [
        charge(
            number,
            draw(_SECONDS),
            date(2026, 10, draw(st.integers(13, 15))),
            draw(_PRICES),
            tuple(
                charged(number, draw(st.integers(1, 6)), statement=draw(st.integers(1, 2)), price=draw(_PRICES))
                for _ in range(draw(st.integers(0, 1)))
            ),
        )
        for number in range(1, draw(st.integers(1, 7)) + 1)
    ]


@given(_due(), st.sampled_from(["message", "day"]), st.sampled_from(["whole", "excess"]))
def test_no_charge_makes_a_client_pay_more_than_was_decided(
    due: list[Charge], pool: Literal["message", "day"], basis: Literal["whole", "excess"]
) -> None:
    terms = Terms(pool=pool, basis=basis)
    due = [replace(each, units=units(each.seconds, terms)) for each in due]
    days = days_of(due, (), terms)
    for day in days:
        lines = lines_of(day, OCTOBER, terms)
        assert all(line.units > 0 and line.price == day.price for line in lines)
        each_alone = total(tuple(each.price * each.new_units for each in day.charges), "GBP")
        assert total(tuple(line.net for line in lines), "GBP").minor <= each_alone.minor
    assert sorted(each.number for day in days for each in day.charges) == sorted(each.number for each in due)


@given(_due())
def test_with_what_was_paid_before_no_message_costs_more_than_was_decided(due: list[Charge]) -> None:
    for each in due:
        paid = total(tuple(before.price * before.units for before in each.charged), "GBP")
        new = each.price * sum(counts(each))
        assert new.minor == 0 or (paid + new).minor <= (each.price * each.units).minor


@given(_due())
def test_together_is_never_dearer_than_apart(due: list[Charge]) -> None:
    apart = sum(counts(*due))
    assert sum(counts(*due, terms=BY_DAY)) <= apart


@given(_SECONDS, _SECONDS, _PRICES)
def test_charged_in_two_steps_a_message_costs_what_it_costs_in_one(first: int, more: int, price: Money) -> None:
    (before,) = counts(charge(1, first, price=price))
    known = (charged(1, before, price=price),)
    after = counts(charge(1, first + more, price=price, charged=known))
    assert before + sum(after) == units(first + more, Terms())


@given(st.lists(_SECONDS, min_size=1, max_size=6), st.integers(0, 6))
def test_charged_in_two_steps_a_day_costs_no_more_than_each_message(times: list[int], split: int) -> None:
    """What is confirmed after its day was charged joins that day's count."""
    first = [charge(number, seconds) for number, seconds in enumerate(times[:split], 1)]
    rest = [charge(number, seconds) for number, seconds in enumerate(times[split:], split + 1)]
    before = sum(counts(*first, terms=BY_DAY))
    known = tuple(
        replace(each, decision=None, charged=(charged(each.number, before),) if before else ()) for each in first
    )
    after = sum(counts(*rest, beside=known, terms=BY_DAY))
    assert before + after <= sum(units(seconds, Terms()) for seconds in times)
    assert before + after >= units(sum(times), Terms()) or before + after == sum(counts(*first, *rest, terms=BY_DAY))
