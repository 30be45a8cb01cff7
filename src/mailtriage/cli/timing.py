"""A timer that runs while something is read or written; the ledger is closed meanwhile, and a crash keeps the timer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.cli.desk import desk_of
from mailtriage.cli.timer import End, keep_run
from mailtriage.errors import UsageError
from mailtriage.model.work import Timer

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from mailtriage.cli.desk import Desk
    from mailtriage.model.work import TimeKind


def refuse_running(desk: Desk, number: int) -> None:
    """Raise UsageError if a timer runs: there is only one."""
    if running := desk.billing.timer():
        raise UsageError(
            f"a timer runs already: {running.kind.value} message {running.number}, since {desk.when(running.began_at)}",
            f"`mailtriage stop` keeps its time; `mailtriage show {number}` shows the message without a timer.",
        )


def begin(arguments: argparse.Namespace, number: int, kind: TimeKind) -> Timer:
    """The timer, started and kept."""
    from mailtriage.adapters.awake import awake

    with desk_of(arguments) as desk:
        refuse_running(desk, number)
        timer = Timer(number, kind, desk.now, awake())
        desk.billing.start_timer(timer)
    return timer


def finish(arguments: argparse.Namespace, timer: Timer, ended_at: datetime) -> None:
    """Keep the time until `ended_at`, asking first where it is doubtful."""
    with desk_of(arguments, writes=False) as desk:
        if _still_runs(desk, timer):
            keep_run(desk, timer, End(ended_at))


def drop(arguments: argparse.Namespace, timer: Timer) -> None:
    """Stop the timer and keep nothing of it."""
    with desk_of(arguments) as desk:
        if _still_runs(desk, timer):
            desk.billing.stop_timer()
            desk.say("The timer is stopped, and nothing of it is kept.")


def _still_runs(desk: Desk, timer: Timer) -> bool:
    if desk.billing.timer() == timer:
        return True
    desk.say("The timer was stopped elsewhere meanwhile; nothing more is kept.")
    return False
