"""Time and charges in words: raw time always beside units and price. What she typed herself passes `one_line`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.model import DecisionKind
from mailtriage.model.duration import spoken
from mailtriage.model.work import Evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.billing.assessment import Assessment
    from mailtriage.model import Settlement
    from mailtriage.model.money import Money
    from mailtriage.model.work import Terms, Worked

_EVIDENCE = {
    Evidence.TYPED: "typed",
    Evidence.TIMER: "timed",
    Evidence.INTERVAL: "from when it was read and answered",
    Evidence.ESTIMATE: "estimated",
}


def comes_to(assessment: Assessment, terms: Terms) -> str:
    """What the time of a message comes to, what of it stays free and why, as one or two sentences.

    "12 min measured: 1 unit of 15 min at £20.00, £20.00."
    """
    if not assessment.measured_seconds:
        return "No time is recorded."
    sentence = f"{spoken(assessment.measured_seconds)} measured: {_charge(assessment, terms)}."
    free = _free(assessment)
    return f"{sentence} {free}" if free else sentence


def units_at(units: int, price: Money | None, unit_minutes: int | None = None) -> str:
    """Units, their price and their sum: "2 units of 15 min at £20.00, £40.00"; "no charge" for none."""
    if not units or price is None:
        return "no charge"
    length = f" of {unit_minutes} min" if unit_minutes else ""
    return f"{units} unit{'' if units == 1 else 's'}{length} at {price}, {price * units}"


def settled(settlement: Settlement) -> str:
    """What was decided about the time, in the past tense, with the reason that was given."""
    charge = units_at(settlement.units, settlement.price)
    words = {
        DecisionKind.CONFIRM: f"confirmed: {charge}{_for(settlement)}",
        DecisionKind.ADJUST: f"adjusted to {spoken(settlement.seconds)}: {charge}",
        DecisionKind.WAIVE: "waived: no charge",
        DecisionKind.SAVE: f"saved for the session, {_SKIMMED[settlement.skimmed]}",
    }[settlement.kind]
    return f"{words} ({one_line(settlement.note)})" if settlement.note else words


def _for(settlement: Settlement) -> str:
    """The time that can be charged, beside what it makes; "" where there is none."""
    return f", for {spoken(settlement.seconds)} that can be charged" if settlement.seconds else ""


_SKIMMED = {True: "skimmed", False: "not skimmed", None: "not said whether it was skimmed"}


def entry(worked: Worked) -> str:
    """One time: "4 min of reading, typed"."""
    return f"{spoken(worked.seconds)} of {worked.kind.value}, {_EVIDENCE[worked.evidence]}"


def entries(worked: Sequence[Worked]) -> str:
    """Several times, joined: "4 min of reading, typed; 6 min 30 s of reply, typed"."""
    return "; ".join(map(entry, worked))


def _charge(assessment: Assessment, terms: Terms) -> str:
    if assessment.units:
        at_most = ", or less, as the time of a day is put together" if terms.pool == "day" else ""
        return units_at(assessment.units, assessment.price, terms.increment_minutes) + at_most
    if assessment.covered_seconds:
        return f"no charge, as up to {terms.free_minutes} min are free"
    return "no charge"


def _free(assessment: Assessment) -> str:
    """Why time stays free; "" where none does for want of a consent."""
    voided = assessment.voided_seconds
    unagreed = assessment.free_seconds - voided
    reasons = []
    if unagreed > 0:
        reasons.append(f"{spoken(unagreed)} stay free: no consent was in force then")
    if voided > 0:
        reasons.append(f"{spoken(voided)} stay free: the price was above what was agreed to")
    return "".join(f"{reason}." if position == 0 else f" {reason}." for position, reason in enumerate(reasons))
