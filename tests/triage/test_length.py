"""How long a message takes to read."""

from __future__ import annotations

import pytest

from mailtriage.model import Flag, Message, Passage, PassageKind, ReadingTime
from mailtriage.triage.length import length, reading_time, words
from mailtriage.triage.policy import TriagePolicy


def own(count: int) -> Message:
    return Message(passages=(Passage(PassageKind.OWN, "word " * count),))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("   \n\n -- ***", 0),
        ("one", 1),
        ("don't re-read it", 3),
        ("Is it 10.30 or 11?", 5),
        ("it\u2019s a caf\u00e9", 3),
        ("今日は暑い", 3),
        ("three words, 今日", 3),
        ("слово за слово", 3),
        ("snake_case", 2),
    ],
)
def test_words_are_counted_as_a_reader_would(text: str, count: int) -> None:
    assert words(text) == count


@pytest.mark.parametrize(("count", "is_long"), [(0, False), (1190, False), (1191, True)])
def test_long_is_strictly_more_than_five_minutes_of_reading(count: int, is_long: bool) -> None:  # noqa: FBT001 - a column
    found, _, reasons = length(own(count), TriagePolicy())
    assert found == count
    assert bool(reasons) is is_long
    assert all(reason.flag is Flag.LONG for reason in reasons)


def test_the_practice_sets_speed_and_minutes() -> None:
    policy = TriagePolicy(reading_words_per_minute=100, long_minutes=1)
    assert length(own(100), policy)[2] == ()
    assert len(length(own(101), policy)[2]) == 1


def test_only_her_own_words_count() -> None:
    passages = (
        Passage(PassageKind.OWN, "two words"),
        *(Passage(kind, "word " * 5_000) for kind in PassageKind if kind is not PassageKind.OWN),
    )
    count, _, reasons = length(Message(passages=passages), TriagePolicy())
    assert (count, reasons) == (2, ())


def test_the_estimate_is_a_range_in_order_whatever_the_speed() -> None:
    assert reading_time(0, 238) == ReadingTime(0, 0, 0)
    for speed in (50, 175, 238, 300, 900):
        found = reading_time(1_000, speed)
        assert found.low <= found.mid <= found.high
        assert found.mid == -(-60_000 // speed)
