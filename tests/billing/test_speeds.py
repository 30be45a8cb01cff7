from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.speeds import COMPOSING, LEARNED_AT_LEAST, READING, Pace, learned, usually


def test_eight_messages_of_her_own_teach_her_median_speed() -> None:
    slow_and_fast = [(200, 60), (190, 60), (260, 60), (1, 60), (9000, 60), (210, 60), (220, 60)]
    assert learned(slow_and_fast, READING) == READING
    assert learned([*slow_and_fast, (230, 60)], READING) == Pace(175, 215, 300, learned_from=8)
    assert LEARNED_AT_LEAST == 8


def test_what_is_learned_stays_within_what_was_published() -> None:
    assert learned([(60, 60)] * 8, READING).usual == 175
    assert learned([(6000, 60)] * 8, COMPOSING).usual == 40


def test_messages_without_words_or_time_teach_nothing() -> None:
    assert learned([(200, 60)] * 7 + [(0, 60), (60, 0)], READING) == READING


def test_a_configured_reading_speed_widens_the_range_where_it_lies_outside() -> None:
    assert usually(200, READING) == Pace(175, 200, 300)
    assert usually(400, READING) == Pace(175, 400, 400)
    assert usually(100, READING) == Pace(100, 100, 300)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)), max_size=30))
def test_whatever_was_timed_the_pace_is_a_range_around_its_usual_speed(samples: list[tuple[int, int]]) -> None:
    pace = learned(samples, READING)
    assert READING.slow == pace.slow <= pace.usual <= pace.fast == READING.fast
    assert learned(samples[::-1], READING) == pace
