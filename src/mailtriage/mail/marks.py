"""How deep each line of a body is quoted: typed marks (">", "|", "AB>") on top of the depth that HTML gave."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.mail.lexicon import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mailtriage.mail.lines import Line, Markup

_MARKS = ">\uff1e"
_BLANKS = " \t\u00a0"
_UNSEEN = "\ufeff\u200b\u200e\u200f"
_INITIALS = re.compile(r"[ \t]{0,2}([^\W\d_]{1,3}>)")
_INDENT_LIMIT = 3
_FACE_LIMIT = 4
_WRAPPED_ADDRESS_LINES = 3
_WRAPPED_ADDRESS_LENGTH = 200


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line with its marks taken off.

    Attributes:
        text: what stands behind the marks, without trailing blanks.
        folded: `text` as the lexicon compares it.
        depth: structural depth plus typed marks.
        markup: as in the `Line`.
    """

    text: str
    folded: str
    depth: int
    markup: Markup | None

    @property
    def blank(self) -> bool:
        """True if there are no visible characters behind the marks."""
        return not self.folded

    @property
    def indented(self) -> bool:
        """True if the words do not begin at the margin."""
        return self.text[:1] in _BLANKS


def marked_lines(lines: Sequence[Line]) -> list[MarkedLine]:
    """The lines with their typed marks counted and removed, one for one."""
    texts = [line.text for line in lines]
    found = []
    for at, line in enumerate(lines):
        typed, text = _unmarked(texts, at)
        text = text.rstrip()
        found.append(MarkedLine(text, fold(text), line.depth + typed, line.markup))
    return found


def _unmarked(texts: Sequence[str], at: int) -> tuple[int, str]:
    """How many typed marks a line has, and what follows them."""
    text = texts[at].lstrip(_UNSEEN)
    head = text.lstrip(_BLANKS)[:1]
    if head == "":
        return 0, ""
    if head in _MARKS:
        return (0, text) if _is_no_quote(texts, at) else _take_marks(text)
    if head == "|" and _in_a_run(texts, at, _has_bar):
        return 1, text.lstrip(_BLANKS)[1:].removeprefix(" ")
    initials = _INITIALS.match(text)
    if initials and _in_a_run(texts, at, lambda other: other.lstrip().startswith(initials[1])):
        return 1, text[initials.end() :].removeprefix(" ")
    return 0, text


def _take_marks(text: str) -> tuple[int, str]:
    depth = at = 0
    while True:
        mark = at
        while mark < len(text) and mark - at <= _INDENT_LIMIT and text[mark] in _BLANKS:
            mark += 1
        if mark >= len(text) or text[mark] not in _MARKS:
            break
        depth, at = depth + 1, mark + 1
    return (depth, text[at:].removeprefix(" ")) if depth else (0, text)


def _is_no_quote(texts: Sequence[str], at: int) -> bool:
    """True for a lone face (">:("), ">5 times" or mbox's ">From", and for a bracket that closes a wrapped address."""
    if _closes_an_address(texts, at):
        return True
    text = texts[at].strip()
    if text.startswith(">>>") and text.endswith(" >>>"):  # GroupWise: >>> name date >>>
        return True
    if _in_a_run(texts, at, lambda other: other.lstrip(_BLANKS)[:1] in tuple(_MARKS)):
        return False
    face = len(text) <= _FACE_LIMIT and text.strip(_MARKS) and not any(c.isalnum() or c.isspace() for c in text)
    return bool(face) or text[1:2].isdigit() or text.startswith(">From ")


def _closes_an_address(texts: Sequence[str], at: int) -> bool:
    """True if a "<" before an address stands open on the lines above: the ">" at the margin is no quote mark."""
    above = ""
    for before in range(at - 1, max(-1, at - 1 - _WRAPPED_ADDRESS_LINES), -1):
        text = texts[before][-_WRAPPED_ADDRESS_LENGTH:]
        if text.lstrip(_BLANKS)[:1] in tuple(_MARKS):
            break
        above = f"{text} {above}"
        if above.count("<") > above.count(">"):
            return "@" in above
    return False


def _has_bar(text: str) -> bool:
    """True for a quote's bar; a line that also ends in one is a row of a table."""
    text = text.strip()
    return text.startswith("|") and not (len(text) > 1 and text.endswith("|"))


def _in_a_run(texts: Sequence[str], at: int, like: Callable[[str], bool]) -> bool:
    """True if this line and one of its neighbours are alike."""
    neighbours = (*texts[max(0, at - 1) : at], *texts[at + 1 : at + 2])
    return like(texts[at]) and any(like(other) for other in neighbours)
