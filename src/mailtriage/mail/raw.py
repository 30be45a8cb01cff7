"""A mail as a source hands it over: header bytes and encoded text parts; attachments only by name, type and size."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RawPart:
    """A leaf of the MIME tree (or an attached message as a container), still encoded.

    Attributes:
        section: IMAP section number ("1", "1.2", "2.1.1").
        media_type: "text/plain" in lower case.
        parameters: Content-Type parameters by lower-case name, undecoded.
        encoding: Content-Transfer-Encoding in lower case, "" if none.
        disposition: "inline", "attachment" or "".
        filename: decoded name, "" if none.
        size_bytes: encoded size as the server or the file says, None if unknown.
        content: the encoded bytes of a text part, None for what is not fetched.
        cut: true if `content` ends before the part does.
        containers: media types of the enclosing containers, outermost first
            ("multipart/mixed", "message/rfc822", "multipart/alternative").
        container_ids: section of each enclosing container, beside `containers` ("" for the root).
    """

    section: str
    media_type: str
    parameters: dict[str, str]
    encoding: str = ""
    disposition: str = ""
    filename: str = ""
    size_bytes: int | None = None
    content: bytes | None = None
    cut: bool = False
    containers: tuple[str, ...] = ()
    container_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawMessage:
    """Header bytes (as fetched; folded, undecoded) and the parts in order. `defects` are those of the split itself."""

    header: bytes
    parts: tuple[RawPart, ...]
    size_bytes: int = 0
    defects: tuple[str, ...] = ()
