"""`log` and `erase`: time that is typed, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.cli.desk import desk_of
from mailtriage.cli.overlap import add_overlap, may_be_so_long, may_overlap
from mailtriage.cli.recording import not_before_it_came, said_of_time, say_if_reopened
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind
from mailtriage.model.duration import parse_duration
from mailtriage.model.work import Evidence, TimeKind, Worked

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import datetime

    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Decision


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `log` and `erase`."""
    log = subparsers.add_parser(
        "log",
        help="type the time that a message took",
        description="Keep time that you worked on a message: reading it, answering it, or both one after the other.",
    )
    log.add_argument("number", metavar="N", help="the message's number")
    log.add_argument("--reading", metavar="TIME", help='how long you read, as in "4m", "6m30s" or "6:30"')
    log.add_argument("--reply", metavar="TIME", help="how long you answered")
    log.add_argument("--at", metavar="WHEN", help='when you finished, as in "yesterday 16:05" (default: now)')
    add_overlap(log)
    log.add_argument("-y", "--yes", action="store_true", help="it is so, even if it is more than 8 hours")
    log.set_defaults(run=run_log)
    erase = subparsers.add_parser(
        "erase",
        help="take recorded time back",
        description="Take back what was recorded together as one entry; `mailtriage history N` numbers them. It stays "
        "in the history, and `mailtriage undo N` brings it back.",
    )
    erase.add_argument("number", metavar="N", help="the message's number")
    erase.add_argument("entry", metavar="K", help="the entry's number in the message's history")
    erase.set_defaults(run=run_erase)


def run_log(arguments: argparse.Namespace) -> int:
    """Keep typed time."""
    with desk_of(arguments, writes=False) as desk:
        message = desk.one(arguments.number)
        ended_at = desk.instant(arguments.at)
        worked = worked_until(ended_at, arguments.reading, arguments.reply)
        not_before_it_came(desk, message, worked[0].began_at)
        # Asked before, written now: a question that waits must not keep a poll from writing.
        if may_be_so_long(worked, given=arguments.yes) and may_overlap(
            desk, message.number, worked, is_dated=arguments.at is not None, given=arguments.overlap
        ):
            keep_time(desk, message, worked)
        else:
            desk.say("Nothing was kept.")
    return 0


def keep_time(desk: Desk, message: KeptMessage, worked: Sequence[Worked]) -> None:
    """Keep times of a message, and say what they come to. What was said before comes after that."""
    before = list(desk.said)
    desk.said.clear()
    with desk.ledger.transaction():
        desk.billing.log_time(message.number, worked, desk.now)
        said_of_time(desk, message, worked)
    desk.said.extend(before)


def worked_until(ended_at: datetime, reading: str | None, reply: str | None) -> tuple[Worked, ...]:
    """Typed times one after the other, the last of which ends at `ended_at`.

    Raises:
        UsageError: if neither is given, or one is no duration.
    """
    return typed_until(
        ended_at,
        None if reading is None else _seconds(reading, "--reading"),
        None if reply is None else _seconds(reply, "--reply"),
    )


def typed_until(ended_at: datetime, reading: int | None, reply: int | None) -> tuple[Worked, ...]:
    """Times of so many seconds, reading first; the last of them ends at `ended_at`.

    Raises:
        UsageError: if there is neither.
    """
    if reading is None and reply is None:
        raise UsageError("no time was given", "Say how long: --reading 4m, --reply 6m30s, or both.")
    worked: list[Worked] = []
    for kind, seconds in ((TimeKind.REPLY, reply), (TimeKind.READING, reading)):
        if seconds is not None:
            ended_at -= timedelta(seconds=seconds)
            worked.insert(0, Worked(kind, seconds, Evidence.TYPED, ended_at))
    return tuple(worked)


def _seconds(text: str, option: str) -> int:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", "Nothing was changed.") from error


def run_erase(arguments: argparse.Namespace) -> int:
    """Take an entry back."""
    from mailtriage.adapters.terminal.charges import comes_to, entries

    with desk_of(arguments) as desk:
        message = desk.one(arguments.number)
        log = _entry(desk, message.number, arguments.entry)
        kept = [entry.worked for entry in desk.billing.time_entries(message.number) if entry.decision == log.id]
        desk.billing.undo_decision(log.id, desk.now)
        now = desk.one(arguments.number)
        desk.say(
            f"{desk.name(now)}: entry {arguments.entry} is taken back: {entries(kept)}, "
            f"recorded {desk.when(log.decided_at)}."
        )
        desk.say(f"  What is left: {comes_to(desk.assessment(now), desk.terms)}")
        say_if_reopened(desk, now)
        desk.say(f"  Bring it back: mailtriage undo {now.number}")
    return 0


def _entry(desk: Desk, number: int, typed: str) -> Decision:
    logs = [past for past in desk.ledger.decisions(number) if past.kind is DecisionKind.LOG]
    if not typed.isascii() or not typed.isdecimal() or not 1 <= int(typed[:9]) <= len(logs):
        known = f"it has {len(logs)}" if logs else "it has none"
        raise UsageError(f"message {number} has no entry {ascii(typed)[:20]}; {known}", "`mailtriage history N` shows.")
    return logs[int(typed) - 1]
