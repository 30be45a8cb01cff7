from __future__ import annotations

from datetime import date, timedelta

from mailtriage.billing.prices import price_on
from timesheet import pounds, price

_DAY = date(2026, 11, 20)
_LATER = _DAY + timedelta(days=1)


def test_nothing_is_asked_before_any_price_has_begun() -> None:
    assert price_on(_DAY, (), ()) is None
    assert price_on(_DAY, (price(20, _LATER),), (price(22, _LATER),)) is None


def test_a_price_holds_from_the_beginning_of_its_day() -> None:
    prices = (price(22, _LATER), price(20))
    assert [price_on(day, (), prices) for day in (date.min, _DAY, _LATER, date.max)] == [
        pounds(20),
        pounds(20),
        pounds(22),
        pounds(22),
    ]


def test_a_clients_own_price_comes_before_the_practices_once_it_has_begun() -> None:
    own, of_practice = (price(15, _LATER),), (price(20),)
    assert price_on(_DAY, own, of_practice) == pounds(20)
    assert price_on(_LATER, own, of_practice) == pounds(15)


def test_of_two_prices_from_one_day_the_one_that_was_set_last_holds() -> None:
    assert price_on(_DAY, (price(18, _DAY), price(17, _DAY), price(30, date(2026, 1, 1))), ()) == pounds(17)
