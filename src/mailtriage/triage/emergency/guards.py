"""What lowers a hit: a cue of negation, past, third person, … near enough. It is lowered and named, never deleted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.model import Emergency
from mailtriage.triage.emergency.entries import Guard, Side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.triage.emergency.entries import Rule
    from mailtriage.triage.emergency.matcher import Match
    from mailtriage.triage.emergency.tokens import Words

EXCEPTION = "exception"
_FARTHEST_WORDS = 60


@dataclass(frozen=True, slots=True)
class Cue:
    """Words [start, end) that a guard (or, without one, an exception of `rule`) looks for."""

    start: int
    end: int
    guard: Guard | None
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Lowered:
    """The tier that is left of a hit, and the name of the guard that lowered it, "" if none did."""

    tier: Emergency
    guard: str = ""


class Guards:
    """The cues of one text, sorted, to be asked about each hit."""

    def __init__(self, cues: Sequence[Cue], text: Words) -> None:
        self._cues = sorted(cues, key=lambda cue: cue.start)
        self._starts = [cue.start for cue in self._cues]
        self._text = text

    def lowered(self, rule: Rule, tier: Emergency, hit: Match) -> Lowered:
        """What is left of a hit that speaks for `tier`: the lowest tier that a guard of its rule asks for."""
        result = Lowered(tier)
        low = bisect_left(self._starts, hit.start - _FARTHEST_WORDS)
        for index in range(low, bisect_left(self._starts, hit.end + _FARTHEST_WORDS)):
            cue = self._cues[index]
            to, name = (cue.guard.to, cue.guard.name) if cue.guard else (Emergency.MENTION, EXCEPTION)
            if to.rank < result.tier.rank and self._holds(cue, rule, hit):
                result = Lowered(to, name)
        return result

    def _holds(self, cue: Cue, rule: Rule, hit: Match) -> bool:
        guard = cue.guard
        if guard is None:
            return cue.rule is rule and cue.start < hit.end and hit.start < cue.end
        if guard.name not in rule.guards:
            return False
        if guard.next_sentence:
            return self._answers(cue, hit)
        if self._text.sentences[cue.start] != self._text.sentences[hit.start]:
            return False
        if not guard.broken_inside.isdisjoint(self._text.words[hit.start : hit.end]) or self._is_undone(guard, hit):
            return False
        return self._stands(guard, cue, hit)

    def _is_undone(self, guard: Guard, hit: Match) -> bool:
        """Whether a word after the hit, in its sentence or the next, takes back what the guard's words deny."""
        if not guard.undone_by:
            return False
        after = bisect_right(self._text.sentences, self._text.sentences[hit.end - 1] + 1, hit.end)
        return not guard.undone_by.isdisjoint(self._text.words[hit.end : after])

    def _answers(self, cue: Cue, hit: Match) -> bool:
        """Whether the cue is all that follows the hit, as a sentence or a last clause: more could take it back."""
        sentences, clauses = self._text.sentences, self._text.clauses
        own = sentences[cue.start]
        follows = cue.start >= hit.end and own - sentences[hit.end - 1] in {0, 1}
        begins = follows and clauses[cue.start - 1] != clauses[cue.start]
        if not begins or (own != sentences[hit.end - 1] and sentences[cue.start - 1] == own):
            return False
        return cue.end == len(sentences) or sentences[cue.end] != own

    def _stands(self, guard: Guard, cue: Cue, hit: Match) -> bool:
        """Whether the cue stands on the guard's side of the hit, near enough."""
        if guard.side is Side.INSIDE:
            return any(place in hit.free for place in range(cue.start, cue.end))
        if cue.end <= hit.start:
            return guard.side is not Side.AFTER and self._reaches(guard, cue.end, hit.start, hit.start)
        if cue.start >= hit.end:
            return guard.side is not Side.BEFORE and self._reaches(guard, hit.end, cue.start, cue.start)
        return guard.side is Side.AROUND

    def _reaches(self, guard: Guard, low: int, high: int, last: int) -> bool:
        if high - low > guard.reach:
            return False
        text = self._text
        if not guard.crosses_commas and text.clauses[max(low - 1, 0)] != text.clauses[high]:
            return False
        return guard.broken_by.isdisjoint(text.words[low : last + (guard.side is Side.BEFORE)])
