"""What time nobody measured may have taken, from counts of words: always a range, never a charge.

The bias: reading is counted once and without thinking, so that it is rather too low; composing is counted from what was
sent, so that drafts thrown away are missing and text pasted in (directions, a form letter) counts as if it were typed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.model.work import TimeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.billing.speeds import Paces
    from mailtriage.model.work import Reply, TimeEntry


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds, from fast to slow, that count as estimated.

    Attributes:
        answers: how many answers to it are among them.
        learned_from: how many of her own messages the speeds were learned from; 0 where they are published.
        is_split: a reply answers several messages, and this one has its part by their lengths.
        is_guess: a reply was matched by subject and person.
    """

    low: int = 0
    mid: int = 0
    high: int = 0
    answers: int = 0
    learned_from: int = 0
    is_split: bool = False
    is_guess: bool = False


def estimate(words: int, replies: Sequence[Reply], measured: Sequence[TimeEntry], paces: Paces) -> Estimate:
    """What was not measured of a message: reading its `words`, and writing her own words in the answers to it.

    What she typed or timed of a kind is known and not estimated; zero where both are known.
    """
    kinds = {entry.worked.kind for entry in measured if entry.worked.evidence.can_be_charged}
    reading = 0 if kinds & {TimeKind.READING, TimeKind.BOTH} else words
    answering = () if kinds & {TimeKind.REPLY, TimeKind.BOTH} else replies
    composing = sum(reply.part_words for reply in answering)
    used = [pace for pace, count in ((paces.reading, reading), (paces.composing, composing)) if count]
    return Estimate(
        low=_seconds(reading, paces.reading.fast) + _seconds(composing, paces.composing.fast),
        mid=_seconds(reading, paces.reading.usual) + _seconds(composing, paces.composing.usual),
        high=_seconds(reading, paces.reading.slow) + _seconds(composing, paces.composing.slow),
        answers=len(answering),
        learned_from=max((pace.learned_from for pace in used), default=0),
        is_split=any(reply.answers > 1 for reply in answering),
        is_guess=any(reply.is_guess for reply in answering),
    )


def _seconds(words: int, words_per_minute: int) -> int:
    """Rounded up, so that what is over a limit never seems to be on it.

    >>> _seconds(1190, 238), _seconds(1191, 238)
    (300, 301)
    """
    return -(-words * 60 // words_per_minute)
