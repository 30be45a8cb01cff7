"""All phrases at once, in one pass over the words.

A phrase that has matched some words waits in a `Cell` for its next word, until a deadline that its gap allows. Cells
that began to wait together are a `_Group`. A word is offered only to the groups that wait, and what it leads to from
a group is worked out once and remembered. A word that no phrase names costs nothing. So the time is linear in the
text, hardly grows with the number of phrases, and nothing can backtrack.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailtriage.triage.emergency.phrases import Choice, Gap, OneOf, first_words, lengths, single_elements

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.triage.emergency.phrases import Element, Phrase
    from mailtriage.triage.emergency.tokens import Words

NUMBER = "#"
_MOST_STEPS = 6_000
"""Remembered; then they are forgotten, and worked out again where they are needed."""


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """What a phrase still needs: an element and the cell after it; the last cell has no element, only its phrase."""

    element: Element | None
    after: Cell | None
    phrase: int

    def takes(self, word: str) -> bool:
        """Whether a word can be the next one."""
        if isinstance(self.element, OneOf):
            return word in self.element.words
        return isinstance(self.element, Choice) and word in self.element.by_first


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Cells before whose next word as many words may come, and where each word leads from them (None for nowhere)."""

    cells: tuple[Cell, ...]
    between: int
    steps: dict[str, _Step | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """Where a word leads: cells for the very next word, groups with words that may come between, phrases that end.

    `follow` remembers what a next word leads to from the cells for the very next word.
    """

    next_cells: tuple[Cell, ...]
    later: tuple[_Group, ...]
    ended: tuple[int, ...]
    follow: dict[str, _Step] = field(default_factory=dict)


_NOTHING = _Step((), (), ())
_UNKNOWN = _Step((), (), ())


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
        self._cells: dict[tuple[Element, Cell], Cell] = {}
        self._lengths = [lengths(phrase) for phrase in phrases]
        self._heads = [_head(phrase, number) for number, phrase in enumerate(phrases)]
        self._starts: dict[str, list[Cell]] = {}
        for head, phrase in zip(self._heads, phrases, strict=True):
            for word in first_words(phrase):
                self._starts.setdefault(word, []).append(head)
        self._first_steps: dict[str, _Step] = {}
        self._groups: dict[tuple[int, frozenset[Cell]], _Group] = {}
        self._steps_made = 0
        self.vocabulary = frozenset().union(*(element.words for element in single_elements(phrases)))

    def ends(self, text: Words) -> list[tuple[int, int]]:
        """Phrase number and place of its last word, for every way a phrase ends somewhere in the text."""
        if self._steps_made > _MOST_STEPS:
            self.forget()
        found: dict[tuple[int, int], None] = {}
        deadlines: dict[_Group, int] = {}
        steps: list[_Step] = []
        sentence = -1
        for place, written in enumerate(text.words):
            word = self._known(written)
            if not word:
                steps = []
                continue
            if text.sentences[place] != sentence:
                steps, deadlines, sentence = [], {}, text.sentences[place]
            steps = [self._first(word), *(self._follow(step, word) for step in steps if step.next_cells)]
            if deadlines:
                steps.extend(self._in_time(word, place, deadlines))
            for step in steps:
                for phrase in step.ended:
                    found[phrase, place] = None
                for group in step.later:
                    deadlines[group] = place + 1 + group.between
        return list(found)

    def forget(self) -> None:
        """Drop the steps that were worked out; nothing that is found depends on them."""
        self._first_steps, self._groups, self._steps_made = {}, {}, 0

    def _first(self, word: str) -> _Step:
        step = self._first_steps.get(word)
        if step is None:
            step = self._first_steps[word] = self._step(self._starts.get(word, ()), word)
        return step

    def _follow(self, step: _Step, word: str) -> _Step:
        after = step.follow.get(word)
        if after is None:
            after = step.follow[word] = self._step([cell for cell in step.next_cells if cell.takes(word)], word)
        return after

    def _in_time(self, word: str, place: int, deadlines: dict[_Group, int]) -> list[_Step]:
        """The steps that a word allows from the groups that wait; those whose deadline has passed are dropped."""
        steps: list[_Step] = []
        late: list[_Group] = []
        for group, deadline in deadlines.items():
            if deadline < place:
                late.append(group)
                continue
            step = group.steps.get(word, _UNKNOWN)
            if step is _UNKNOWN:
                fitting = [cell for cell in group.cells if cell.takes(word)]
                step = group.steps[word] = self._step(fitting, word) if fitting else None
            if step is not None:
                steps.append(step)
        for group in late:
            del deadlines[group]
        return steps

    def _step(self, cells: Sequence[Cell], word: str) -> _Step:
        """What consuming a word leads to from these cells."""
        self._steps_made += 1
        waiting: dict[Cell, int] = {}
        ended: dict[int, None] = {}
        for cell in cells:
            for after in self._afters(cell, word):
                _settle(after, 0, waiting, ended)
        if not waiting and not ended:
            return _NOTHING
        now = tuple(cell for cell, between in waiting.items() if not between)
        later = tuple(self._group(between, waiting) for between in sorted(set(waiting.values())) if between)
        return _Step(now, later, tuple(ended))

    def _group(self, between: int, waiting: dict[Cell, int]) -> _Group:
        """The group of those that wait for so many words; the same cells are the same group, whatever led to them."""
        cells = tuple(cell for cell, most in waiting.items() if most == between)
        return self._groups.setdefault((between, frozenset(cells)), _Group(cells, between))

    def _afters(self, cell: Cell, word: str) -> Iterator[Cell]:
        """The cells directly after one word is consumed at `cell`."""
        element, after = cell.element, cell.after
        if element is None or after is None or isinstance(element, Gap):
            return
        if isinstance(element, OneOf):
            if word in element.words:
                yield after
            return
        for way in element.by_first.get(word, ()):
            yield from self._afters(self._chain(way, after), word)
        if element.optional:
            yield from self._afters(after, word)

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
        if word in self.vocabulary:
            return word
        return NUMBER if word.isdigit() else ""

    def _chain(self, sequence: Phrase, after: Cell) -> Cell:
        """The cell for a way before `after`; equal requests give the same cell, so that cells stay few."""
        for element in reversed(sequence):
            key = (element, after)
            cell = self._cells.get(key)
            if cell is None:
                cell = self._cells[key] = Cell(element, after, after.phrase)
            after = cell
        return after


def _head(phrase: Phrase, number: int) -> Cell:
    """The first cell of a phrase, before those of its other elements."""
    cell = Cell(None, None, number)
    for element in reversed(phrase):
        cell = Cell(element, cell, number)
    return cell


def _settle(cell: Cell, between: int, waiting: dict[Cell, int], ended: dict[int, None]) -> None:
    """Notes where a cell really waits: gaps become words that may come between, what is optional may be passed."""
    while cell.element is not None and cell.after is not None:
        if isinstance(cell.element, Gap):
            between += cell.element.most
        else:
            waiting[cell] = max(between, waiting.get(cell, 0))
            if isinstance(cell.element, OneOf) or not cell.element.optional:
                return
        cell = cell.after
    ended[cell.phrase] = None
