"""Message numbers as people type them: "3 5-7 9,10" -> (3, 5, 6, 7, 9, 10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_MOST = 500
_HINT = 'Give the numbers that `mailtriage` shows, as in "3" or "3 5-7".'


def numbers(words: Sequence[str]) -> tuple[int, ...]:
    """The numbers, each once, in the order typed. A range includes both ends.

    Raises:
        UsageError: for a word that is no number or range, a range that runs backwards, or more than 500 numbers.
    """
    found: dict[int, None] = {}
    for word in (part for typed in words for part in typed.split(",") if part):
        match = _WORD.fullmatch(word)
        if match is None:
            raise UsageError(f"{ascii(word)[:40]} is no message number", _HINT)
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise UsageError(f"the range {word} runs backwards", _HINT)
        if len(found) + last - first >= _MOST:
            raise UsageError(f"{word} makes more than {_MOST} messages at once", "Take fewer at a time.")
        found.update(dict.fromkeys(range(first, last + 1)))
    if not found:
        raise UsageError("no message number was given", _HINT)
    return tuple(found)
