"""Text as word pieces, the units that a BERT encoder was trained on, each with its place in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mailtriage.triage.emergency.folding import folding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_CONTINUED = "##"
_LONGEST_WORD = 60
_MOST_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A word piece: its number in the vocabulary and where its word stands in the text (`end` exclusive)."""

    number: int
    start: int
    end: int


@dataclass(frozen=True)
class WordPieces:
    """A WordPiece vocabulary (Wu et al. 2016, as BERT uses it); longest match first, "[UNK]" for what it cannot spell.

    Attributes:
        vocabulary: the pieces in the order of their numbers; "##" marks one that continues a word.
    """

    vocabulary: Sequence[str]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {piece: number for number, piece in enumerate(self.vocabulary)}

    @cached_property
    def _spelled(self) -> dict[str, tuple[int, ...]]:
        return {}

    def number(self, piece: str) -> int:
        """The number of a piece.

        Raises:
            KeyError: if the vocabulary has no such piece.
        """
        return self._numbers[piece]

    def pieces(self, text: str) -> Iterator[Piece]:
        """The pieces of a text in order, folded as the wording rules fold it; places are those of the original."""
        folded = folding(text)
        for found in _WORD.finditer(folded.text):
            start, end = folded.origin(found.start()), folded.origin(found.end() - 1) + 1
            for number in self._word(found.group()):
                yield Piece(number, start, end)

    def _word(self, word: str) -> tuple[int, ...]:
        known = self._spelled.get(word)
        if known is None:
            known = self._spell(word)
            if len(self._spelled) < _MOST_WORDS:
                self._spelled[word] = known
        return known

    def _spell(self, word: str) -> tuple[int, ...]:
        """The fewest-first spelling of a word: always the longest piece that fits next."""
        unknown = (self._numbers["[UNK]"],)
        if len(word) > _LONGEST_WORD:
            return unknown
        spelled: list[int] = []
        start = 0
        while start < len(word):
            found = next(self._fitting(word, start), None)
            if found is None:
                return unknown
            number, start = found
            spelled.append(number)
        return tuple(spelled)

    def _fitting(self, word: str, start: int) -> Iterator[tuple[int, int]]:
        """The pieces that fit at `start`, longest first, each with where it ends."""
        mark = _CONTINUED if start else ""
        for end in range(len(word), start, -1):
            number = self._numbers.get(mark + word[start:end])
            if number is not None:
                yield number, end
