"""A charge goes onto a statement only while all that it stood on holds."""

from __future__ import annotations

import pytest

from mailtriage.billing.assessment import Assessment
from mailtriage.billing.doubts import doubt
from mailtriage.model import DecisionKind, Settlement
from mailtriage.model.money import Money
from mailtriage.model.work import Terms

TWENTY = Money(2000, "GBP")
CONFIRMED = Settlement(DecisionKind.CONFIRM, "J.T.", 600, 1, TWENTY)
RAISED = Settlement(DecisionKind.ADJUST, "J.T.", 1000, 2, TWENTY, "she telephoned, too")
COVERED = Assessment(600, 600, 0, 1, TWENTY)


@pytest.mark.parametrize("settlement", [CONFIRMED, RAISED])
def test_what_is_as_it_was_is_charged(settlement: Settlement) -> None:
    assert doubt(settlement, ("J.T.",), COVERED, Terms()) == ""


def test_more_time_or_a_higher_price_is_no_reason_to_ask() -> None:
    assert doubt(CONFIRMED, ("J.T.",), Assessment(900, 900, 0, 1, Money(2500, "GBP")), Terms()) == ""


@pytest.mark.parametrize(
    ("clients", "said"),
    [(("R.S.",), "now it is R.S.'s"), ((), "not certain whose"), (("J.T.", "R.S."), "not certain whose")],
)
def test_a_message_of_another_client_is_asked_about(clients: tuple[str, ...], said: str) -> None:
    assert said in doubt(CONFIRMED, clients, COVERED, Terms())


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (Assessment(600), "no consent covers"),
        (Assessment(600, 600, 0, 1, Money(1500, "GBP")), "now £15.00, not £20.00"),
        (Assessment(600, 540, 0, 1, TWENTY), "only 9 min of the 10 min"),
    ],
)
def test_what_may_no_longer_be_charged_is_asked_about(now: Assessment, said: str) -> None:
    assert said in doubt(CONFIRMED, ("J.T.",), now, Terms())


def test_time_that_was_raised_is_asked_about_when_some_of_it_became_free() -> None:
    assert "only 5 min" in doubt(RAISED, ("J.T.",), Assessment(600, 300, 0, 0, TWENTY), Terms())


def test_a_rule_that_changed_is_asked_about() -> None:
    said = doubt(RAISED, ("J.T.",), COVERED, Terms(increment_minutes=30))
    assert said == "16 min 40 s were confirmed as 2 units, and your rule now makes 1"


def test_another_currency_is_asked_about() -> None:
    assert "another currency than EUR" in doubt(CONFIRMED, ("J.T.",), COVERED, Terms(currency="EUR"))
