from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.assessment import Assessment, assess, is_agreed_now, price_now
from mailtriage.billing.units import units
from mailtriage.model.money import Money
from mailtriage.model.work import Evidence, Terms, TimeKind
from timesheet import BEGAN, NUMBER, ZONE, consent, covering, entries, minutes, pounds, price, worked

if TYPE_CHECKING:
    from mailtriage.billing.assessment import Covering
    from mailtriage.model.work import Worked

_SECOND = timedelta(seconds=1)
_ENDED = BEGAN + minutes(10)


def _assess(covered_by: Covering, *times: Worked) -> Assessment:
    return assess(NUMBER, entries(*(times or (worked(600),))), covered_by)


def test_time_under_a_consent_is_charged_at_the_price_of_the_day() -> None:
    assert _assess(covering(consent())) == Assessment(600, 600, 0, 1, pounds(20))


def test_time_without_a_consent_is_recorded_and_free() -> None:
    assessment = _assess(covering())
    assert assessment == Assessment(measured_seconds=600)
    assert assessment.free_seconds == 600


# ---------------------------------------------------------------- when the consent was in force


@pytest.mark.parametrize(
    ("given_at", "covered"),
    [
        (BEGAN - _SECOND, True),
        (BEGAN, True),
        (BEGAN + _SECOND, False),
        (BEGAN + minutes(5), False),
        (_ENDED, False),
        (_ENDED + _SECOND, False),
    ],
)
def test_a_consent_covers_work_that_began_at_or_after_it_was_given(given_at: datetime, *, covered: bool) -> None:
    assert _assess(covering(consent(given_at))).covered_seconds == (600 if covered else 0)


@pytest.mark.parametrize(
    ("withdrawn_at", "covered"),
    [
        (BEGAN - _SECOND, False),
        (BEGAN, False),
        (BEGAN + minutes(5), False),
        (_ENDED - _SECOND, False),
        (_ENDED, True),
        (_ENDED + _SECOND, True),
    ],
)
def test_a_consent_covers_work_that_ended_by_its_withdrawal(withdrawn_at: datetime, *, covered: bool) -> None:
    assert _assess(covering(consent(withdrawn_at=withdrawn_at))).covered_seconds == (600 if covered else 0)


def test_two_consents_that_follow_each_other_do_not_cover_work_across_them() -> None:
    middle = BEGAN + minutes(5)
    covered_by = covering(consent(withdrawn_at=middle), consent(given_at=middle))
    assert _assess(covered_by).covered_seconds == 0


def test_a_consent_to_one_message_covers_that_message_alone() -> None:
    covered_by = covering(consent(number=NUMBER))
    assert assess(NUMBER, entries(worked()), covered_by).units == 1
    assert assess(NUMBER + 1, entries(worked()), covered_by).units == 0


def test_only_the_entries_that_are_covered_count_towards_the_limit() -> None:
    early = worked(600, BEGAN - minutes(60))
    covered_by = covering(consent(BEGAN))
    assert _assess(covered_by, early, worked(300)) == Assessment(900, 300, 0, 0, pounds(20))
    assert _assess(covered_by, early, worked(301)) == Assessment(901, 301, 0, 1, pounds(20))


# ---------------------------------------------------------------- evidence


def test_reading_and_reply_add_up_however_they_were_measured() -> None:
    times = (worked(200), worked(101, BEGAN + minutes(20), TimeKind.REPLY, Evidence.TYPED))
    assert _assess(covering(consent()), *times) == Assessment(301, 301, 0, 1, pounds(20))


@pytest.mark.parametrize("evidence", [Evidence.INTERVAL, Evidence.ESTIMATE])
def test_what_was_only_guessed_counts_for_nothing(evidence: Evidence) -> None:
    guessed = worked(6000, evidence=evidence)
    assert _assess(covering(consent()), guessed) == Assessment()
    assert _assess(covering(consent()), guessed, worked(301)).covered_seconds == 301


# ---------------------------------------------------------------- prices


def test_a_price_above_the_consented_one_voids_the_consent() -> None:
    covered_by = covering(consent(price=pounds(20)), prices=[price(20), price(21, date(2026, 11, 20))])
    before = worked(600, BEGAN - timedelta(days=1))
    assert _assess(covered_by) == Assessment(600, 0, 600, 0, None)
    assert _assess(covered_by, before, worked()) == Assessment(1200, 600, 600, 1, pounds(20))


def test_a_new_consent_to_the_higher_price_lets_it_be_charged() -> None:
    covered_by = covering(consent(price=pounds(20)), consent(BEGAN, price=pounds(22)), prices=[price(22)])
    assert _assess(covered_by).price == pounds(22)


def test_what_was_agreed_last_counts_where_it_is_less() -> None:
    consents = (consent(price=pounds(25)), consent(BEGAN, price=pounds(20)))
    assert _assess(covering(*consents, prices=[price(22)])) == Assessment(600, 0, 600, 0, None)
    assert _assess(covering(*consents, prices=[])).price == pounds(20)


def test_of_two_consents_given_at_once_the_lower_price_counts() -> None:
    consents = (consent(price=pounds(25)), consent(price=pounds(20)))
    assert _assess(covering(*consents, prices=[price(22)])).units == 0
    assert _assess(covering(*reversed(consents), prices=[])).price == pounds(20)


def test_a_price_below_the_consented_one_is_what_is_charged() -> None:
    assert _assess(covering(consent(price=pounds(25)), prices=[price(20)])).price == pounds(20)
    assert _assess(covering(consent(price=pounds(25)), own=[price(15)], prices=[price(20)])).price == pounds(15)


def test_without_any_price_the_consented_one_is_charged() -> None:
    assert _assess(covering(consent(price=pounds(25)), prices=[])).price == pounds(25)


def test_of_the_prices_of_several_days_the_lowest_counts_for_all() -> None:
    raised = covering(consent(price=pounds(25)), prices=[price(20), price(22, date(2026, 11, 20))])
    assert _assess(raised, worked(600, BEGAN - timedelta(days=1)), worked(600)) == Assessment(
        1200, 1200, 0, 2, pounds(20)
    )


def test_the_price_is_that_of_the_practices_own_day() -> None:
    before_midnight = datetime.fromisoformat("2026-06-30T22:59:59+00:00")  # 23:59:59 in London
    raised = covering(
        consent(before_midnight - timedelta(days=1), price=pounds(30)), prices=[price(20), price(22, date(2026, 7, 1))]
    )
    assert _assess(raised, worked(600, before_midnight)).price == pounds(20)
    assert _assess(raised, worked(600, before_midnight + _SECOND)).price == pounds(22)


@pytest.mark.parametrize(
    "covered_by",
    [
        covering(consent(price=Money(2000, "EUR"))),
        covering(consent(price=pounds(20)), prices=[price(20)], currency="EUR"),
        covering(consent(price=Money(2000, "EUR")), prices=[price(20)], currency="EUR"),
        covering(consent(), consent(BEGAN, price=Money(2000, "EUR"))),
    ],
)
def test_there_is_no_exchange_of_currencies(covered_by: Covering) -> None:
    assert _assess(covered_by) == Assessment(600, 0, 600, 0, None)


# ---------------------------------------------------------------- now


def test_what_work_would_cost_now() -> None:
    assert price_now(NUMBER, covering(consent()), BEGAN) == pounds(20)
    assert price_now(NUMBER, covering(), BEGAN) is None
    assert price_now(NUMBER, covering(consent(withdrawn_at=BEGAN)), BEGAN) is None
    voided = covering(consent(), prices=[price(30)])
    assert price_now(NUMBER, voided, BEGAN) is None
    assert is_agreed_now(NUMBER, voided, BEGAN)
    assert not is_agreed_now(NUMBER, covering(consent(number=7)), BEGAN)


# ---------------------------------------------------------------- any mixture

_MOMENTS = st.integers(0, 40).map(lambda count: BEGAN + minutes(5 * count))
_TIMES = st.builds(worked, st.integers(1, 4000), _MOMENTS, st.sampled_from(TimeKind), st.sampled_from(Evidence))
_PRICES = st.integers(18, 22)
_CONSENTS = st.builds(
    lambda given_at, lasts, number, amount: consent(
        given_at, given_at + lasts if lasts else None, number, pounds(amount)
    ),
    _MOMENTS,
    st.one_of(st.none(), st.integers(0, 90).map(minutes)),
    st.sampled_from([None, NUMBER, NUMBER + 1]),
    _PRICES,
)


@given(st.lists(_TIMES, max_size=6), st.lists(_CONSENTS, max_size=4), st.lists(_PRICES.map(price), max_size=1))
def test_nothing_is_ever_charged_that_no_consent_covers_at_its_price(times, consents, prices) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    assessment = assess(NUMBER, entries(*times), covering(*consents, prices=prices))
    measured = [time for time in times if time.evidence in (Evidence.TYPED, Evidence.TIMER)]
    agreeing = {
        time: [
            each.terms.price
            for each in consents
            if each.terms.number != NUMBER + 1
            and each.terms.given_at <= time.began_at
            and (each.withdrawn_at is None or time.began_at + time.seconds * _SECOND <= each.withdrawn_at)
        ]
        for time in measured
    }
    within = sum(time.seconds for time in measured if agreeing[time])
    assert assessment.measured_seconds == sum(time.seconds for time in measured)
    assert assessment.covered_seconds + assessment.voided_seconds == within
    assert assessment.units == units(assessment.covered_seconds, Terms())
    assert (assessment.price is None) == (assessment.covered_seconds == 0)
    if assessment.price:
        highest = max(amount.minor for amounts in agreeing.values() for amount in amounts)
        assert assessment.price.minor <= highest
        assert not prices or assessment.price == prices[0].price


@given(st.lists(_TIMES, max_size=6), st.lists(_CONSENTS, min_size=1, max_size=4))
def test_a_consent_fewer_never_makes_more_units(times, consents) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    with_all = assess(NUMBER, entries(*times), covering(*consents, prices=[]))
    with_none = assess(NUMBER, entries(*times), covering(prices=[]))
    with_fewer = assess(NUMBER, entries(*times), covering(*consents[1:], prices=[]))
    assert with_all.units >= with_fewer.units >= with_none.units == 0


def test_a_day_of_the_clock_change_is_priced_by_its_own_midnights() -> None:
    changed_on = date(2026, 10, 25)
    raised = covering(consent(BEGAN - timedelta(days=60), price=pounds(30)), prices=[price(20), price(22, changed_on)])
    first = datetime(2026, 10, 25, tzinfo=ZONE)
    last = datetime(2026, 10, 25, 23, 59, 59, tzinfo=ZONE)
    asked = [_assess(raised, replace(worked(), began_at=at)).price for at in (first - _SECOND, first, last)]
    assert asked == [pounds(20), pounds(22), pounds(22)]
