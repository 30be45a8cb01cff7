"""`waive` and `save`: time that is not charged; and what every settlement says when it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.cli.desk import NUMBERS, desk_of
from mailtriage.cli.questions import ask_until, ask_yes_or_no, can_ask
from mailtriage.cli.recording import still_charged
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Settlement

_NOTE_CHARACTERS = 200
_SKIMMED = "No flag does not mean no emergency. Did you skim {} for anything that cannot wait?"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `waive` and `save`."""
    waive = subparsers.add_parser(
        "waive",
        help="charge nothing for a message",
        description="Charge nothing for messages, and keep your reason. The time stays recorded.",
    )
    waive.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    waive.add_argument("--why", metavar="TEXT", help="your reason; asked for if it is not given")
    waive.set_defaults(run=run_waive)
    save = subparsers.add_parser(
        "save",
        help="keep a message for the next session",
        description="Keep messages to go through them in the session, without a charge. It asks whether you skimmed "
        "them, since no flag does not mean no emergency. `mailtriage agenda CODE` shows them.",
    )
    save.add_argument("numbers", metavar="N", nargs="+", help=NUMBERS)
    skimmed = save.add_mutually_exclusive_group()
    skimmed.add_argument("--skimmed", dest="skimmed", action="store_true", default=None, help="you skimmed them")
    skimmed.add_argument("--not-skimmed", dest="skimmed", action="store_false", help="you did not")
    save.add_argument("--why", metavar="TEXT", help="a note for yourself")
    save.set_defaults(run=run_save)


def run_waive(arguments: argparse.Namespace) -> int:
    """Charge nothing for each message."""
    with desk_of(arguments, writes=False) as desk:
        messages = desk.messages(arguments.numbers)
        note = needed_reason(arguments.why)
        with desk.ledger.transaction():
            for message in messages:
                waive_one(desk, message, note)
    return 0


def run_save(arguments: argparse.Namespace) -> int:
    """Keep each message for the session."""
    with desk_of(arguments, writes=False) as desk:
        messages = desk.messages(arguments.numbers)
        for message in messages:
            refuse_unsaveable(desk, message)
        note = note_of(arguments.why)
        skimmed = [was_skimmed(message, given=arguments.skimmed) for message in messages]
        with desk.ledger.transaction():
            for message, is_skimmed in zip(messages, skimmed, strict=True):
                save_one(desk, message, note, skimmed=is_skimmed)
    return 0


def waive_one(desk: Desk, message: KeptMessage, note: str) -> None:
    """Settle a message without a charge; call it in a transaction."""
    from mailtriage.billing.settling import waived

    settle(desk, message, waived(message.clients[0] if len(message.clients) == 1 else "", note))


def save_one(desk: Desk, message: KeptMessage, note: str = "", *, skimmed: bool) -> None:
    """Keep a message for the session; call it in a transaction."""
    from mailtriage.billing.settling import saved

    settle(desk, message, saved(message.clients[0], skimmed=skimmed, note=note))


def settle(desk: Desk, message: KeptMessage, settlement: Settlement) -> None:
    """Keep a settlement and say what it comes to; the same again is only said. Call it in a transaction."""
    from mailtriage.adapters.terminal.charges import comes_to, settled

    now = desk.one(str(message.number))
    if now.settlement and now.settlement.settlement == settlement:
        desk.say(f"{desk.name(now)} was already {settled(settlement)}, {desk.when(now.settlement.decided_at)}.")
        return
    desk.billing.settle(message.number, settlement, desk.now)
    desk.say(f"{desk.name(message)}: {settled(settlement)}{_although(message, settlement)}.")
    desk.say(f"  {comes_to(desk.assessment(message), desk.terms)}")
    if charged := sum(line.units for line in desk.billing.charged([message.number])):
        if settlement.units < charged:
            for sentence in still_charged(desk, message.number):
                desk.say(f"  {sentence}")
        else:
            stand = "stands" if charged == 1 else "stand"
            desk.say(f"  {charged} of its units {stand} on a statement already; only what differs is new.")
    desk.say(f"  Take it back: mailtriage undo {message.number}")


def _although(message: KeptMessage, settlement: Settlement) -> str:
    """Why no charge was proposed, where one is made all the same; else ""."""
    from mailtriage.billing.proposal import barred

    ground = barred(message) if settlement.units else None
    return f", although it is not meant to be charged ({ground})" if ground else ""


def refuse_unsaveable(desk: Desk, message: KeptMessage) -> None:
    """Raise UsageError for a message that belongs to nobody's session."""
    if len(message.clients) != 1:
        whose = "until you say whose it is" if message.clients else "the sender is not on the roster"
        raise UsageError(
            f"{desk.name(message)} cannot be saved for a session: {whose}; nothing was changed",
            f"mailtriage assign {message.number} CODE",
        )


def was_skimmed(message: KeptMessage, *, given: bool | None) -> bool:
    """Whether she skimmed it, as given or as she answers. Raises UsageError where nobody can answer."""
    if given is not None:
        return given
    if not can_ask():
        raise UsageError(
            f"did you skim message {message.number} for anything that cannot wait? No flag does not mean no emergency",
            "Say it: --skimmed or --not-skimmed. Nothing was changed.",
        )
    return ask_yes_or_no(_SKIMMED.format(f"message {message.number}"))


def needed_reason(given: str | None, question: str = "Why is nothing charged? ") -> str:
    """Her reason, as given or as she answers. Raises UsageError where there is none."""
    if given is None and can_ask():
        return ask_until(question, _reason)
    try:
        return _reason(given or "")
    except ValueError as error:
        raise UsageError(str(error), 'Give your reason: --why "..."; nothing was changed.') from error


def note_of(given: str | None) -> str:
    """The reason on the command line; "" for none. Raises UsageError for an empty or an overlong one."""
    if given is not None and not given.strip():
        raise UsageError("--why is empty", "Leave it out where there is nothing to note; nothing was changed.")
    try:
        return "" if given is None else _reason(given)
    except ValueError as error:
        raise UsageError(f"--why: {error}", "Nothing was changed.") from error


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not reason:
        raise ValueError("A reason is needed.")
    if len(reason) > _NOTE_CHARACTERS or not reason.isprintable():
        raise ValueError(f"A reason has at most {_NOTE_CHARACTERS} characters, all of which can be shown.")
    return reason
