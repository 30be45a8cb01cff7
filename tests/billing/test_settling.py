from __future__ import annotations

import pytest

from mailtriage.billing.assessment import Assessment
from mailtriage.billing.settling import adjusted, confirmed, saved, waived
from mailtriage.errors import UsageError
from mailtriage.model import DecisionKind, Settlement
from mailtriage.model.work import Terms
from timesheet import pounds

_COVERED = Assessment(680, 680, 0, 1, pounds(20))
_PARTLY = Assessment(1280, 680, 0, 1, pounds(20))
_FREE = Assessment(680)
_TERMS = Terms()


def test_what_is_confirmed_is_what_may_be_charged() -> None:
    assert confirmed(_COVERED, "A.B.") == Settlement(DecisionKind.CONFIRM, "A.B.", 680, 1, pounds(20))
    assert confirmed(_PARTLY, "A.B.").seconds == 680


@pytest.mark.parametrize("assessment", [_FREE, Assessment(300, 300, 0, 0, pounds(20)), Assessment()])
def test_confirming_what_is_free_or_under_the_limit_charges_nothing(assessment: Assessment) -> None:
    settlement = confirmed(assessment, "A.B.")
    assert (settlement.units, settlement.price) == (0, None)


def test_less_may_be_charged_without_a_reason() -> None:
    assert adjusted(_COVERED, "A.B.", 540, "", _TERMS) == Settlement(DecisionKind.ADJUST, "A.B.", 540, 1, pounds(20))
    assert adjusted(_COVERED, "A.B.", 300, "", _TERMS) == Settlement(DecisionKind.ADJUST, "A.B.", 300)
    assert adjusted(_PARTLY, "A.B.", 680, "", _TERMS).units == 1


def test_more_needs_a_reason() -> None:
    with pytest.raises(UsageError, match="more than that needs a reason"):
        adjusted(_COVERED, "A.B.", 681, "", _TERMS)
    settlement = adjusted(_COVERED, "A.B.", 1200, "the telephone rang", _TERMS)
    assert (settlement.units, settlement.note) == (2, "the telephone rang")


def test_time_without_consent_stays_free_whatever_the_reason() -> None:
    with pytest.raises(UsageError, match="10 min were worked without consent and stay free"):
        adjusted(_PARTLY, "A.B.", 1280, "it was worth it", _TERMS)


@pytest.mark.parametrize("note", ["", "it was worth it"])
def test_nothing_is_charged_where_nothing_is_covered(note: str) -> None:
    with pytest.raises(UsageError, match="no consent was in force"):
        adjusted(_FREE, "A.B.", 600, note, _TERMS)


def test_a_waiver_and_a_saving_charge_nothing() -> None:
    assert waived("A.B.", "a kindness") == Settlement(DecisionKind.WAIVE, "A.B.", note="a kindness")
    assert saved("A.B.", skimmed=True) == Settlement(DecisionKind.SAVE, "A.B.", skimmed=True)
