"""The state of polling, as values: all that a poll looks at when nothing is new. Times are kept to the second."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class FolderRole(StrEnum):
    """What a folder is to mailtriage. SENT is read for answers only; JUNK only for mail from clients."""

    INBOX = "inbox"
    OTHER = "other"
    JUNK = "junk"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a folder was read. `uidnext` is the first UID not yet read; a Maildir has neither UIDs nor a modseq.

    Attributes:
        uidvalidity: a change means that all UIDs are new; 0 for a Maildir.
        uidnext: 0 before the first poll; for a Maildir the start of its first window, in seconds since 1970.
        modseq: HIGHESTMODSEQ of the opening EXAMINE, 0 where the server has none, -1 while a first look is not
            finished (the window still bounds what is read).
    """

    uidvalidity: int = 0
    uidnext: int = 0
    modseq: int = 0


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """When a mailbox was last checked, and since when it could not be. `problem` is the last failure's sentence.

    Attributes:
        wait_until: when its server asked to be left alone until; None for not at all.
        flags_problem: what its server last refused of the flags to be set there, "" for nothing.
    """

    mailbox: str
    checked_at: datetime | None
    failing_since: datetime | None = None
    problem: str = ""
    failure_told_at: datetime | None = None
    flags_problem: str = ""
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScanHealth:
    """The heartbeat: which rules the last poll had, and what their self-test said ("" for passed)."""

    scanned_at: datetime
    rules_count: int
    rules_digest: str
    self_test_problem: str = ""


@dataclass(frozen=True, slots=True)
class OpenAlarm:
    """A message of `Alarms.alarms`, with what tells whether to ring for it; see `KeptMessage`.

    Attributes:
        is_quoted: only quoted or forwarded words carry the alarm.
        told_at: when the therapist was last told of it, None if she never was.
    """

    number: int
    is_crisis: bool
    is_quoted: bool
    backlog: bool
    told_at: datetime | None
