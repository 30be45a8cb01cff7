from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.model.money import Money, parse_money, total

_AMOUNTS = st.integers(0, 9_999_999_99)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("20", 2000),
        ("20.00", 2000),
        ("0.05", 5),
        (" £20.50 ", 2050),
        ("GBP 20.00", 2000),
        ("GBP20", 2000),
        ("£ 7", 700),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, minor: int) -> None:
    assert parse_money(text, "GBP") == Money(minor, "GBP")


@pytest.mark.parametrize(
    "text",
    [
        "", "£", "20.5", "20.005", "-20", "+20", "1,000.00", "20,00", "$20", "EUR 20", "2e3", "twenty", "20.00.00",
        "12345678", "٢٠", "20 GBP", "GBPGBP20", "nan",
    ],
)  # fmt: skip
def test_what_could_be_misread_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="is no amount in GBP"):
        parse_money(text, "GBP")


@given(_AMOUNTS)
def test_the_bare_figure_and_the_written_amount_are_exact(minor: int) -> None:
    money = Money(minor, "GBP")
    assert parse_money(money.plain, "GBP") == money
    assert parse_money(str(money).replace(",", ""), "GBP") == money
    assert Decimal(money.plain) * 100 == minor
    assert (-money).plain == ("-" + money.plain if minor else "0.00")


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(123456, "GBP"), "£1,234.56"),
        (Money(-5, "GBP"), "-£0.05"),
        (Money(2000, "EUR"), "€20.00"),
        (Money(2000, "USD"), "$20.00"),
        (Money(-2000, "CHF"), "-CHF 20.00"),
    ],
)
def test_an_amount_is_written_as_a_person_writes_it(money: Money, written: str) -> None:
    assert str(money) == written


@given(st.lists(st.integers(-(10**9), 10**9), max_size=20), st.integers(-50, 50))
def test_sums_and_multiples_lose_no_penny(minors: list[int], count: int) -> None:
    amounts = tuple(Money(minor, "GBP") for minor in minors)
    assert total(amounts, "GBP").minor == sum(minors)
    assert sum((money * count).minor for money in amounts) == (total(amounts, "GBP") * count).minor


@given(_AMOUNTS, st.decimals(0, 99, places=2))
def test_a_percentage_is_rounded_to_the_nearest_penny_and_half_a_penny_away_from_zero(
    minor: int, rate: Decimal
) -> None:
    share = Money(minor, "GBP").percent(rate).minor
    assert share == (minor * int(rate * 100) * 2 + 10_000) // 20_000
    assert Money(-minor, "GBP").percent(rate).minor == -share


def test_two_currencies_never_meet() -> None:
    pounds, euros = Money(1, "GBP"), Money(1, "EUR")
    for clash in (
        lambda: pounds + euros,
        lambda: pounds - euros,
        lambda: pounds < euros,
        lambda: total((euros,), "GBP"),
    ):
        with pytest.raises(ValueError, match="do not add up"):
            clash()
