"""`called`, `done`, `undo`, `assign`, `history`: what was decided about messages. Nothing is ever overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.cli.desk import desk_of
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Decision

_NUMBERS = 'message numbers and ranges, as in "3 5-7"'


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `called`, `done`, `undo`, `assign` and `history`."""
    called = subparsers.add_parser(
        "called",
        help="you telephoned about a message",
        description="Note that you telephoned: the message leaves CALL FIRST and the reminders stop.",
    )
    called.add_argument("numbers", metavar="N", nargs="+", help=_NUMBERS)
    called.set_defaults(run=run_called)
    done = subparsers.add_parser(
        "done",
        help="a message needs nothing more",
        description="Note that a message needs nothing more: it leaves every section but the handled ones.",
    )
    done.add_argument("numbers", metavar="N", nargs="+", help=_NUMBERS)
    done.set_defaults(run=run_done)
    undo = subparsers.add_parser(
        "undo",
        help="take the last decision back",
        description="Take the last decision back, of all or of one message. A second undo brings it back.",
    )
    undo.add_argument("numbers", metavar="N", nargs="*", help="messages whose last decision is taken back")
    undo.set_defaults(run=run_undo)
    assign = subparsers.add_parser(
        "assign",
        help="say which client a message is from",
        description="Say which client a message is from, where several share an address or none has it.",
    )
    assign.add_argument("numbers", metavar="N", nargs="+", help=_NUMBERS)
    assign.add_argument("code", metavar="CODE", help="the client's code; `mailtriage client list` shows them")
    assign.set_defaults(run=run_assign)
    history = subparsers.add_parser(
        "history", help="all that was decided about a message", description="All that was decided about a message."
    )
    history.add_argument("numbers", metavar="N", nargs="+", help=_NUMBERS)
    history.set_defaults(run=run_history)


def run_called(arguments: argparse.Namespace) -> int:
    """Record a call about each message."""
    with desk_of(arguments) as desk:
        for message in desk.messages(arguments.numbers):
            if message.called_at:
                desk.say(f"{desk.name(message)} was already called about, {desk.when(message.called_at)}.")
                continue
            desk.decide(message, DecisionKind.CALLED)
            desk.say(f"{desk.name(message)}: called, so it asks for no call any more. {_undo(message)}")
    return 0


def run_done(arguments: argparse.Namespace) -> int:
    """Record that each message needs nothing more."""
    with desk_of(arguments) as desk:
        for message in desk.messages(arguments.numbers):
            if message.done_at:
                desk.say(f"{desk.name(message)} was already done, {desk.when(message.done_at)}.")
                continue
            desk.decide(message, DecisionKind.DONE)
            alarm = message.verdict.emergency.is_alarm and not message.verdict.quoted_alarm
            uncalled = " It asked for a call, and none is recorded." if alarm and not message.called_at else ""
            desk.say(f"{desk.name(message)}: done, nothing more is needed.{uncalled} {_undo(message)}")
    return 0


def run_undo(arguments: argparse.Namespace) -> int:
    """Take the last decision back, of each message named or of all."""
    with desk_of(arguments) as desk:
        targets = [message.number for message in desk.messages(arguments.numbers)] if arguments.numbers else [None]
        for number in targets:
            decision = desk.ledger.undo(desk.now, number)
            if decision is None:
                about = f" about message {number}" if number else ""
                raise UsageError(f"nothing was decided{about} yet", "`mailtriage history N` shows what was.")
            history = {past.id: past for past in desk.ledger.decisions(decision.number)}
            desk.say(f"Message {decision.number}: {_taken_back(decision, history)}. {_again(decision.number)}")
    return 0


def run_assign(arguments: argparse.Namespace) -> int:
    """Record whose each message is."""
    with desk_of(arguments) as desk:
        client = desk.client(arguments.code)
        for message in desk.messages(arguments.numbers):
            desk.decide(message, DecisionKind.ASSIGN, client.code)
            desk.say(f"Message {message.number} is now {client.code}'s. {_undo(message)}")
    return 0


def run_history(arguments: argparse.Namespace) -> int:
    """Print what was decided about each message, undone decisions included."""
    with desk_of(arguments, writes=False) as desk:
        for message in desk.messages(arguments.numbers):
            desk.say(f"{desk.name(message)}, received {desk.when(message.received_at)}")
            decisions = desk.ledger.decisions(message.number)
            by_id = {decision.id: decision for decision in decisions}
            for decision in decisions:
                desk.say(f"  {desk.when(decision.decided_at)}  {_told(decision, by_id)}")
            if not decisions:
                desk.say("  Nothing was decided about it yet.")
    return 0


def _undo(message: KeptMessage) -> str:
    return f"Take it back: mailtriage undo {message.number}"


def _again(number: int) -> str:
    return f"The other way again: mailtriage undo {number}"


def _taken_back(undo: Decision, history: Mapping[int, Decision]) -> str:
    """What an UNDO came to: it takes a decision back, or, undoing an UNDO, lets it hold again."""
    decision, undos = undo, 0
    while decision.kind is DecisionKind.UNDO:
        decision, undos = history[decision.undoes or 0], undos + 1
    return f'"{_told(decision, history)}" {"is taken back" if undos % 2 else "holds again"}'


def _told(decision: Decision, history: Mapping[int, Decision]) -> str:
    if decision.kind is DecisionKind.UNDO:
        return f"undo: {_taken_back(decision, history)}"
    return f"assigned to {decision.client}" if decision.kind is DecisionKind.ASSIGN else decision.kind.value
