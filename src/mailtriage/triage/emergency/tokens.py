"""Folded text as words with places: contractions opened, phone typing and misspellings put right, breaks marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailtriage.triage.emergency.folding import folding

if TYPE_CHECKING:
    from collections.abc import Mapping

_PIECE = re.compile(
    r"(?P<link>(?:https?://|www\.)\S+)"
    r"|(?P<word>[a-z0-9]+(?:'[a-z]+|[!*@$|]{1,3}[a-z0-9]+)*)"
    r"|(?P<lead>:[^\S\n]*\n)"
    r"|(?P<soft>\.{2,}|[,:()\[\]\"/<>]+|-+(?=\s))|(?P<turn>\b(?= but\b))"
    r"|(?P<hard>[.!?;\u2022]+|\n[^\S\n]*\n\s*)"
)
_LEET = str.maketrans("013457@$!|", "oieastasil")
_RUN = re.compile(r"(.)\1{2,}")
_DIGITS_AND_LETTERS = re.compile(r"\d+|[a-z]+")
_FORMS = {"n't": "not", "'m": "am", "'re": "are", "'ve": "have", "'ll": "will", "'d": "would", "'s": "is"}
_WHOLE = {"can't": "can not", "won't": "will not", "shan't": "will not", "ain't": "am not", "cannot": "can not"}
_MOST_SPELLINGS = 5_000
"""Remembered: the first that come are the common ones."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text in order, as parallel tuples.

    Attributes:
        words: folded, one word each; a contraction gives two words with one place.
        starts: offset of each word in the original text; `ends` are exclusive.
        sentences: number of the sentence (".", "!", "?", ";", a colon at a line's end, or an empty line) each word
            stands in, rising.
        clauses: number of the clause (a sentence also cut at commas, colons, dashes, brackets), rising.
        paragraphs: number of the paragraph (apart by empty lines), rising.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[int, ...]
    clauses: tuple[int, ...]
    paragraphs: tuple[int, ...]


@dataclass(slots=True)
class Spelling:
    """How a written word is read: by a list of spellings, by the words that rules use, by opening contractions.

    Attributes:
        listed: spelling -> what is meant, may be several words ("wanna": "want to").
        pairs: two words that are read as one ("my", "self").
        vocabulary: the words that rules use; repeated letters and digits for letters are resolved towards them.
    """

    listed: Mapping[str, str] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], str] = field(default_factory=dict)
    vocabulary: frozenset[str] = frozenset()
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, written: str) -> tuple[str, ...]:
        """The words that a folded piece of text stands for."""
        known = self._known.get(written)
        if known is None:
            known = tuple(self._read(written))
            if len(self._known) < _MOST_SPELLINGS:
                self._known[written] = known
        return known

    def _read(self, written: str) -> list[str]:
        opened = self.listed.get(written) or _WHOLE.get(written)
        if opened is None and "'" in written:
            opened = self._opened(written)
        if opened is None and not written.isalpha() and not written.isdigit():
            opened = self._disguised(written)
        if opened is None and written not in self.vocabulary:
            opened = self._repeated(written)
        return (opened or written).split()

    def _opened(self, written: str) -> str:
        bare = written.replace("'", "")
        if bare in self.listed:
            return self.listed[bare]
        for ending, word in _FORMS.items():
            if written.endswith(ending) and len(written) > len(ending):
                return f"{written.removesuffix(ending)} {word}"
        return bare

    def _disguised(self, written: str) -> str:
        plain = written.translate(_LEET)
        for candidate in (plain, self._repeated(plain), *(plain.replace("*", vowel) for vowel in "aeiou")):
            if candidate in self.vocabulary or candidate in self.listed:
                return self.listed.get(candidate, candidate)
        return " ".join(_DIGITS_AND_LETTERS.findall(written))

    def _repeated(self, written: str) -> str:
        if not _RUN.search(written):
            return written
        for times in (r"\1\1", r"\1"):
            candidate = _RUN.sub(times, written)
            if candidate in self.vocabulary or candidate in self.listed:
                return self.listed.get(candidate, candidate)
        return _RUN.sub(r"\1", written)


def tokens(text: str, spelling: Spelling) -> Words:
    """The words of a text, read with these spellings. Linear in its length."""
    folded = folding(text)
    words: list[str] = []
    places: list[tuple[int, int, int, int, int]] = []
    sentence = clause = paragraph = 0
    for piece in _PIECE.finditer(folded.text):
        kind = piece.lastgroup
        if kind == "word":
            place = (*piece.span(), sentence, clause, paragraph)
            for word in spelling.read(piece.group()):
                joined = spelling.pairs.get((words[-1], word)) if words else None
                if joined is not None and places[-1][3] == clause:
                    words[-1], places[-1] = joined, (places[-1][0], *place[1:])
                else:
                    words.append(word)
                    places.append(place)
        elif kind in ("soft", "turn"):
            clause += 1
        elif kind in ("hard", "lead"):
            sentence += 1
            clause += 1
            paragraph += kind == "hard" and "\n" in piece.group()
    starts = tuple(folded.origin(place[0]) for place in places)
    ends = tuple(folded.origin(place[1] - 1) + 1 for place in places)
    sentences, clauses, paragraphs = (tuple(place[column] for place in places) for column in (2, 3, 4))
    return Words(tuple(words), starts, ends, sentences, clauses, paragraphs)
