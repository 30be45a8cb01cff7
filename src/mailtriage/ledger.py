"""What is kept, as values and a port. Append-only where time and decisions are concerned; every write is idempotent.

Nothing of a client's words is kept: ids, times, counts, rule ids, and who wrote. One suite of contract tests holds for
every implementation (tests/contracts).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from mailtriage.model import Client, Decision, DecisionKind, Emergency, Flag, Verdict


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
        uidnext: 0 before the first poll.
        modseq: HIGHESTMODSEQ of the opening EXAMINE, 0 where the server has none.
    """

    uidvalidity: int = 0
    uidnext: int = 0
    modseq: int = 0


@dataclass(frozen=True, slots=True)
class Location:
    """The transport key of a message: where its bytes lie. `key` is a UID, or a Maildir's unique name."""

    mailbox: str
    folder: str
    uidvalidity: int
    key: str


@dataclass(frozen=True, slots=True)
class KeptReason:
    """What may be kept of a reason: never its text."""

    rule: str
    flag: Flag
    where: str
    guard: str
    tier: Emergency


@dataclass(frozen=True, slots=True)
class Received:
    """A triaged message, ready to be kept.

    Attributes:
        identity: `Message.identity`.
        received_at: when the server took it (INTERNALDATE, a Maildir file's time), UTC.
        sent_at: its Date header, UTC.
        sender: the From address, "" if there is none.
        clients: codes of the roster entries with that address; two or more for a shared address.
        answers: Message-IDs in In-Reply-To and References.
        thread: hash of the normalised subject, for guessing answers that lack References.
        backlog: true for mail that was older than two days when its folder was first polled: listed, not rung.
        fingerprints: hashes of emergency clauses, to recognise them when they come back quoted.
    """

    identity: str
    message_id: str
    location: Location
    received_at: datetime
    sent_at: datetime | None
    sender: str
    clients: tuple[str, ...]
    answers: tuple[str, ...]
    thread: str
    seen: bool
    backlog: bool
    verdict: Verdict
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of the practice's own: which messages it may answer, and how many words she wrote."""

    identity: str
    message_id: str
    location: Location
    sent_at: datetime
    recipients: tuple[str, ...]
    answers: tuple[str, ...]
    thread: str
    words: int
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be read, named by its place; `problem` is plain English without mail text."""

    location: Location
    problem: str
    found_at: datetime


@dataclass(frozen=True, slots=True)
class SeenChange:
    """A message found read: `\\Seen` was set between `unseen_at` (the poll before) and `seen_at` (this poll)."""

    location: Location
    seen: bool
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as the ledger knows it.

    Attributes:
        number: its own, given once, never reused.
        clients: as `Received.clients`, or the one client that an ASSIGN decision names.
        answered_at: when the practice's first answer was sent, None while it waits.
        answer_is_guess: the answer was matched by subject and person, not by References.
        called_at: when `called` was decided (and not undone); done_at likewise.
        verdict: flags and counts; its reasons are in `reasons`, without their text.
    """

    number: int
    identity: str
    message_id: str
    received_at: datetime
    sent_at: datetime | None
    sender: str
    clients: tuple[str, ...]
    backlog: bool
    verdict: Verdict
    reasons: tuple[KeptReason, ...]
    answered_at: datetime | None = None
    answer_is_guess: bool = False
    called_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MailboxHealth:
    """When a mailbox was last checked, and since when it could not be. `problem` is the last failure's sentence."""

    mailbox: str
    checked_at: datetime | None
    failing_since: datetime | None = None
    problem: str = ""
    failure_told_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ScanHealth:
    """The heartbeat: which rules the last poll had, and what their self-test said ("" for passed)."""

    scanned_at: datetime
    rules_count: int
    rules_digest: str
    self_test_problem: str = ""


class PollLedger(Protocol):
    """What a poll needs. Writes happen inside `transaction()`, which commits on leaving and rolls back on an error."""

    def transaction(self) -> AbstractContextManager[None]:
        """One atomic group of writes: a batch's rows together with its checkpoint."""
        ...

    def checkpoint(self, mailbox: str, folder: str) -> Checkpoint | None:
        """How far this folder was read; None before the first poll."""
        ...

    def save_checkpoint(self, mailbox: str, folder: str, checkpoint: Checkpoint) -> None: ...

    def known_keys(self, mailbox: str, folder: str, uidvalidity: int, keys: Sequence[str]) -> frozenset[str]:
        """Those of these keys that are already kept (received, sent or quarantined)."""
        ...

    def known_fingerprints(self, fingerprints: Iterable[str]) -> frozenset[str]: ...

    def sent_ids(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Those of these Message-IDs that the practice sent."""
        ...

    def add_received(self, received: Received) -> int:
        """The message's number. The same identity again only adds its location; nothing is counted twice."""
        ...

    def add_sent(self, sent: Sent) -> None:
        """Keep a sent mail and link it to what it answers. The same identity again only adds its location."""
        ...

    def add_quarantined(self, quarantined: Quarantined) -> None: ...

    def release_quarantined(self, location: Location) -> None: ...

    def quarantined(self) -> tuple[Quarantined, ...]: ...

    def add_seen(self, change: SeenChange) -> None: ...

    def open_locations(self, mailbox: str, folder: str, uidvalidity: int) -> tuple[Location, ...]:
        """Places of messages not yet known as read, whose flags a server without CONDSTORE is asked for."""
        ...

    def save_mailbox_health(self, health: MailboxHealth) -> None: ...

    def mailbox_health(self) -> tuple[MailboxHealth, ...]: ...

    def save_scan_health(self, health: ScanHealth) -> None: ...

    def scan_health(self) -> ScanHealth | None: ...

    def alarms(self) -> tuple[KeptMessage, ...]:
        """Messages with an alarm that are neither called nor done, oldest first."""
        ...

    def told_at(self, number: int) -> datetime | None:
        """When the therapist was last told of this alarm."""
        ...

    def save_told(self, numbers: Iterable[int], told_at: datetime) -> None: ...


class Roster(Protocol):
    """The clients, in the order of their codes."""

    def clients(self) -> tuple[Client, ...]: ...

    def save_client(self, client: Client, changed_at: datetime) -> None:
        """Add or replace the entry with this code. Earlier mail from its addresses becomes this client's."""
        ...

    def remove_client(self, code: str, removed_at: datetime) -> bool:
        """False if there is no such code. What was recorded of messages stays."""
        ...


class ReviewLedger(Protocol):
    """What the summary and the decisions need."""

    def messages(self, since: datetime) -> tuple[KeptMessage, ...]:
        """Messages received at or after `since`, and older ones that are still open (alarm not called or done)."""
        ...

    def message(self, number: int) -> KeptMessage | None: ...

    def locations(self, number: int) -> tuple[Location, ...]:
        """Where the message lies, the newest place first."""
        ...

    def decide(self, number: int, kind: DecisionKind, decided_at: datetime, client: str = "") -> Decision: ...

    def undo(self, decided_at: datetime, number: int | None = None) -> Decision | None:
        """Take back the last decision in force (of that message), by an appended UNDO; None if there is none.

        An UNDO can itself be undone, which brings the decision back.
        """
        ...

    def decisions(self, number: int) -> tuple[Decision, ...]:
        """The whole history of a message, oldest first, undone ones included."""
        ...
