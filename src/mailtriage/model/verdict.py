"""What triage says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
