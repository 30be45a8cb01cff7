"""Lists of what is open, kept at hand so that looking costs what is open: they follow from the decisions.

Each is written in the transaction of the decision that changes it; `amiss` compares them with the whole history.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.times import seconds
from mailtriage.model import CHARGES, DecisionKind, Emergency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailtriage.adapters.ledger.database import Database, Row
    from mailtriage.ledger.standing import Standing

_CANDIDATES = """
SELECT number FROM message WHERE long = 1 OR emergency IN ('crisis', 'urgent')
UNION SELECT message FROM decision
UNION SELECT message FROM open_alarm
UNION SELECT message FROM open_work
UNION SELECT message FROM charge_due
UNION SELECT message FROM saved_work
"""


@dataclass(frozen=True, slots=True)
class _Open:
    """On which lists a message stands, with what stands beside it there."""

    alarm: tuple[object, ...] | None
    work: tuple[object, ...] | None
    due: tuple[object, ...] | None
    saved: tuple[object, ...] | None


def refresh(database: Database, number: int, now: Standing) -> None:
    """Put a message on the lists where it belongs, and take it off the others."""
    expected = _expected(database, number, now)
    for table, columns, row in (
        ("open_alarm", "message", expected.alarm),
        ("open_work", "message, seconds", expected.work),
        ("charge_due", "message, decision, client, worked_at", expected.due),
        ("saved_work", "message, client", expected.saved),
    ):
        database.run(f"DELETE FROM {table} WHERE message = ?", number)  # noqa: S608 - constants
        if row is not None:
            marks = ", ".join("?" * len(row))
            database.run(f"INSERT INTO {table} ({columns}) VALUES ({marks})", *row)  # noqa: S608 - constants


def amiss(database: Database, standing_of: Callable[[int], Standing]) -> Iterator[str]:
    """What the lists say that the decisions do not, in sentences."""
    unlisted_alarms = wrong = 0
    for (number,) in database.rows(_CANDIDATES):
        expected, actual = _expected(database, number, standing_of(number)), _actual(database, number)
        if expected.alarm and not actual.alarm:
            unlisted_alarms += 1
        elif expected != actual:
            wrong += 1
    if unlisted_alarms:
        yield f"{unlisted_alarms} open alarms are not listed as open"
    if wrong:
        yield f"{wrong} messages stand on other lists of open work than their decisions say"


def _expected(database: Database, number: int, now: Standing) -> _Open:
    rows = database.rows("SELECT emergency, long, automatic FROM message WHERE number = ?", number)
    emergency, long, automatic = rows[0]
    settlement = now.settlement
    is_long = bool(long) and not automatic
    waits = is_long or now.logs
    waiting_seconds = None if is_long or now.is_reopened else now.logged_seconds
    is_saved = settlement is not None and settlement.kind is DecisionKind.SAVE and not now.done_at
    return _Open(
        alarm=(number,) if Emergency(emergency).is_alarm and not (now.called_at or now.done_at) else None,
        work=(number, waiting_seconds) if waits and settlement is None and not now.done_at else None,
        due=_due(database, number, now),
        saved=(number, settlement.client) if settlement is not None and is_saved else None,
    )


def _due(database: Database, number: int, now: Standing) -> tuple[object, ...] | None:
    decision = now.settlement
    if decision is None or decision.kind not in CHARGES or decision.settlement is None or not decision.settlement.units:
        return None
    if database.row("SELECT 1 FROM statement_charge WHERE decision = ?", decision.id):
        return None
    ends = database.rows("SELECT decision, ended_at FROM time_entry WHERE message = ?", number)
    worked_at = max((end for log, end in ends if log in now.logs), default=seconds(decision.decided_at))
    return (number, decision.id, decision.client, worked_at)


def _actual(database: Database, number: int) -> _Open:
    def row_of(question: str) -> Row | None:
        return database.row(question, number)

    return _Open(
        alarm=row_of("SELECT message FROM open_alarm WHERE message = ?"),
        work=row_of("SELECT message, seconds FROM open_work WHERE message = ?"),
        due=row_of("SELECT message, decision, client, worked_at FROM charge_due WHERE message = ?"),
        saved=row_of("SELECT message, client FROM saved_work WHERE message = ?"),
    )
