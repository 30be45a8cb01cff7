"""What a message's decisions come to: a pure replay of its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.model import CHARGES, SETTLEMENTS, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from mailtriage.model import Decision


@dataclass(frozen=True, slots=True)
class Standing:
    """What the decisions in force say of a message.

    Attributes:
        client: the code that was assigned, "" until one was.
        logs: ids of the LOG decisions in force, rising.
        logged_seconds: the seconds of their entries.
        settlement: the last settlement in force, if it still holds (see `standing`).
        is_reopened: there is a settlement in force, but it holds no longer.
        lapsed: that settlement; None where there is none, or where it holds.
        added_seconds: how much more time is in force than when that one was decided; below 0 if it is less.
        is_credited: it is a charge that lapsed since a line that charges the message was credited after it was decided.
    """

    called_at: datetime | None = None
    done_at: datetime | None = None
    client: str = ""
    logs: tuple[int, ...] = ()
    logged_seconds: int = 0
    settlement: Decision | None = None
    is_reopened: bool = False
    lapsed: Decision | None = None
    added_seconds: int = 0
    is_credited: bool = False


def in_force(decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The decisions of a history (oldest first) that no UNDO in force takes back; UNDOs in force among them."""
    taken_back: set[int | None] = set()
    standing = []
    for decision in reversed(decisions):
        if decision.id not in taken_back:
            standing.append(decision)
            taken_back.add(decision.undoes)
    return tuple(reversed(standing))


def standing(decisions: Sequence[Decision]) -> Standing:
    """What a message's history (oldest first) comes to; of several decisions of a kind the last one counts.

    A settlement holds while the time in force, and the client that was assigned, are those of the moment when it was
    decided. Whatever was added or taken back since reopens it, and taking that back in turn closes it again.
    A charge holds, besides, only while nothing of the message was credited after it was decided: what a credit gave
    back is charged again by a new decision alone.
    """
    now = in_force(decisions)
    last = {decision.kind: decision for decision in now}
    called, done = last.get(DecisionKind.CALLED), last.get(DecisionKind.DONE)
    settled = next((decision for decision in reversed(now) if decision.kind in SETTLEMENTS), None)
    then = in_force([decision for decision in decisions if settled and decision.id <= settled.id])
    is_credited = settled is not None and settled.kind in CHARGES and _credited_after(now, settled)
    lapsed = settled if is_credited or _ground(now) != _ground(then) else None
    logs = _logs(now)
    return Standing(
        called_at=called.decided_at if called else None,
        done_at=done.decided_at if done else None,
        client=_assigned(now),
        logs=tuple(log.id for log in logs),
        logged_seconds=_seconds(now),
        settlement=None if lapsed else settled,
        is_reopened=lapsed is not None,
        lapsed=lapsed,
        added_seconds=_seconds(now) - _seconds(then) if lapsed else 0,
        is_credited=is_credited,
    )


def reopened_by(decisions: Sequence[Decision], charged: Collection[int]) -> tuple[int, ...]:
    """Ids of the settlements in force of a history, oldest first: all of them taken back, nothing is decided.

    Those that are `charged` on a statement are not among them. An UNDO of the last one alone would let the one before
    hold again, which she had replaced.
    """
    settled = [decision.id for decision in in_force(decisions) if decision.kind in SETTLEMENTS]
    return tuple(decision_id for decision_id in settled if decision_id not in charged)


def ground_of(decisions: Sequence[Decision], settlement_id: int) -> frozenset[int]:
    """Ids of the LOGs, and of the last ASSIGN, that were in force in this history when the settlement was decided."""
    then = in_force([decision for decision in decisions if decision.id <= settlement_id])
    assigns = [decision.id for decision in then if decision.kind is DecisionKind.ASSIGN]
    return frozenset([*assigns[-1:], *(decision.id for decision in then if decision.kind is DecisionKind.LOG)])


def _ground(now: Sequence[Decision]) -> tuple[object, ...]:
    """What a settlement stands on: the time in force, and who was assigned."""
    return (_assigned(now), *(log.id for log in _logs(now)))


def _credited_after(now: Sequence[Decision], settled: Decision) -> bool:
    return any(decision.kind is DecisionKind.CREDITED and decision.id > settled.id for decision in now)


def _logs(now: Sequence[Decision]) -> list[Decision]:
    return [decision for decision in now if decision.kind is DecisionKind.LOG]


def _seconds(now: Sequence[Decision]) -> int:
    return sum(log.seconds for log in _logs(now))


def _assigned(now: Sequence[Decision]) -> str:
    return next((decision.client for decision in reversed(now) if decision.kind is DecisionKind.ASSIGN), "")
