"""Charges that may not be made any more, taken back when a consent or a price changes for a time in the past."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.cli.desk import Desk


def take_back_uncovered(desk: Desk, code: str) -> None:
    """Take back every charge on no statement yet that could not be decided now, and say so; call it in a transaction.

    Nothing that was decided before it holds instead: the message waits until she decides again.
    """
    from mailtriage.billing.doubts import doubt

    for due in desk.billing.due(code):
        settlement = due.decision.settlement
        message = desk.one(str(due.decision.number))
        if settlement and (reason := doubt(settlement, message.clients, desk.assessment(message), desk.terms)):
            desk.billing.reopen(message.number, desk.now)
            desk.say(
                f"  The charge for message {message.number} is taken back: {reason}. "
                f"Decide again: mailtriage confirm {message.number}"
            )
