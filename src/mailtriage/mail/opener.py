"""What opens a quote: a separator, a header block, an attribution, or a mail program's markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.mail.attribution import attribution
from mailtriage.mail.header_block import HeaderBlock, header_block
from mailtriage.mail.lines import Markup
from mailtriage.mail.separator import is_ruler, separator
from mailtriage.model import Quote, QuoteOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.mail.marks import MarkedLine

_BLANKS_LIMIT = 2
_NOTES_LINES = 4  # Notes puts name, date and a blank line above "To:"
_LABELS_AT_LEAST = 2
_UNLISTED_LABELS_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class Opener:
    """Lines `start` to `end` (half-open) that open a quote.

    Attributes:
        quote: what they say.
        start: first line.
        end: first line of the quoted text itself.
        depth: of the first line: the quote goes on at least while lines are as deep.
        inner_depth: of the last line.
    """

    quote: Quote
    start: int
    end: int
    depth: int
    inner_depth: int


def opener(lines: Sequence[MarkedLine], start: int) -> Opener | None:
    """The opener that begins at `start`, a line with words or markup; None if none does."""
    line = lines[start]
    if line.markup in (Markup.FORWARD, Markup.REPLY_HEADER):
        found = _by_markup(lines, start, line.markup)
        if found:
            return found
    if line.blank:
        return None
    if is_ruler(line.folded):
        return _behind_a_ruler(lines, start)
    return _by_separator(lines, start) or _by_block(lines, start, start) or _by_attribution(lines, start)


def _by_markup(lines: Sequence[MarkedLine], start: int, markup: Markup) -> Opener | None:
    """A forward or a reply's header where the mail program's own markup says so."""
    origin = QuoteOrigin.FORWARD_SEPARATOR if markup is Markup.FORWARD else QuoteOrigin.HEADER_BLOCK
    for at in _next_words(lines, start, including=True):
        parted = separator(lines[at].folded)
        if parted and parted.listed and parted.origin is QuoteOrigin.FORWARD_SEPARATOR:
            origin = parted.origin
        block = header_block(lines, at, structural=True)
        if block:
            return _opened(lines, start, block, origin)
    if markup is Markup.FORWARD:
        depth = lines[start].depth
        return Opener(Quote(origin), start, start + 1, depth, depth)
    return None


def _behind_a_ruler(lines: Sequence[MarkedLine], start: int) -> Opener | None:
    """A ruler belongs to the separator or header block below it; alone it means nothing."""
    at = next(iter(_next_words(lines, start)), None)
    if at is None or is_ruler(lines[at].folded):
        return None
    return _by_separator(lines, at, start) or _by_block(lines, at, start, structural=True)


def _by_separator(lines: Sequence[MarkedLine], at: int, start: int | None = None) -> Opener | None:
    parted = separator(lines[at].folded)
    if parted is None:
        return None
    start = at if start is None else start
    block = None
    for below in _next_words(lines, at, count=_NOTES_LINES if parted.listed and parted.dashed else 2):
        block = block or header_block(lines, below, structural=parted.dashed)
    labels = len(block.labels) if block else 0
    if block and labels >= (_LABELS_AT_LEAST if parted.listed else _UNLISTED_LABELS_AT_LEAST):
        return _opened(lines, start, block, parted.origin, parted.language)
    if parted.origin is QuoteOrigin.FORWARD_SEPARATOR and block is None:
        told = next((found for below in _next_words(lines, at)[:1] if (found := attribution(lines, below))), None)
        if told:
            quote = Quote(parted.origin, told.sender, ("from", "date"), parted.language)
            return Opener(quote, start, told.end, lines[start].depth, told.depth)
    if parted.listed and parted.dashed:
        depth = lines[start].depth
        quote = Quote(parted.origin, labels=parted.labels, language=parted.language)
        return Opener(quote, start, at + 1, depth, lines[at].depth)
    return None


def _by_block(lines: Sequence[MarkedLine], at: int, start: int, *, structural: bool = False) -> Opener | None:
    block = header_block(lines, at, structural=structural)
    if block is None or not (block.convinces or (structural and block.addressed and block.dated)):
        block = header_block(lines, at, structural=True) if ":" in lines[at].folded else None
        if block is None or not block.unmistakable:
            return None
    return _opened(lines, start, block, QuoteOrigin.HEADER_BLOCK)


def _by_attribution(lines: Sequence[MarkedLine], start: int) -> Opener | None:
    found = attribution(lines, start)
    if found is None:
        return None
    quote = Quote(QuoteOrigin.ATTRIBUTION, sender=found.sender)
    return Opener(quote, start, found.end, lines[start].depth, found.depth)


def _opened(
    lines: Sequence[MarkedLine], start: int, block: HeaderBlock, origin: QuoteOrigin, language: str = ""
) -> Opener:
    quote = Quote(origin, block.sender, block.labels, block.language or language)
    return Opener(quote, start, block.end, lines[start].depth, block.depth)


def _next_words(lines: Sequence[MarkedLine], at: int, *, including: bool = False, count: int = 2) -> list[int]:
    """The next few lines with words, not far below."""
    first = at if including else at + 1
    return [n for n in range(first, min(len(lines), at + 1 + count + _BLANKS_LIMIT)) if not lines[n].blank][:count]
