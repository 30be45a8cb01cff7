"""One message to be decided, as a card for the screen or a sentence for a pipe, with the keys or commands for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailtriage.adapters.terminal.charges import comes_to
from mailtriage.adapters.terminal.letter import headline
from mailtriage.adapters.terminal.rows import Row, row
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.billing.proposal import barred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.billing.proposal import Proposal
    from mailtriage.summary import Item

KEYS = {
    "c": ("confirm", "confirm: charge what may be charged"),
    "a": ("adjust", "adjust: charge another time"),
    "w": ("waive", "waive: charge nothing"),
    "s": ("save", "save it for the session"),
    "t": ("time", "time: type what it took (log)"),
    "d": ("done", "done: nothing more is needed"),
    "k": ("called", "called: you telephoned"),
    "u": ("undo", "undo what you decided last here"),
    "n": ("next", "next, without a decision (or the space bar)"),
    "b": ("back", "back to the one before"),
    "q": ("quit", "quit; what you decided is kept"),
    "?": ("help", "this help"),
}
_CHARGES = ("confirm {n}", "adjust {n} --minutes M")
_COMMANDS = (
    "waive {n} --why TEXT",
    "save {n} --skimmed or --not-skimmed",
    "log {n} --reading 4m --reply 6m30s",
    "done {n}",
)


def card(item: Item, wording: Wording, place: str) -> Iterator[Row]:
    """What is known of a message and of its time, what is proposed, and the keys."""
    yield row(place, "quiet")
    yield from headline(item, wording)
    yield from _contact(item, wording)
    yield from _time(item)
    yield row("  ".join(f"{key}:{name}" for key, (name, _) in KEYS.items()), "quiet")


def listed(item: Item, wording: Wording) -> Iterator[Row]:
    """The same for where nobody presses keys: the commands to type stand below."""
    yield from headline(item, wording)
    yield from _contact(item, wording)
    yield from _time(item)
    commands = "; ".join(command.format(n=item.number) for command in _commands(item))
    yield row(f"mailtriage {commands}", "quiet", "  ")


def help_rows() -> Iterator[Row]:
    """What each key does."""
    yield from (row(text, "", f"{key}  ") for key, (_, text) in KEYS.items())
    yield row("No flag does not mean no emergency.", "quiet")


def card_document(item: Item) -> dict[str, Any]:
    """A message to be decided, as JSON values; instants are ISO 8601 in UTC, money is text with two decimals."""
    proposal = item.proposal
    return {
        "number": item.number,
        "clients": [client.code for client in item.clients],
        "received_at": item.message.received_at.isoformat(),
        "is_reopened": item.message.is_reopened,
        "proposal": None if proposal is None else _proposal(proposal),
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    assessment = proposal.assessment
    return {
        "kind": proposal.kind.value,
        "ground": proposal.ground.value,
        "measured_seconds": assessment.measured_seconds,
        "covered_seconds": assessment.covered_seconds,
        "units": assessment.units,
        "price": assessment.price.plain if assessment.price else None,
        "currency": assessment.price.currency if assessment.price else None,
    }


def _time(item: Item) -> Iterator[Row]:
    if item.proposal and item.proposal.assessment.measured_seconds:
        yield row(comes_to(item.proposal.assessment, item.proposal.terms))


def _commands(item: Item) -> Iterator[str]:
    """Those that fit: a call where one is asked for, a charge only where one may be proposed."""
    if item.message.verdict.emergency.is_alarm and not item.message.called_at:
        yield "called {n}"
    if len(item.clients) != 1:
        yield "assign {n} CODE"
    if barred(item.message) is None:
        yield from _CHARGES
    yield from _COMMANDS


def _contact(item: Item, wording: Wording) -> Iterator[Row]:
    """How each client may be contacted, before one answers; the headline of a call says it already."""
    for client in item.clients if not wording.contact(item) else ():
        if client.contact:
            yield row(f"{one_line(client.code)}: {one_line(client.contact)}", "head")
