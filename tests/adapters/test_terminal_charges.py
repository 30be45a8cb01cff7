"""What time comes to, in words: raw time always beside units and price."""

from __future__ import annotations

import pytest

from mailtriage.adapters.terminal.charges import comes_to, entries, settled, units_at
from mailtriage.billing.assessment import Assessment
from mailtriage.model import DecisionKind, Settlement
from mailtriage.model.money import Money
from mailtriage.model.work import Evidence, Terms, TimeKind
from timesheet import worked

POUND = "\N{POUND SIGN}"
PRICE = Money(2000, "GBP")


@pytest.mark.parametrize(
    ("assessment", "words"),
    [
        (Assessment(), "No time is recorded."),
        (Assessment(300, 300), "5 min measured: no charge, as up to 5 min are free."),
        (Assessment(301, 301, 0, 1, PRICE), f"5 min 1 s measured: 1 unit of 15 min at {POUND}20.00, {POUND}20.00."),
        (Assessment(901, 901, 0, 2, PRICE), f"15 min 1 s measured: 2 units of 15 min at {POUND}20.00, {POUND}40.00."),
        (Assessment(720), "12 min measured: no charge. 12 min stay free: no consent was in force then."),
        (
            Assessment(1200, 0, 480),
            (
                "20 min measured: no charge. 12 min stay free: no consent was in force then. "
                "8 min stay free: the price was above what was agreed to."
            ),
        ),
        (
            Assessment(900, 240),
            "15 min measured: no charge, as up to 5 min are free. 11 min stay free: no consent was in force then.",
        ),
    ],
)
def test_time_is_said_with_what_it_makes_and_what_stays_free_and_why(assessment: Assessment, words: str) -> None:
    assert comes_to(assessment, Terms()) == words


def test_where_a_days_time_is_put_together_the_charge_is_said_to_be_the_most() -> None:
    words = comes_to(Assessment(720, 720, 0, 1, PRICE), Terms(pool="day"))
    assert words.endswith(f"{POUND}20.00, or less, as the time of a day is put together.")


@pytest.mark.parametrize(
    ("settlement", "words"),
    [
        (Settlement(DecisionKind.CONFIRM, "J.T."), "confirmed: no charge"),
        (Settlement(DecisionKind.CONFIRM, "J.T.", 240), "confirmed: no charge, for 4 min that can be charged"),
        (
            Settlement(DecisionKind.ADJUST, "J.T.", 540, 1, PRICE, "read\x1b twice"),
            f"adjusted to 9 min: 1 unit at {POUND}20.00, {POUND}20.00 (read\\x1b twice)",
        ),
        (Settlement(DecisionKind.WAIVE, "J.T."), "waived: no charge"),
        (Settlement(DecisionKind.SAVE, "J.T.", skimmed=False), "saved for the session, not skimmed"),
        (Settlement(DecisionKind.SAVE, "J.T."), "saved for the session, not said whether it was skimmed"),
    ],
)
def test_settlements_are_said_with_their_reason_harmless(settlement: Settlement, words: str) -> None:
    assert settled(settlement) == words


def test_no_unit_is_no_charge() -> None:
    assert units_at(0, None) == "no charge"


def test_entries_are_said_with_their_kind_and_evidence() -> None:
    both = worked(600), worked(90, kind=TimeKind.BOTH, evidence=Evidence.TYPED)
    assert entries(both) == "10 min of reading, timed; 1 min 30 s of reading and reply, typed"
