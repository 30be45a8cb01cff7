"""A text as overlapping windows of whole sentences, each short enough to be read in one go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.triage.implied.word_pieces import WordPieces

MOST_PIECES = 256
_SENTENCE_END = re.compile(r"(?<=[.!?;\u2026])\s+|\s*\n\s*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, or a part of an endless one: its offsets in the text (`end` exclusive), the numbers of its pieces."""

    start: int
    end: int
    numbers: tuple[int, ...]


def sentences(text: str, vocabulary: WordPieces) -> Iterator[Sentence]:
    """The sentences of a text in order, none of them longer than a window; what has no pieces is left out.

    A sentence ends after ".", "!", "?", ";" or an ellipsis before white space, and at a line's end.
    """
    for start, end in _spans(text):
        pieces = list(vocabulary.pieces(text[start:end]))
        for first in range(0, len(pieces), MOST_PIECES):
            part = pieces[first : first + MOST_PIECES]
            yield Sentence(start + part[0].start, start + part[-1].end, tuple(piece.number for piece in part))


def windows(found: Sequence[Sentence]) -> Iterator[Sequence[Sentence]]:
    """Runs of sentences of at most 256 pieces that cover them all; a run begins about half-way through the one before.

    >>> words = [Sentence(n, n, (7,) * 100) for n in range(4)]
    >>> [[sentence.start for sentence in run] for run in windows(words)]
    [[0, 1], [1, 2], [2, 3]]
    """
    start = end = 0
    while end < len(found):
        end = _filled(found, start)
        yield found[start:end]
        start = _half_way(found, start, end)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for boundary in _SENTENCE_END.finditer(text):
        yield start, boundary.start()
        start = boundary.end()
    yield start, len(text)


def _filled(found: Sequence[Sentence], start: int) -> int:
    """Where the window that begins at `start` ends."""
    end, count = start, 0
    while end < len(found) and (count := count + len(found[end].numbers)) <= MOST_PIECES:
        end += 1
    return end


def _half_way(found: Sequence[Sentence], start: int, end: int) -> int:
    """The first sentence after half of the window's pieces, so that windows overlap; never the same start again."""
    half, count = sum(len(sentence.numbers) for sentence in found[start:end]) / 2, 0
    for place in range(start, end):
        if count >= half:
            return place
        count += len(found[place].numbers)
    return end
