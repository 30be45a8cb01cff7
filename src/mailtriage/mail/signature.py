"""The sender's own lines, cut into own words, signature and footers. When in doubt, words are kept as her own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.mail.lexicon import lexicon
from mailtriage.mail.lines import Markup
from mailtriage.model import Passage, PassageKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.mail.marks import MarkedLine

_SIGNATURES_LIMIT = 4
_SEARCHED_LINES = 60
_SIGNATURE_LINES_LIMIT = 12
_SIGNATURE_LENGTH_LIMIT = 900
_RULE_LENGTH = 5
_RULED_LINES_LIMIT = 4
_RULED_WIDTH_LIMIT = 80
_SENT_FROM_WORDS_LIMIT = 14
_BRACKETS = dict.fromkeys(map(ord, "[](){}<>"), " ")
_RULE = "-_=*~#+.–—ᐧ \t"  # noqa: RUF001 - drawn lines, and the mark that Streak leaves


def own_passages(lines: Sequence[MarkedLine], *, above: bool = False) -> list[Passage]:
    """The passages of one run of own lines, which may be empty or blank; `above`: own words stand in an earlier run."""
    found: list[Passage] = []
    lines, footer = _without_footer(lines, above=above)
    end = _words_end(lines)
    pending: list[MarkedLine] = []
    for line in lines[:end]:
        if _is_sent_from(line) or (not pending and found and _is_link(line)):
            _add_own(found, pending)
            _add(found, PassageKind.SIGNATURE, [line])
            pending = []
        else:
            pending.append(line)
    _add_own(found, pending)
    _add(found, PassageKind.SIGNATURE, lines[end:])
    _add(found, PassageKind.FOOTER, footer)
    return found


def _add_own(found: list[Passage], lines: Sequence[MarkedLine]) -> None:
    """Own words, without the lines drawn below them."""
    end = _drawn_from(lines)
    _add(found, PassageKind.OWN, lines[:end])
    _add(found, PassageKind.SIGNATURE, lines[end:])


def _add(found: list[Passage], kind: PassageKind, lines: Sequence[MarkedLine]) -> None:
    text = "\n".join(line.text for line in lines).strip("\n")
    if text.strip():
        found.append(Passage(kind, text))


def _words_end(lines: Sequence[MarkedLine]) -> int:
    """Where the words end and the first of the signatures begins; what is left has none."""
    end = len(lines)
    for _ in range(_SIGNATURES_LIMIT):
        end = _last_signature(lines[:end])
    return end


def _last_signature(lines: Sequence[MarkedLine]) -> int:
    """Where the signature begins; dividers that come twice divide topics, not a signature."""
    end = _drawn_from(lines)
    first = max(0, end - _SEARCHED_LINES)
    signed = [at for at in range(first, end) if lines[at].markup is Markup.SIGNATURE and _is_short(lines[at + 1 : end])]
    if signed:
        return signed[0]
    dashed = [at for at in range(first, end) if _is_delimiter(lines[at])]
    ruled = [at for at in range(first, end) if _is_underscored(lines[at])]
    if len(dashed) > 1 or len(ruled) > 1:
        return end
    begins = [at for at in dashed if _is_short(lines[at + 1 : end])]
    begins += [at for at in ruled if _is_ruled_off(lines[at + 1 : end])]
    return min(begins, default=end)


def _drawn_from(lines: Sequence[MarkedLine]) -> int:
    """Where the blank and drawn lines at the end begin."""
    end = len(lines)
    while end and (lines[end - 1].blank or _is_drawn(lines[end - 1])):
        end -= 1
    return end


def _is_delimiter(line: MarkedLine) -> bool:
    return line.folded in ("--", "—", "–")  # noqa: RUF001 - typed instead of two hyphens


def _is_drawn(line: MarkedLine) -> bool:
    return bool(line.folded) and not line.folded.strip(_RULE)


def _is_underscored(line: MarkedLine) -> bool:
    """True for a line of underscores; dashes and stars divide topics as often as they divide off a signature."""
    return len(line.folded) >= _RULE_LENGTH and not line.folded.strip("_")


def _is_short(lines: Sequence[MarkedLine]) -> bool:
    """True if no more follows than a signature has, not counting a disclaimer in it."""
    words = [line for line in _without_footer(lines, above=True)[0] if not _is_sent_from(line)]
    return (
        sum(not line.blank for line in words) <= _SIGNATURE_LINES_LIMIT
        and sum(len(line.text) for line in words) <= _SIGNATURE_LENGTH_LIMIT
    )


def _is_ruled_off(lines: Sequence[MarkedLine]) -> bool:
    """True for a few short lines below a drawn line."""
    words = [line for line in lines if not line.blank and not _is_sent_from(line)]
    return (
        any(not line.blank for line in lines)
        and len(words) <= _RULED_LINES_LIMIT
        and all(len(line.text) <= _RULED_WIDTH_LIMIT for line in words)
    )


def _is_sent_from(line: MarkedLine) -> bool:
    """True for what a phone or a mail program adds ("Sent from my …")."""
    folded = " ".join(line.folded.translate(_BRACKETS).split()).strip(" -–—_*|")  # noqa: RUF001 - as drawn around it
    if not folded or len(folded.split()) > _SENT_FROM_WORDS_LIMIT:
        return False
    words = lexicon()
    if f"{folded} ".startswith(words.sent_from):
        return True
    return any(folded.startswith(start) and end in folded for start, end in words.sent_from_device)


def _is_gap(line: MarkedLine) -> bool:
    """True for what no paragraph goes on behind."""
    return line.blank or _is_drawn(line) or _is_sent_from(line) or _is_link(line)


def _is_link(line: MarkedLine) -> bool:
    """True for an address on the web and nothing else: the second line of "Get Outlook for iOS"."""
    folded = line.folded.strip("<>()[] ")
    return folded.startswith(("http://", "https://")) and " " not in folded


def _without_footer(
    lines: Sequence[MarkedLine], *, above: bool = False
) -> tuple[Sequence[MarkedLine], Sequence[MarkedLine]]:
    """The lines before and from the first paragraph that begins as disclaimers and list footers do.

    Only below other words: a mail that begins like a disclaimer may be the sender's own.
    """
    for at, line in enumerate(lines):
        if above and line.folded.lstrip(" *_-[(").startswith(lexicon().footers):
            begins = _paragraph(lines, at)
            if begins is not None:
                return lines[:begins], lines[begins:]
        above = above or not (line.blank or _is_drawn(line))
    return lines, []


def _paragraph(lines: Sequence[MarkedLine], at: int) -> int | None:
    """Where the footer begins that this line speaks of: here, or, below a line of underscores, a few lines above.

    None in the middle of any other paragraph.
    """
    for begins in range(at, max(-1, at - _RULED_LINES_LIMIT), -1):
        if begins == 0 or _is_gap(lines[begins - 1]):
            is_ruled = begins > 0 and _is_underscored(lines[begins - 1])
            return begins if begins == at or is_ruled else None
    return None
