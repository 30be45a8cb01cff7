"""`called`, `done`, `undo`, `assign`, `history`: what was decided about messages. Nothing is ever overwritten."""

from __future__ import annotations

import difflib
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.numbers import numbers
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.config import Config
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Client, Decision

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
    with _desk(arguments) as desk:
        for message in desk.messages(arguments.numbers):
            if message.called_at:
                desk.say(f"{desk.name(message)} was already called about, {desk.when(message.called_at)}.")
                continue
            desk.decide(message, DecisionKind.CALLED)
            desk.say(f"{desk.name(message)}: called, so it asks for no call any more. {_undo(message)}")
    return 0


def run_done(arguments: argparse.Namespace) -> int:
    """Record that each message needs nothing more."""
    with _desk(arguments) as desk:
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
    with _desk(arguments) as desk:
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
    with _desk(arguments) as desk:
        client = desk.client(arguments.code)
        for message in desk.messages(arguments.numbers):
            desk.decide(message, DecisionKind.ASSIGN, client.code)
            desk.say(f"Message {message.number} is now {client.code}'s. {_undo(message)}")
    return 0


def run_history(arguments: argparse.Namespace) -> int:
    """Print what was decided about each message, undone decisions included."""
    with _desk(arguments, writes=False) as desk:
        for message in desk.messages(arguments.numbers):
            desk.say(f"{desk.name(message)}, received {desk.when(message.received_at)}")
            decisions = desk.ledger.decisions(message.number)
            by_id = {decision.id: decision for decision in decisions}
            for decision in decisions:
                desk.say(f"  {desk.when(decision.decided_at)}  {_told(decision, by_id)}")
            if not decisions:
                desk.say("  Nothing was decided about it yet.")
    return 0


@dataclass(frozen=True, slots=True)
class _Desk:
    """An open ledger and the words for what is done at it."""

    ledger: SqlLedger
    config: Config
    now: datetime
    wording: Wording
    roster: Mapping[str, Client]
    said: list[str]

    def messages(self, words: Sequence[str]) -> tuple[KeptMessage, ...]:
        """The messages of these numbers. Raises UsageError, before anything is decided, if one is unknown."""
        asked = numbers(words)
        found = {number: self.ledger.message(number) for number in asked}
        if missing := [number for number in asked if found[number] is None]:
            listed = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")  # noqa: PLR2004 - enough to see
            raise UsageError(f"there is no message {listed}; nothing was changed", "`mailtriage` shows the numbers.")
        return tuple(message for message in found.values() if message)

    def client(self, typed: str) -> Client:
        """The client of a code, whatever its case and dots. Raises UsageError naming the nearest."""
        by_letters: dict[str, list[Client]] = {}
        for client in self.roster.values():
            by_letters.setdefault(_letters(client.code), []).append(client)
        fitting = [self.roster[typed]] if typed in self.roster else by_letters.get(_letters(typed), [])
        if len(fitting) == 1:
            return fitting[0]
        near = [c.code for c in fitting] or difflib.get_close_matches(typed, self.roster, n=3, cutoff=0.4)
        advice = f"Did you mean {' or '.join(near)}? " if near else ""
        if typed.isdecimal():
            advice = "The code comes last: mailtriage assign N CODE; "
        raise UsageError(f"no client has the code {ascii(typed)[:40]}", f"{advice}`mailtriage client list` shows all.")

    def decide(self, message: KeptMessage, kind: DecisionKind, client: str = "") -> None:
        self.ledger.decide(message.number, kind, self.now, client)

    def name(self, message: KeptMessage) -> str:
        from mailtriage.summary import item_of

        return f"Message {message.number} from {self.wording.who(item_of(message, self.roster))}"

    def when(self, at: datetime) -> str:
        from mailtriage.adapters.terminal.moments import moment

        return moment(at, self.now, self.config.practice.timezone)

    def say(self, sentence: str) -> None:
        """Say it when everything is kept, and not before."""
        self.said.append(sentence)


@contextmanager
def _desk(arguments: argparse.Namespace, *, writes: bool = True) -> Iterator[_Desk]:
    """The ledger, open; all decisions are kept together or, after an error, none. What was said is printed then."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.cli.wiring import ledger_of, open_config

    config, now = open_config(arguments), read_clock()
    said: list[str] = []
    with ledger_of(config) as ledger, ledger.transaction() if writes else nullcontext():
        roster = {client.code: client for client in ledger.clients()}
        yield _Desk(ledger, config, now, Wording(now, config.practice.timezone), roster, said)
    able = capabilities()
    for sentence in said:
        print(able.text(safe(sentence)))


def _letters(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum())


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
