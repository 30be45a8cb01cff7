from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from mailtriage.billing.interval import MOST_SECONDS, Interval, interval
from mailtriage.ledger import SeenInterval
from timesheet import BEGAN, minutes, reply

SEEN = SeenInterval(BEGAN, BEGAN + minutes(5))


def _sent(at: datetime) -> Interval | None:
    return interval(SEEN, [reply(sent_at=at)])


def test_it_runs_from_the_poll_that_found_the_message_read_and_at_most_from_the_one_before() -> None:
    assert _sent(BEGAN + minutes(20)) == Interval(900, 1200)


def test_an_answer_between_the_two_polls_may_have_taken_any_part_of_that_time() -> None:
    assert _sent(BEGAN + minutes(4)) == Interval(0, 240)


@pytest.mark.parametrize("at", [BEGAN, BEGAN - minutes(1)])
def test_an_answer_before_the_message_could_have_been_read_says_nothing(at: datetime) -> None:
    assert _sent(at) is None


def test_nothing_over_an_hour_is_proposed() -> None:
    hour = timedelta(seconds=MOST_SECONDS)
    assert _sent(BEGAN + hour) == Interval(3300, 3600)
    assert _sent(BEGAN + hour + timedelta(seconds=1)) is None


def test_only_the_first_answer_counts() -> None:
    later = [reply(sent_at=BEGAN + minutes(50)), reply(sent_at=BEGAN + minutes(20))]
    assert interval(SEEN, later) == Interval(900, 1200)


def test_a_guess_or_an_answer_to_several_says_nothing_of_this_message() -> None:
    at = BEGAN + minutes(20)
    assert interval(SEEN, [reply(sent_at=at, is_guess=True)]) is None
    assert interval(SEEN, [reply(sent_at=at, answers=2)]) is None


def test_without_a_time_of_reading_or_of_answering_there_is_none() -> None:
    assert interval(None, [reply()]) is None
    assert interval(SEEN, []) is None
