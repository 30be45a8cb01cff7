"""`called`, `done` and `assign`: what was decided about messages. Nothing is ever overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.cli.desk import NUMBERS, desk_of
from mailtriage.cli.recording import say_if_reopened, still_charged
from mailtriage.model import DecisionKind

if TYPE_CHECKING:
    import argparse

    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `called`, `done` and `assign`."""
    called = subparsers.add_parser(
        "called",
        help="you telephoned about a message",
        description="Note that you telephoned: the message leaves CALL FIRST and the reminders stop.",
    )
    called.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    called.set_defaults(run=run_called)
    done = subparsers.add_parser(
        "done",
        help="a message needs nothing more",
        description="Note that a message needs nothing more: it leaves every section but the handled ones.",
    )
    done.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    done.set_defaults(run=run_done)
    assign = subparsers.add_parser(
        "assign",
        help="say which client a message is from",
        description="Say which client a message is from, where several share an address or none has it.",
    )
    assign.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    assign.add_argument("code", metavar="CODE", help="the client's code; `mailtriage client list` shows them")
    assign.set_defaults(run=run_assign)


def run_called(arguments: argparse.Namespace) -> int:
    """Record a call about each message."""
    with desk_of(arguments) as desk:
        for message in desk.messages(arguments.numbers):
            call_one(desk, message)
    return 0


def call_one(desk: Desk, message: KeptMessage) -> None:
    """Record a call about a message; call it in a transaction."""
    if message.called_at:
        desk.say(f"{desk.name(message)} was already called about, {desk.when(message.called_at)}.")
        return
    desk.decide(message, DecisionKind.CALLED)
    desk.say(f"{desk.name(message)}: called, so it asks for no call any more. {_undo(message)}")


def run_done(arguments: argparse.Namespace) -> int:
    """Record that each message needs nothing more."""
    with desk_of(arguments) as desk:
        for message in desk.messages(arguments.numbers):
            finish_one(desk, message)
    return 0


def finish_one(desk: Desk, message: KeptMessage) -> None:
    """Record that a message needs nothing more; call it in a transaction."""
    if message.done_at:
        desk.say(f"{desk.name(message)} was already done, {desk.when(message.done_at)}.")
        return
    desk.decide(message, DecisionKind.DONE)
    alarm = message.verdict.emergency.is_alarm and not message.verdict.quoted_alarm
    uncalled = " It asked for a call, and none is recorded." if alarm and not message.called_at else ""
    desk.say(f"{desk.name(message)}: done, nothing more is needed.{uncalled} {_undo(message)}")


def run_assign(arguments: argparse.Namespace) -> int:
    """Record whose each message is."""
    with desk_of(arguments) as desk:
        client = desk.client(arguments.code)
        for message in desk.messages(arguments.numbers):
            desk.decide(message, DecisionKind.ASSIGN, client.code)
            desk.say(f"Message {message.number} is now {client.code}'s. {_undo(message)}")
            say_if_reopened(desk, desk.one(str(message.number)))
            for sentence in still_charged(desk, message.number, besides=client.code):
                desk.say(f"  {sentence}")
    return 0


def _undo(message: KeptMessage) -> str:
    return f"Take it back: mailtriage undo {message.number}"
