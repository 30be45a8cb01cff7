"""A whole mail as bytes -> `RawMessage`: the MIME tree as IMAP's BODYSTRUCTURE numbers it, cut to what is read."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage.mail.headers import decoded, parameters, unfolded_fields
from mailtriage.mail.raw import RawMessage, RawPart
from mailtriage.mail.tree import DEPTH_LIMIT, HEADER_LIMIT_BYTES, PARTS_LIMIT, Node, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DEPTH_LIMIT", "HEADER_LIMIT_BYTES", "PARTS_LIMIT", "filtered", "split", "wanted", "with_crlf"]

HEADER_NAMES: tuple[str, ...] = (
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "content-type",
    "auto-submitted", "precedence", "return-path", "list-id", "list-post", "list-unsubscribe", "feedback-id",
    "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-failed-recipients", "x-mailer", "user-agent",
    "resent-from", "resent-to", "resent-date", "resent-message-id", "x-forwarded-to", "x-forwarded-for",
)  # fmt: skip
"""The header fields that reading needs, for BODY.PEEK[HEADER.FIELDS (…)]."""

CONTENT_LIMIT_BYTES = 1_000_000
"""How much of one encoded text part is read; the rest is said to be not scanned."""

TEXT_PARTS_LIMIT = 100
"""Text parts of one message that are read; the rest counts as cut."""

_HEADER_NAMES = frozenset(name.encode() for name in HEADER_NAMES)
# Text that is no letter. Any other kind of text is read as plain text (RFC 2046, 4.1.4).
_UNREAD_TEXT = frozenset(
    f"text/{name}"
    for name in (
        "css", "csv", "directory", "javascript", "rfc822-headers", "rtf", "vcard", "x-amp-html", "x-patch", "x-vcard",
        "xml",
    )
)  # fmt: skip


def wanted(part: RawPart) -> bool:
    """True if the part's text is to be read: body text that is not an attachment with a name.

    A multipart that is a leaf is one whose parts could not be told apart: its text is all there is.
    """
    if part.media_type == "text/calendar" or part.media_type.startswith("multipart/"):
        return True
    is_text = part.media_type.startswith("text/") and part.media_type not in _UNREAD_TEXT
    return is_text and not (part.disposition == "attachment" and part.filename)


def split(data: bytes) -> RawMessage:
    """The mail in these bytes. Never raises; what is wrong is named in `defects`."""
    if not data.strip():
        return RawMessage(b"", (), len(data), ("the message is empty",))
    size = len(data)
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    root, defects = tree(data)
    header, _ = filtered(data[root.header[0] : root.header[1]])
    parts = tuple(_filled(data, _parts(data, root)))
    if any(part.media_type.startswith("multipart/") for part in parts):
        defects = (*defects, "its structure is damaged (the boundary between its parts is missing)")
    return RawMessage(header, parts, size, defects)


def filtered(header: bytes) -> tuple[bytes, bool]:
    """(the fields of `HEADER_NAMES` with CRLF, whether the header was cut at `HEADER_LIMIT_BYTES`)."""
    kept = [
        name + b":" + value
        for name, value in unfolded_fields(header[:HEADER_LIMIT_BYTES])
        if name.strip().lower() in _HEADER_NAMES
    ]
    return b"".join(line + b"\r\n" for line in kept), len(header) > HEADER_LIMIT_BYTES


def with_crlf(content: bytes) -> bytes:
    """The bytes with every line end as CRLF, as IMAP sends them."""
    return re.sub(rb"\r\n|\n", b"\r\n", content)


def _filled(data: bytes, found: Iterator[tuple[RawPart, Node]]) -> Iterator[RawPart]:
    """The parts, with the content of those whose text is to be read."""
    left = TEXT_PARTS_LIMIT
    for part, node in found:
        if not wanted(part):
            yield part
        elif left:
            left -= 1
            end = min(node.end, node.start + CONTENT_LIMIT_BYTES)
            content = with_crlf(data[node.start : end])[:CONTENT_LIMIT_BYTES]
            yield replace(part, content=content, cut=(part.size_bytes or 0) > CONTENT_LIMIT_BYTES)
        else:
            yield replace(part, content=b"", cut=True)


def _parts(data: bytes, root: Node) -> Iterator[tuple[RawPart, Node]]:
    """The leaves and attached messages in order, with their section numbers (RFC 3501, 6.4.5)."""
    stack: list[tuple[Node, str, tuple[str, ...], tuple[str, ...]]] = [(root, "", (), ())]
    while stack:
        node, section, containers, ids = stack.pop()
        multipart = node.media_type.startswith("multipart/")
        if node.shut and multipart:
            continue
        if not (multipart and node.children):
            yield _part(data, node, section or "1", containers, ids), node
        if not node.children:
            continue
        own = section if multipart else section or "1"
        inner = (*containers, node.media_type), (*ids, own)
        if multipart:
            numbered = enumerate(node.children, 1)
            stack += reversed([(child, f"{own}.{n}" if own else str(n), *inner) for n, child in numbered])
        else:
            # The parts of an attached message S are S.1, S.2, …; if it is one text, that is S.1.
            nested = node.children[0]
            parted = nested.media_type.startswith("multipart/") and (nested.children or nested.shut)
            stack.append((nested, own if parted else f"{own}.1", *inner))


def _part(data: bytes, node: Node, section: str, containers: tuple[str, ...], ids: tuple[str, ...]) -> RawPart:
    disposition, disposition_parameters = _disposition(node)
    return RawPart(
        section=section,
        media_type=node.media_type,
        parameters=node.parameters,
        encoding=node.fields.get("content-transfer-encoding", ("",))[0].lower(),
        disposition=disposition,
        filename=decoded(disposition_parameters.get("filename", "") or node.parameters.get("name", "")),
        size_bytes=_size(data, node),
        containers=containers,
        container_ids=ids,
    )


def _size(data: bytes, node: Node) -> int:
    """The encoded size of a part with CRLF line ends, in bytes."""
    bare = data.count(b"\n", node.start, node.end) - data.count(b"\r\n", node.start, node.end)
    return node.end - node.start + bare


def _disposition(node: Node) -> tuple[str, dict[str, str]]:
    """The kind and its parameters; what is neither inline nor unsaid counts as an attachment (RFC 2183, 2.8)."""
    value = node.fields.get("content-disposition", ("",))[0]
    kind = re.split(r"[;\s]", value, maxsplit=1)[0].lower()
    return kind if kind in ("", "inline") else "attachment", parameters(value)
