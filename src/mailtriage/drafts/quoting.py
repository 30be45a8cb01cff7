"""The text that an answer begins with, and whether anything was written into it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from mailtriage.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.model import Message, Passage

WIDTH = 72
LONGEST = 78
"""Characters of a line that stays as it is (RFC 5322, 2.1.1); a longer one is wrapped to WIDTH."""
QUOTED_LIMIT = 100_000
"""Characters that are quoted of one message."""
_CUT = "[...]"


def begun(message: Message, received_at: datetime, zone: ZoneInfo) -> str:
    """Two empty lines to write on, and below them the sender's own words as a quote; ends with a line end.

    What the sender quoted stands there only where own words follow upon it, as between answers line by line.
    Signatures and footers are left out.

    Args:
        message: its passages must have been made safe for a screen.
        received_at: named in the line above the quote where the mail has no date of its own.
        zone: in which that line tells the time.
    """
    quoted = "\n".join(_quoted(_answerable(message.passages)))
    at = (message.sent_at or received_at).astimezone(zone)
    line = f"On {at.day} {at:%b %Y}, at {at:%H:%M}, you wrote:"
    return f"\n\n{line}\n{quoted}\n" if quoted else "\n"


def has_own_words(text: str, before: str) -> bool:
    """True if a text holds words that `before`, which it was begun with, does not, outside of quotes."""
    given = {line.strip() for line in before.splitlines()}
    lines = (line.strip() for line in text.splitlines())
    return any(line and not line.startswith(">") and line not in given for line in lines)


def _answerable(passages: Sequence[Passage]) -> list[Passage]:
    """The letter up to the last of the sender's own words; all of it where there are none."""
    letter = [p for p in passages if p.kind not in (PassageKind.SIGNATURE, PassageKind.FOOTER) and p.text.strip()]
    own = [at for at, passage in enumerate(letter) if passage.kind is PassageKind.OWN]
    return letter[: own[-1] + 1] if own else letter


def _quoted(passages: Sequence[Passage]) -> Iterator[str]:
    left = QUOTED_LIMIT
    for number, passage in enumerate(passages):
        text = passage.text.strip("\n")
        mark = ">" if passage.kind is PassageKind.OWN else ">>"
        if number:
            yield ">"
        for line in text[:left].split("\n"):
            yield from _marked(mark, line)
        left -= len(text)
        if left <= 0:
            yield f"> {_CUT}"
            return


def _marked(mark: str, line: str) -> Iterator[str]:
    """A line behind its marks, wrapped if it is too long; lines that are quotes already go on being those."""
    bare = line.lstrip("> ") if line.startswith(">") else line
    deeper = line[: len(line) - len(bare)].count(">")
    marks = mark + ">" * min(deeper, WIDTH // 4)
    room = LONGEST - len(marks) - 1
    # What was wrapped by the sender's program is left as it is, or every second line would hold one word.
    if len(bare) <= room:
        yield f"{marks} {bare}".rstrip()
        return
    wrapped = textwrap.wrap(bare, WIDTH - len(marks) - 1, break_long_words=False, break_on_hyphens=False)
    yield from (f"{marks} {piece}" for piece in wrapped)
