"""`start` and `stop`: the one timer. What it measured is kept, or, where that is doubtful, asked about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.cli.desk import desk_of
from mailtriage.cli.overlap import add_overlap, may_overlap
from mailtriage.cli.questions import ask_until, can_ask
from mailtriage.cli.recording import not_before_it_came, said_of_time
from mailtriage.cli.saying import say
from mailtriage.errors import UsageError
from mailtriage.model.duration import parse_minutes, spoken
from mailtriage.model.work import Evidence, TimeKind, Timer

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from mailtriage.billing.timers import Run
    from mailtriage.cli.desk import Desk
    from mailtriage.model.work import Worked

_LEFT = "Ctrl-C leaves the timer running"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `start` and `stop`."""
    start = subparsers.add_parser(
        "start",
        help="start the timer for a message",
        description="Start the timer for reading a message, or for answering it. One timer runs at a time; it outlives "
        "this window, a crash and a reboot.",
    )
    start.add_argument("number", metavar="N", help="the message's number")
    start.add_argument("--reply", action="store_true", help="you answer the message, rather than read it")
    start.add_argument("--at", metavar="WHEN", help='when you began, as in "16:05" or "yesterday 16:05" (default: now)')
    start.set_defaults(run=run_start)
    stop = subparsers.add_parser(
        "stop",
        help="stop the timer and keep its time",
        description="Stop the timer and keep what it measured. A timer that ran for long, past midnight, or while the "
        "machine slept is asked about first; in a pipe say it with --minutes.",
    )
    stop.add_argument("--at", metavar="WHEN", help='when you finished, as in "16:20" (default: now)')
    stop.add_argument("--minutes", metavar="M", help='keep this instead, as in "12" or "6m30s"; 0 keeps nothing')
    add_overlap(stop)
    stop.set_defaults(run=run_stop)


def run_start(arguments: argparse.Namespace) -> int:
    """Start the timer."""
    from mailtriage.adapters.awake import awake

    with desk_of(arguments) as desk:
        message = desk.one(arguments.number)
        if running := desk.billing.timer():
            raise UsageError(
                f"a timer runs already: {running.kind.value} message {running.number}, "
                f"since {desk.when(running.began_at)}",
                "`mailtriage stop` keeps its time; `mailtriage stop --minutes 0` drops it.",
            )
        began_at = desk.instant(arguments.at)
        not_before_it_came(desk, message, began_at)
        kind = TimeKind.REPLY if arguments.reply else TimeKind.READING
        desk.billing.start_timer(Timer(message.number, kind, began_at, awake(), _evidence(arguments.at is not None)))
        desk.say(f"{desk.name(message)}: the timer for {kind.value} runs since {desk.when(began_at)}.")
        desk.say("When you have finished: mailtriage stop")
    return 0


def run_stop(arguments: argparse.Namespace) -> int:
    """Stop the timer, and keep what it measured or what is typed instead."""
    with desk_of(arguments, writes=False) as desk:
        timer = desk.billing.timer()
        if timer is None:
            raise UsageError(
                "no timer runs", "`mailtriage start N` starts one; `mailtriage log N --reading 4m` keeps a time."
            )
        at = desk.instant(arguments.at)
        keep_run(desk, timer, End(at, arguments.at is not None, arguments.minutes, may_overlap=arguments.overlap))
    return 0


@dataclass(frozen=True, slots=True)
class End:
    """When a timer ended, whether that was typed, and the minutes that were typed instead of what it measured.

    `may_overlap`: it is kept beside whatever is recorded already.
    """

    at: datetime
    is_typed: bool = False
    minutes: str | None = None
    may_overlap: bool = False


def keep_run(desk: Desk, timer: Timer, end: End | None = None) -> None:
    """End the timer and keep its time, asking first where it is doubtful.

    Raises:
        UsageError: if it would have to be asked and nobody can answer; the timer runs on.
    """
    from mailtriage.adapters.awake import awake
    from mailtriage.billing.timers import run_of

    end = end or End(desk.now)
    if end.is_typed and end.at < timer.began_at:
        raise UsageError(
            f"the timer was started {desk.when(timer.began_at)}, after that", "It runs on; give --at a later time."
        )
    limit_minutes = desk.config.billing.timer_minutes
    run = run_of(timer, end.at, awake(), limit_minutes=limit_minutes, zone=desk.zone)
    worked = _kept(desk, run, end)
    if worked and not may_overlap(desk, timer.number, [worked], is_dated=True, given=end.may_overlap):
        worked = None
    # Asked before, written now: a question that waits must not keep a poll from writing.
    with desk.ledger.transaction():
        if desk.billing.stop_timer() != timer:
            raise UsageError("the timer was stopped elsewhere meanwhile", "Nothing was changed.")
        if worked:
            desk.billing.log_time(timer.number, [worked], desk.now)
    message = desk.one(str(timer.number))
    if worked is None:
        desk.say(f"{desk.name(message)}: the timer is stopped, and nothing of it is kept.")
        return
    said_of_time(desk, message, [worked])


def _kept(desk: Desk, run: Run, end: End) -> Worked | None:
    """The time to keep; None to keep none."""
    evidence = _evidence(end.is_typed or run.timer.evidence is Evidence.TYPED)
    if end.minutes is not None:
        seconds = _typed(end.minutes)
    elif run.is_doubtful:
        answer = _asked(desk, run)
        if answer is None:
            return run.measured(evidence)
        seconds = answer
    else:
        return run.measured(evidence) if run.seconds else None
    return run.corrected(seconds) if seconds else None


def _evidence(is_typed: bool) -> Evidence:  # noqa: FBT001 - the one thing that it depends on
    """How a run is known: where she said when it began or ended, it is hers, not the timer's."""
    return Evidence.TYPED if is_typed else Evidence.TIMER


def _typed(text: str) -> int:
    """Seconds; 0 for none. Raises UsageError for what is no duration."""
    try:
        return minutes_or_none(text)
    except ValueError as error:
        raise UsageError(str(error), "The timer runs on.") from error


def minutes_or_none(text: str) -> int:
    """The seconds in typed minutes, or 0 for a bare zero. Raises ValueError for anything else."""
    return 0 if text.strip() in ("0", "0m") else parse_minutes(text)


def _asked(desk: Desk, run: Run) -> int | None:
    """The seconds that are typed in answer; None to keep what was measured.

    Raises:
        UsageError: where nobody can answer.
    """
    doubts = _doubts(desk, run)
    if not can_ask():
        raise UsageError(
            f"{doubts} Nothing is kept, and the timer runs on",
            "Say how long you worked: mailtriage stop --minutes 12 (0 drops the timer).",
        )
    say(doubts)
    if run.seconds > 0:
        question = "k keeps that, minutes replace it, 0 drops it"
        return ask_until(f"{question}; {_LEFT}: ", lambda typed: _answer(typed, run))
    return ask_until(f"How many minutes did you work? 0 drops the timer; {_LEFT}: ", minutes_or_none)


def _answer(typed: str, run: Run) -> int | None:
    if not typed:
        raise ValueError("Nothing is booked by Enter alone. Type k, the minutes, or 0.")
    if typed.casefold() != "k":
        return minutes_or_none(typed)
    if run.seconds > 24 * 60 * 60:
        raise ValueError("More than a day cannot be kept. Type the minutes, or 0.")
    return None


def _doubts(desk: Desk, run: Run) -> str:
    """What was measured, and why it is doubtful."""
    began = desk.when(run.timer.began_at)
    if run.seconds < 0:
        return f"The timer was started {began}, which is still to come: the clock was set back."
    reasons = [
        f"that is longer than {desk.config.billing.timer_minutes} min" * run.is_overlong,
        "midnight lies between" * run.is_over_midnight,
        f"the machine slept for {spoken(run.asleep_seconds)} of it" * bool(run.asleep_seconds),
        "the machine was started anew meanwhile" * run.is_rebooted,
    ]
    measured = f"The timer for message {run.timer.number} measured {spoken(run.seconds)} since {began}"
    return f"{measured}: {'; '.join(filter(None, reasons))}."
