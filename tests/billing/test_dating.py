"""Whether it matters when minutes were worked, against every second that they could have begun at."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.assessment import Covering, assess
from mailtriage.billing.dating import is_same_whenever
from timesheet import BEGAN, NUMBER, consent, covering, entries, price, worked

SPAN = 40
SECOND = timedelta(seconds=1)


def by_every_second(seconds: int, under: Covering) -> bool:
    latest = SPAN - seconds
    begins = range(min(0, latest), latest + 1)
    return len({assess(NUMBER, entries(worked(seconds, BEGAN + at * SECOND)), under) for at in begins}) == 1


instants = st.integers(-60, 60).map(lambda seconds: BEGAN + seconds * SECOND)
consents = st.builds(
    lambda given_at, lasted, number: consent(given_at, given_at + lasted * SECOND if lasted else None, number),
    instants,
    st.none() | st.integers(1, 60),
    st.sampled_from([None, NUMBER, NUMBER + 1]),
)


@given(st.integers(1, 60), st.lists(consents, max_size=3))
def test_it_is_the_same_whenever_exactly_if_every_second_says_so(seconds: int, given_ones: list[object]) -> None:
    under = covering(*given_ones)  # type: ignore[arg-type]
    assert is_same_whenever(NUMBER, seconds, BEGAN, BEGAN + SPAN * SECOND, under) is by_every_second(seconds, under)


def test_a_price_that_began_meanwhile_matters() -> None:
    midnight = BEGAN.replace(hour=0) + timedelta(days=1)
    under = covering(consent(), own=[price(15, date(2026, 11, 21))])
    assert not is_same_whenever(NUMBER, 60, midnight - timedelta(hours=1), midnight + timedelta(hours=1), under)
    assert is_same_whenever(NUMBER, 60, midnight, midnight + timedelta(hours=1), under)
