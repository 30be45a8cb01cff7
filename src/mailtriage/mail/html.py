"""HTML -> lines: block structure kept, quotes marked, what is not displayed left out.

A target parser sees every tag and text once, so text after </html>, beyond 255 levels or 10 MB is not lost, as it would
be from lxml's tree.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.mail.lines import Line, Markup

if TYPE_CHECKING:
    from collections.abc import Mapping

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure footer form h1 h2 h3 h4 "  # noqa: SIM905 - words read best as words
    "h5 h6 header hr html legend li main nav ol option p pre section summary table tbody tfoot thead tr ul".split()
)
_PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "ul", "ol", "table", "dl"])
_SKIPPED = frozenset(["script", "style", "title", "template", "iframe"])
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
_LOOKED_AT = ("alt", "class", "hidden", "id", "style", "type")
_ATTRIBUTE_LIMIT = 5_000
_RULER = "_" * 32
_SPACES = re.compile(r"[ \t\r\n\f]+")
# The last two hide the preview line that newsletters put first.
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|font-size\s*:\s*0(?:px|pt)?\s*(?:;|!|$)|max-height\s*:\s*0(?:px|pt)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_KEEPS_SPACES = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)", re.IGNORECASE)
_BORDER_TOP = re.compile(r"border-top\s*:\s*solid\s+\S{1,40}\s+1(?:\.0)?pt", re.IGNORECASE)
_NO_BORDER = re.compile(r"border(?:-left)?\s*:\s*(?:none|0)", re.IGNORECASE)
_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|bmp|webp|svg|heic)$", re.IGNORECASE)
_REPLY_HEADER_IDS = frozenset(["divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"])
_FORWARD_CLASSES = frozenset(["moz-forward-container", "gmail_forward"])
_SIGNATURE_CLASSES = frozenset(["gmail_signature", "moz-signature", "protonmail_signature_block-user"])
_SIGNATURE_IDS = frozenset(["ms-outlook-mobile-signature", "signature", "applemailsignature"])


DEPTH_LIMIT = 500
"""Elements within elements; deeper ones lose their tags, never their text."""

_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]{0,60})[^<>]*>?")
# Void, or closed by the next of its kind: these do not nest.
_UNCOUNTED = _VOID | {"p", "li", "td", "th", "tr", "dd", "dt", "option", "tbody", "thead", "tfoot"}
_CUTS_ALLOWED = 200


def html_lines(text: str) -> list[Line]:
    """The lines a reader would see, blank lines between paragraphs, quotes marked as the mail program marked them."""
    from lxml import etree  # noqa: PLC0415 - an idle poll must not pay for it

    target = _Lines()
    parser = etree.HTMLParser(target=target, huge_tree=True, recover=True, encoding="utf-8")
    data = _tamed(text).encode("utf-8", "replace")
    try:
        for at in range(0, len(data), 65_536):
            parser.feed(data[at : at + 65_536])
        parser.close()
    except etree.LxmlError:
        target.close()
    return target.finished()


def _tamed(text: str) -> str:
    """The text without what costs libxml2 time by its square: very deep elements and end tags that end nothing."""
    cuts: list[tuple[int, int, str]] = []
    opened: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    depth = 0
    for match in _TAG.finditer(text):
        name = match[2].lower()
        if name in _UNCOUNTED:
            continue
        is_start = not match[1]
        kept = depth < DEPTH_LIMIT if is_start else not dropped[name] and opened[name] > 0
        if kept:
            step = 1 if is_start else -1
            opened[name] += step
            depth += step
        else:
            dropped[name] = max(0, dropped[name] + (1 if is_start else -1))
            cuts.append((*match.span(), "<br>" if is_start and name in _BLOCKS else ""))
    if len(cuts) <= _CUTS_ALLOWED:
        return text
    starts = (0, *(end for _, end, _ in cuts))
    ends = (*(start for start, _, _ in cuts), len(text))
    breaks = (*(instead for _, _, instead in cuts), "")
    return "".join(text[start:end] + instead for start, end, instead in zip(starts, ends, breaks, strict=True))


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element and what it changed."""

    tag: str
    deeper: bool
    skipped: bool
    preformatted: bool
    markup: Markup | None


class _Lines:
    """Collects lines from a stream of tags; what an element changes is taken back when it ends."""

    def __init__(self) -> None:
        self._found: list[Line] = []
        self._text: list[str] = []
        self._open: list[_Element] = []
        self._count: Counter[str] = Counter()
        self._depth = 0
        self._skipped = 0
        self._preformatted = 0
        self._markup: Markup | None = None

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        """An opening tag, from lxml."""
        tag = _as_text(tag).lower()
        attributes = {
            name: _as_text(attrib.get(name) or "")[:_ATTRIBUTE_LIMIT] for name in _LOOKED_AT if name in attrib
        }
        if tag in _BLOCKS or tag == "br":
            self.end_line(force=tag == "br")
        if tag in _PARAGRAPHS:
            self._blank()
        if not self._skipped:
            self._say(tag, attributes)
        if tag not in _VOID:
            self._enter(tag, attributes)

    def end(self, tag: str | bytes) -> None:
        """A closing tag, from lxml; one that closes nothing that is open changes nothing."""
        tag = _as_text(tag).lower()
        if tag in _VOID or not self._count[tag]:
            return
        if tag in _BLOCKS:
            self.end_line()
        if tag in _PARAGRAPHS:
            self._blank()
        while self._leave().tag != tag:
            pass

    def data(self, data: str | bytes) -> None:
        """Text, from lxml."""
        if self._skipped:
            return
        text = _as_text(data).replace("\u00a0", " ")
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

    def _say(self, tag: str, attributes: Mapping[str, str]) -> None:
        """What an element shows by itself."""
        if tag in ("td", "th") and self._text:
            self._text.append(" ")
        elif tag == "li":
            self._text.append("- ")
        elif tag == "hr":
            self._found.append(Line(_RULER, self._depth, self._taken_markup()))
        elif tag == "img" and not _PICTURE_NAME.search(attributes.get("alt", "")):
            self._text.append(f" {_SPACES.sub(' ', attributes.get('alt', ''))} ")

    def _enter(self, tag: str, attributes: Mapping[str, str]) -> None:
        markup = _markup_of(tag, attributes)
        if markup and not self._skipped:
            self.end_line()
            self._markup = markup
        style = attributes.get("style", "")
        element = _Element(
            tag,
            deeper=markup is Markup.QUOTE or (tag == "blockquote" and not _NO_BORDER.search(style)),
            skipped=tag in _SKIPPED or "hidden" in attributes or _HIDDEN.search(style) is not None,
            preformatted=tag in ("pre", "textarea") or _KEEPS_SPACES.search(style) is not None,
            markup=markup,
        )
        self._open.append(element)
        self._count[tag] += 1
        self._depth += element.deeper
        self._skipped += element.skipped
        self._preformatted += element.preformatted

    def _leave(self) -> _Element:
        element = self._open.pop()
        if element.deeper or element.markup:
            self.end_line()
        # An empty signature marks nothing; Outlook's empty "appendonsend" marks what comes after it.
        if element.markup and element.markup is self._markup and element.markup is not Markup.REPLY_HEADER:
            self._markup = None
        self._count[element.tag] -= 1
        self._depth -= element.deeper
        self._skipped -= element.skipped
        self._preformatted -= element.preformatted
        return element

    def end_line(self, *, force: bool = False) -> None:
        """Finish the current line, if there is anything on it (or always, for a <br>)."""
        text = "".join(self._text)
        self._text.clear()
        if not self._preformatted:
            text = _SPACES.sub(" ", text).strip(" ")
        if text or (force and not self._skipped):
            self._found.append(Line(text, self._depth, self._taken_markup() if text else None))

    def finished(self) -> list[Line]:
        """The lines, without blank ones at the ends. They are handed over: lxml keeps this object for a while."""
        self.end_line()
        found, self._found = self._found, []
        start, end = 0, len(found)
        while start < end and not found[start].text.strip():
            start += 1
        while end > start and not found[end - 1].text.strip():
            end -= 1
        return found[start:end]

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
    classes = {name.removeprefix("x_") for name in attributes.get("class", "").lower().split()}
    name = attributes.get("id", "").lower().removeprefix("x_")
    if name in _REPLY_HEADER_IDS or (tag == "div" and _BORDER_TOP.search(attributes.get("style", ""))):
        return Markup.REPLY_HEADER
    if classes & _FORWARD_CLASSES:
        return Markup.FORWARD
    if classes & _SIGNATURE_CLASSES or name in _SIGNATURE_IDS:
        return Markup.SIGNATURE
    if "yahoo_quoted" in classes:  # around the attribution too: Yahoo uses no blockquote
        return Markup.QUOTE
    if tag == "blockquote" and (attributes.get("type", "").lower() == "cite" or "gmail_quote" in classes):
        return Markup.QUOTE
    return None
