"""The part of the ledger that keeps mail: received, sent, and where it lies."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage import ledger, model
from mailtriage.adapters.ledger.times import seconds
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mailtriage.adapters.ledger.database import Database
    from mailtriage.ledger import Location, Quoting, Received, SeenChange, Sent

_INSERT_MESSAGE = """
INSERT INTO message (identity, message_id, received_at, sent_at, sender, thread, backlog, forwarded, emergency,
                     quoted_alarm, long, words, reading_low, reading_mid, reading_high, diary, automatic, not_scanned)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""

# A place that turns up with another mail now holds that mail: the server knows best.
_INSERT_LOCATION = """
INSERT INTO location (mailbox, folder, uidvalidity, key, message, sent, unread) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (mailbox, folder, uidvalidity, key)
DO UPDATE SET message = excluded.message, sent = excluded.sent, unread = excluded.unread
"""

_BY_IDENTITY = "SELECT number, emergency, quoted_alarm FROM message WHERE identity = ?"

_AT = "mailbox = ? AND folder = ? AND uidvalidity = ? AND key = ?"
_KNOWN_KEY = f"SELECT 1 FROM location WHERE {_AT} UNION ALL SELECT 1 FROM quarantine WHERE {_AT}"  # noqa: S608 - constants
_RELEASE = f"DELETE FROM quarantine WHERE {_AT}"  # noqa: S608 - constants
_MESSAGE_AT = f"SELECT message FROM location WHERE message IS NOT NULL AND {_AT}"  # noqa: S608 - constants

# It was known unread when its mailbox was last checked, or when it came, whichever is later.
_FIRST_READ = """
INSERT OR IGNORE INTO seen_interval (message, unseen_at, seen_at)
SELECT number, min(max(received_at, coalesce(?, received_at)), max(?, received_at)), max(?, received_at)
FROM message WHERE number = ?
"""


class MailPart:
    """`KnownMail`, `NewMail` and `SeenFlags`, but for reading them."""

    _database: Database

    def known_keys(self, mailbox: str, folder: str, uidvalidity: int, keys: Sequence[str]) -> frozenset[str]:
        """Those of these keys that are already kept (received, sent or quarantined)."""
        folder_of = (mailbox, folder, uidvalidity)
        return frozenset(key for key in keys if self._database.row(_KNOWN_KEY, *folder_of, key, *folder_of, key))

    def known_fingerprints(self, fingerprints: Iterable[str], quoting: Quoting) -> frozenset[str]:
        """Those of these fingerprints that a mail has which `quoting` may quote."""
        question = "SELECT identity, sender, message_id FROM fingerprint WHERE fingerprint = ?"
        return frozenset(
            text
            for text in fingerprints
            if any(quoting.may_quote(*map(str, row)) for row in self._database.rows(question, text))
        )

    def sent_ids(self, message_ids: Iterable[str]) -> frozenset[str]:
        """Those of these Message-IDs that the practice sent."""
        return self._found("SELECT 1 FROM sent WHERE message_id = ? AND message_id <> ''", message_ids)

    def sent_words(self, identity: str) -> int | None:
        """How many words of its own a mail has that the practice sent; None if it sent none of this identity."""
        row = self._database.row("SELECT words FROM sent WHERE identity = ?", identity)
        return int(row[0]) if row else None

    def add_received(self, received: Received) -> int:
        """The message's number. The same identity again only adds its location; nothing is counted twice."""
        with self._database.transaction():
            row = self._database.row(_BY_IDENTITY, received.identity)
            if row:
                kept = model.Verdict(emergency=model.Emergency(row[1]), quoted_alarm=bool(row[2]))
                received = replace(received, identity=ledger.identity_beside(received, kept))
                row = self._database.row(_BY_IDENTITY, received.identity)
            number = int(row[0]) if row else self._insert_message(received)
            is_read = self._database.row("SELECT 1 FROM seen_interval WHERE message = ?", number) is not None
            self._locate(received.location, number, None, unread=not (is_read or received.seen))
            if received.seen and not is_read:
                # When it came read, no poll ever knew it unread; an older copy may have been known so.
                self._read_first(number, received.location.mailbox if row else None, self._heartbeat())
        return number

    def add_sent(self, sent: Sent) -> None:
        """Keep a sent mail and what it answers. The same identity again only adds its location."""
        with self._database.transaction():
            row = self._database.row("SELECT id FROM sent WHERE identity = ?", sent.identity)
            self._locate(sent.location, None, int(row[0]) if row else self._insert_sent(sent), unread=False)

    def add_seen(self, change: SeenChange) -> None:
        """Append the interval in which a message was first read; a place that is not kept, or unread, is ignored."""
        row = self._database.row(_MESSAGE_AT, *_place(change.location))
        if row and change.seen:
            with self._database.transaction():
                self._read_first(int(row[0]), change.location.mailbox, seconds(change.noticed_at))

    def _found(self, question: str, texts: Iterable[str]) -> frozenset[str]:
        return frozenset(text for text in texts if self._database.row(question, text))

    def _insert_message(self, received: Received) -> int:
        verdict = received.verdict
        number = self._database.insert(
            _INSERT_MESSAGE,
            received.identity,
            received.message_id,
            seconds(received.received_at),
            seconds(received.sent_at),
            received.sender,
            received.thread,
            received.backlog,
            verdict.forwarded.value,
            verdict.emergency.value,
            verdict.quoted_alarm,
            verdict.long,
            verdict.words,
            verdict.reading.low,
            verdict.reading.mid,
            verdict.reading.high,
            "\n".join(verdict.diary),
            verdict.automatic,
            "\n".join(" ".join(why.split()) for why in verdict.not_scanned),
        )
        self._insert_details(number, received)
        if verdict.emergency.is_alarm:
            self._database.run("INSERT INTO open_alarm (message) VALUES (?)", number)
        if verdict.long and not verdict.automatic:
            self._database.run("INSERT INTO open_work (message) VALUES (?)", number)
        return number

    def _insert_details(self, number: int, received: Received) -> None:
        self._database.run_many(
            "INSERT INTO reason (message, position, rule, flag, place, guard, tier) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (number, position, reason.rule, reason.flag.value, reason.where, reason.guard, reason.tier.value)
                for position, reason in enumerate(ledger.kept_reasons(received.verdict))
            ),
        )
        # The roster is looked up when the message is read, because it may change; only what it cannot tell is kept.
        self._database.run_many(
            "INSERT OR IGNORE INTO message_client (message, code) SELECT ?, ? "
            "WHERE NOT EXISTS (SELECT 1 FROM client_address WHERE mailbox = ? AND code = ?)",
            ((number, code, canonical(received.sender), code) for code in received.clients),
        )
        self._database.run_many(
            "INSERT OR IGNORE INTO message_answers (message, message_id) VALUES (?, ?)",
            ((number, message_id) for message_id in received.answers),
        )
        self._insert_fingerprints(received, received.sender or ledger.UNKNOWN_SENDER)

    def _insert_sent(self, sent: Sent) -> int:
        sent_at = seconds(sent.sent_at)
        row_id = self._database.insert(
            "INSERT INTO sent (identity, message_id, sent_at, thread, words) VALUES (?, ?, ?, ?, ?)",
            *(sent.identity, sent.message_id, sent_at, sent.thread, sent.words),
        )
        self._database.run_many(
            "INSERT OR IGNORE INTO sent_answers (message_id, sent_at, sent) VALUES (?, ?, ?)",
            ((message_id, sent_at, row_id) for message_id in sent.answers),
        )
        self._database.run_many(
            "INSERT OR IGNORE INTO sent_recipient (address, thread, sent_at, sent) VALUES (?, ?, ?, ?)",
            ((address, sent.thread, sent_at, row_id) for address in sent.recipients),
        )
        self._insert_fingerprints(sent, "")
        return row_id

    def _insert_fingerprints(self, mail: Received | Sent, sender: str) -> None:
        self._database.run_many(
            "INSERT OR IGNORE INTO fingerprint (fingerprint, identity, sender, message_id) VALUES (?, ?, ?, ?)",
            ((text, mail.identity, sender, mail.message_id) for text in mail.fingerprints),
        )

    def _locate(self, location: Location, message: int | None, sent: int | None, *, unread: bool) -> None:
        self._database.run(_INSERT_LOCATION, *_place(location), message, sent, unread)
        self._database.run(_RELEASE, *_place(location))

    def _read_first(self, number: int, mailbox: str | None, seen_at: int | None) -> None:
        self._database.run("UPDATE location SET unread = 0 WHERE message = ? AND unread = 1", number)
        if seen_at is not None:
            row = self._database.row("SELECT checked_at FROM mailbox_health WHERE mailbox = ?", mailbox)
            self._database.run(_FIRST_READ, row[0] if row else None, seen_at, seen_at, number)

    def _heartbeat(self) -> int | None:
        """When the poll began that is under way: its heartbeat is the first that it keeps."""
        row = self._database.row("SELECT scanned_at FROM scan_health")
        return row[0] if row else None


def _place(location: Location) -> tuple[str, str, int, str]:
    return location.mailbox, location.folder, location.uidvalidity, location.key
