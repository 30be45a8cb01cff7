"""What commands share that keep time: where it may lie, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from mailtriage.billing.assessment import Assessment
    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage
    from mailtriage.model.work import Worked


def not_before_it_came(desk: Desk, message: KeptMessage, at: datetime) -> None:
    """Raise UsageError for work on a message that was over, or begun by a timer, before it was written."""
    came_at = min(message.received_at, message.sent_at or message.received_at)
    if at < came_at:
        raise UsageError(
            f"{desk.name(message)} came {desk.when(message.received_at)}, after that", "Nothing was changed."
        )


def said_of_time(desk: Desk, message: KeptMessage, worked: Sequence[Worked]) -> None:
    """Say what was kept, until when, what the message's time comes to now, and what to do next."""
    from mailtriage.adapters.terminal.charges import comes_to, entries

    now = desk.one(str(message.number))
    assessment = desk.assessment(now)
    desk.say(f"{desk.name(now)}: kept {entries(worked)}, until {desk.when(worked[-1].ended_at)}.")
    desk.say(f"  In all {comes_to(assessment, desk.terms)}")
    say_if_reopened(desk, now)
    desk.say(f"  {_next(desk, now, assessment)}Take it back: mailtriage undo {now.number}")


def say_if_reopened(desk: Desk, message: KeptMessage) -> None:
    """Say where a decision about the time of a message, as it is now, does not hold any more."""
    if message.is_reopened:
        desk.say("  What was decided about its time holds no longer: decide again.")


def _next(desk: Desk, message: KeptMessage, assessment: Assessment) -> str:
    """What is to be decided now, as a command; "" where nothing is."""
    if assessment.units:
        return f"Confirm it: mailtriage confirm {message.number}. "
    is_over = assessment.measured_seconds > desk.terms.free_minutes * 60
    return f"Save it for the session: mailtriage save {message.number}. " if is_over and message.clients else ""
