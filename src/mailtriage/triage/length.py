"""How many words the sender wrote, and how long they take to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailtriage.model import Flag, ReadingTime, Reason

if TYPE_CHECKING:
    from mailtriage.model import Message
    from mailtriage.triage.policy import TriagePolicy

FAST_WORDS_PER_MINUTE = 300
SLOW_WORDS_PER_MINUTE = 175
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_]+(?:['\u2019.-][^\W_]+)*")


def words(text: str) -> int:
    """How many words a text has; a Chinese or Japanese character counts as half a word.

    >>> words("Don't re-read it, please."), words("今日は")
    (4, 2)
    """
    found = _WORD.findall(text)
    signs = sum(1 for word in found if len(word) == 1 and "\u3040" <= word <= "\u9fff")
    return len(found) - signs + (signs + 1) // 2


def reading_time(count: int, words_per_minute: int) -> ReadingTime:
    """Seconds to read this many words, rounded up: fast, as configured, slow.

    >>> reading_time(1190, 238)
    ReadingTime(low=238, mid=300, high=408)
    """
    low, mid, high = (
        -(-count * 60 // speed) for speed in (FAST_WORDS_PER_MINUTE, words_per_minute, SLOW_WORDS_PER_MINUTE)
    )
    return ReadingTime(min(low, mid), mid, max(mid, high))


def length(message: Message, policy: TriagePolicy) -> tuple[int, ReadingTime, tuple[Reason, ...]]:
    """(words of her own, seconds to read them, a reason if that is strictly more than `long_minutes`)."""
    count = words(message.own_text)
    reading = reading_time(count, policy.reading_words_per_minute)
    if count * 60 <= policy.long_minutes * 60 * policy.reading_words_per_minute:
        return count, reading, ()
    speed = policy.reading_words_per_minute
    text = f"{count:,} words of their own: over {policy.long_minutes} minutes at {speed} a minute"
    return count, reading, (Reason("long.words", Flag.LONG, text, where="own"),)
