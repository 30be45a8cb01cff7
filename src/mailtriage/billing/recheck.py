"""Whether a charge that was decided still stands when consents or prices changed afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.billing.assessment import Assessment
    from mailtriage.model import Settlement


def still_stands(settlement: Settlement, assessment: Assessment) -> bool:
    """False for a charge that could not be decided now: less time is covered, or a unit costs less.

    A consent that was withdrawn for a day in the past, or a price that was set for one, must take the charges of that
    time with it. What charges nothing always stands.
    """
    if not settlement.units or settlement.price is None:
        return True
    if assessment.price is None or assessment.price < settlement.price:
        return False
    # More than was covered may have been agreed on, with a reason; but never where some of the time is free.
    return settlement.seconds <= assessment.covered_seconds or not assessment.free_seconds
