"""Which parts of a mail are its body, and the lines of each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mailtriage.mail.charsets import codec_of, text_of
from mailtriage.mail.encodings import decoded_bytes
from mailtriage.mail.flowed import unflowed
from mailtriage.mail.html import html_lines
from mailtriage.mail.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailtriage.mail.raw import RawPart

TEXT_LIMIT = 2_000_000
"""Characters of one decoded part that are looked at."""

LINES_LIMIT = 20_000
"""Lines of one part that are looked at; each can be the beginning of a quote, which costs."""

NOTICE_WORDS = 60
"""A plain part shorter than this that speaks of HTML is a notice to use another program, not the letter."""

MISSING_ALLOWED = 10
"""A plain part is the letter if it lacks at most one in so many of the different words of the HTML."""

DIFFERENT = "its plain text and its HTML say different things; the HTML was read"
NO_TEXT = "it holds bytes that are no text"
_NO_TEXT_ALLOWED = 20
"""One character in so many may be none that anybody types."""

_UNTYPED = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")
_NOTICE = re.compile(r"html|browser|view (?:this|the|it)|e-?mail (?:client|program|reader)", re.IGNORECASE)
_HTML = frozenset({"text/html", "text/watch-html"})
_MARKED_UP = frozenset({"text/enriched", "text/richtext"})
_ENRICHED_TAG = re.compile(r"<param>[^<]{0,200}</param>|</?[A-Za-z-]{1,60}>", re.IGNORECASE)
_DECLARED_IN_HTML = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_SAID_OF_NOTHING = frozenset({"", "us-ascii", "ascii"})
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Text:
    """What a part says: its lines, why some of it could not be read (`gaps`), and what is wrong with it."""

    part: RawPart
    lines: Sequence[Line]
    gaps: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()


def body(parts: Iterable[RawPart]) -> tuple[Text, ...]:
    """The texts of a mail in order: of each multipart/alternative one way of saying it, and every other text part."""
    return tuple(_chosen([part for part in parts if part.content is not None and part.media_type != "text/calendar"]))


def text_lines(part: RawPart) -> Text:
    """The lines of one part, whatever it is."""
    data, damage = decoded_bytes(part.content or b"", part.encoding, cut=part.cut)
    charset = part.parameters.get("charset", "")
    text = text_of(data, _charset(part, data)).replace("\r\n", "\n").replace("\r", "\n")
    lines = _as_lines(part, text[:TEXT_LIMIT])
    no_text = len(_UNTYPED.findall(text)) * _NO_TEXT_ALLOWED > len(text)
    defects = {
        damage: bool(damage),
        NO_TEXT: no_text,
        "it names a character set that is not known": charset and not codec_of(charset),
    }
    gaps = {
        "part of it, because it is very long": part.cut or len(text) > TEXT_LIMIT or len(lines) > LINES_LIMIT,
        "part of it, because it is damaged": damage or no_text,
        "encrypted (PGP)": "-----BEGIN PGP MESSAGE-----" in text,
    }
    return Text(
        part,
        lines[:LINES_LIMIT],
        tuple(gap for gap, holds in gaps.items() if holds),
        tuple(defect for defect, holds in defects.items() if holds),
    )


def _charset(part: RawPart, data: bytes) -> str:
    """The declared character set; for HTML that declares none (servers then say us-ascii), what stands in it."""
    declared = part.parameters.get("charset", "")
    if part.media_type in _HTML and declared.lower() in _SAID_OF_NOTHING:
        match = _DECLARED_IN_HTML.search(data[:4_000])
        return match[1].decode("ascii") if match else ""
    return declared


def _as_lines(part: RawPart, text: str) -> Sequence[Line]:
    if part.media_type in _HTML:
        return html_lines(text)
    if part.media_type in _MARKED_UP:
        text = _ENRICHED_TAG.sub("", re.sub(r"<(?:nl|np|paragraph)>", "\n", text, flags=re.IGNORECASE))
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return [Line(line) for line in text.split("\n")]


def _chosen(parts: Sequence[RawPart], level: int = 0) -> Iterator[Text]:
    """The texts to read of parts that share their containers down to this level."""
    for (is_leaf, container, _), group in groupby(parts, lambda part: _container(part, level)):
        members = list(group)
        if is_leaf:
            yield from map(text_lines, members)
        elif container == "multipart/alternative":
            yield from _one_way(members, level + 1)
        else:
            yield from _chosen(members, level + 1)


def _container(part: RawPart, level: int) -> tuple[bool, str, str]:
    """(whether the part has no container at this level, its type, its section)."""
    if level >= len(part.containers):
        return True, "", ""
    return False, part.containers[level], part.container_ids[level]


def _one_way(parts: Sequence[RawPart], level: int) -> Iterator[Text]:
    """Of the members of an alternative the plain ones if they are the letter, else those with HTML.

    Of two of one kind, which is against the rules, the second is read if it says something else.
    """
    branches = [list(_chosen(list(group), level)) for _, group in groupby(parts, lambda part: _branch(part, level))]
    html = list(_without_repeats(branch for branch in branches if _has_html(branch)))
    plain = list(_without_repeats(branch for branch in branches if not _has_html(branch)))
    plain_words, html_words = _words(plain), _words(html)
    if not html or (plain_words and len(html_words - plain_words) * MISSING_ALLOWED <= len(html_words)):
        yield from plain
        return
    yield from html
    if len(plain_words - html_words) * MISSING_ALLOWED > len(plain_words) and not _is_notice(plain):
        yield Text(plain[0].part, (), (), (DIFFERENT,))


def _without_repeats(branches: Iterable[Sequence[Text]]) -> Iterator[Text]:
    """The texts of these branches but for a branch whose words the ones before it have told."""
    told: set[str] = set()
    for branch in branches:
        words = _words(branch)
        if not told or not words <= told:
            told |= words
            yield from branch


def _branch(part: RawPart, level: int) -> str:
    """Which member of the alternative above this level a part belongs to."""
    return part.container_ids[level] + "/" if level < len(part.container_ids) else part.section


def _has_html(texts: Sequence[Text]) -> bool:
    return any(text.part.media_type in _HTML for text in texts)


def _words(texts: Sequence[Text]) -> set[str]:
    return {word for text in texts for line in text.lines for word in _WORD.findall(line.text.casefold())}


def _is_notice(texts: Sequence[Text]) -> bool:
    """True for "your program cannot show HTML" and the like."""
    text = " ".join(line.text for part in texts for line in part.lines)
    return len(text.split()) < NOTICE_WORDS and _NOTICE.search(text) is not None
