"""All phrases at once, in one pass over the words.

A phrase that has matched some words is a `Cell`: what is still to come. The set of cells that are alive is a state; the
next word leads to the next state, and each step is worked out once and remembered (a lazy deterministic automaton).
So a scan takes one dictionary look-up a word, however many phrases there are, and nothing can backtrack.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailtriage.triage.emergency.phrases import Choice, Gap, OneOf, first_words, gap, lengths, single_elements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.triage.emergency.phrases import Element, Phrase
    from mailtriage.triage.emergency.tokens import Words

NUMBER = "#"
_MOST_STATES = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """What a phrase still needs: an element and the cell after it; the last cell has no element, only its phrase.

    Nothing more is needed where `is_complete`; `steps` remembers where a word leads.
    """

    element: Element | None
    after: Cell | None
    phrase: int
    is_complete: bool
    steps: dict[str, tuple[Cell, ...]] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class _State:
    cells: frozenset[Cell]
    steps: dict[str, tuple[_State, tuple[int, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """Words `start` to `end` (exclusive) match a phrase; `free` are the places between that a gap took."""

    phrase: int
    start: int
    end: int
    free: tuple[int, ...] = ()


class Matcher:
    """Phrases compiled for scanning; phrase numbers are their places in `phrases`."""

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._cells: dict[tuple[int, int], Cell] = {}
        self._starts: dict[str, list[Cell]] = {}
        self._lengths = [lengths(phrase) for phrase in phrases]
        self._heads: list[Cell] = []
        for number, phrase in enumerate(phrases):
            head = self._chain(phrase, Cell(None, None, number, True))
            self._heads.append(head)
            for word in first_words(phrase):
                self._starts.setdefault(word, []).append(head)
        self._alike = _alike(phrases)
        self._forget()

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that a phrase names."""
        return frozenset(self._alike)

    def ends(self, text: Words) -> list[tuple[int, int]]:
        """Phrase number and place of its last word, for every way a phrase ends somewhere in the text."""
        found: list[tuple[int, int]] = []
        state, sentence, alike = self._root, -1, self._alike
        for place, word in enumerate(text.words):
            if text.sentences[place] != sentence:
                state, sentence = self._root, text.sentences[place]
            known = alike.get(word) or self._known(word)
            step = state.steps.get(known) or self._step(state, known)
            state, ended = step
            if ended:
                found.extend((phrase, place) for phrase in ended)
        return found

    def match(self, phrase: int, last: int, text: Words) -> Match:
        """The shortest run of words that ends at `last` and matches the phrase, which is known to end there."""
        fewest, most = self._lengths[phrase]
        for start in range(last - fewest + 1, max(-1, last - most), -1):
            free = self._replay(self._heads[phrase], start, last + 1, text)
            if free is not None:
                return Match(phrase, start, last + 1, free)
        raise AssertionError(phrase)

    def _replay(self, cell: Cell, place: int, end: int, text: Words) -> tuple[int, ...] | None:
        """The places that gaps took if the cell matches exactly [place, end), else None. Bounded by the phrase."""
        if cell.element is None or cell.after is None:
            return () if place == end else None
        element = cell.element
        if isinstance(element, OneOf):
            fits = place < end and self._known(text.words[place]) in element.words
            return self._replay(cell.after, place + 1, end, text) if fits else None
        if isinstance(element, Gap):
            for taken in range(min(element.most, end - place) + 1):
                rest = self._replay(cell.after, place + taken, end, text)
                if rest is not None:
                    return (*range(place, place + taken), *rest)
            return None
        return self._replay_choice(element, cell.after, place, end, text)

    def _replay_choice(self, element: Choice, after: Cell, place: int, end: int, text: Words) -> tuple[int, ...] | None:
        word = self._known(text.words[place]) if place < end else ""
        for way in element.by_first.get(word, ()):
            free = self._replay(self._chain(way, after), place, end, text)
            if free is not None:
                return free
        return self._replay(after, place, end, text) if element.optional else None

    def _known(self, word: str) -> str:
        alike = self._alike.get(word)
        if alike is None:
            return self._alike.get(NUMBER, "") if word.isdigit() else ""
        return alike

    def _forget(self) -> None:
        self._states: dict[frozenset[Cell], _State] = {}
        self._root = self._state(frozenset())

    def _state(self, cells: frozenset[Cell]) -> _State:
        state = self._states.get(cells)
        if state is None:
            state = self._states[cells] = _State(cells)
        return state

    def _step(self, state: _State, word: str) -> tuple[_State, tuple[int, ...]]:
        known = state.steps.get(word)
        if known is not None:
            return known
        if len(self._states) > _MOST_STATES:
            self._forget()
        reached: set[Cell] = set()
        for cell in (*state.cells, *self._starts.get(word, ())):
            after = cell.steps.get(word)
            reached.update(self._after(cell, word) if after is None else after)
        ended = tuple({cell.phrase for cell in reached if cell.is_complete})
        alive = frozenset(cell for cell in reached if cell.element is not None)
        state.steps[word] = step = (self._state(alive), ended)
        return step

    def _after(self, cell: Cell, word: str) -> tuple[Cell, ...]:
        reached: dict[Cell, None] = {}
        self._advance(cell, word, reached)
        cell.steps[word] = after = tuple(reached)
        return after

    def _advance(self, cell: Cell, word: str, reached: dict[Cell, None]) -> None:
        """Adds the cells that `word` leads to from `cell`."""
        element, after = cell.element, cell.after
        if element is None or after is None:
            return
        if isinstance(element, OneOf):
            if word in element.words:
                reached[after] = None
        elif isinstance(element, Gap):
            left = gap(element.most - 1)
            reached[self._chain((left,), after) if left else after] = None
            self._advance(after, word, reached)
        else:
            for way in element.by_first.get(word, ()):
                self._advance(self._chain(way, after), word, reached)
            if element.optional:
                self._advance(after, word, reached)

    def _chain(self, sequence: Phrase, after: Cell) -> Cell:
        """The cell for a sequence before `after`; equal requests give the same cell, so that states stay few."""
        for element in reversed(sequence):
            key = (id(element), id(after))
            cell = self._cells.get(key)
            if cell is None:
                skippable = isinstance(element, Gap) or (isinstance(element, Choice) and element.optional)
                cell = self._cells[key] = Cell(element, after, after.phrase, skippable and after.is_complete)
            after = cell
        return after



def _alike(phrases: Sequence[Phrase]) -> dict[str, str]:
    """For each word that phrases name, one that stands for it: words in the same sets everywhere are one to a scan."""
    memberships: dict[str, list[int]] = {}
    for number, element in enumerate(single_elements(phrases)):
        for word in element.words:
            memberships.setdefault(word, []).append(number)
    first: dict[tuple[int, ...], str] = {}
    return {word: first.setdefault(tuple(numbers), word) for word, numbers in memberships.items()}
