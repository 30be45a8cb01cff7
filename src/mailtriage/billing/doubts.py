"""Whether a charge that she decided may still be made: what it stood on may have changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.billing.units import units
from mailtriage.model import DecisionKind
from mailtriage.model.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.billing.assessment import Assessment
    from mailtriage.model import Settlement
    from mailtriage.model.work import Terms


def doubt(settlement: Settlement, clients: Sequence[str], assessment: Assessment, terms: Terms) -> str:
    """Why a charge must be confirmed again before it goes onto a statement; "" if it holds.

    Args:
        settlement: a charge, of at least one unit.
        clients: whose message it is now.
        assessment: what may be charged of the time now.
        terms: the practice's, now.
    """
    return (
        _of_client(settlement, clients)
        or _of_price(settlement, assessment, terms)
        or _of_time(settlement, assessment)
        or _of_units(settlement, terms)
    )


def _of_client(settlement: Settlement, clients: Sequence[str]) -> str:
    if tuple(clients) == (settlement.client,):
        return ""
    now = f"it is {clients[0]}'s" if len(clients) == 1 else "it is not certain whose it is"
    return f"it was confirmed as {settlement.client}'s, and now {now}"


def _of_price(settlement: Settlement, assessment: Assessment, terms: Terms) -> str:
    price, now = settlement.price, assessment.price
    if price is None or price.currency != terms.currency:
        return f"it was confirmed in another currency than {terms.currency}"
    if now is None:
        return "no consent covers this time any more"
    return f"the price that may be charged is now {now}, not {price}" if now < price else ""


def _of_time(settlement: Settlement, assessment: Assessment) -> str:
    """More than is covered holds only where she raised it herself, and no time stays free (`settling.adjusted`)."""
    raised = settlement.kind is DecisionKind.ADJUST and not assessment.free_seconds
    if raised or assessment.covered_seconds >= settlement.seconds:
        return ""
    return f"only {spoken(assessment.covered_seconds)} of the {spoken(settlement.seconds)} may still be charged"


def _of_units(settlement: Settlement, terms: Terms) -> str:
    count = units(settlement.seconds, terms)
    if count == settlement.units:
        return ""
    return f"{spoken(settlement.seconds)} were confirmed as {settlement.units} units, and your rule now makes {count}"
