"""How fast she reads and writes, in words a minute: as published, until her own times say it better."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

LEARNED_AT_LEAST = 8
"""With fewer messages of her own that she typed or timed, what was published is the better guess."""
LEARNED_AT_MOST = 50
"""How many of the newest are asked for: people change, and so do their letters."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Words a minute, slow to fast.

    Attributes:
        learned_from: how many of her own messages `usual` was learned from; 0 where it is published or configured.
    """

    slow: int
    usual: int
    fast: int
    learned_from: int = 0


READING = Pace(175, 238, 300)
"""Brysbaert 2019: silent reading of English non-fiction, mean 238, most adults between 175 and 300 words a minute."""

COMPOSING = Pace(10, 19, 40)
"""Karat et al. 1999: composing at a keyboard, corrections included, 19 words a minute. The bounds are wide on purpose:
a practised writer of short answers is about twice as fast, a careful letter takes twice as long."""


@dataclass(frozen=True, slots=True)
class Paces:
    """Both."""

    reading: Pace = READING
    composing: Pace = COMPOSING


def usually(words_per_minute: int, published: Pace) -> Pace:
    """The published pace with the usual speed as configured; the bounds give way where it lies outside."""
    return Pace(min(published.slow, words_per_minute), words_per_minute, max(published.fast, words_per_minute))


def learned(samples: Sequence[tuple[int, int]], published: Pace) -> Pace:
    """The pace that her own words and seconds show: their median as the usual speed, cut to the published bounds.

    The published pace for fewer than `LEARNED_AT_LEAST` samples. The bounds stay: an estimate stays a range.

    >>> learned([(400, 120)] * 8, READING)
    Pace(slow=175, usual=200, fast=300, learned_from=8)
    """
    speeds = sorted(words * 60 // seconds for words, seconds in samples if words > 0 and seconds > 0)
    count = len(speeds)
    if count < LEARNED_AT_LEAST:
        return published
    median = (speeds[(count - 1) // 2] + speeds[count // 2]) // 2
    usual = min(max(median, published.slow), published.fast)
    return replace(published, usual=usual, learned_from=count)
