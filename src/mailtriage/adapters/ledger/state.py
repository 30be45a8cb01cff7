"""The part of the ledger that keeps the state of polling: checkpoints, quarantine, health, and who was told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage import ledger
from mailtriage.adapters.ledger.times import instant, instant_or_none, seconds
from mailtriage.ledger.state import Checkpoint, MailboxHealth, ScanHealth

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database, Row
    from mailtriage.ledger import Location, Quarantined, SeenInterval

_QUARANTINE = """
INSERT INTO quarantine (mailbox, folder, uidvalidity, key, problem, found_at, tried_with) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (mailbox, folder, uidvalidity, key)
DO UPDATE SET problem = excluded.problem, tried_with = excluded.tried_with
"""
_QUARANTINED = "SELECT mailbox, folder, uidvalidity, key, problem, found_at, tried_with FROM quarantine"


class StatePart:
    """`Checkpoints`, `Quarantine`, `FlagsDue`, `MailboxHealths`, `ScanHealths`; reads `SeenFlags`, writes `Alarms`."""

    _database: Database

    def checkpoint(self, mailbox: str, folder: str) -> Checkpoint | None:
        """How far this folder was read; None before the first poll."""
        row = self._database.row(
            "SELECT uidvalidity, uidnext, modseq FROM checkpoint WHERE mailbox = ? AND folder = ?", mailbox, folder
        )
        return Checkpoint(*row) if row else None

    def save_checkpoint(self, mailbox: str, folder: str, checkpoint: Checkpoint) -> None:
        """Remember how far this folder was read."""
        self._database.run(
            "INSERT OR REPLACE INTO checkpoint (mailbox, folder, uidvalidity, uidnext, modseq) VALUES (?, ?, ?, ?, ?)",
            *(mailbox, folder, checkpoint.uidvalidity, checkpoint.uidnext, checkpoint.modseq),
        )

    def add_quarantined(self, quarantined: Quarantined) -> None:
        """Keep its place; the same place again only renews the problem, and what it was tried with."""
        place = quarantined.location
        self._database.run(
            _QUARANTINE,
            *(place.mailbox, place.folder, place.uidvalidity, place.key),
            *(quarantined.problem, seconds(quarantined.found_at), quarantined.tried_with),
        )

    def release_quarantined(self, location: Location) -> None:
        """Forget this place; nothing happens if it is not quarantined."""
        self._database.run(
            "DELETE FROM quarantine WHERE mailbox = ? AND folder = ? AND uidvalidity = ? AND key = ?",
            *(location.mailbox, location.folder, location.uidvalidity, location.key),
        )

    def quarantined(self) -> tuple[Quarantined, ...]:
        """All of them, in the order they were found."""
        return tuple(map(_quarantined, self._database.rows(f"{_QUARANTINED} ORDER BY id")))

    def quarantined_before(self, mailbox: str, tried_with: str, at_most: int) -> tuple[Quarantined, ...]:
        """Those of a mailbox that were last tried with something else, the first found first."""
        question = f"{_QUARANTINED} WHERE mailbox = ? AND tried_with <> ? ORDER BY id LIMIT ?"
        return tuple(map(_quarantined, self._database.rows(question, mailbox, tried_with, at_most)))

    def untold_quarantined_count(self) -> int:
        """How many of them the therapist was not told of."""
        return int(self._database.rows("SELECT count(*) FROM quarantine WHERE told_at IS NULL")[0][0])

    def tell_quarantined(self, told_at: datetime) -> None:
        """Remember that she was told of all of them."""
        self._database.run("UPDATE quarantine SET told_at = ? WHERE told_at IS NULL", seconds(told_at))

    def add_flags_due(self, location: Location, flags: tuple[str, ...]) -> None:
        """Remember flags for a place, instead of those remembered before."""
        self._database.run(
            "INSERT OR REPLACE INTO flags_due (mailbox, folder, uidvalidity, key, flags) VALUES (?, ?, ?, ?, ?)",
            *(location.mailbox, location.folder, location.uidvalidity, location.key, "\n".join(flags)),
        )

    def flags_due(self, mailbox: str, at_most: int) -> tuple[tuple[Location, tuple[str, ...]], ...]:
        """Places of a mailbox with their flags, folder by folder."""
        rows = self._database.rows(
            "SELECT mailbox, folder, uidvalidity, key, flags FROM flags_due WHERE mailbox = ? "
            "ORDER BY folder, uidvalidity, key LIMIT ?",
            *(mailbox, at_most),
        )
        return tuple((ledger.Location(*row[:4]), tuple(row[4].splitlines())) for row in rows)

    def flags_written(self, locations: Iterable[Location]) -> None:
        """Forget what was due for these places."""
        with self._database.transaction():
            self._database.run_many(
                "DELETE FROM flags_due WHERE mailbox = ? AND folder = ? AND uidvalidity = ? AND key = ?",
                ((place.mailbox, place.folder, place.uidvalidity, place.key) for place in locations),
            )

    def open_locations(self, mailbox: str, folder: str, uidvalidity: int) -> tuple[Location, ...]:
        """Places of messages not yet known as read, whose flags a server without CONDSTORE is asked for."""
        rows = self._database.rows(
            "SELECT mailbox, folder, uidvalidity, key FROM location "
            "WHERE unread = 1 AND mailbox = ? AND folder = ? AND uidvalidity = ? ORDER BY id",
            *(mailbox, folder, uidvalidity),
        )
        return tuple(ledger.Location(*row) for row in rows)

    def seen_interval(self, number: int) -> SeenInterval | None:
        """When the message was first read; None if it is not known to be."""
        row = self._database.row("SELECT unseen_at, seen_at FROM seen_interval WHERE message = ?", number)
        return ledger.SeenInterval(instant(row[0]), instant(row[1])) if row else None

    def save_mailbox_health(self, health: MailboxHealth) -> None:
        """Replace what was known of this mailbox."""
        self._database.run(
            "INSERT OR REPLACE INTO mailbox_health (mailbox, checked_at, failing_since, problem, failure_told_at, "
            "flags_problem, wait_until) VALUES (?, ?, ?, ?, ?, ?, ?)",
            *(health.mailbox, seconds(health.checked_at), seconds(health.failing_since)),
            *(health.problem, seconds(health.failure_told_at), health.flags_problem, seconds(health.wait_until)),
        )

    def mailbox_health(self) -> tuple[MailboxHealth, ...]:
        """Every mailbox ever polled, by name."""
        rows = self._database.rows(
            "SELECT mailbox, checked_at, failing_since, problem, failure_told_at, flags_problem, wait_until "
            "FROM mailbox_health ORDER BY mailbox"
        )
        return tuple(map(_health, rows))

    def tell_failure(self, mailbox: str, told_at: datetime) -> None:
        """Remember that the therapist was told of this mailbox's failure."""
        self._database.run("UPDATE mailbox_health SET failure_told_at = ? WHERE mailbox = ?", seconds(told_at), mailbox)

    def save_scan_health(self, health: ScanHealth) -> None:
        """Replace the last heartbeat."""
        self._database.run(
            "INSERT OR REPLACE INTO scan_health (id, scanned_at, rules_count, rules_digest, self_test_problem) "
            "VALUES (1, ?, ?, ?, ?)",
            *(seconds(health.scanned_at), health.rules_count, health.rules_digest, health.self_test_problem),
        )

    def scan_health(self) -> ScanHealth | None:
        """The last heartbeat; None before the first poll."""
        row = self._database.row("SELECT scanned_at, rules_count, rules_digest, self_test_problem FROM scan_health")
        return ScanHealth(instant(row[0]), *row[1:]) if row else None

    def save_told(self, numbers: Iterable[int], told_at: datetime) -> None:
        """Append that she was told of these alarms."""
        with self._database.transaction():
            self._database.run_many(
                "INSERT INTO told (message, told_at) VALUES (?, ?)", ((number, seconds(told_at)) for number in numbers)
            )


def _quarantined(row: Row) -> Quarantined:
    return ledger.Quarantined(ledger.Location(*row[:4]), row[4], instant(row[5]), row[6])


def _health(row: Row) -> MailboxHealth:
    mailbox, checked_at, failing_since, problem, told_at, flags_problem, wait_until = row
    return MailboxHealth(
        mailbox,
        instant_or_none(checked_at),
        instant_or_none(failing_since),
        problem,
        instant_or_none(told_at),
        flags_problem,
        instant_or_none(wait_until),
    )
