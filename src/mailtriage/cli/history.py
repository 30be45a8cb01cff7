"""`undo` and `history`: what was decided and recorded about messages. Nothing is ever overwritten."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mailtriage.cli.desk import NUMBERS, desk_of
from mailtriage.cli.recording import say_if_reopened
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Decision
    from mailtriage.model.statements import Issued


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `undo` and `history`."""
    undo = subparsers.add_parser(
        "undo",
        help="take the last decision back",
        description="Take the last decision, or the last recorded time, back, of all or of one message. A second undo "
        "brings it back. What stands on an issued statement cannot be undone: credit the statement.",
    )
    undo.add_argument("numbers", metavar="N", nargs="*", help="messages whose last decision is taken back")
    undo.set_defaults(run=run_undo)
    history = subparsers.add_parser(
        "history",
        help="all that was decided about a message",
        description="All that was decided and recorded about a message, what was taken back included.",
    )
    history.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    history.add_argument("--json", action="store_true", help="a JSON document; docs/billing.md describes it")
    history.set_defaults(run=run_history)


def run_undo(arguments: argparse.Namespace) -> int:
    """Take the last decision back, of each message named or of all."""
    with desk_of(arguments) as desk:
        targets = [message.number for message in desk.messages(arguments.numbers)] if arguments.numbers else [None]
        for number in targets:
            undo_last(desk, number)
    return 0


def undo_last(desk: Desk, number: int | None) -> None:
    """Take the last decision back, of this message or of all; call it in a transaction.

    Raises:
        UsageError: if there is none, or it stands on an issued statement.
    """
    decision = desk.ledger.undo(desk.now, number)
    if decision is None:
        about = f" about message {number}" if number else ""
        raise UsageError(f"nothing was decided{about} yet", "`mailtriage history N` shows what was.")
    history = {past.id: past for past in desk.ledger.decisions(decision.number)}
    desk.say(f"Message {decision.number}: {_taken_back(decision, history)}. {_again(decision.number)}")
    say_if_reopened(desk, desk.one(str(decision.number)))


def run_history(arguments: argparse.Namespace) -> int:
    """Print what was decided about each message, undone decisions included."""
    with desk_of(arguments, writes=False) as desk:
        messages = desk.messages(arguments.numbers, to_read=True)
        if arguments.json:
            document = {"version": 1, "messages": [_document(desk, message) for message in messages]}
            print(json.dumps(document, indent=2))
            return 0
        for message in messages:
            _say_history(desk, message)
    return 0


def _say_history(desk: Desk, message: KeptMessage) -> None:
    desk.say(f"{desk.name(message)}, received {desk.when(message.received_at)}")
    decisions = desk.ledger.decisions(message.number)
    entries, numbers = _entries(desk, message), _entry_numbers(decisions)
    by_id = {decision.id: decision for decision in decisions}
    told = [(each.issued_at, _issued(each, message.number)) for each in _on_statements(desk, message)]
    for decision in decisions:
        mark = f"entry {numbers[decision.id]}: " if decision.id in numbers else ""
        detail = f" ({entries[decision.id]})" if decision.id in entries else ""
        told.append((decision.decided_at, f"{mark}{_told(decision, by_id)}{detail}"))
    for at, what in sorted(told, key=lambda each: each[0]):
        desk.say(f"  {desk.when(at)}  {what}")
    if not decisions:
        desk.say("  Nothing was decided about it yet.")
    if message.logged_seconds or message.settlement or message.is_reopened:
        from mailtriage.adapters.terminal.charges import comes_to

        desk.say(f"  Now: {comes_to(desk.assessment(message), desk.terms)} {_state(message)}")


def _on_statements(desk: Desk, message: KeptMessage) -> tuple[Issued, ...]:
    """The statements and credits that a message stands on, by number."""
    from mailtriage.ledger.issuing import messages_of

    return tuple(each for each in desk.billing.all_issued() if message.number in messages_of(each.statement))


def _issued(issued: Issued, number: int) -> str:
    """A statement or a credit, with what of it is this message's, and whether it was paid."""
    known = issued.statement
    units = sum(line.units for line in known.lines if number in line.messages)
    pooled = any(number in line.messages and len(line.messages) > 1 for line in known.lines)
    counted = f"{units} unit{'' if abs(units) == 1 else 's'}{', with other messages' if pooled else ''}"
    on = f" on statement {known.credits}" if known.credits else ""
    paid = f", paid on {issued.paid_on:%-d %b %Y}" if issued.paid_on else ""
    return f"{known.kind.value} {known.number}{on} for {known.client}: {counted}{paid}"


def _state(message: KeptMessage) -> str:
    if message.settlement and message.settlement.settlement:
        from mailtriage.adapters.terminal.charges import settled

        return f"It is {settled(message.settlement.settlement)}."
    return "What was decided holds no longer: decide again." if message.is_reopened else "Nothing is decided about it."


def _entries(desk: Desk, message: KeptMessage) -> dict[int, str]:
    """What each LOG decision in force recorded, in words, by its id."""
    from mailtriage.adapters.terminal.charges import entries

    worked: dict[int, list[Any]] = {}
    for entry in desk.billing.time_entries(message.number):
        worked.setdefault(entry.decision, []).append(entry.worked)
    return {log: f"{entries(parts)}, until {desk.when(parts[-1].ended_at)}" for log, parts in worked.items()}


def _entry_numbers(decisions: Sequence[Decision]) -> dict[int, int]:
    """The number of each recorded entry in its message's history, for `erase`; taken back ones keep theirs."""
    logs = [decision.id for decision in decisions if decision.kind is DecisionKind.LOG]
    return {log: number for number, log in enumerate(logs, 1)}


def _document(desk: Desk, message: KeptMessage) -> dict[str, Any]:
    """A message's history as JSON values; instants are ISO 8601 in UTC, money is text with two decimals."""
    from mailtriage.ledger.standing import in_force

    decisions = desk.ledger.decisions(message.number)
    held = {decision.id for decision in in_force(decisions)}
    return {
        "number": message.number,
        "clients": list(message.clients),
        "received_at": message.received_at.isoformat(),
        "settled_by": message.settlement.id if message.settlement else None,
        "is_reopened": message.is_reopened,
        "statements": [
            {
                "number": each.statement.number,
                "kind": each.statement.kind.value,
                "credits": each.statement.credits,
                "client": each.statement.client,
                "issued_at": each.issued_at.isoformat(),
                "paid_on": each.paid_on.isoformat() if each.paid_on else None,
            }
            for each in _on_statements(desk, message)
        ],
        "decisions": [_decision(decision, in_force=decision.id in held) for decision in decisions],
        "entries": [
            {
                "decision": entry.decision,
                "kind": entry.worked.kind.value,
                "seconds": entry.worked.seconds,
                "evidence": entry.worked.evidence.value,
                "began_at": entry.worked.began_at.isoformat(),
                "ended_at": entry.worked.ended_at.isoformat(),
            }
            for entry in desk.billing.time_entries(message.number)
        ],
    }


def _decision(decision: Decision, *, in_force: bool) -> dict[str, Any]:
    settlement = decision.settlement
    told: dict[str, Any] = {
        "id": decision.id,
        "kind": decision.kind.value,
        "decided_at": decision.decided_at.isoformat(),
        "client": decision.client,
        "undoes": decision.undoes,
        "seconds": decision.seconds,
        "in_force": in_force,
    }
    if settlement:
        told |= {
            "units": settlement.units,
            "price": settlement.price.plain if settlement.price else None,
            "currency": settlement.price.currency if settlement.price else None,
            "note": settlement.note,
            "skimmed": settlement.skimmed,
        }
    return told


def _again(number: int) -> str:
    return f"The other way again: mailtriage undo {number}"


def _taken_back(undo: Decision, history: Mapping[int, Decision]) -> str:
    """What an UNDO came to: it takes a decision back, or, undoing an UNDO, lets it hold again."""
    decision, undos = undo, 0
    while decision.kind is DecisionKind.UNDO:
        decision, undos = history[decision.undoes or 0], undos + 1
    number = _entry_numbers(list(history.values())).get(decision.id)
    entry = f"entry {number}, " if number else ""
    return f'{entry}"{_told(decision, history)}" {"is taken back" if undos % 2 else "holds again"}'


def _told(decision: Decision, history: Mapping[int, Decision]) -> str:
    from mailtriage.adapters.terminal.charges import settled
    from mailtriage.model.duration import spoken

    match decision.kind:
        case DecisionKind.UNDO:
            return f"undo: {_taken_back(decision, history)}"
        case DecisionKind.ASSIGN:
            return f"assigned to {decision.client}"
        case DecisionKind.LOG:
            return f"recorded {spoken(decision.seconds)}"
        case DecisionKind.CREDITED:
            return "credited: what was confirmed before is not charged any more"
        case _:
            return settled(decision.settlement) if decision.settlement else decision.kind.value
