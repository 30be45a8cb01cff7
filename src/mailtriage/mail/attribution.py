"""The line above a quote that says who wrote it and when ("On … Anna wrote:"), in any language, also wrapped."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.mail.header_block import ADDRESS, TIME, YEAR_OR_DATE
from mailtriage.mail.lexicon import lexicon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.mail.marks import MarkedLine

_LINES_LIMIT = 5
_LENGTH_LIMIT = 420
_WORDS_LIMIT = 14
_EDGES = " -_=~*–—\"'“”„«»|"  # noqa: RUF001 - quotation marks and dashes around attributions
_SENTENCE_END = (".", "!", "?", "。", "！", "？")  # noqa: RUF001 - as typed in CJK text
_ISO_START = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)? (?:gmt|utc)?[+-]\d")
_BRACKETED = re.compile(r"[<(][^<>()\s]{1,64}@[^<>()\s]{1,255}[>)]")
_DATE_START = re.compile(r"(?!(?:19|20)\d\d )[(\[]?(?:[\w-]{1,14}[.,]{0,2} ){0,3}\d")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Lines `start` to `end` (half-open) name the sender of the quote below; `sender` may be ""."""

    start: int
    end: int
    sender: str
    depth: int


def attribution(lines: Sequence[MarkedLine], start: int) -> Attribution | None:
    """The attribution that begins at `start`, None if none does."""
    text = ""
    for at in _wrapped(lines, start):
        text = f"{text} {lines[at].folded}".strip()
        if len(text) > _LENGTH_LIMIT:
            return None
        if not _may_end(text):
            continue
        if _convinces(text, quoted=_is_quoted_below(lines, at)) and _begins_here(lines, start, at):
            sender = ADDRESS.search(text)
            return Attribution(start, at + 1, sender[0] if sender else "", lines[at].depth)
    return None


def _wrapped(lines: Sequence[MarkedLine], start: int) -> list[int]:
    """The lines an attribution at `start` may be wrapped over; a blank one only before an address in brackets."""
    depth = lines[start].depth
    found = [start]
    for at in range(start + 1, min(len(lines), start + _LINES_LIMIT + 1)):
        if lines[at].depth != depth:
            break
        if lines[at].blank:
            if at + 1 < len(lines) and lines[at + 1].folded.startswith("<"):
                continue
            break
        found.append(at)
    return found[:_LINES_LIMIT]


def _may_end(text: str) -> bool:
    core = text.rstrip(_EDGES)
    if core.endswith((":", ">>>")):
        return True
    return lexicon().wrote.end(core) or _ISO_START.match(text) is not None


def _convinces(text: str, *, quoted: bool) -> bool:
    """True if the words can only be an attribution, or can be one and a quote follows."""
    core = text.strip(_EDGES)
    wrote = lexicon().wrote.found_in(core)
    addressed = "@" in core
    dated = _dated(core)
    timed = bool(TIME.search(core))
    if wrote and (addressed or (dated and timed)):
        return True
    if dated and timed and text.startswith(">>>") and text.endswith(">>>"):
        return True
    if addressed and dated and timed:
        return "@" in core.rsplit(maxsplit=1)[-1] or _BRACKETED.search(core) is not None
    if quoted:
        return bool(wrote and (dated or timed or len(core.split()) <= _WORDS_LIMIT)) or (dated and timed)
    return bool(_ISO_START.match(core)) and len(core.split()) <= _WORDS_LIMIT


def _dated(folded: str) -> bool:
    return YEAR_OR_DATE.search(folded) is not None


def _is_quoted_below(lines: Sequence[MarkedLine], at: int) -> bool:
    """True if the next words stand deeper than this line."""
    for line in lines[at + 1 : at + 4]:
        if not line.blank:
            return line.depth > lines[at].depth
    return False


def _begins_here(lines: Sequence[MarkedLine], start: int, last: int) -> bool:
    """True if the first line belongs to the attribution, and is not the sender's own line above it."""
    if start == last:
        return True
    return _starts(lines[start].folded) and not _starts_complete(lines, start + 1, last)


def _starts_complete(lines: Sequence[MarkedLine], start: int, last: int) -> bool:
    """True if some line further down begins a whole attribution by itself, with all that the line above has."""
    above = lines[start - 1].folded
    for later in range(start, last + 1):
        text = " ".join(line.folded for line in lines[later : last + 1])
        lacks = ("@" in above and "@" not in text) or (_dated(above) and not _dated(text))
        if lines[later].blank or lacks:
            continue
        if _starts(lines[later].folded) and _DATE_START.match(text) and _convinces(text, quoted=False):
            return True
    return False


def _starts(folded: str) -> bool:
    """True if a line can be the first of a wrapped attribution: it holds a date or an address, and ends no sentence."""
    last_word = folded.rsplit(maxsplit=1)[-1]
    if folded.endswith(_SENTENCE_END) and len(last_word) > 5:  # noqa: PLR2004 - "aug." ends no sentence
        return False
    return (
        "@" in folded
        or lexicon().wrote.found_in(folded)
        or _dated(folded)
        or (any(c.isdigit() for c in folded) and bool(TIME.search(folded) or _DATE_START.match(folded)))
    )
