from __future__ import annotations

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.adapters.terminal.safe import ascii_only, one_line, safe

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=[]), max_size=60)


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("pay\u202elive", r"pay\u202elive"),
        ("\u2066a\u2069", r"\u2066a\u2069"),
        ("ze\u200bro", r"ze\u200bro"),
        ("so\u00adft", r"so\xadft"),
        ("a\rb\nc", r"a\rb\nc"),
        ("a\u2028b", r"a\u2028b"),
        ("\udc80", r"\udc80"),
        ("\U000e0041", r"\U000e0041"),
        ("a\ufe0f", r"a\ufe0f"),
        ("\u3164", r"\u3164"),
        ("nul\0", r"nul\x00"),
        ("del\x7f", r"del\x7f"),
    ],
)
def test_a_character_that_a_terminal_obeys_or_hides_is_shown_as_an_escape(hostile: str, shown: str) -> None:
    assert safe(hostile) == shown


@pytest.mark.parametrize(
    "text", ["Zoë", "Łukasz", "日本語", "don\u2019t", "[bold]not markup[/x]", "😀", "नमस्ते", "עברית"]
)
def test_ordinary_writing_passes_unchanged(text: str) -> None:
    assert safe(text) == text


def test_an_emoji_sequence_is_shown_as_its_parts() -> None:
    assert safe("👩\u200d👧 ❤\ufe0f") == "👩👧 ❤"


def test_line_breaks_stay_only_where_lines_are_wanted() -> None:
    assert safe("a\r\nb\tc\n", multiline=True) == "a\nb   c\n"
    assert safe("a\rb", multiline=True) == r"a\rb"


def test_a_tower_of_accents_is_cut_into_visible_escapes() -> None:
    assert safe("e" + "\u0301" * 6) == "e" + "\u0301" * 4 + r"\u0301\u0301"


def test_one_line_folds_white_space() -> None:
    assert one_line("  a\r\n\t b\u00a0c ") == "a b c"


def test_an_ascii_terminal_gets_stand_ins_for_punctuation_and_escapes_for_letters() -> None:
    assert ascii_only("\u201cdon\u2019t\u201d \u2013 5\u00b76 Zoë") == '"don\'t" - 5|6 Zo\\xeb'


@given(ANY_TEXT, st.booleans())
def test_safe_text_holds_no_control_format_or_surrogate_and_stays_as_it_is(text: str, multiline: bool) -> None:  # noqa: FBT001 - drawn
    shown = safe(text, multiline=multiline)
    breaks = "\n" if multiline else ""
    hidden = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not [c for c in shown if c not in breaks and unicodedata.category(c) in hidden]
    assert safe(shown, multiline=multiline) == shown
    assert shown.encode("utf-8").isascii() or any(ord(c) > 127 for c in shown)


@given(ANY_TEXT)
def test_ascii_text_is_ascii(text: str) -> None:
    assert ascii_only(safe(text)).isascii()


@pytest.mark.bench
@pytest.mark.parametrize("character", ["\x1b", "\u200d", "e\u0301", "\u00e9\n", "\t"])
def test_the_cost_is_linear(character: str) -> None:
    def cost(count: int) -> float:
        start = process_time()
        safe(character * count, multiline=True)
        return process_time() - start

    assert min(cost(400_000) for _ in range(3)) < 6 * min(cost(100_000) for _ in range(3))
