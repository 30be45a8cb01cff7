from hypothesis import given
from hypothesis import strategies as st

from mailtriage.triage.implied.windows import MOST_PIECES, Sentence, sentences, windows
from mailtriage.triage.implied.word_pieces import WordPieces

PIECES = WordPieces(["[UNK]", "a", "b"])
LENGTHS = st.lists(st.integers(1, MOST_PIECES), max_size=40)


def of_lengths(lengths: list[int]) -> list[Sentence]:
    return [Sentence(place, place + 1, (1,) * length) for place, length in enumerate(lengths)]


def test_sentences_end_at_stops_and_at_the_ends_of_lines() -> None:
    text = "A b. B a!  a?\nb\n\n a; b"
    assert [text[found.start : found.end] for found in sentences(text, PIECES)] == [
        "A b.",
        "B a!",
        "a?",
        "b",
        "a;",
        "b",
    ]


def test_an_endless_sentence_is_cut_and_loses_nothing() -> None:
    found = list(sentences("a " * 2000, PIECES))
    assert [len(sentence.numbers) for sentence in found] == [MOST_PIECES] * 7 + [2000 - 7 * MOST_PIECES]
    assert found[1].start == found[0].end + 1


@given(LENGTHS)
def test_windows_cover_every_sentence_and_none_is_too_long(lengths: list[int]) -> None:
    found = of_lengths(lengths)
    runs = list(windows(found))
    assert {sentence for run in runs for sentence in run} == set(found)
    assert all(sum(len(sentence.numbers) for sentence in run) <= MOST_PIECES for run in runs)


@given(LENGTHS)
def test_there_are_hardly_more_windows_than_sentences_fill(lengths: list[int]) -> None:
    assert len(list(windows(of_lengths(lengths)))) <= max(1, 5 * sum(lengths) // MOST_PIECES + 1)


@given(LENGTHS, st.integers(0, 39))
def test_what_fits_into_half_a_window_stands_whole_in_one(lengths: list[int], place: int) -> None:
    found = of_lengths(lengths)
    near = found[place : place + 2]
    if sum(len(sentence.numbers) for sentence in near) <= MOST_PIECES // 4:
        assert any(all(sentence in run for sentence in near) for run in windows(found)) or not near
