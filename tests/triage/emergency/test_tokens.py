"""Text as words: what is folded, opened and joined, and that places lead back to the original."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.triage.emergency.folding import folding
from mailtriage.triage.emergency.tokens import Spelling, tokens

_SPELLING = Spelling({"wanna": "want to"}, {("my", "self"): "myself"}, frozenset({"kill", "please", "suicide"}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I can't", "i can not"),
        ("I won\u2019t", "i will not"),
        ("They've gone", "they have gone"),
        ("wanna go", "want to go"),
        ("my self", "myself"),
        ("pleeeease", "please"),
        ("k1ll", "kill"),
        ("su\u00efcide", "suicide"),
        ("\uff4b\uff49\uff4c\uff4c", "kill"),
        ("ki\u200bll", "kill"),
        ("30mg", "30 mg"),
        ("see https://suicide.example/x now", "see now"),
    ],
)
def test_words_are_read_as_they_are_meant(text: str, words: str) -> None:
    assert " ".join(tokens(text, _SPELLING).words) == words


def test_sentences_end_at_stops_and_empty_lines_but_not_at_line_ends_or_dots_of_hesitation() -> None:
    assert tokens("a. b! c", _SPELLING).sentences == (0, 1, 2)
    assert tokens("a\nb... c", _SPELLING).sentences == (0, 0, 0)
    assert tokens("a\n \nb", _SPELLING).sentences == (0, 1)


@given(st.text(max_size=200))
def test_places_rise_and_stay_inside_the_text(text: str) -> None:
    read = tokens(text, _SPELLING)
    assert all(0 <= start < end <= len(text) for start, end in zip(read.starts, read.ends, strict=True))
    assert list(read.starts) == sorted(read.starts)


@given(st.text(max_size=200))
def test_folded_text_knows_where_it_came_from(text: str) -> None:
    folded = folding(text)
    assert folded.origins is None or len(folded.origins) == len(folded.text) + 1
