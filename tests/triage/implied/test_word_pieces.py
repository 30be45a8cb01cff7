import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.triage.implied.word_pieces import WordPieces

PIECES = WordPieces(["[UNK]", "[CLS]", "play", "##ing", "##i", "##ng", "p", "##l", "don", "'", "t", ".", "!"])


def spelled(text: str) -> list[str]:
    return [PIECES.vocabulary[piece.number] for piece in PIECES.pieces(text)]


def test_a_word_is_spelled_with_the_longest_pieces_first() -> None:
    assert spelled("playing") == ["play", "##ing"]


def test_what_no_pieces_spell_is_unknown_as_a_whole() -> None:
    assert spelled("plqx play") == ["[UNK]", "play"]


def test_an_endless_word_is_unknown_and_costs_nothing() -> None:
    assert spelled("p" + "l" * 100_000) == ["[UNK]"]


@pytest.mark.parametrize("text", ["Don't!", "don\u2019t!", "DON`T!", "do\u200bn't!"])
def test_case_apostrophes_and_invisible_signs_change_nothing(text: str) -> None:
    assert spelled(text) == ["don", "'", "t", "!"]


def test_places_are_those_of_the_original_text() -> None:
    text = "\u00a0do\u200bn\u2019t play\u0301ing."
    words = [text[piece.start : piece.end] for piece in PIECES.pieces(text)]
    assert words == ["do\u200bn", "\u2019", "t", "play\u0301ing", "play\u0301ing", "."]


def test_a_piece_that_is_not_there_has_no_number() -> None:
    with pytest.raises(KeyError):
        PIECES.number("[SEP]")


@given(st.text(max_size=200))
def test_any_text_gives_pieces_with_rising_places_inside_it(text: str) -> None:
    starts = [piece.start for piece in PIECES.pieces(text)]
    assert starts == sorted(starts)
    assert all(0 <= piece.start < piece.end <= len(text) for piece in PIECES.pieces(text))
