"""Whom to ring about, and which failures to tell, after a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.errors import TemporaryError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta

    from mailtriage.ledger import OpenAlarm, PollLedger
    from mailtriage.poll.run import Failure


def calls_due(ledger: PollLedger, *, now: datetime, remind: timedelta, crisis_only: bool) -> tuple[OpenAlarm, ...]:
    """The alarms that the therapist is to be told of now: never told, or told `remind` ago or longer.

    Backlog is listed in the summary and never rung. `crisis_only` narrows what rings, not what is listed.
    """
    return tuple(
        alarm
        for alarm in ledger.open_alarms()
        if (alarm.is_crisis or not crisis_only) and not alarm.backlog and _is_due(alarm.told_at, now, remind)
    )


def failures_due(
    failures: Iterable[Failure], *, now: datetime, alarm_after: timedelta, remind: timedelta
) -> tuple[Failure, ...]:
    """The failures that the therapist is to be told of now, and again every `remind`.

    What trying again may mend is told only once it has lasted `alarm_after`; a refused login or a wrong
    configuration at once.
    """
    due = []
    for failure in failures:
        lasting = not isinstance(failure.error, TemporaryError) or not now - alarm_after < failure.since <= now
        if lasting and _is_due(failure.told_at, now, remind):
            due.append(failure)
    return tuple(due)


def _is_due(told_at: datetime | None, now: datetime, remind: timedelta) -> bool:
    """True if never told, or too long ago; or told in the future: then the clock was wrong, and may be no longer."""
    return told_at is None or not now - remind < told_at <= now
