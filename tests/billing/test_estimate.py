from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.estimate import Estimate, estimate
from mailtriage.billing.speeds import READING, Pace, Paces
from mailtriage.model.work import Evidence, TimeKind
from mailtriage.triage.length import reading_time
from timesheet import entries, reply, worked

PACES = Paces()


def test_reading_and_composing_add_up_to_a_range() -> None:
    # 1,190 words read at 300, 238 and 175 a minute; 190 words composed at 40, 19 and 10 a minute.
    assert estimate(1190, [reply(190)], (), PACES) == Estimate(238 + 285, 300 + 600, 408 + 1140, answers=1)


def test_what_was_typed_or_timed_is_not_estimated_again() -> None:
    read, both = entries(worked()), entries(worked(kind=TimeKind.BOTH, evidence=Evidence.TYPED))
    assert estimate(1190, [reply(190)], read, PACES) == Estimate(285, 600, 1140, answers=1)
    assert estimate(1190, [reply(190)], entries(worked(kind=TimeKind.REPLY)), PACES) == Estimate(238, 300, 408)
    assert estimate(1190, [reply(190)], both, PACES) == Estimate()
    guessed = entries(worked(evidence=Evidence.INTERVAL))
    assert estimate(1190, (), guessed, PACES) == Estimate(238, 300, 408)


def test_of_an_answer_to_several_messages_only_its_part_counts_and_that_is_marked() -> None:
    split = estimate(0, [reply(19, answers=3)], (), PACES)
    assert (split.mid, split.is_split, split.is_guess) == (60, True, False)
    guess = estimate(0, [reply(19, is_guess=True), reply(19)], (), PACES)
    assert (guess.mid, guess.is_split, guess.is_guess) == (120, False, True)


def test_it_says_how_many_messages_her_speed_was_learned_from() -> None:
    own = Paces(composing=Pace(10, 30, 40, learned_from=12))
    assert estimate(238, [reply(30)], (), own) == Estimate(48 + 45, 60 + 60, 82 + 180, answers=1, learned_from=12)
    assert estimate(238, (), (), own).learned_from == 0


@pytest.mark.parametrize("words", [0, 1, 237, 238, 1190, 1191, 100_000])
def test_reading_is_estimated_as_triage_does(words: int) -> None:
    expected = reading_time(words, READING.usual)
    assert estimate(words, (), (), PACES) == Estimate(expected.low, expected.mid, expected.high)


@given(st.integers(0, 100_000), st.lists(st.integers(0, 5_000).map(reply), max_size=4))
def test_an_estimate_is_a_range_unless_there_is_nothing_to_estimate(words: int, replies: list) -> None:  # type: ignore[type-arg]
    found = estimate(words, replies, (), PACES)
    assert 0 <= found.low <= found.mid <= found.high
    if words + sum(each.part_words for each in replies) > 10:
        assert found.low < found.mid < found.high
