"""Bytes of a mail -> its MIME tree as ranges of those bytes, in one pass.

Not the standard library's parser: a header of semicolons costs it quadratic time, nested parts cost it a regular
expression each on every line and then a RecursionError, and it keeps no 8-bit text as it came. Here a delimiter is one
look-up, whatever is open around it, and what goes past a limit is left shut and said to be.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailtriage.mail.headers import fields, media_type, parameters

HEADER_LIMIT_BYTES = 256_000
PARTS_LIMIT = 1_000
DEPTH_LIMIT = 60
_BOUNDARY_LIMIT = 1_000
_PART_FIELDS = ("content-type", "content-transfer-encoding", "content-disposition")
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_PLAIN_ENCODINGS = frozenset({"", "7bit", "8bit", "binary"})
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,20}:|>?From ")
_KNOWN_FIELD = re.compile(
    rb"(?:from|to|cc|subject|date|message-id|mime-version|received|reply-to|return-path|references|in-reply-to"
    rb"|content-[a-z-]{1,40}|x-[\w-]{1,80}|dkim-signature|authentication-results|arc-[a-z-]{1,40})[ \t]{0,20}:",
    re.IGNORECASE,
)
_BLANK = re.compile(rb"\r?\n")
_DELIMITER = re.compile(rb"^--[^\r\n]{0,1100}", re.MULTILINE)


@dataclass(slots=True)
class Node:
    """A part of a mail: a leaf, a multipart, or an attached message with the message as its one child.

    Attributes:
        media_type: in lower case; the default where the header says nothing that can be understood (RFC 2045, 5.2).
        parameters: of the Content-Type, by lower-case name.
        fields: raw values of the Content- fields that matter, by lower-case name.
        header: where its header stands in the mail, half-open.
        start: where its content begins.
        end: where its content ends; the line end before a delimiter is the delimiter's.
        shut: true if it is a container that stands too deep to be entered.
    """

    media_type: str
    parameters: dict[str, str]
    fields: dict[str, tuple[str, ...]]
    header: tuple[int, int]
    start: int
    end: int = -1
    children: list[Node] = field(default_factory=list)
    shut: bool = False


@dataclass(slots=True)
class _Open:
    """A container that is being read; `delimiter` is "--" and its boundary, empty for an attached message."""

    node: Node
    delimiter: bytes


def tree(data: bytes) -> tuple[Node, tuple[str, ...]]:
    """The root of the tree of a mail with LF or CRLF line ends, and what is wrong with it."""
    reader = _Reader(data)
    return reader.root(), tuple(dict.fromkeys(reader.defects))


class _Reader:
    """Reads parts in the order of the mail; the open containers are a stack, their delimiters a look-up."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._open: list[_Open] = []
        self._levels: dict[bytes, list[int]] = {}
        self._closed: set[bytes] = set()
        self._leaves = 0
        self._header_read_to = 0
        self.defects: list[str] = []

    def root(self) -> Node:
        """The root, with all that could be read below it."""
        at = len(self._data) - len(self._data.lstrip(b"\r\n"))
        root, leaf = self._entity(at if _FIELD.match(self._data, at) else 0, "text/plain", None)
        for match in _DELIMITER.finditer(self._data, root.start):
            if match.start() < self._header_read_to:
                continue
            found = self._delimiter(match.group())
            if found is None:
                continue
            delimiter, is_last = found
            self._end_leaf(leaf, match.start())
            self._leave_down_to(self._levels[delimiter][-1], match.start())
            leaf = None
            if is_last:
                self._leave(match.start())
                self._closed.add(delimiter)
            elif self._leaves >= PARTS_LIMIT:
                self.defects.append(f"it has more than {PARTS_LIMIT:,} parts; the rest was not read")
                break
            elif not self._is_delimiter(self._next_line(match.end())):  # of doubled delimiters the last counts
                parent = self._open[-1].node
                default = "message/rfc822" if parent.media_type == "multipart/digest" else "text/plain"
                _, leaf = self._entity(self._next_line(match.end()), default, parent)
        self._end_leaf(leaf, len(self._data))
        if any(opened.delimiter and opened.node.children for opened in self._open):
            self.defects.append("its structure is damaged (the end of its parts is missing)")
        self._leave_down_to(-1, len(self._data))
        return root

    def _delimiter(self, line: bytes) -> tuple[bytes, bool] | None:
        """(delimiter of an open container, whether the line closes it), None for any other line."""
        key = line.rstrip(b" \t")
        if key in self._levels:
            return key, False
        if key.endswith(b"--") and key[:-2] in self._levels:
            return key[:-2], True
        if key in self._closed:
            self.defects.append("its structure is damaged (it goes on after its own end); the rest was not read")
        return None

    def _entity(self, at: int, default: str, parent: Node | None) -> tuple[Node, Node | None]:
        """(the part whose header begins here, the leaf that is still to be ended); attached messages are entered."""
        first: Node | None = None
        while True:
            node = self._node(at, default)
            first = first or node
            if parent is not None:
                parent.children.append(node)
            boundary = node.parameters.get("boundary", "").rstrip()[:_BOUNDARY_LIMIT]
            if node.media_type.startswith("multipart/"):
                return first, None if boundary and self._enter(node, b"--" + _as_bytes(boundary)) else node
            self._leaves += 1
            encoding = node.fields.get("content-transfer-encoding", ("",))[0].lower()
            if node.media_type not in _MESSAGES or encoding not in _PLAIN_ENCODINGS or not self._enter(node, b""):
                return first, node
            at, default, parent = node.start, "text/plain", node

    def _enter(self, node: Node, delimiter: bytes) -> bool:
        """Open a container; False if it would be too deep."""
        if len(self._open) >= DEPTH_LIMIT:
            self.defects.append(f"its parts are nested more than {DEPTH_LIMIT} deep; the rest was not read")
            node.shut = True
            return False
        self._open.append(_Open(node, delimiter))
        if delimiter:
            self._levels.setdefault(delimiter, []).append(len(self._open) - 1)
        return True

    def _leave(self, end: int) -> None:
        opened = self._open.pop()
        self._end_leaf(opened.node, end)
        if not opened.delimiter:
            return
        levels = self._levels[opened.delimiter]
        levels.pop()
        if not levels:
            del self._levels[opened.delimiter]

    def _leave_down_to(self, level: int, end: int) -> None:
        while len(self._open) - 1 > level:
            self._leave(end)

    def _end_leaf(self, node: Node | None, end: int) -> None:
        if node is None or node.end >= 0:
            return
        if end < len(self._data):  # the line end before a delimiter belongs to the delimiter (RFC 2046, 5.1.1)
            end -= 2 if self._data[end - 2 : end] == b"\r\n" else 1
        node.end = max(node.start, end, *(child.end for child in node.children[-1:]))

    def _node(self, at: int, default: str) -> Node:
        header_end, start = self._header_end(at)
        self._header_read_to = start
        if header_end - at > HEADER_LIMIT_BYTES:
            self.defects.append(f"a header is longer than {HEADER_LIMIT_BYTES:,} bytes; the rest was not read")
        found = fields(self._data[at : min(header_end, at + HEADER_LIMIT_BYTES)])
        value = found.get("content-type", ("",))[0]
        kept = {name: found[name] for name in _PART_FIELDS if name in found}
        return Node(media_type(value, default), parameters(value), kept, (at, header_end), start)

    def _header_end(self, at: int) -> tuple[int, int]:
        """(where the header that begins here ends, where the content begins)."""
        data = self._data
        while at < len(data):
            blank = _BLANK.match(data, at)
            if blank:
                return at, blank.end()
            is_field = _FIELD.match(data, at) and not self._is_delimiter(at)
            following = self._next_line(at)
            if not is_field and data[at : at + 1] not in (b" ", b"\t"):
                if self._is_delimiter(at) or not _KNOWN_FIELD.match(data, following):
                    self.defects.append("its structure is damaged (no blank line parts a header from its text)")
                    return at, at
                self.defects.append("its structure is damaged (a line of a header is no field)")
            at = following
        return at, at

    def _is_delimiter(self, at: int) -> bool:
        match = _DELIMITER.match(self._data, at)
        return match is not None and self._delimiter(match.group()) is not None

    def _next_line(self, at: int) -> int:
        return self._data.find(b"\n", at) + 1 or len(self._data)


def _as_bytes(text: str) -> bytes:
    """A boundary as it stands in the mail; one with 8-bit characters was guessed to be UTF-8."""
    return text.encode("utf-8", "replace")
