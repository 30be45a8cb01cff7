"""What a message's decisions come to: a pure replay of its history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.model import SETTLEMENTS, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    """

    called_at: datetime | None = None
    done_at: datetime | None = None
    client: str = ""
    logs: tuple[int, ...] = ()
    logged_seconds: int = 0
    settlement: Decision | None = None
    is_reopened: bool = False


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
    """
    now = in_force(decisions)
    last = {decision.kind: decision for decision in now}
    called, done = last.get(DecisionKind.CALLED), last.get(DecisionKind.DONE)
    settled = next((decision for decision in reversed(now) if decision.kind in SETTLEMENTS), None)
    holds = settled is not None and _ground(now) == _ground(
        in_force([decision for decision in decisions if decision.id <= settled.id])
    )
    logs = [decision for decision in now if decision.kind is DecisionKind.LOG]
    return Standing(
        called_at=called.decided_at if called else None,
        done_at=done.decided_at if done else None,
        client=_assigned(now),
        logs=tuple(log.id for log in logs),
        logged_seconds=sum(log.seconds for log in logs),
        settlement=settled if holds else None,
        is_reopened=settled is not None and not holds,
    )


def _ground(now: Sequence[Decision]) -> tuple[object, ...]:
    """What a settlement stands on: the time in force, and who was assigned."""
    return (_assigned(now), *(decision.id for decision in now if decision.kind is DecisionKind.LOG))


def _assigned(now: Sequence[Decision]) -> str:
    return next((decision.client for decision in reversed(now) if decision.kind is DecisionKind.ASSIGN), "")
