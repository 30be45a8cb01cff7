"""Body text as lines: what HTML conversion and plain text hand to the passage scanner."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Markup(StrEnum):
    """A place that mail programs mark in their HTML; it starts at the line that carries it."""

    QUOTE = "quote"
    REPLY_HEADER = "reply header"
    FORWARD = "forward"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a body, without its line end.

    Attributes:
        text: the words; quote marks typed as characters (">", "|") are still in it.
        depth: how many structural quotes (blockquote, gmail_quote) enclose it; 0 for plain text.
        markup: what a mail program's markup says begins exactly here, None for nothing.
    """

    text: str
    depth: int = 0
    markup: Markup | None = None
