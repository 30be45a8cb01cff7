"""The part of the ledger that reads messages back, and keeps what was decided about them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.times import instant, instant_or_none, seconds
from mailtriage.errors import UsageError
from mailtriage.ledger import KeptMessage, KeptReason, Location, Standing, standing
from mailtriage.model import (
    Automatic,
    Decision,
    DecisionKind,
    Diary,
    Emergency,
    Flag,
    Forwarded,
    ReadingTime,
    Verdict,
)
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database, Row

# By References the answer is sure, and need only be later than either clock of the message. By subject and person it is
# a guess: then the server's clock alone counts, since a wrong Date would make old mail look like the answer.
_ANSWERED_AT = """
(SELECT min(a.sent_at) FROM sent_answers a
 WHERE a.message_id = m.message_id AND m.message_id <> ''
 AND a.sent_at > min(m.received_at, coalesce(m.sent_at, m.received_at)))
"""
_GUESSED_AT = """
(SELECT min(r.sent_at) FROM sent_recipient r
 WHERE r.address = m.sender AND r.thread = m.thread AND m.thread <> '' AND r.sent_at > m.received_at)
"""
_COLUMNS = f"""
SELECT m.number, m.identity, m.message_id, m.received_at, m.sent_at, m.sender, m.backlog, m.forwarded, m.emergency,
       m.quoted_alarm, m.long, m.words, m.reading_low, m.reading_mid, m.reading_high, m.diary, m.automatic,
       m.not_scanned, {_ANSWERED_AT}, {_GUESSED_AT}
"""
_BY_NUMBER = f"{_COLUMNS} FROM message m WHERE m.number = ?"
_SINCE = f"{_COLUMNS} FROM message m WHERE m.received_at >= ? ORDER BY m.received_at, m.number"
_OPEN_BEFORE = f"""
{_COLUMNS} FROM open_alarm o CROSS JOIN message m ON m.number = o.message
WHERE m.received_at < ? AND (m.quoted_alarm = 0 OR {_ANSWERED_AT} IS NULL)
ORDER BY m.received_at, m.number
"""
_ALARMS = f"""
{_COLUMNS} FROM open_alarm o CROSS JOIN message m ON m.number = o.message
WHERE m.quoted_alarm = 0 OR {_ANSWERED_AT} IS NULL
ORDER BY m.received_at, m.number
"""
_DECISION = "SELECT id, message, kind, decided_at, client, undoes FROM decision"
_LAST = f"{_DECISION} WHERE id = (SELECT max(id) FROM decision)"  # noqa: S608 - constants
_LAST_OF = f"{_DECISION} WHERE id = (SELECT max(id) FROM decision WHERE message = ?)"  # noqa: S608 - constants


class ReviewPart:
    """`Messages`, `Decisions` and `Alarms.alarms`."""

    _database: Database

    def messages(self, since: datetime) -> tuple[KeptMessage, ...]:
        """Those received at or after `since`, and older ones with an open alarm; oldest first."""
        # Rounded up, so that a fraction of a second does not let in what came before it.
        start = seconds(since + timedelta(microseconds=999_999))
        rows = [*self._database.rows(_OPEN_BEFORE, start), *self._database.rows(_SINCE, start)]
        return tuple(map(self._kept, rows))

    def alarms(self) -> tuple[KeptMessage, ...]:
        """Messages with an open alarm, oldest first; one in quoted words closes with a sure answer, too."""
        return tuple(map(self._kept, self._database.rows(_ALARMS)))

    def message(self, number: int) -> KeptMessage | None:
        """One message; None if the number was never given."""
        row = self._database.row(_BY_NUMBER, number)
        return self._kept(row) if row else None

    def locations(self, number: int) -> tuple[Location, ...]:
        """Where the message lies, the newest place first."""
        rows = self._database.rows(
            "SELECT mailbox, folder, uidvalidity, key FROM location WHERE message = ? ORDER BY id DESC", number
        )
        return tuple(Location(*row) for row in rows)

    def decide(self, number: int, kind: DecisionKind, decided_at: datetime, client: str = "") -> Decision:
        """The decision, appended.

        Raises:
            UsageError: if there is no message with this number.
        """
        with self._database.transaction():
            if self._database.row("SELECT 1 FROM message WHERE number = ?", number) is None:
                raise UsageError(f"there is no message {number}", "`mailtriage` shows the numbers.")
            return self._append(number, kind, decided_at, client, None)

    def undo(self, decided_at: datetime, number: int | None = None) -> Decision | None:
        """Take back the last decision in force (of that message), by an appended UNDO; None if there is none."""
        with self._database.transaction():
            # Nothing can have taken back the newest decision: it is in force, and it is the one to take back.
            row = self._database.row(_LAST) if number is None else self._database.row(_LAST_OF, number)
            if row is None:
                return None
            last = _decision(row)
            return self._append(last.number, DecisionKind.UNDO, decided_at, "", last.id)

    def decisions(self, number: int) -> tuple[Decision, ...]:
        """The whole history of a message, oldest first, undone ones included."""
        return tuple(map(_decision, self._database.rows(f"{_DECISION} WHERE message = ? ORDER BY id", number)))

    def _append(
        self, number: int, kind: DecisionKind, decided_at: datetime, client: str, undoes: int | None
    ) -> Decision:
        decision_id = self._database.insert(
            "INSERT INTO decision (message, kind, decided_at, client, undoes) VALUES (?, ?, ?, ?, ?)",
            *(number, kind.value, seconds(decided_at), client, undoes),
        )
        self._refresh_alarm(number)
        return Decision(decision_id, number, kind, decided_at.replace(microsecond=0), client, undoes)

    def _refresh_alarm(self, number: int) -> None:
        row = self._database.row("SELECT emergency FROM message WHERE number = ?", number)
        now = standing(self.decisions(number))
        if row and Emergency(row[0]).is_alarm and not (now.called_at or now.done_at):
            self._database.run("INSERT OR IGNORE INTO open_alarm (message) VALUES (?)", number)
        else:
            self._database.run("DELETE FROM open_alarm WHERE message = ?", number)

    def _kept(self, row: Row) -> KeptMessage:
        number, sender, answered_at, guessed_at = row[0], row[5], row[18], row[19]
        now = standing(self.decisions(number))
        return KeptMessage(
            number=number,
            identity=row[1],
            message_id=row[2],
            received_at=instant(row[3]),
            sent_at=instant_or_none(row[4]),
            sender=sender,
            clients=self._clients_of(number, sender, now),
            backlog=bool(row[6]),
            verdict=_verdict(*row[7:18]),
            reasons=self._reasons(number),
            answered_at=instant_or_none(guessed_at if answered_at is None else answered_at),
            answer_is_guess=answered_at is None and guessed_at is not None,
            called_at=now.called_at,
            done_at=now.done_at,
        )

    def _clients_of(self, number: int, sender: str, now: Standing) -> tuple[str, ...]:
        if now.client:
            return (now.client,)
        rows = self._database.rows(
            "SELECT DISTINCT code FROM client_address WHERE mailbox = ? ORDER BY code", canonical(sender)
        )
        rows = rows or self._database.rows("SELECT code FROM message_client WHERE message = ? ORDER BY code", number)
        return tuple(code for (code,) in rows)

    def _reasons(self, number: int) -> tuple[KeptReason, ...]:
        rows = self._database.rows(
            "SELECT rule, flag, place, guard, tier FROM reason WHERE message = ? ORDER BY position", number
        )
        return tuple(
            KeptReason(rule, Flag(flag), place, guard, Emergency(tier)) for rule, flag, place, guard, tier in rows
        )


def _verdict(  # noqa: PLR0913, PLR0917 - the columns of a verdict
    forwarded: str,
    emergency: str,
    quoted_alarm: int,
    long: int,
    words: int,
    low: int,
    mid: int,
    high: int,
    diary: str,
    automatic: str | None,
    not_scanned: str,
) -> Verdict:
    return Verdict(
        forwarded=Forwarded(forwarded),
        emergency=Emergency(emergency),
        quoted_alarm=bool(quoted_alarm),
        long=bool(long),
        words=words,
        reading=ReadingTime(low, mid, high),
        diary=tuple(map(Diary, diary.splitlines())),
        automatic=Automatic(automatic) if automatic else None,
        not_scanned=tuple(not_scanned.splitlines()),
    )


def _decision(row: Row) -> Decision:
    decision_id, number, kind, decided_at, client, undoes = row
    return Decision(decision_id, number, DecisionKind(kind), instant(decided_at), client, undoes)
