"""`RawMessage` -> `Message`: its fields, whose words its body holds, and what could not be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from mailtriage.mail.addresses import addresses
from mailtriage.mail.body import body, text_lines
from mailtriage.mail.calendar import CalendarPart, calendar
from mailtriage.mail.headers import decoded, fields, instant, media_type, message_ids
from mailtriage.mail.lines import Line
from mailtriage.mail.mime import HEADER_NAMES, wanted
from mailtriage.mail.passages import passages
from mailtriage.mail.subject import subject_prefixes
from mailtriage.model import Attachment, Message, Passage, PassageKind, Quote, QuoteOrigin

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mailtriage.mail.body import Text
    from mailtriage.mail.raw import RawMessage, RawPart

VALUES_LIMIT = 20
"""Fields of one name that are kept."""

_MESSAGES = frozenset({"message/rfc822", "message/global"})
_LETTER_KINDS = frozenset({PassageKind.OWN, PassageKind.QUOTED, PassageKind.FORWARDED})
_UNREAD_TYPES = {
    "multipart/encrypted": "encrypted (PGP)",
    "application/pgp-encrypted": "encrypted (PGP)",
    "application/pkcs7-mime": "encrypted or sealed (S/MIME)",
    "application/x-pkcs7-mime": "encrypted or sealed (S/MIME)",
    "application/ms-tnef": "packed by Outlook (winmail.dat)",
    "application/vnd.ms-tnef": "packed by Outlook (winmail.dat)",
    "message/partial": "a piece of a mail that was sent in several",
    "message/external-body": "text that is kept elsewhere",
}


def read(raw: RawMessage) -> Message:
    """The message. Never raises on what a mail contains; what is wrong with it is in `defects` and `not_scanned`."""
    found = fields(raw.header)
    subject = decoded(_first(found, "subject"))
    senders = addresses(found.get("from", ()))
    texts = body(raw.parts)
    calendars = [_calendar(part) for part in raw.parts if part.media_type == "text/calendar" and part.content]
    said = (*_passages(texts), *_calendar_passages(calendars, has_text=bool(texts)))
    attachments = tuple(_attachments(raw.parts))
    defects = (*raw.defects, *_field_defects(raw, found), *(defect for text in texts for defect in text.defects))
    gaps = (*(gap for text in texts for gap in text.gaps), *_unread(raw, said, attachments))
    return Message(
        message_id=next(iter(message_ids(found.get("message-id", ()))), decoded(_first(found, "message-id"))),
        sender=senders[0] if senders else None,
        reply_to=addresses(found.get("reply-to", ())),
        to=addresses(found.get("to", ())),
        cc=addresses(found.get("cc", ())),
        subject=subject,
        subject_prefixes=subject_prefixes(subject),
        sent_at=instant(_first(found, "date")),
        date_header=" ".join(_first(found, "date").split()),
        in_reply_to=message_ids(found.get("in-reply-to", ())),
        references=message_ids(found.get("references", ())),
        headers={n: tuple(map(decoded, v[:VALUES_LIMIT])) for n, v in found.items() if n in HEADER_NAMES},
        media_type=media_type(_first(found, "content-type")),
        part_types=tuple(part.media_type for part in raw.parts),
        calendar=next((f"{part.method} {part.answer}".strip() for part in calendars), ""),
        passages=said,
        attachments=attachments,
        not_scanned=tuple(dict.fromkeys(gaps)),
        defects=tuple(dict.fromkeys(defects)),
    )


def _first(found: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(found.get(name, ())), "")


def _field_defects(raw: RawMessage, found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if raw.header and not instant(_first(found, "date")):
        yield "the Date header cannot be read" if found.get("date") else "it has no Date header"
    if not addresses(found.get("from", ())):
        yield "it has no readable From address"
    if len(found.get("from", ())) > 1:
        yield "it has more than one From header; the first counts"


def _calendar(part: RawPart) -> CalendarPart:
    """What a calendar part says; its method may stand in its Content-Type alone."""
    found = calendar("\n".join(line.text for line in text_lines(part).lines))
    return found if found.method else replace(found, method=part.parameters.get("method", "").lower())


def _passages(texts: Sequence[Text]) -> Iterator[Passage]:
    """The passages of the body in order; those of an attached message as forwarded text.

    Neighbouring texts without a name are one letter (Apple Mail cuts it where a picture stands): what one quotes, the
    next goes on quoting.
    """
    for key, group in groupby(enumerate(texts), lambda item: _letter(*item)):
        lines = [line for _, text in group for line in (*text.lines, Line(""))]
        if key[0]:
            text = "\n".join(line.text for line in lines).strip()
            if text:
                yield Passage(PassageKind.FORWARDED, text, Quote(QuoteOrigin.ATTACHED))
        else:
            yield from passages(lines)


def _letter(at: int, text: Text) -> tuple[bool, int]:
    """(whether a text stands in an attached message, which letter it is of: its own if it has a name, else -1)."""
    attached = not _MESSAGES.isdisjoint(text.part.containers)
    return attached, at if attached or text.part.filename else -1


def _calendar_passages(calendars: Sequence[CalendarPart], *, has_text: bool) -> Iterator[Passage]:
    """What was typed into calendar parts; the description only where no text beside it repeats it."""
    for part in calendars:
        for words in dict.fromkeys((part.comment, "" if has_text else part.description)):
            if words.strip():
                yield Passage(PassageKind.OWN, words)


def _attachments(parts: Sequence[RawPart]) -> Iterator[Attachment]:
    for part in parts:
        inside = not _MESSAGES.isdisjoint(part.containers)
        if not wanted(part) and not inside and not part.media_type.startswith("message/delivery"):
            yield Attachment(part.filename, part.media_type, part.size_bytes)


def _unread(raw: RawMessage, said: Sequence[Passage], attachments: Sequence[Attachment]) -> Iterator[str]:
    """Why some or all of the text could not be looked at, beyond what single parts said."""
    types = [*(part.media_type for part in raw.parts), *(c for part in raw.parts for c in part.containers)]
    yield from (why for media_type, why in _UNREAD_TYPES.items() if media_type in types)
    if any(attachment.name.lower() == "winmail.dat" for attachment in attachments):
        yield "packed by Outlook (winmail.dat)"
    entered = {section for part in raw.parts for section in part.container_ids}
    if any(part.media_type in _MESSAGES and part.section not in entered for part in raw.parts):
        yield "an attached mail that could not be opened"
    if any("was not read" in defect for defect in raw.defects):
        yield "part of it, because its parts could not be told apart"
    if not raw.parts and not raw.header:
        yield "empty"
    elif not any(passage.kind in _LETTER_KINDS and passage.text.strip() for passage in said):
        if any(media_type.startswith("image/") for media_type in types):
            yield "only an image"
        elif attachments:
            yield "no text, only attachments"
