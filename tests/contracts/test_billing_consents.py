"""What every ledger must do with consents, with prices of single clients, and with where a client lives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bills import PRICE
from ledgers import HOUR, NOON, Ledger, broken_group, received
from mailtriage.errors import UsageError
from mailtriage.ledger.roster import problems_of, tidied
from mailtriage.model import Client
from mailtriage.model.money import Money
from mailtriage.model.work import Consent, Evidence, NewConsent, PriceFrom, TimeKind, Worked

STANDING = NewConsent("J.T.", None, NOON, "signed agreement", PRICE, "2026-01")
MOMENT = timedelta(microseconds=1)


# ---------------------------------------------------------------- consents


def test_a_consent_comes_back_as_it_was_given(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    standing = ledger.billing.add_consent(STANDING, NOON)
    single = NewConsent("J.T.", number, NOON - 30 * HOUR, "said so", Money(1550, "EUR"), "")
    second = ledger.billing.add_consent(single, NOON + HOUR)
    assert standing == Consent(standing.id, STANDING, NOON)
    assert second == Consent(second.id, single, NOON + HOUR)
    assert ledger.billing.consents() == (standing, second)


def test_consents_come_by_client_and_then_in_the_order_they_were_recorded(ledger: Ledger) -> None:
    order = [("R.S.", NOON - HOUR), ("J.T.", NOON), ("J.T.", NOON - HOUR)]
    rosa, first, second = (
        ledger.billing.add_consent(replace(STANDING, client=client, given_at=given_at), NOON)
        for client, given_at in order
    )
    assert ledger.billing.consents() == (first, second, rosa)
    assert ledger.billing.consents("J.T.") == (first, second)
    assert ledger.billing.consents("nobody") == ()


def test_a_consent_is_never_of_the_future_and_never_for_a_message_that_is_not_there(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="in the future"):
        ledger.billing.add_consent(STANDING, NOON - MOMENT)
    with pytest.raises(UsageError, match="no message 4"):
        ledger.billing.add_consent(replace(STANDING, number=4), NOON)
    assert ledger.billing.consents() == ()


def test_a_withdrawal_is_kept_beside_the_consent_and_leaves_the_others(ledger: Ledger) -> None:
    ended, other = (ledger.billing.add_consent(STANDING, NOON) for _ in range(2))
    withdrawn = ledger.billing.withdraw_consent(ended.id, NOON + HOUR, NOON + 2 * HOUR)
    assert withdrawn == replace(ended, withdrawn_at=NOON + HOUR)
    assert ledger.billing.consents() == (withdrawn, other)


def test_a_consent_is_withdrawn_once_and_not_in_the_future(ledger: Ledger) -> None:
    consent = ledger.billing.add_consent(STANDING, NOON)
    with pytest.raises(UsageError, match="no consent 9"):
        ledger.billing.withdraw_consent(9, NOON, NOON)
    with pytest.raises(UsageError, match="in the future"):
        ledger.billing.withdraw_consent(consent.id, NOON + HOUR + MOMENT, NOON + HOUR)
    assert ledger.billing.consents() == (consent,)
    withdrawn = ledger.billing.withdraw_consent(consent.id, NOON + HOUR, NOON + HOUR)
    for later in (NOON + HOUR, NOON + 2 * HOUR):
        with pytest.raises(UsageError, match="withdrawn already"):
            ledger.billing.withdraw_consent(consent.id, later, NOON + 2 * HOUR)
    assert ledger.billing.consents() == (withdrawn,)


def test_the_end_of_a_consent_moves_to_an_earlier_time_and_never_back(ledger: Ledger) -> None:
    consent = ledger.billing.add_consent(replace(STANDING, given_at=NOON - 9 * HOUR), NOON)
    other = ledger.billing.add_consent(STANDING, NOON)
    for end in (NOON, NOON - HOUR, NOON - 8 * HOUR):
        assert ledger.billing.withdraw_consent(consent.id, end, NOON) == replace(consent, withdrawn_at=end)
        assert ledger.billing.consents() == (replace(consent, withdrawn_at=end), other)
        with pytest.raises(UsageError, match="withdrawn already"):
            ledger.billing.withdraw_consent(consent.id, end, NOON)


@pytest.mark.parametrize("before_it_began", [0 * HOUR, HOUR])
@pytest.mark.parametrize("withdrawn_before", [False, True])
def test_a_consent_that_ends_as_it_began_or_before_is_void_and_covers_nothing(
    ledger: Ledger, before_it_began: timedelta, *, withdrawn_before: bool
) -> None:
    consent = ledger.billing.add_consent(replace(STANDING, given_at=NOON - 9 * HOUR), NOON)
    if withdrawn_before:
        ended = ledger.billing.withdraw_consent(consent.id, NOON, NOON)
        assert not ended.is_void
    worked = Worked(TimeKind.READING, 1, Evidence.TYPED, NOON - 9 * HOUR)
    assert consent.covers(worked, 1)
    void = ledger.billing.withdraw_consent(consent.id, NOON - 9 * HOUR - before_it_began, NOON)
    assert void.is_void
    assert not void.covers(worked, 1)
    assert ledger.billing.consents() == (void,)


def test_after_a_withdrawal_a_client_can_agree_anew(ledger: Ledger) -> None:
    first = ledger.billing.add_consent(STANDING, NOON)
    ledger.billing.withdraw_consent(first.id, NOON, NOON)
    again = ledger.billing.add_consent(STANDING, NOON + HOUR)
    assert [consent.withdrawn_at for consent in ledger.billing.consents()] == [NOON, None]
    assert again.id != first.id


def test_a_failed_group_keeps_no_consent_no_withdrawal_and_no_price(ledger: Ledger) -> None:
    consent = ledger.billing.add_consent(STANDING, NOON)
    with broken_group(ledger):
        ledger.billing.add_consent(STANDING, NOON)
        ledger.billing.withdraw_consent(consent.id, NOON, NOON)
        ledger.billing.set_client_price("J.T.", PriceFrom(PRICE), NOON)
    assert ledger.billing.consents() == (consent,)
    assert ledger.billing.client_prices("J.T.") == ()


# ---------------------------------------------------------------- prices


def test_prices_come_by_their_days_the_one_without_a_day_first(ledger: Ledger) -> None:
    prices = [PriceFrom(PRICE * n, day) for n, day in ((3, date(2026, 10, 1)), (1, None), (2, date(2026, 9, 30)))]
    for price in prices:
        ledger.billing.set_client_price("J.T.", price, NOON)
    last, always, earlier = prices
    assert ledger.billing.client_prices("J.T.") == (always, earlier, last)
    assert ledger.billing.client_prices("R.S.") == ()


@pytest.mark.parametrize("day", [None, date(2026, 4, 6)])
def test_of_two_prices_for_one_day_the_last_one_holds(ledger: Ledger, day: date | None) -> None:
    for minor in (2000, 1500, 1800):
        ledger.billing.set_client_price("J.T.", PriceFrom(Money(minor, "GBP"), day), NOON)
    ledger.billing.set_client_price("R.S.", PriceFrom(Money(1, "GBP"), day), NOON)
    assert ledger.billing.client_prices("J.T.") == (PriceFrom(Money(1800, "GBP"), day),)


# ---------------------------------------------------------------- where a client lives


def test_a_postal_address_is_kept_with_the_entry_and_goes_with_it(ledger: Ledger) -> None:
    client = Client("J.T.", "Jo", postal="1 High Street\nTown\nAB1 2CD")
    ledger.save_client(client, NOON)
    assert ledger.clients() == (client,)
    ledger.save_client(replace(client, postal=""), NOON)
    assert ledger.clients() == (replace(client, postal=""),)


def test_a_postal_address_is_tidied_line_by_line() -> None:
    assert tidied(Client("J.T.", postal="  1  High Street \r\n\n Town\t\n")).postal == "1 High Street\nTown"


@pytest.mark.parametrize("postal", ["1 High Street\n" + "x" * 201, "1 High\x07Street"])
def test_a_postal_address_that_cannot_be_shown_is_a_problem(postal: str) -> None:
    assert len(problems_of(Client("J.T.", postal=postal))) == 1
