from __future__ import annotations

import pytest

from mailtriage.cli.numbers import numbers
from mailtriage.errors import UsageError


@pytest.mark.parametrize(
    ("words", "found"),
    [(["3"], (3,)), (["3", "5-7"], (3, 5, 6, 7)), (["9,2", "2-3"], (9, 2, 3)), (["1-500"], tuple(range(1, 501)))],
)
def test_numbers_and_ranges_are_each_taken_once(words: list[str], found: tuple[int, ...]) -> None:
    assert numbers(words) == found


@pytest.mark.parametrize("words", [["x"], ["-3"], ["7-5"], ["1-501"], ["1-999999999"], [","], ["3\x1b[0m"], ["\u0663"]])
def test_what_is_no_number_is_refused_with_an_example(words: list[str]) -> None:
    with pytest.raises(UsageError) as refused:
        numbers(words)
    assert refused.value.hint
    assert refused.value.message.isprintable()
