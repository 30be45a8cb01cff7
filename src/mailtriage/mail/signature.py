"""The sender's own lines, cut into own words, signature and footers. When in doubt, words are kept as her own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.mail.lexicon import lexicon
from mailtriage.mail.lines import Markup
from mailtriage.model import Passage, PassageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.mail.marks import MarkedLine

_SIGNATURE_LINES_LIMIT = 12
_SIGNATURE_LENGTH_LIMIT = 900
_RULED_LINES_LIMIT = 4
_RULED_WIDTH_LIMIT = 80
_FOOTER_WORDS_LIMIT = 16
_RULE = "-_=*~#+.–—ᐧ \t"  # noqa: RUF001 - drawn lines, and the mark that Streak leaves


def own_passages(lines: Sequence[MarkedLine], *, before_quote: bool) -> list[Passage]:
    """The passages of one run of own lines.

    Args:
        lines: a run with no quote in it; may be empty or blank.
        before_quote: a quote follows.
    """
    words_end = _words_end(lines)
    found: list[Passage] = []
    pending: list[MarkedLine] = []
    for line in lines[:words_end]:
        if _is_sent_from(line):
            _add(found, PassageKind.OWN, pending)
            _add(found, PassageKind.SIGNATURE, [line])
            pending = []
        else:
            pending.append(line)
    kept, footer = _without_footer(pending)
    _add(found, PassageKind.OWN, kept)
    _add(found, PassageKind.FOOTER, footer)
    _add(found, PassageKind.SIGNATURE, lines[words_end:])
    return found


def _add(found: list[Passage], kind: PassageKind, lines: Sequence[MarkedLine]) -> None:
    text = "\n".join(line.text for line in lines).strip("\n")
    if text.strip():
        found.append(Passage(kind, text))


def _words_end(lines: Sequence[MarkedLine]) -> int:
    """Where the words end and the signature begins."""
    end = len(lines)
    while end and (lines[end - 1].blank or _is_drawn(lines[end - 1])):
        end -= 1
    for at in range(end - 1, max(-1, end - 2 - _SIGNATURE_LINES_LIMIT), -1):
        line = lines[at]
        if line.markup is Markup.SIGNATURE or (_is_delimiter(line) and _is_short(lines[at + 1 : end])):
            return at
        if _is_drawn(line) and _is_ruled_off(lines[at + 1 : end]):
            return at
    return end


def _is_delimiter(line: MarkedLine) -> bool:
    return line.folded in ("--", "—", "–")  # noqa: RUF001 - typed instead of two hyphens


def _is_drawn(line: MarkedLine) -> bool:
    return bool(line.folded) and not line.folded.strip(_RULE)


def _is_short(lines: Sequence[MarkedLine]) -> bool:
    return (
        sum(not line.blank for line in lines) <= _SIGNATURE_LINES_LIMIT
        and sum(len(line.text) for line in lines) <= _SIGNATURE_LENGTH_LIMIT
    )


def _is_ruled_off(lines: Sequence[MarkedLine]) -> bool:
    """True for a few short lines below a drawn line."""
    words = [line for line in lines if not line.blank]
    return 0 < len(words) <= _RULED_LINES_LIMIT and all(len(line.text) <= _RULED_WIDTH_LIMIT for line in words)


def _is_sent_from(line: MarkedLine) -> bool:
    """True for what a phone or a mail program adds ("Sent from my …")."""
    folded = line.folded.strip(" -–—_*<>()[]|")  # noqa: RUF001 - as drawn around it
    if not folded or len(folded.split()) > _FOOTER_WORDS_LIMIT:
        return False
    return any(f"{folded} ".startswith(start) and end in folded for start, end in lexicon().sent_from)


def _without_footer(lines: Sequence[MarkedLine]) -> tuple[Sequence[MarkedLine], Sequence[MarkedLine]]:
    """The lines before and from the first paragraph that begins as disclaimers and list footers do."""
    for at, line in enumerate(lines):
        begins = at == 0 or lines[at - 1].blank or _is_drawn(lines[at - 1])
        if begins and line.folded.lstrip(" *_-[(").startswith(lexicon().footers):
            return lines[:at], lines[at:]
    return lines, []
