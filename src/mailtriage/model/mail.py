"""A received mail, read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: a display name (may be empty) and an address in lower case (may be damaged, never empty)."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not body text. Its content is never fetched; `size_bytes` is the encoded size, None if unknown."""

    name: str
    media_type: str
    size_bytes: int | None = None


class PassageKind(StrEnum):
    """Whose words a passage holds."""

    OWN = "own"
    QUOTED = "quoted"
    FORWARDED = "forwarded"
    SIGNATURE = "signature"
    FOOTER = "footer"


class QuoteOrigin(StrEnum):
    """What opened a quoted or forwarded passage; decides between a reply and a forward."""

    FORWARD_SEPARATOR = "forward separator"
    ORIGINAL_SEPARATOR = "original-message separator"
    HEADER_BLOCK = "header block"
    ATTRIBUTION = "attribution"
    MARKS = "quote marks"
    MARKUP = "markup"
    ATTACHED = "attached message"


@dataclass(frozen=True, slots=True)
class Quote:
    """What is known of the mail that a passage quotes. Everything but the origin may be unknown.

    Attributes:
        origin: what opened the passage.
        sender: the address in the quoted From: line or attribution, lower case, "" if there is none.
        labels: header labels found, by their English names in lower case ("from", "date", "subject", "to", "cc").
        language: the lexicon language that matched ("en", "de", "pt-br"), "" if none.
    """

    origin: QuoteOrigin
    sender: str = ""
    labels: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of body lines of one kind, in the order of the mail. `text` has plain LF line ends, marks removed."""

    kind: PassageKind
    text: str
    quote: Quote | None = None


class PrefixMeaning(StrEnum):
    """What a subject prefix says, as far as the lexicon knows."""

    REPLY = "reply"
    FORWARD = "forward"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class SubjectPrefix:
    """One prefix of a subject ("Re", "WG"), without its colon, as it was written."""

    text: str
    meaning: PrefixMeaning


@dataclass(frozen=True, slots=True)
class Message:
    """One mail, read. Produced by `mailtriage.mail`; every field is safe to be empty.

    Attributes:
        message_id: as in the header without angle brackets, "" if it has none.
        subject: decoded, one line; "" if it has none.
        subject_prefixes: outermost first, after any [tags].
        sent_at: the Date header in UTC, None if absent or unreadable.
        headers: decoded values by lower-case name, for the few names triage looks at (see `mail.message`).
        part_types: media types of the parts, in order.
        calendar: what a calendar part asks or answers ("request", "reply declined", "cancel"), "" without one.
        passages: the body in order; own words, quotes, forwarded text, signatures and footers.
        not_scanned: why some or all of the body could not be read ("encrypted", "image only", "cut at 1 MB", …);
            empty when everything textual was read.
        defects: what is wrong with the mail, in words a person understands.
    """

    message_id: str = ""
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    subject_prefixes: tuple[SubjectPrefix, ...] = ()
    sent_at: datetime | None = None
    date_header: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: dict[str, tuple[str, ...]] = field(default_factory=dict)
    media_type: str = "text/plain"
    part_types: tuple[str, ...] = ()
    calendar: str = ""
    passages: tuple[Passage, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    not_scanned: tuple[str, ...] = ()
    defects: tuple[str, ...] = ()

    def text_of(self, *kinds: PassageKind) -> str:
        """The passages of these kinds, joined by a blank line."""
        return "\n\n".join(p.text for p in self.passages if p.kind in kinds)

    @property
    def own_text(self) -> str:
        """The words the sender wrote: no quotes, no forwarded text, no signature."""
        return self.text_of(PassageKind.OWN)

    @property
    def signature_text(self) -> str:
        """Signatures, mobile footers, disclaimers and list footers: scanned, but not counted as words to read."""
        return self.text_of(PassageKind.SIGNATURE, PassageKind.FOOTER)

    @property
    def identity(self) -> str:
        """The logical key of this mail, 64 hex digits: Message-ID with Date, From and Subject.

        Not the size: stores differ in their line ends. The same mail in two folders has one identity. A mail without
        Message-ID or Date is known by its words, too: else the sender's next one would be taken for it.
        """
        sender = self.sender.email if self.sender else ""
        words = () if self.message_id and self.date_header else tuple(passage.text for passage in self.passages)
        parts = (self.message_id, self.date_header, sender, self.subject, *words)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
