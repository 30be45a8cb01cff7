from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.adapters.terminal.rows import marked_rows, plain_rows, row

SPANS = st.lists(st.tuples(st.integers(-5, 50), st.integers(-5, 50)), max_size=6)


def test_overlapping_spans_are_one_mark() -> None:
    assert plain_rows(marked_rows("abcdef", [(1, 3), (2, 4)])) == "a[[bcd]]ef\n"


def test_a_mark_across_lines_is_closed_and_opened_again() -> None:
    assert plain_rows(marked_rows("one\ntwo", [(1, 5)], "> ")) == "> o[[ne]]\n> [[t]]wo\n"


def test_a_blank_row_is_a_blank_line() -> None:
    assert plain_rows([row("", prefix="> ")]) == ">\n"


@given(st.text(st.characters(codec="ascii", categories=["L", "P"]), max_size=40), SPANS)
def test_marks_add_brackets_and_change_nothing_else(text: str, spans: list[tuple[int, int]]) -> None:
    (one,) = marked_rows(text, spans)
    assert "".join(words for words, _ in one.parts) == text
