"""The ledger as its users see it: small ports, put together for the poll, the roster and the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from mailtriage.ledger.state import Checkpoint, MailboxHealth, OpenAlarm, ScanHealth
    from mailtriage.ledger.values import (
        KeptMessage,
        Location,
        Quarantined,
        Quoting,
        Received,
        SeenChange,
        SeenInterval,
        Sent,
    )
    from mailtriage.model import Client, Decision, DecisionKind


class Transactions(Protocol):
    """Groups of writes. A write outside of any group is a group of its own."""

    def transaction(self) -> AbstractContextManager[None]:
        """One atomic group of writes, kept on leaving, rolled back on an error. Groups nest."""
        ...

    def rehearsal(self) -> AbstractContextManager[None]:
        """A group of writes that can be read inside, and is rolled back on leaving: nothing is kept."""
        ...


class Checkpoints(Protocol):
    """How far each folder was read."""

    def checkpoint(self, mailbox: str, folder: str) -> Checkpoint | None:
        """How far this folder was read; None before the first poll."""
        ...

    def save_checkpoint(self, mailbox: str, folder: str, checkpoint: Checkpoint) -> None:
        """Remember how far this folder was read."""
        ...


class KnownMail(Protocol):
    """What came before."""

    def known_keys(self, mailbox: str, folder: str, uidvalidity: int, keys: Sequence[str]) -> frozenset[str]:
        """Those of these keys that are already kept (received, sent or quarantined)."""
        ...

    def known_fingerprints(self, fingerprints: Iterable[str], quoting: Quoting) -> frozenset[str]:
        """Those of these fingerprints that a mail has which `quoting` may quote."""
        ...

    def sent_ids(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Those of these Message-IDs that the practice sent."""
        ...

    def sent_words(self, identity: str) -> int | None:
        """How many words of its own a mail has that the practice sent; None if it sent none of this identity."""
        ...


class NewMail(Protocol):
    """Where triaged mail goes."""

    def add_received(self, received: Received) -> int:
        """The message's number. The same identity again only adds its location; nothing is counted twice.

        Unless it is more pressing: see `identity_beside`.
        """
        ...

    def add_sent(self, sent: Sent) -> None:
        """Keep a sent mail and what it answers. The same identity again only adds its location."""
        ...


class Quarantine(Protocol):
    """Messages that could not be read. A place that is kept as received or sent later leaves it by itself."""

    def add_quarantined(self, quarantined: Quarantined) -> None:
        """Keep its place; the same place again only renews the problem, and what it was tried with."""
        ...

    def release_quarantined(self, location: Location) -> None:
        """Forget this place; nothing happens if it is not quarantined."""
        ...

    def quarantined(self) -> tuple[Quarantined, ...]:
        """All of them, in the order they were found."""
        ...

    def quarantined_before(self, mailbox: str, tried_with: str, at_most: int) -> tuple[Quarantined, ...]:
        """Those of a mailbox that were last tried with something else, the first found first."""
        ...

    def untold_quarantined_count(self) -> int:
        """How many of them the therapist was not told of."""
        ...

    def tell_quarantined(self, told_at: datetime) -> None:
        """Remember that she was told of all of them."""
        ...


class FlagsDue(Protocol):
    """Flags that are to be set on the server."""

    def add_flags_due(self, location: Location, flags: tuple[str, ...]) -> None:
        """Remember flags for a place, instead of those remembered before."""
        ...

    def flags_due(self, mailbox: str, at_most: int) -> tuple[tuple[Location, tuple[str, ...]], ...]:
        """Places of a mailbox with their flags, folder by folder."""
        ...

    def flags_written(self, locations: Iterable[Location]) -> None:
        """Forget what was due for these places."""
        ...


class SeenFlags(Protocol):
    """When messages were read, as far as their flags tell. What was read once stays read."""

    def add_seen(self, change: SeenChange) -> None:
        """Append the interval in which a message was first read; a place that is not kept, or unread, is ignored."""
        ...

    def open_locations(self, mailbox: str, folder: str, uidvalidity: int) -> tuple[Location, ...]:
        """Places of messages not yet known as read, whose flags a server without CONDSTORE is asked for."""
        ...

    def seen_interval(self, number: int) -> SeenInterval | None:
        """When the message was first read; None if it is not known to be."""
        ...


class MailboxHealths(Protocol):
    """When each mailbox was last checked."""

    def save_mailbox_health(self, health: MailboxHealth) -> None:
        """Replace what was known of this mailbox."""
        ...

    def mailbox_health(self) -> tuple[MailboxHealth, ...]:
        """Every mailbox ever polled, by name."""
        ...

    def tell_failure(self, mailbox: str, told_at: datetime) -> None:
        """Remember that the therapist was told of this mailbox's failure."""
        ...


class ScanHealths(Protocol):
    """The heartbeat of triage."""

    def save_scan_health(self, health: ScanHealth) -> None:
        """Replace the last heartbeat."""
        ...

    def scan_health(self) -> ScanHealth | None:
        """The last heartbeat; None before the first poll."""
        ...


class Alarms(Protocol):
    """Whom to call, and whether the therapist was told."""

    def alarms(self) -> tuple[KeptMessage, ...]:
        """Messages with an alarm neither called nor done, oldest first; a quoted one closes with a sure answer, too."""
        ...

    def open_alarms(self) -> tuple[OpenAlarm, ...]:
        """The same messages in the same order, with only what tells whether to ring."""
        ...

    def save_told(self, numbers: Iterable[int], told_at: datetime) -> None:
        """Append that she was told of these alarms."""
        ...


class Roster(Protocol):
    """The clients, in the order of their codes."""

    def clients(self) -> tuple[Client, ...]:
        """All entries."""
        ...

    def save_client(self, client: Client, changed_at: datetime) -> None:
        """Add or replace the entry with this code. Earlier mail from its addresses becomes this client's.

        A new address forgets every checkpoint: junk that was a stranger's, and so not kept, may be this client's. What
        is kept is known and not read again.
        """
        ...

    def remove_client(self, code: str, removed_at: datetime) -> bool:
        """False if there is no such code. What was recorded of messages stays; consents of this client end now."""
        ...

    def codes_used(self) -> frozenset[str]:
        """Codes that something is recorded under, on the roster or not: decisions, consents, prices, statements.

        One that is not on the roster was a former client's, and what is recorded under it would be the next one's.
        """
        ...


class Messages(Protocol):
    """What came, and what became of it."""

    def messages(self, since: datetime, over_seconds: int = 0) -> tuple[KeptMessage, ...]:
        """Those received at or after `since`, and older ones with an open alarm or open work; oldest first.

        An alarm is open until `called` or `done`; one in quoted words also closes with an answer by References. Work is
        open as `Settling.open_work` says: long mail, and time, that wait for a settlement; but of messages that are
        neither long nor reopened only those with more time in force than `over_seconds`.
        """
        ...

    def message(self, number: int) -> KeptMessage | None:
        """One message; None if the number was never given."""
        ...

    def locations(self, number: int) -> tuple[Location, ...]:
        """Where the message lies, the newest place first."""
        ...


class Decisions(Protocol):
    """What the therapist decided: an appended log."""

    def decide(self, number: int, kind: DecisionKind, decided_at: datetime, client: str = "") -> Decision:
        """The decision, appended.

        Time and settlements have ports of their own (`TimeLog`, `Settling`).

        Raises:
            UsageError: if there is no message with this number.
            ValueError: for LOG, UNDO or a settlement.
        """
        ...

    def undo(self, decided_at: datetime, number: int | None = None) -> Decision | None:
        """Take back the last decision in force (of that message), by an appended UNDO; None if there is none.

        An UNDO is itself a decision in force: undone, it brings back the decision that it took back.

        Raises:
            UsageError: if an issued line that no credit took back stands on what would be taken back: on a settlement,
                or on the time or the client that it was decided on; or if the last decision is a credit.
        """
        ...

    def decisions(self, number: int) -> tuple[Decision, ...]:
        """The whole history of a message, oldest first, undone ones included."""
        ...


class PollLedger(
    Transactions,
    Checkpoints,
    KnownMail,
    NewMail,
    Quarantine,
    FlagsDue,
    SeenFlags,
    MailboxHealths,
    ScanHealths,
    Alarms,
    Protocol,
):
    """What a poll needs."""


class ReviewLedger(Messages, Decisions, Protocol):
    """What the summary and the decisions need."""
