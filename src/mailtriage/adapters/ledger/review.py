"""The part of the ledger that reads messages back, with what was decided about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage import ledger, model
from mailtriage.adapters.ledger.decisions import history
from mailtriage.adapters.ledger.times import instant, instant_or_none, seconds_up
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database, Row
    from mailtriage.ledger import KeptMessage, KeptReason, Location, OpenAlarm
    from mailtriage.model import Verdict

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
# She began: it answers a mail of the practice's that itself answers nothing.
_IS_BEGUN = """
EXISTS (SELECT 1 FROM message_answers q CROSS JOIN sent s ON s.message_id = q.message_id
        WHERE q.message = m.number AND q.message_id <> ''
        AND NOT EXISTS (SELECT 1 FROM sent_answers a WHERE a.sent = s.id))
"""
_COLUMNS = f"""
SELECT m.number, m.identity, m.message_id, m.received_at, m.sent_at, m.sender, m.backlog, m.forwarded, m.emergency,
       m.quoted_alarm, m.long, m.words, m.reading_low, m.reading_mid, m.reading_high, m.diary, m.automatic,
       m.not_scanned, {_ANSWERED_AT}, {_GUESSED_AT}, {_IS_BEGUN}
"""
_BY_NUMBER = f"{_COLUMNS} FROM message m WHERE m.number = ?"
_SINCE = f"{_COLUMNS} FROM message m WHERE m.received_at >= ? ORDER BY m.received_at, m.number"
OPEN_WORK = "SELECT message FROM open_work WHERE seconds IS NULL UNION SELECT message FROM open_work WHERE seconds > ?"
_OPEN_BEFORE = f"""
{_COLUMNS} FROM (
    SELECT open_alarm.message FROM open_alarm CROSS JOIN message m ON m.number = open_alarm.message
    WHERE m.quoted_alarm = 0 OR {_ANSWERED_AT} IS NULL
    UNION {OPEN_WORK}
) o CROSS JOIN message m ON m.number = o.message
WHERE m.received_at < ? ORDER BY m.received_at, m.number
"""  # noqa: S608 - constants
_FROM_ALARMS = f"""
FROM open_alarm o CROSS JOIN message m ON m.number = o.message
WHERE m.quoted_alarm = 0 OR {_ANSWERED_AT} IS NULL
ORDER BY m.received_at, m.number
"""
_ALARMS = f"{_COLUMNS} {_FROM_ALARMS}"
_OPEN_ALARMS = f"""
SELECT m.number, m.emergency = 'crisis', m.quoted_alarm, m.backlog,
       (SELECT t.told_at FROM told t WHERE t.message = m.number ORDER BY t.id DESC LIMIT 1)
{_FROM_ALARMS}
"""  # noqa: S608 - constants


class ReviewPart:
    """`Messages` and the reading of `Alarms`."""

    _database: Database

    def messages(self, since: datetime, over_seconds: int = 0) -> tuple[KeptMessage, ...]:
        """Those received at or after `since`, and older ones with an open alarm or open work; oldest first."""
        start = seconds_up(since)
        rows = [*self._database.rows(_OPEN_BEFORE, over_seconds, start), *self._database.rows(_SINCE, start)]
        return tuple(map(self._kept, rows))

    def alarms(self) -> tuple[KeptMessage, ...]:
        """Messages with an open alarm, oldest first; one in quoted words closes with a sure answer, too."""
        return tuple(map(self._kept, self._database.rows(_ALARMS)))

    def open_alarms(self) -> tuple[OpenAlarm, ...]:
        """The same messages in the same order, with only what tells whether to ring."""
        return tuple(
            ledger.OpenAlarm(number, bool(is_crisis), bool(is_quoted), bool(backlog), instant_or_none(told_at))
            for number, is_crisis, is_quoted, backlog, told_at in self._database.rows(_OPEN_ALARMS)
        )

    def message(self, number: int) -> KeptMessage | None:
        """One message; None if the number was never given."""
        row = self._database.row(_BY_NUMBER, number)
        return self._kept(row) if row else None

    def locations(self, number: int) -> tuple[Location, ...]:
        """Where the message lies, the newest place first."""
        rows = self._database.rows(
            "SELECT mailbox, folder, uidvalidity, key FROM location WHERE message = ? ORDER BY id DESC", number
        )
        return tuple(ledger.Location(*row) for row in rows)

    def _kept(self, row: Row) -> KeptMessage:
        number, answered_at, guessed_at = row[0], row[18], row[19]
        from mailtriage.ledger.standing import standing

        now = standing(history(self._database, number))
        return ledger.KeptMessage(
            number=number,
            identity=row[1],
            message_id=row[2],
            received_at=instant(row[3]),
            sent_at=instant_or_none(row[4]),
            sender=row[5],
            clients=clients_of(self._database, number, now.client),
            backlog=bool(row[6]),
            verdict=_verdict(*row[7:18]),
            reasons=self._reasons(number),
            answered_at=instant_or_none(guessed_at if answered_at is None else answered_at),
            answer_is_guess=answered_at is None and guessed_at is not None,
            called_at=now.called_at,
            done_at=now.done_at,
            logged_seconds=now.logged_seconds,
            settlement=now.settlement,
            is_reopened=now.is_reopened,
            is_begun=bool(row[20]),
        )

    def _reasons(self, number: int) -> tuple[KeptReason, ...]:
        rows = self._database.rows(
            "SELECT rule, flag, place, guard, tier FROM reason WHERE message = ? ORDER BY position", number
        )
        return tuple(
            ledger.KeptReason(rule, model.Flag(flag), place, guard, model.Emergency(tier))
            for rule, flag, place, guard, tier in rows
        )


def clients_of(database: Database, number: int, assigned: str) -> tuple[str, ...]:
    """Whose a message is: see `KeptMessage.clients`. `assigned` is the code that a decision names, "" for none."""
    if assigned:
        return (assigned,)
    (sender,) = database.rows("SELECT sender FROM message WHERE number = ?", number)[0]
    rows = database.rows("SELECT DISTINCT code FROM client_address WHERE mailbox = ? ORDER BY code", canonical(sender))
    rows = rows or database.rows("SELECT code FROM message_client WHERE message = ? ORDER BY code", number)
    return tuple(code for (code,) in rows)


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
    return model.Verdict(
        forwarded=model.Forwarded(forwarded),
        emergency=model.Emergency(emergency),
        quoted_alarm=bool(quoted_alarm),
        long=bool(long),
        words=words,
        reading=model.ReadingTime(low, mid, high),
        diary=tuple(map(model.Diary, diary.splitlines())),
        automatic=model.Automatic(automatic) if automatic else None,
        not_scanned=tuple(not_scanned.splitlines()),
    )
