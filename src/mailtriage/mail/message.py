"""`RawMessage` -> `Message`: which part is the body, its text, whose words it holds, and what could not be read."""

from __future__ import annotations

import binascii
import quopri
import re
from typing import TYPE_CHECKING

from mailtriage.mail.addresses import addresses
from mailtriage.mail.charsets import codec_of, text_of
from mailtriage.mail.flowed import unflowed
from mailtriage.mail.headers import decoded, fields, instant, message_ids
from mailtriage.mail.html import html_lines
from mailtriage.mail.lines import Line
from mailtriage.mail.mime import HEADER_NAMES, wanted
from mailtriage.mail.passages import passages
from mailtriage.mail.subject import subject_prefixes
from mailtriage.model import Attachment, Message, Passage, PassageKind, Quote, QuoteOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.mail.raw import RawMessage, RawPart

TEXT_LIMIT = 2_000_000
"""Characters of one decoded part that are looked at."""

NOTICE_WORDS = 60
"""A plain part shorter than this that speaks of HTML is a notice to use another program, not the letter."""

_REPLACEMENT = re.compile(r"(?:html[- ]?(?:capable|compatible|enabled|e-?mail|mail|message|format))", re.IGNORECASE)
_ENCRYPTED_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})


def read(raw: RawMessage) -> Message:
    """The message. Never raises on what a mail contains; what is wrong with it is in `defects` and `not_scanned`."""
    found = fields(raw.header)
    defects = list(raw.defects)
    gaps: list[str] = []
    sent_at = instant(found["date"][0]) if found.get("date") else None
    if sent_at is None and raw.header:
        defects.append("the Date header cannot be read" if found.get("date") else "it has no Date header")
    senders = addresses(found.get("from", ()))
    if not senders:
        defects.append("it has no readable From address")
    subject = decoded(found.get("subject", ("",))[0])
    body = tuple(_passages(raw.parts, gaps, defects))
    attachments = tuple(_attachments(raw.parts))
    gaps += _unread(raw, body, attachments)
    return Message(
        message_id=next(iter(message_ids(found.get("message-id", ()))), decoded(found.get("message-id", ("",))[0])),
        sender=senders[0] if senders else None,
        reply_to=addresses(found.get("reply-to", ())),
        to=addresses(found.get("to", ())),
        cc=addresses(found.get("cc", ())),
        subject=subject,
        subject_prefixes=subject_prefixes(subject),
        sent_at=sent_at,
        date_header=" ".join(found.get("date", ("",))[0].split()),
        in_reply_to=message_ids(found.get("in-reply-to", ())),
        references=message_ids(found.get("references", ())),
        headers={
            name: tuple(decoded(v) for v in values[:20]) for name, values in found.items() if name in HEADER_NAMES
        },
        media_type=_media_type(found.get("content-type", ("",))[0]),
        part_types=tuple(part.media_type for part in raw.parts),
        passages=body,
        attachments=attachments,
        not_scanned=tuple(dict.fromkeys(gaps)),
        defects=tuple(dict.fromkeys(defects)),
    )


def _media_type(value: str) -> str:
    raw = value.split(";", 1)[0].strip().lower()
    return raw if raw.count("/") == 1 and all(raw.split("/")) else "text/plain"


def _passages(parts: Sequence[RawPart], gaps: list[str], defects: list[str]) -> Iterator[Passage]:
    """The passages of every body part in order; those of an attached message as forwarded text."""
    for part in _chosen([part for part in parts if part.content is not None and part.media_type != "text/calendar"]):
        lines = _lines(part, gaps, defects)
        if "message/rfc822" in part.containers:
            text = "\n".join(line.text for line in lines).strip()
            if text:
                yield Passage(PassageKind.FORWARDED, text, Quote(QuoteOrigin.ATTACHED))
        else:
            yield from passages(lines)


def _chosen(parts: Sequence[RawPart]) -> Iterator[RawPart]:
    """Of each multipart/alternative the plain part if it is a real one, else the HTML; all other text parts."""
    for part in parts:
        group = _alternative(part)
        if group is None:
            yield part
            continue
        others = [other for other in parts if _alternative(other) == group]
        if part is _best(others):
            yield part


def _alternative(part: RawPart) -> str | None:
    """The section of the innermost multipart/alternative around a part, None if there is none."""
    for container, section in zip(reversed(part.containers), reversed(part.container_ids), strict=True):
        if container == "multipart/alternative":
            return section
        if container == "message/rfc822":
            return None
    return None


def _best(parts: Sequence[RawPart]) -> RawPart:
    plain = [part for part in parts if part.media_type == "text/plain"]
    html = [part for part in parts if part.media_type == "text/html"]
    if not plain or not html:
        return (plain or html or list(parts))[0]
    text = _decoded_text(plain[0], [], [])
    count = len(text.split())
    shown = sum(len(line.text.split()) for line in _lines(html[0], [], []))
    is_real = count * 2 >= shown and not (count < NOTICE_WORDS and shown > count and _REPLACEMENT.search(text))
    return plain[0] if is_real else html[0]


def _lines(part: RawPart, gaps: list[str], defects: list[str]) -> list[Line]:
    text = _decoded_text(part, gaps, defects)
    if part.media_type in ("text/html", "text/watch-html"):
        return html_lines(text)
    if part.parameters.get("format", "").lower() == "flowed":
        text = unflowed(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return [Line(line) for line in text.split("\n")]


def _decoded_text(part: RawPart, gaps: list[str], defects: list[str]) -> str:
    """The text of a part with LF line ends; what could not be read is noted."""
    data = _decoded_bytes(part, defects)
    charset = part.parameters.get("charset", "")
    if charset and not codec_of(charset):
        defects.append("it names a character set that does not exist")
    text = text_of(data, charset or _html_charset(part, data)).replace("\r\n", "\n").replace("\r", "\n")
    if part.cut or len(text) > TEXT_LIMIT:
        gaps.append("part of it, because it is very long")
    if "-----BEGIN PGP MESSAGE-----" in text:
        gaps.append("encrypted (PGP)")
    return text[:TEXT_LIMIT]


def _html_charset(part: RawPart, data: bytes) -> str:
    if part.media_type != "text/html":
        return ""
    match = re.search(rb"charset=[\"']?([A-Za-z0-9_.:-]{1,40})", data[:2_000])
    return match.group(1).decode("ascii") if match else ""


def _decoded_bytes(part: RawPart, defects: list[str]) -> bytes:
    data = part.content or b""
    if part.encoding == "base64":
        kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data.split(b"=", 1)[0] if not part.cut else data)
        usable = len(kept) - (len(kept) % 4 == 1)
        if len(kept) % 4 == 1:
            defects.append("base64 text is damaged near its end")
        return binascii.a2b_base64(kept[:usable] + b"=" * (-usable % 4))
    if part.encoding == "quoted-printable":
        return quopri.decodestring(data)
    if part.encoding not in ("", "7bit", "8bit", "binary"):
        defects.append("it names a transfer encoding that does not exist")
    return data


def _attachments(parts: Sequence[RawPart]) -> Iterator[Attachment]:
    for part in parts:
        inside = "message/rfc822" in part.containers
        if not wanted(part) and not inside and not part.media_type.startswith("message/delivery"):
            yield Attachment(part.filename, part.media_type, part.size_bytes)


def _unread(raw: RawMessage, body: tuple[Passage, ...], attachments: tuple[Attachment, ...]) -> Iterator[str]:
    """Why some or all of the text could not be looked at, beyond what single parts said."""
    types = {part.media_type for part in raw.parts} | {c for part in raw.parts for c in part.containers}
    names = {attachment.name.lower() for attachment in attachments}
    if "multipart/encrypted" in types or "application/pgp-encrypted" in types:
        yield "encrypted (PGP)"
    elif types & _ENCRYPTED_TYPES:
        yield "encrypted or sealed (S/MIME)"
    if "winmail.dat" in names or types & {"application/ms-tnef", "application/vnd.ms-tnef"}:
        yield "packed by Outlook (winmail.dat)"
    if any("nested too deeply" in defect or "was not read" in defect for defect in raw.defects):
        yield "its parts could not all be told apart"
    if not raw.parts and not raw.header:
        yield "empty"
    elif not any(passage.text.strip() for passage in body):
        if any(media_type.startswith("image/") for media_type in types):
            yield "only an image"
        elif attachments:
            yield "no text, only attachments"
