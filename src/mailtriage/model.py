"""The words of the domain. Frozen values only; nothing here reads a clock, a file or a socket."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

# ---------------------------------------------------------------- a received mail


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


# ---------------------------------------------------------------- what triage says of it


class Forwarded(StrEnum):
    """Whether a client forwarded somebody else's mail."""

    FORWARD = "forward"
    POSSIBLE = "possible"
    NO = "no"


class Emergency(StrEnum):
    """Tiers of emergency-like wording, most pressing first. They describe words, not risk."""

    CRISIS = "crisis"
    URGENT = "urgent"
    MENTION = "mention"
    NONE = "none"

    @property
    def is_alarm(self) -> bool:
        """True for the tiers that ask for a call."""
        return self in (Emergency.CRISIS, Emergency.URGENT)

    @property
    def rank(self) -> int:
        """3 for crisis down to 0 for none, so that `max(..., key=rank)` is the highest tier."""
        return (Emergency.NONE, Emergency.MENTION, Emergency.URGENT, Emergency.CRISIS).index(self)


class Automatic(StrEnum):
    """Mail that no person typed to her, by kind."""

    BULK = "bulk"
    LIST = "list"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    CALENDAR = "calendar"
    SOCIAL = "social-network notice"


class Diary(StrEnum):
    """What a message wants of the diary."""

    CANCEL = "cancel"
    MOVE = "move"
    LATE = "running late"


class Flag(StrEnum):
    """What a reason speaks for; the `kind` of a reason in JSON."""

    FORWARDED = "forwarded"
    EMERGENCY = "emergency"
    LONG = "long"
    DIARY = "diary"
    AUTOMATIC = "automatic"
    NOT_SCANNED = "not_scanned"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a flag was set, or why a hit was set aside.

    Attributes:
        rule: a stable id ("forward.separator", "crisis.intent.kill-myself"); the only part that is ever stored.
        flag: what it speaks for.
        text: the words that fired, as the sender wrote them, or a sentence for a header. Never stored.
        where: "subject", a `PassageKind` value, or "header".
        guard: what demoted an emergency hit to a mention ("negated", "past", …), "" if nothing did.
        tier: for an emergency reason, the tier this hit speaks for after its guards.
        passage: index into `Message.passages`, -1 for subject or header.
        start: offset of `text` in the passage (or subject) in characters; `end` is exclusive. -1 if it has no place.
        fingerprint: a hash of the folded clause around an emergency hit, to recognise it when it comes back quoted.
    """

    rule: str
    flag: Flag
    text: str = ""
    where: str = "header"
    guard: str = ""
    tier: Emergency = Emergency.NONE
    passage: int = -1
    start: int = -1
    end: int = -1
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class ReadingTime:
    """Seconds to read the sender's own words: at 300 (low), the configured (mid) and 175 (high) words a minute.

    Brysbaert 2019: silent reading of English non-fiction, mean 238, most adults between 175 and 300 words a minute.
    """

    low: int
    mid: int
    high: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What triage says of one message. `quoted_alarm` is true when only quoted or forwarded words carry the alarm."""

    forwarded: Forwarded = Forwarded.NO
    emergency: Emergency = Emergency.NONE
    quoted_alarm: bool = False
    long: bool = False
    words: int = 0
    reading: ReadingTime = ReadingTime(0, 0, 0)
    diary: tuple[Diary, ...] = ()
    automatic: Automatic | None = None
    not_scanned: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()


# ---------------------------------------------------------------- people and decisions


@dataclass(frozen=True, slots=True)
class Client:
    """A person on the roster, known by a code or initials. Contact is free text ("no voicemail", "phone only")."""

    code: str
    name: str = ""
    addresses: tuple[str, ...] = ()
    phone: str = ""
    contact: str = ""


class DecisionKind(StrEnum):
    """What the therapist decided; appended, never overwritten. UNDO names the decision it takes back."""

    CALLED = "called"
    DONE = "done"
    ASSIGN = "assign"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Decision:
    """One appended decision. `client` is set for ASSIGN; `undoes` is the id of the decision that an UNDO takes back."""

    id: int
    number: int
    kind: DecisionKind
    decided_at: datetime
    client: str = ""
    undoes: int | None = None
