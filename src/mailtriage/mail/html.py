"""HTML -> lines: block structure kept, quotes marked, what is not displayed left out.

A target parser sees every tag and text once, so text after </html>, beyond 255 levels or 10 MB is not lost, as it would
be from lxml's tree.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from mailtriage.mail.lines import Line, Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 "  # noqa: SIM905 - words read best as words
    "header hr html li main nav ol option p pre section select table tbody textarea tfoot thead tr ul".split()
)
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table", "dl"])
# Not <noscript>, <object> or <svg>: mail programs run no scripts and embed nothing, so they show what stands in them.
_SKIPPED = frozenset(["script", "style", "head", "title", "template", "iframe"])
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_SPACES = re.compile(r"[ \t\r\n\f]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_BORDER_TOP = re.compile(r"border-top\s*:\s*solid\s+#?(?:E1E1E1|B5C4DF|auto)", re.IGNORECASE)


def html_lines(text: str) -> list[Line]:
    """The lines a reader would see, blank lines between paragraphs, quotes marked as the mail program marked them."""
    from lxml import etree  # noqa: PLC0415 - an idle poll must not pay for it

    target = _Lines()
    parser = etree.HTMLParser(target=target, huge_tree=True, recover=True, encoding="utf-8")
    data = text.encode("utf-8", "replace")
    try:
        for at in range(0, len(data), 65_536):
            parser.feed(data[at : at + 65_536])
        parser.close()
    except etree.LxmlError:
        target.close()
    return target.finished()


class _Lines:
    """Collects lines from a stream of tags. Open elements are a stack of (tag, what it changed)."""

    def __init__(self) -> None:
        self._found: list[Line] = []
        self._text: list[str] = []
        self._open: list[tuple[str, bool, bool]] = []
        self._counts: Counter[str] = Counter()
        self._depth = 0
        self._skipped = 0
        self._preformatted = 0
        self._markup: Markup | None = None

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes]) -> None:
        """An opening tag, from lxml."""
        tag = _as_text(tag).lower()
        attributes = {_as_text(name).lower(): _as_text(value or "") for name, value in attrib.items()}
        if tag in _BLOCKS or tag == "br":
            self.end_line(force=tag == "br")
        if tag in _PARAGRAPHS:
            self._blank()
        if not self._skipped:
            self._mark(tag, attributes)
        if tag in _VOID:
            return
        markup = _markup_of(tag, attributes)
        if markup:
            self.end_line()
            self._markup = markup
        deeper = tag == "blockquote" or markup is Markup.QUOTE
        skipped = tag in _SKIPPED or "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style", "")))
        self._depth += deeper
        self._skipped += skipped
        self._preformatted += tag == "pre"
        self._open.append((tag, deeper, skipped))
        self._counts[tag] += 1

    def _mark(self, tag: str, attributes: Mapping[str, str]) -> None:
        """What a tag itself shows: a bullet, a rule, the gap between cells, the words for a picture."""
        if tag in ("td", "th") and self._text:
            self._text.append(" ")
        elif tag == "li":
            self._text.append("- ")
        elif tag == "hr":
            self._found.append(Line("_" * 32, self._depth, self._taken_markup()))
        elif tag == "img" and attributes.get("alt"):
            self._text.append(f" {attributes['alt']} ")

    def end(self, tag: str | bytes) -> None:
        """A closing tag, from lxml."""
        tag = _as_text(tag).lower()
        if tag in _VOID or not self._counts[tag]:
            return
        if tag in _BLOCKS:
            self.end_line()
        if tag in _PARAGRAPHS:
            self._blank()
        while self._open:
            name, deeper, skipped = self._open.pop()
            if deeper:
                self.end_line()
            self._counts[name] -= 1
            self._depth -= deeper
            self._skipped -= skipped
            self._preformatted -= name == "pre"
            if name == tag:
                break

    def data(self, data: str | bytes) -> None:
        """Text, from lxml."""
        if self._skipped:
            return
        text = _as_text(data)
        if self._preformatted:
            first, *others = text.replace("\r", "").split("\n")
            self._text.append(first)
            for line in others:
                self.end_line(force=True)
                self._text.append(line)
        else:
            self._text.append(_SPACES.sub(" ", text))

    def comment(self, text: str | bytes) -> None:
        """A comment says nothing to the reader."""

    def close(self) -> None:
        """The end of the document, from lxml."""
        self.end_line()

    def end_line(self, *, force: bool = False) -> None:
        """Finish the current line, if there is anything on it (or always, for a <br>)."""
        text = "".join(self._text)
        self._text.clear()
        if not self._preformatted:
            text = _SPACES.sub(" ", text).strip(" ")
        if text or (force and not self._skipped):
            self._found.append(Line(text, self._depth, self._taken_markup() if text else None))

    def finished(self) -> list[Line]:
        """The lines, without blank ones at the ends."""
        self.end_line()
        start, end = 0, len(self._found)
        while start < end and not self._found[start].text.strip():
            start += 1
        while end > start and not self._found[end - 1].text.strip():
            end -= 1
        return self._found[start:end]

    def _blank(self) -> None:
        if self._found and self._found[-1].text and not self._skipped:
            self._found.append(Line("", self._depth))

    def _taken_markup(self) -> Markup | None:
        markup, self._markup = self._markup, None
        return markup


def _as_text(value: str | bytes) -> str:
    """Lxml hands over text; its types allow for bytes."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _markup_of(tag: str, attributes: Mapping[str, str]) -> Markup | None:
    """What a mail program marks with this tag."""
    classes = attributes.get("class", "").lower().split()
    name = attributes.get("id", "").lower().removeprefix("x_")
    if name in ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container") or (
        tag == "div" and _BORDER_TOP.search(attributes.get("style", ""))
    ):
        return Markup.REPLY_HEADER
    if "moz-forward-container" in classes or "gmail_forward" in classes:
        return Markup.FORWARD
    if {"gmail_signature", "moz-signature", "x_gmail_signature"} & set(classes) or name in (
        "ms-outlook-mobile-signature", "signature", "applemailsignature",
    ):  # fmt: skip
        return Markup.SIGNATURE
    if tag == "blockquote" and (attributes.get("type", "").lower() == "cite" or "gmail_quote" in classes):
        return Markup.QUOTE
    return None
