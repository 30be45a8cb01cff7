"""The small language of phrases in a rules file: words, <sets>, (one|or the other), [optional], {0-2} words between."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_SIGN = re.compile(r"\{0-(\d{1,2})\}|<([a-z0-9-]+)>|([()\[\]|])|([^\s()\[\]|<>{}]+)|(\S)")
_LONGEST_WORDS = 48
_LONGEST_GAP = 20
_DEEPEST = 8


class PhraseError(ValueError):
    """A phrase that cannot be read; the message says why, in words for whoever wrote it."""


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """Exactly one word out of a set."""

    words: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Gap:
    """Up to `most` words of any kind."""

    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several sequences; or nothing, if `optional`. `by_first` finds those that can start with a word."""

    ways: tuple[tuple[Element, ...], ...]
    optional: bool
    by_first: Mapping[str, tuple[tuple[Element, ...], ...]]


Element = OneOf | Gap | Choice
Phrase = tuple[Element, ...]
_GAPS = tuple(Gap(most) for most in range(_LONGEST_GAP + 1))


def gap(most: int) -> Gap | None:
    """The gap of up to `most` words (at most twenty), None for 0; always the same object."""
    return _GAPS[most] if most else None


def choice(ways: Sequence[Phrase], *, optional: bool) -> Element:
    """An element that matches any of the ways; single words are gathered into one set."""
    single = frozenset().union(*(way[0].words for way in ways if len(way) == 1 and isinstance(way[0], OneOf)))
    longer = [way for way in ways if not (len(way) == 1 and isinstance(way[0], OneOf))]
    if not longer and not optional:
        return OneOf(single)
    merged = (*longer, (OneOf(single),)) if single else tuple(longer)
    by_first: dict[str, list[Phrase]] = {}
    for way in merged:
        for word in first_words(way):
            by_first.setdefault(word, []).append(way)
    shared: dict[tuple[Phrase, ...], tuple[Phrase, ...]] = {}
    found_by_first = ((word, tuple(found)) for word, found in by_first.items())
    return Choice(tuple(merged), optional, {word: shared.setdefault(found, found) for word, found in found_by_first})


def first_words(sequence: Phrase) -> set[str]:
    """The words a sequence can start with.

    Raises:
        PhraseError: it starts with a gap, or can be empty.
    """
    found: set[str] = set()
    for element in sequence:
        if isinstance(element, Gap):
            raise PhraseError("a phrase cannot start with a gap")
        found |= element.words if isinstance(element, OneOf) else element.by_first.keys()
        if isinstance(element, OneOf) or not element.optional:
            return found
    raise PhraseError("a phrase needs at least one word that is not optional")


def lengths(sequence: Phrase) -> tuple[int, int]:
    """Fewest and most words that a sequence can match."""
    fewest = most = 0
    for element in sequence:
        if isinstance(element, OneOf):
            low = high = 1
        elif isinstance(element, Gap):
            low, high = 0, element.most
        else:
            each = [lengths(way) for way in element.ways]
            low = 0 if element.optional else min(pair[0] for pair in each)
            high = max(pair[1] for pair in each)
        fewest, most = fewest + low, most + high
    return fewest, most


def single_elements(sequences: Iterable[Phrase]) -> list[OneOf]:
    """Every distinct one-word element in the sequences and in their choices."""
    seen: dict[int, Element] = {}
    waiting = [element for sequence in sequences for element in sequence]
    while waiting:
        element = waiting.pop()
        if id(element) not in seen:
            seen[id(element)] = element
            if isinstance(element, Choice):
                waiting.extend(part for way in element.ways for part in way)
    return [element for element in seen.values() if isinstance(element, OneOf)]


class PhraseReader:
    """Reads phrases with named sets. Sets may use each other, in any order, but not in a circle.

    What is written twice is one object: phrases name the same words thousands of times, and all are kept in memory.
    """

    def __init__(self, sets: Mapping[str, Sequence[str]], read_word: Callable[[str], Sequence[str]]) -> None:
        self._sets = sets
        self._read_word = read_word
        self._known: dict[str, Element] = {}
        self._open: list[str] = []
        self._words: dict[str, OneOf] = {}
        self._choices: dict[tuple[tuple[Phrase, ...], bool], Element] = {}

    def phrase(self, text: str) -> Phrase:
        """The elements of one phrase.

        Raises:
            PhraseError: what is wrong with it.
        """
        signs = [match.groups() for match in _SIGN.finditer(text.lower())]
        signs.reverse()  # read from the end of the list: pop() is cheap
        elements = self._sequence(signs, depth=0)
        if signs:
            raise PhraseError(f"{signs[-1][2]!r} stands alone")
        first_words(elements)
        if isinstance(elements[-1], Gap):
            raise PhraseError("a phrase cannot end with a gap")
        if lengths(elements)[1] > _LONGEST_WORDS:
            raise PhraseError(f"it can be longer than {_LONGEST_WORDS} words")
        return elements

    def named(self, name: str) -> Element:
        """The element of a named set.

        Raises:
            PhraseError: no such set, or it uses itself.
        """
        if name not in self._known:
            if name not in self._sets:
                raise PhraseError(f"there is no set named <{name}>")
            if name in self._open:
                raise PhraseError(f"the set <{name}> uses itself")
            self._open.append(name)
            try:
                self._known[name] = self._choice([self.phrase(entry) for entry in self._sets[name]], optional=False)
            finally:
                self._open.pop()
        return self._known[name]

    def _sequence(self, signs: list[tuple[str, ...]], depth: int) -> Phrase:
        elements: list[Element] = []
        if depth > _DEEPEST:
            raise PhraseError("brackets stand too deep")
        while signs and signs[-1][2] not in {")", "]", "|"}:
            elements.extend(self._element(signs, depth))
        if not elements:
            raise PhraseError("something is empty: a phrase, a bracket or one side of '|'")
        return tuple(elements)

    def _element(self, signs: list[tuple[str, ...]], depth: int) -> list[Element]:
        most, name, bracket, word, stray = signs.pop()
        if stray:
            raise PhraseError(f"{stray!r} has no meaning here")
        if most:
            if int(most) > _LONGEST_GAP:
                raise PhraseError(f"a gap can be at most {_LONGEST_GAP} words")
            return [_GAPS[int(most)]] if int(most) else []
        if name:
            return [self.named(name)]
        if bracket:
            return [self._bracket(signs, "]" if bracket == "[" else ")", depth)]
        return [self._word(part) for part in self._read_word(word)]

    def _bracket(self, signs: list[tuple[str, ...]], closing: str, depth: int) -> Element:
        ways = [self._sequence(signs, depth + 1)]
        while signs and signs[-1][2] == "|":
            signs.pop()
            ways.append(self._sequence(signs, depth + 1))
        if not signs or signs.pop()[2] != closing:
            raise PhraseError(f"a bracket is not closed with {closing!r}")
        return self._choice(ways, optional=closing == "]")

    def _word(self, word: str) -> OneOf:
        known = self._words.get(word)
        if known is None:
            known = self._words[word] = OneOf(frozenset({word}))
        return known

    def _choice(self, ways: list[Phrase], *, optional: bool) -> Element:
        key = (tuple(ways), optional)
        known = self._choices.get(key)
        if known is None:
            known = self._choices[key] = choice(ways, optional=optional)
        return known
