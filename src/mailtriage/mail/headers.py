"""Header fields: unfolded, decoded and split, all capped and linear; nothing here raises on a damaged header."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime
from email import utils
from typing import TYPE_CHECKING

from mailtriage.mail.charsets import text_of
from mailtriage.model import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE_LIMIT = 20_000
"""Characters of one decoded header value that are looked at."""

ADDRESSES_LIMIT = 200
IDS_LIMIT = 200
# Since CPython gh-102988 (3.11.10) a strict parser gives up on a whole header for one odd address.
_LENIENT = {"strict": False} if getattr(utils, "supports_strict_parsing", False) else {}
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?\s]{0,2000})\?=")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")


def unfolded_fields(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, value) of each field, continuation lines joined; lines that are no field are passed over."""
    name, value = b"", b""
    for line in header.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            value += line
            continue
        if name:
            yield name, value
        name, colon, value = line.partition(b":")
        if not colon or b" " in name.strip():
            name = b""
    if name:
        yield name, value


def fields(header: bytes) -> dict[str, tuple[str, ...]]:
    """Raw values by lower-case name, in order; 8-bit bytes guessed as UTF-8, else windows-1252."""
    found: dict[str, list[str]] = {}
    for name, value in unfolded_fields(header):
        key = name.strip().lower().decode("ascii", "replace")
        found.setdefault(key, []).append(text_of(value[: 4 * VALUE_LIMIT], "").strip())
    return {key: tuple(values) for key, values in found.items()}


def decoded(value: str) -> str:
    """The value with RFC 2047 encoded words decoded, on one line, at most `VALUE_LIMIT` characters.

    >>> decoded("=?utf-8?q?Caf=C3=A9?= =?iso-8859-1?b?4Q==?= bar")
    'Caféá bar'
    """
    pieces: list[str] = []
    end = 0
    after_word = False
    for match in _ENCODED_WORD.finditer(value[: 4 * VALUE_LIMIT]):
        between = value[end : match.start()]
        if between.strip() or not after_word:
            pieces.append(between)
        pieces.append(_word(*match.groups()))
        end = match.end()
        after_word = True
    pieces.append(value[end : 4 * VALUE_LIMIT])
    return " ".join("".join(pieces).split())[:VALUE_LIMIT]


def _word(charset: str, encoding: str, text: str) -> str:
    charset = charset.partition("*")[0]
    if encoding in "qQ":
        data = binascii.a2b_qp(text.replace("_", " ").encode("utf-8", "surrogateescape"))
        return text_of(data, charset)
    padded = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        data = binascii.a2b_base64(padded + "=" * (-len(padded) % 4))
    except binascii.Error:
        data = binascii.a2b_base64(padded[: len(padded) // 4 * 4])
    return text_of(data, charset)


def addresses(values: tuple[str, ...]) -> tuple[Address, ...]:
    """The addresses in these header values, at most `ADDRESSES_LIMIT`; display names decoded."""
    found: list[Address] = []
    for value in values:
        for name, email in utils.getaddresses([value[:VALUE_LIMIT]], **_LENIENT):
            if email.strip():
                found.append(Address(decoded(name), decoded(email).strip("<> ").lower()))
            if len(found) >= ADDRESSES_LIMIT:
                return tuple(found)
    return tuple(found)


def message_ids(values: tuple[str, ...]) -> tuple[str, ...]:
    """The Message-IDs in these values without angle brackets, each once, at most `IDS_LIMIT`."""
    found: dict[str, None] = {}
    for value in values:
        found.update(dict.fromkeys(_MESSAGE_ID.findall(value[:VALUE_LIMIT])))
    return tuple(found)[:IDS_LIMIT]


def instant(value: str) -> datetime | None:
    """A Date header in UTC; None if it cannot be read. A date without a zone is taken as UTC."""
    try:
        date = utils.parsedate_to_datetime(value[:200])
        return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
