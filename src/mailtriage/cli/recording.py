"""What commands share that keep time: where it may lie, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.errors import UsageError
from mailtriage.model.money import total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mailtriage.billing.assessment import Assessment
    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage
    from mailtriage.model.work import Worked


def not_before_it_came(desk: Desk, message: KeptMessage, at: datetime) -> None:
    """Raise UsageError for work on a message that was begun at a time before it was written."""
    if at < came_at(message):
        came, begun = desk.when(message.received_at), desk.when(at)
        if came == begun:
            # Within the same minute: only the seconds tell them apart.
            came, begun = f"{came} ({message.received_at:%S} s)", f"{begun} ({at:%S} s)"
        raise UsageError(
            f"{desk.name(message)} came {came}, after that: the work would have begun {begun}",
            "Nothing was changed.",
        )


def came_at(message: KeptMessage) -> datetime:
    """The first instant at which there was a message to work on: when it was sent or received, what is earlier."""
    return min(message.received_at, message.sent_at or message.received_at)


def said_of_time(desk: Desk, message: KeptMessage, worked: Sequence[Worked]) -> None:
    """Say what was kept, until when, what the message's time comes to now, and what to do next."""
    from mailtriage.adapters.terminal.charges import comes_to, entries
    from mailtriage.adapters.terminal.proposals import why_unproposed
    from mailtriage.billing.proposal import barred

    now = desk.one(str(message.number))
    assessment = desk.assessment(now)
    desk.say(f"{desk.name(now)}: kept {entries(worked)}, until {desk.when(worked[-1].ended_at)}.")
    desk.say(f"  In all {comes_to(assessment, desk.terms)}")
    say_if_reopened(desk, now)
    ground = barred(now) if assessment.units else None
    if ground:
        desk.say(f"  It is charged only if you say so: {why_unproposed(ground)}.")
    desk.say(f"  {'' if ground else _next(desk, now, assessment)}Take it back: mailtriage undo {now.number}")


def say_if_reopened(desk: Desk, message: KeptMessage) -> None:
    """Say where a decision about the time of a message, as it is now, does not hold any more."""
    if message.is_reopened:
        desk.say("  What was decided about its time holds no longer: decide again.")


def still_charged(desk: Desk, number: int, besides: str = "") -> Iterator[str]:
    """A sentence for each statement that charges a message, to other clients than `besides`, and how to take it back.

    What was issued is not changed by what is decided since; only a credit takes it back.
    """
    charged = [each for each in desk.billing.charged([number]) if each.client != besides]
    for statement in sorted({each.statement for each in charged}):
        issued = desk.billing.issued(statement)
        if issued is None:
            continue
        lines = [issued.statement.lines[each.position] for each in charged if each.statement == statement]
        amount = total(tuple(line.net + line.vat for line in lines), issued.statement.currency)
        others = sorted({message for line in lines for message in line.messages} - {number})
        for_it = f"for messages {', '.join(map(str, sorted((number, *others))))} together" if others else "for it"
        asks = "was paid, and charges" if issued.paid_on else "still asks"
        yield (
            f"Statement {statement} {asks} {issued.statement.client} {amount} {for_it}; "
            f"to take it back: mailtriage statement credit {statement}"
        )


def _next(desk: Desk, message: KeptMessage, assessment: Assessment) -> str:
    """What is to be decided now, as a command; "" where nothing is."""
    if assessment.units:
        return f"Confirm it: mailtriage confirm {message.number}. "
    is_over = assessment.measured_seconds > desk.terms.free_minutes * 60
    return f"Save it for the session: mailtriage save {message.number}. " if is_over and message.clients else ""
