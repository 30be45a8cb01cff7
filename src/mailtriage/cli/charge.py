"""`confirm` and `adjust`: time becomes a charge, where a consent covers it. Nothing is charged without these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.cli.desk import NUMBERS, desk_of
from mailtriage.cli.overlap import add_overlap, may_overlap
from mailtriage.cli.questions import ask_until, can_ask
from mailtriage.cli.recording import came_at, not_before_it_came
from mailtriage.cli.settle import note_of, settle
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind
from mailtriage.model.duration import parse_minutes, spoken
from mailtriage.model.work import Evidence, TimeKind, Worked

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Settlement

_ANYWAY = "charge a message that is never proposed for it: diary, emergency, forward, begun by you, automatic"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `confirm` and `adjust`."""
    confirm = subparsers.add_parser(
        "confirm",
        help="charge what may be charged",
        description="Confirm the recorded time of messages: what a consent covers becomes units, the rest stays free. "
        "Where no time was typed or timed, it asks for the minutes.",
    )
    confirm.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    confirm.add_argument(
        "--minutes", metavar="M", help='the time it took, where none is recorded, as in "9" or "6m30s"'
    )
    confirm.add_argument("--at", metavar="WHEN", help='when those minutes ended, as in "yesterday 16:05"')
    add_overlap(confirm)
    confirm.add_argument("--anyway", action="store_true", help=_ANYWAY)
    confirm.set_defaults(run=run_confirm)
    adjust = subparsers.add_parser(
        "adjust",
        help="charge another time than was recorded",
        description="Charge as if a message had taken these minutes. The recorded time is kept beside it. More than "
        "was recorded needs a reason.",
    )
    adjust.add_argument("number", metavar="N", help="the message's number")
    adjust.add_argument("--minutes", metavar="M", help='as in "9" or "6m30s"')
    adjust.add_argument("--why", metavar="TEXT", help="your reason")
    adjust.add_argument("--anyway", action="store_true", help=_ANYWAY)
    adjust.set_defaults(run=run_adjust)


@dataclass(frozen=True, slots=True)
class Minutes:
    """What was typed about a time that was not recorded: how long, and when it ended; None for what was not.

    `may_overlap`: it is kept beside whatever is recorded already.
    """

    seconds: int | None = None
    ended_at: datetime | None = None
    may_overlap: bool = False


def run_confirm(arguments: argparse.Namespace) -> int:
    """Confirm the time of each message."""
    with desk_of(arguments, writes=False) as desk:
        messages = desk.messages(arguments.numbers)
        if len(messages) > 1 and (arguments.minutes is not None or arguments.at is not None):
            raise UsageError("--minutes and --at belong to one message", "Confirm it by itself.")
        typed = Minutes(
            None if arguments.minutes is None else _seconds(arguments.minutes),
            None if arguments.at is None else desk.instant(arguments.at),
            arguments.overlap,
        )
        # Asked before, written now: a question that waits must not keep a poll from writing.
        added = {message.number: time_to_add(desk, message, typed) for message in messages}
        with desk.ledger.transaction():
            for message in messages:
                confirm_one(desk, message, added[message.number], anyway=arguments.anyway)
    return 0


def run_adjust(arguments: argparse.Namespace) -> int:
    """Charge another time."""
    with desk_of(arguments, writes=False) as desk:
        message = desk.one(arguments.number)
        seconds = _asked_seconds(f"How many minutes do you charge for message {message.number}? ", arguments.minutes)
        note = note_of(arguments.why)
        with desk.ledger.transaction():
            adjust_one(desk, message, seconds, note, anyway=arguments.anyway)
    return 0


def time_to_add(desk: Desk, message: KeptMessage, typed: Minutes) -> Worked | None:
    """The minutes to be booked with the confirmation; None where typed or timed ones are recorded already.

    Raises:
        UsageError: if it is nobody's, if minutes are typed beside recorded ones, or if they would have to be asked
            and nobody can answer.
    """
    refuse_nobodys(desk, message)
    recorded = desk.assessment(message).measured_seconds
    if recorded:
        if typed.seconds is not None or typed.ended_at:
            raise UsageError(
                f"{spoken(recorded)} are recorded for message {message.number} already",
                f"`mailtriage adjust {message.number} --minutes M` charges another time; `log` adds to it.",
            )
        return None
    seconds = typed.seconds
    if seconds is None:
        seconds = _asked_seconds(f"{desk.name(message)}: {_known(message)}\n  How many minutes did it take you? ", None)
    added = _dated(desk, message, seconds, typed.ended_at)
    is_dated = typed.ended_at is not None
    if not may_overlap(desk, message.number, [added], is_dated=is_dated, given=typed.may_overlap):
        raise UsageError("nothing was kept", "Say when you finished with --at, if it was another time.")
    return added


def confirm_one(desk: Desk, message: KeptMessage, added: Worked | None, *, anyway: bool = False) -> None:
    """Book the added minutes and settle the message's time; call it in a transaction.

    Raises:
        UsageError: if the message is never proposed for charging, would be charged, and `anyway` is not given.
    """
    from mailtriage.billing.settling import confirmed

    # As it is now: it was asked about before, and the question may have waited.
    message = desk.one(str(message.number))
    refuse_nobodys(desk, message)
    if added:
        if desk.assessment(message).measured_seconds:
            raise UsageError(f"time on message {message.number} was recorded meanwhile", "Nothing was changed.")
        desk.billing.log_time(message.number, [added], desk.now)
    assessment = desk.assessment(message)
    settlement = confirmed(assessment, message.clients[0])
    _refuse_unproposed(desk, message, settlement, anyway=anyway)
    settle(desk, message, settlement)
    if added:
        entry = sum(past.kind is DecisionKind.LOG for past in desk.ledger.decisions(message.number))
        desk.say(f"  The minutes stay recorded then: `mailtriage erase {message.number} {entry}` takes them back, too.")


def adjust_one(desk: Desk, message: KeptMessage, seconds: int, note: str, *, anyway: bool = False) -> None:
    """Settle the message's time as if it had been these seconds; call it in a transaction.

    Raises:
        UsageError: as `confirm_one`, and for what `billing.settling.adjusted` refuses.
    """
    from mailtriage.billing.settling import adjusted

    refuse_nobodys(desk, message)
    assessment = desk.assessment(message)
    if not assessment.measured_seconds:
        raise UsageError(
            f"no time is recorded for message {message.number}",
            f"Say what it took: mailtriage confirm {message.number} --minutes M",
        )
    settlement = adjusted(assessment, message.clients[0], seconds, note, desk.terms)
    _refuse_unproposed(desk, message, settlement, anyway=anyway)
    settle(desk, message, settlement)


def refuse_nobodys(desk: Desk, message: KeptMessage) -> None:
    """Raise UsageError for a message that is not one client's: it cannot be charged."""
    if len(message.clients) > 1:
        raise UsageError(
            f"{desk.name(message)} cannot be charged until you say whose it is; nothing was changed",
            f"mailtriage assign {message.number} CODE",
        )
    if not message.clients:
        raise UsageError(
            f"{desk.name(message)} cannot be charged: the sender is not on the roster; nothing was changed",
            f"`mailtriage client add CODE`, or `mailtriage assign {message.number} CODE` if it is a client's.",
        )


def _refuse_unproposed(desk: Desk, message: KeptMessage, settlement: Settlement, *, anyway: bool) -> None:
    from mailtriage.billing.proposal import barred

    ground = barred(message)
    if settlement.units and ground and not anyway:
        raise UsageError(
            f"{desk.name(message)} is not meant to be charged ({ground}); nothing was changed",
            f"To charge it all the same, add --anyway; else: mailtriage waive {message.number}",
        )


def _dated(desk: Desk, message: KeptMessage, seconds: int, ended_at: datetime | None) -> Worked:
    """Typed minutes on the time line: until the time given, else until the answer was sent, else until now.

    Raises:
        UsageError: where it was not given, and would decide whether a consent covers the work.
    """
    from mailtriage.billing.dating import is_same_whenever

    end = ended_at or min(message.answered_at or desk.now, desk.now)
    covering = desk.covering(message)
    if not ended_at and not is_same_whenever(message.number, seconds, message.received_at, desk.now, covering):
        raise UsageError(
            f"whether message {message.number} can be charged hangs on when you worked on it: "
            "a consent or a price began or ended meanwhile",
            f'Say when you finished: mailtriage confirm {message.number} --minutes M --at "yesterday 16:05"',
        )
    began_at = end - timedelta(seconds=seconds)
    if not ended_at:  # typed minutes may be longer than it took to answer: then they went on after it
        began_at = max(began_at, min(came_at(message), desk.now - timedelta(seconds=seconds)))
    not_before_it_came(desk, message, began_at)
    return Worked(TimeKind.BOTH, seconds, Evidence.TYPED, began_at)


def _known(message: KeptMessage) -> str:
    """What is known of the time that a message took, where nothing was typed or timed."""
    reading = message.verdict.reading
    return (
        "no time was typed or timed. Reading it takes about "
        f"{spoken(reading.mid)} ({spoken(reading.low)} to {spoken(reading.high)}), by its words."
    )


def _asked_seconds(question: str, typed: str | None) -> int:
    """The seconds that were typed, or are asked for. Raises UsageError for no duration, or where nobody can answer."""
    if typed is not None:
        return _seconds(typed)
    if not can_ask():
        raise UsageError("how many minutes? None were typed or timed", "Say it with --minutes; nothing was changed.")
    return ask_until(question, parse_minutes)


def _seconds(typed: str) -> int:
    try:
        return parse_minutes(typed)
    except ValueError as error:
        raise UsageError(f"--minutes: {error}", "Nothing was changed.") from error
