"""Header fields: unfolded, decoded and split, all capped and linear; nothing here raises on a damaged header."""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime
from email import utils
from typing import TYPE_CHECKING

from mailtriage.mail.charsets import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

VALUE_LIMIT = 20_000
"""Characters of one decoded header value that are looked at."""

IDS_LIMIT = 200
PARAMETERS_LIMIT = 50
_ENCODED_LIMIT = 4 * VALUE_LIMIT
# Spaces and stray question marks inside a word are against RFC 2047, and common.
_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,40})\?([bBqQ])\?([^?]{0,2000}(?:\?(?!=)[^?]{0,100}){0,3})\?=")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_MEDIA_TYPE = re.compile(r"""["'\s]{0,9}([\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,150})""")
_PARAMETER = re.compile(
    r'[;\s]([^\s=;"]{1,100})[ \t]{0,20}=[ \t]{0,20}(?:"((?:[^"\\]|\\.){0,2000})"?|([^;]{0,2000}))', re.DOTALL
)


def unfolded_fields(header: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(name, value) of each field, continuation lines joined; lines that are no field are passed over."""
    name: bytes = b""
    value: list[bytes] = []
    for line in header.replace(b"\r\n", b"\n").replace(b"\r", b" ").split(b"\n"):
        if line[:1] in (b" ", b"\t"):
            value.append(line)
            continue
        if name:
            yield name, b"".join(value)
        name, colon, rest = line.partition(b":")
        value = [rest]
        if not colon or b" " in name.strip():
            name = b""
    if name:
        yield name, b"".join(value)


def fields(header: bytes) -> dict[str, tuple[str, ...]]:
    """Raw values by lower-case name, in order; 8-bit bytes guessed as UTF-8, else windows-1252."""
    found: dict[str, list[str]] = {}
    for name, value in unfolded_fields(header):
        key = name.strip().lower().decode("ascii", "replace")
        found.setdefault(key, []).append(text_of(value[:_ENCODED_LIMIT], "").strip())
    return {key: tuple(values) for key, values in found.items()}


def decoded(value: str) -> str:
    """The value with RFC 2047 encoded words decoded, on one line, at most `VALUE_LIMIT` characters.

    Neighbouring words of one charset are decoded together: senders cut characters in two.

    >>> decoded("=?utf-8?q?Caf=C3?= =?utf-8?q?=A9?= =?iso-8859-1?b?4Q==?= bar")
    'Caféá bar'
    """
    if "=?" not in value:
        return " ".join(value[:_ENCODED_LIMIT].split())[:VALUE_LIMIT]
    pieces: list[str] = []
    run: list[bytes] = []
    run_charset = ""
    end = 0
    for match in _ENCODED_WORD.finditer(value[:_ENCODED_LIMIT]):
        between = value[end : match.start()]
        charset = match[1].partition("*")[0].lower()
        if run and (between.strip() or charset != run_charset):
            pieces.append(text_of(b"".join(run), run_charset))
            run.clear()
        if between.strip() or end == 0:
            pieces.append(between)
        run.append(_word(match[2], match[3]))
        run_charset = charset
        end = match.end()
    pieces += [text_of(b"".join(run), run_charset), value[end:_ENCODED_LIMIT]]
    return " ".join("".join(pieces).split())[:VALUE_LIMIT]


def _word(encoding: str, text: str) -> bytes:
    """The bytes of one encoded word."""
    if encoding in "qQ":
        return binascii.a2b_qp(text.replace("_", " ").encode("utf-8", "replace"))
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
    kept = kept[: len(kept) - (len(kept) % 4 == 1)]
    return binascii.a2b_base64(kept + "=" * (-len(kept) % 4))


def media_type(value: str, default: str = "text/plain") -> str:
    """The media type of a Content-Type in lower case; the default if it cannot be understood (RFC 2045, 5.2).

    >>> media_type("Text/HTML; charset=utf-8"), media_type("junk")
    ('text/html', 'text/plain')
    """
    match = _MEDIA_TYPE.match(value)
    return match[1].lower() if match else default


def parameters(value: str) -> dict[str, str]:
    r"""The parameters of a Content-Type or Content-Disposition by lower-case name, RFC 2231 undone, the last of a name.

    >>> parameters('text/plain; CHARSET="utf-8"; name*0*=utf-8\'\'n%C3%A9; name*1=e')
    {'charset': 'utf-8', 'name': 'née'}
    """
    found = [("", "")]
    for match in _PARAMETER.finditer(value[:VALUE_LIMIT]):
        text = match[3].strip() if match[2] is None else utils.unquote(f'"{match[2]}"')
        found.append((match[1], f'"{utils.quote(text)}"'))
        if len(found) > PARAMETERS_LIMIT:
            break
    try:
        return {name.lower(): _parameter_value(content) for name, content in utils.decode_params(found)[1:]}
    except (ValueError, TypeError, LookupError):
        return {name.lower(): utils.unquote(content) for name, content in found[1:]}


def _parameter_value(content: str | tuple[str | None, str | None, str]) -> str:
    """The text of a parameter; one in RFC 2231's form comes as (charset, language, bytes as latin-1)."""
    if isinstance(content, str):
        return utils.unquote(content)
    return utils.unquote(text_of(content[2].encode("latin-1", "replace"), content[0] or ""))


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
