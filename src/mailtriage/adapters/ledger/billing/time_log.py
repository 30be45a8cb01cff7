"""Time that was worked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.billing.replies import RepliesPart
from mailtriage.adapters.ledger.decisions import append, history, require_message
from mailtriage.adapters.ledger.times import instant, seconds, seconds_up
from mailtriage.ledger.refusals import refuse_time
from mailtriage.ledger.standing import standing
from mailtriage.model import Decision, DecisionKind
from mailtriage.model.work import Evidence, TimeEntry, TimeKind, Worked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

_INSERT = """
INSERT INTO time_entry (message, decision, kind, seconds, evidence, began_at, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ENTRIES = "SELECT id, decision, kind, seconds, evidence, began_at FROM time_entry WHERE message = ? ORDER BY id"
_ENDED_IN = "SELECT DISTINCT message FROM time_entry WHERE ended_at >= ? AND ended_at < ? ORDER BY message"
# No entry is longer than a day, so the index by end bounds those that may reach into the span.
_OVERLAPPING = """
SELECT id, message FROM time_entry
WHERE ended_at > ? AND ended_at < ? + 86400 AND began_at < ? ORDER BY began_at, id
"""
_NEWEST_OF_KIND = """
SELECT DISTINCT message FROM time_entry WHERE kind = ? AND message < ? ORDER BY message DESC LIMIT 100
"""
_ABOVE_ALL = 2**62


class TimeLogPart(RepliesPart):
    """`TimeLog`."""

    def log_time(self, number: int, worked: Sequence[Worked], decided_at: datetime) -> Decision:
        """One appended LOG decision with these entries, at least one.

        Raises:
            UsageError: if there is no message with this number, or an entry ends after `decided_at` or lasts longer
                than a day.
        """
        refuse_time(worked, decided_at)
        total = sum(work.seconds for work in worked)
        with self._database.transaction():
            require_message(self._database, number)
            log = append(self._database, Decision(0, number, DecisionKind.LOG, decided_at, seconds=total))
            for work in worked:
                began_at = seconds(work.began_at) or 0
                self._database.run(
                    _INSERT,
                    *(number, log.id, work.kind.value, work.seconds, work.evidence.value),
                    *(began_at, began_at + work.seconds),
                )
        return log

    def time_entries(self, number: int) -> tuple[TimeEntry, ...]:
        """Those in force, in the order they were logged."""
        logs = standing(history(self._database, number)).logs
        return tuple(
            TimeEntry(entry, number, log, Worked(TimeKind(kind), worked_seconds, Evidence(evidence), instant(began_at)))
            for entry, log, kind, worked_seconds, evidence, began_at in self._database.rows(_ENTRIES, number)
            if log in logs
        )

    def worked_between(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Numbers of messages with an entry in force that ended in [start, end), rising."""
        numbers = [number for (number,) in self._database.rows(_ENDED_IN, seconds_up(start), seconds_up(end))]
        return tuple(
            number
            for number in numbers
            if any(start <= entry.worked.ended_at < end for entry in self.time_entries(number))
        )

    def overlapping(self, began_at: datetime, ended_at: datetime) -> tuple[TimeEntry, ...]:
        """Those in force, of any message, that share some time with [began_at, ended_at), by when they began."""
        ended = seconds_up(ended_at)
        rows = self._database.rows(_OVERLAPPING, seconds(began_at), ended, ended)
        held = {entry.id: entry for number in {number for _, number in rows} for entry in self.time_entries(number)}
        return tuple(held[entry] for entry, _ in rows if entry in held)

    def speeds(self, kind: TimeKind, limit: int) -> tuple[tuple[int, int], ...]:
        """Words and seconds of the newest `limit` messages whose time of this kind (READING, REPLY) is in force.

        Only where both are known: the client's own words for READING; for REPLY the practice's own words in one mail
        that answers this message alone, by References. A message with time of BOTH kinds in one entry tells neither.
        """
        known: list[tuple[int, int]] = []
        for number in self._newest_with(kind):
            if len(known) >= limit:
                break
            kinds = self.time_entries(number)
            total = sum(entry.worked.seconds for entry in kinds if entry.worked.kind is kind)
            is_mixed = any(entry.worked.kind is TimeKind.BOTH for entry in kinds)
            words = self._words(number, kind) if total and not is_mixed else 0
            if words:
                known.append((words, total))
        return tuple(known)

    def _newest_with(self, kind: TimeKind) -> Iterator[int]:
        """Numbers of messages with an entry of this kind, in force or not, falling."""
        above = _ABOVE_ALL
        while rows := self._database.rows(_NEWEST_OF_KIND, kind.value, above):
            yield from (number for (number,) in rows)
            above = rows[-1][0]

    def _words(self, number: int, kind: TimeKind) -> int:
        if kind is TimeKind.READING:
            return int(self._database.rows("SELECT words FROM message WHERE number = ?", number)[0][0])
        replies = self.replies(number)
        is_alone = len(replies) == 1 and replies[0].answers == 1 and not replies[0].is_guess
        return replies[0].words if is_alone else 0
