"""format=flowed (RFC 3676)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.flowed import unflowed


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("one \ntwo", "one two"),
        ("one\ntwo", "one\ntwo"),
        ("one \n two", "one two"),
        (" >stuffed", ">stuffed"),
        (" From here", "From here"),
        ("> one \n> two", "> one two"),
        ("> one \n>> two", "> one \n>> two"),
        ("> one \nmine", "> one \nmine"),
        ("mine \n-- \nme", "mine \n-- \nme"),
        ("one \n\ntwo", "one \ntwo"),
        ("end \n", "end "),
    ],
)
def test_soft_breaks_are_taken_back_within_one_quote_depth(text: str, read: str) -> None:
    assert unflowed(text, delete_space=False) == read


def test_with_delsp_the_space_of_a_soft_break_goes() -> None:
    assert unflowed("日本 \n語です\n> hal \n> lo", delete_space=True) == "日本語です\n> hallo"


@given(st.text(st.sampled_from("ab >\n-\t"), max_size=200), st.booleans())
def test_every_letter_stays_in_its_place(text: str, delete_space: bool) -> None:  # noqa: FBT001 - drawn
    def letters(words: str) -> str:
        return "".join(letter for letter in words if letter in "ab")

    assert letters(unflowed(text, delete_space=delete_space)) == letters(text)
