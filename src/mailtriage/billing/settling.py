"""From what she decides to a settlement, refused where it would charge what may not be charged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.billing.units import units
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind, Settlement
from mailtriage.model.duration import spoken

if TYPE_CHECKING:
    from mailtriage.billing.assessment import Assessment
    from mailtriage.model.work import Terms


def confirmed(assessment: Assessment, client: str) -> Settlement:
    """The settlement that charges what may be charged: no unit where no time is covered or it stays under the limit."""
    return Settlement(
        DecisionKind.CONFIRM,
        client,
        assessment.covered_seconds,
        assessment.units,
        assessment.price if assessment.units else None,
    )


def adjusted(assessment: Assessment, client: str, seconds: int, note: str, terms: Terms) -> Settlement:
    """The settlement that charges as if `seconds` had been covered.

    Raises:
        UsageError: for more than was covered without a reason in `note`; for more than was covered where some of the
            time was worked without a consent; for any charge where nothing is covered.
    """
    count = units(seconds, terms)
    if count and assessment.price is None:
        raise UsageError(
            "nothing of this time can be charged: no consent was in force while it was worked",
            "`mailtriage consent list` shows what was agreed; `waive` or `save` settle the time without a charge.",
        )
    if seconds > assessment.covered_seconds:
        covered = f"{spoken(assessment.covered_seconds)} can be charged"
        if assessment.free_seconds:
            raise UsageError(
                f"{covered}; the other {spoken(assessment.free_seconds)} were worked without consent and stay free",
                "Less can be typed, not more.",
            )
        if not note:
            raise UsageError(f"{covered}; more than that needs a reason", 'Add one: --why "..."')
    return Settlement(DecisionKind.ADJUST, client, seconds, count, assessment.price if count else None, note)


def waived(client: str, note: str) -> Settlement:
    """The settlement that charges nothing, and why."""
    return Settlement(DecisionKind.WAIVE, client, note=note)


def saved(client: str, *, skimmed: bool | None, note: str = "") -> Settlement:
    """The settlement that keeps the message for the next session, without a charge."""
    return Settlement(DecisionKind.SAVE, client, note=note, skimmed=skimmed)
