from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import Literal

import pytest

from mailtriage.billing.units import units
from mailtriage.model.work import Terms

_DAY = range(86_401)


def _oracle(terms: Terms) -> list[int]:
    """The units of each second of a day by counting the clock: a unit begins whenever the one before is used up."""
    free, length = terms.free_minutes * 60, terms.increment_minutes * 60
    before = 0 if terms.basis == "whole" else free
    counts, begun, left = [], 0, 0
    for second in range(1, 86_401):
        if second > before:
            if not left:
                begun, left = begun + 1, length
            left -= 1
        counts.append(begun if second > free else 0)
    return [0, *counts]


@pytest.mark.parametrize("basis", ["whole", "excess"])
@pytest.mark.parametrize(("free", "increment"), [(5, 15), (0, 15), (10, 6), (5, 1), (15, 15), (20, 15), (120, 120)])
def test_every_second_of_a_day_makes_the_units_of_the_rule(
    basis: Literal["whole", "excess"], free: int, increment: int
) -> None:
    terms = Terms(free_minutes=free, increment_minutes=increment, basis=basis)
    assert [units(seconds, terms) for seconds in _DAY] == _oracle(terms)


def test_every_second_of_a_day_makes_the_units_that_fractions_make() -> None:
    expected = [0 if seconds <= 300 else ceil(Fraction(seconds, 900)) for seconds in _DAY]
    assert [units(seconds, Terms()) for seconds in _DAY] == expected
    expected = [0 if seconds <= 300 else ceil(Fraction(seconds - 300, 900)) for seconds in _DAY]
    assert [units(seconds, Terms(basis="excess")) for seconds in _DAY] == expected


def test_the_policy_as_the_clients_were_told_it() -> None:
    told = {300: 0, 301: 1, 900: 1, 901: 2, 1800: 2, 1801: 3}
    assert {seconds: units(seconds, Terms()) for seconds in told} == told


def test_more_time_never_makes_fewer_units_and_the_excess_never_more_than_the_whole() -> None:
    whole, excess = ([units(seconds, Terms(basis=basis)) for seconds in _DAY] for basis in _BASES)
    assert whole == sorted(whole)
    assert excess == sorted(excess)
    assert all(less <= more for less, more in zip(excess, whole, strict=True))


_BASES: tuple[Literal["whole", "excess"], ...] = ("whole", "excess")
