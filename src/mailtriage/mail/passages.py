"""A body, cut into the sender's own words, quotes, forwarded text, signatures and footers.

One pass over the lines. A quote is opened by a separator, a header block, an attribution or marks; it ends where its
marks end, or with the body. Only the outermost opener counts: what is quoted inside a quote was not done by the sender.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.mail.marks import MarkedLine, marked_lines
from mailtriage.mail.opener import Opener, opener
from mailtriage.mail.separator import ends_forward
from mailtriage.mail.signature import own_passages
from mailtriage.model import Passage, PassageKind, Quote, QuoteOrigin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.mail.lines import Line

_WRAPPED_AT = 60
_INDENTED_LOOK_AHEAD = 400


def passages(lines: Sequence[Line]) -> tuple[Passage, ...]:
    """The passages of a body in order; every line with words is in exactly one of them."""
    marked = marked_lines(lines)
    found: list[Passage] = []
    own: list[MarkedLine] = []
    at = 0
    while at < len(marked):
        empty = marked[at].blank and marked[at].markup is None
        quoted = None if empty else _quoted(marked, at, own)
        if quoted is None:
            own.append(marked[at])
            at += 1
            continue
        found.extend(own_passages(own, above=_has_own(found)))
        own.clear()
        passage, at = quoted
        found.append(passage)
    found.extend(own_passages(own, above=_has_own(found)))
    return tuple(found)


def _has_own(found: Sequence[Passage]) -> bool:
    return any(passage.kind is PassageKind.OWN for passage in found)


def _quoted(lines: Sequence[MarkedLine], at: int, own: Sequence[MarkedLine]) -> tuple[Passage, int] | None:
    """The quote that begins at this line and where it ends, None if the line is the sender's own."""
    opened = opener(lines, at) or (_below_a_heading(lines, at) if lines[at].depth and not lines[at].blank else None)
    if opened is not None:
        end = _end_of(lines, opened, own)
        if opened.quote.origin is QuoteOrigin.FORWARD_SEPARATOR:
            end = next((n + 1 for n in range(opened.end, end) if ends_forward(lines[n].folded)), end)
        return (_passage(lines, at, end, opened.quote), end) if end else None
    depth = lines[at].depth
    if depth == 0 or lines[at].blank:
        return None
    origin = QuoteOrigin.MARKUP if lines[at].markup else QuoteOrigin.MARKS
    end = _while_deeper(lines, at, 1)
    return _passage(lines, at, end, Quote(origin)), end


def _below_a_heading(lines: Sequence[MarkedLine], at: int) -> Opener | None:
    """What opens a marked quote whose first line says something unknown, such as Apple's heading in a new language."""
    if not lines[at].folded.endswith(":"):
        return None
    below = next((n for n in range(at + 1, min(at + 4, len(lines))) if not lines[n].blank), None)
    return opener(lines, below) if below is not None and lines[below].depth == lines[at].depth else None


def _passage(lines: Sequence[MarkedLine], start: int, end: int, quote: Quote) -> Passage:
    forwarded = quote.origin in (QuoteOrigin.FORWARD_SEPARATOR, QuoteOrigin.ATTACHED)
    kind = PassageKind.FORWARDED if forwarded else PassageKind.QUOTED
    return Passage(kind, "\n".join(line.text for line in lines[start:end]).strip("\n"), quote)


def _end_of(lines: Sequence[MarkedLine], opened: Opener, own: Sequence[MarkedLine]) -> int:
    """Where the quote ends (half-open); 0 if nothing proves that there is one."""
    below = next((n for n in range(opened.end, len(lines)) if not lines[n].blank), len(lines))
    if below == len(lines):
        return len(lines)
    if lines[below].depth > min(opened.inner_depth, opened.depth):
        return _while_deeper(lines, below, opened.depth + 1)
    if opened.depth:
        return max(opened.end, _while_deeper(lines, below, opened.depth)) if lines[below].depth else opened.end
    bare = opened.quote.origin is QuoteOrigin.ATTRIBUTION and all(line.blank for line in own)
    if bare and _is_partly_indented(lines, below):
        return opened.end
    return len(lines)


def _is_partly_indented(lines: Sequence[MarkedLine], below: int) -> bool:
    """True if an indented quote is followed by lines at the margin: an answer below the quote, perhaps. Keep it all."""
    rest = [line for line in lines[below : below + _INDENTED_LOOK_AHEAD] if not line.blank]
    return rest[0].indented and not all(line.indented for line in rest)


def _while_deeper(lines: Sequence[MarkedLine], start: int, depth: int) -> int:
    """The first line with words after `start` that is less deep; unmarked blank lines before it are left out."""
    end = at = start
    while at < len(lines):
        line = lines[at]
        if line.depth >= depth:
            end = at + 1
        elif not line.blank and not _is_wrapped_tail(lines, at, depth):
            break
        at += 1
    return max(end, start + 1)


def _is_wrapped_tail(lines: Sequence[MarkedLine], at: int, depth: int) -> bool:
    """True for the broken-off end of a long quoted line, between two quoted lines."""
    if not 0 < at < len(lines) - 1:
        return False
    before, line, after = lines[at - 1], lines[at], lines[at + 1]
    return (
        before.depth >= depth
        and after.depth >= depth
        and len(before.text) >= _WRAPPED_AT
        and (before.folded[-1:].isalnum() or before.folded.endswith(","))
        and line.text[:1].islower()
    )
