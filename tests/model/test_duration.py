from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.model.duration import MOST_SECONDS, parse_duration, parse_minutes, spoken


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4m", 240), ("6m30s", 390), ("1h 5m", 3900), ("90s", 90), ("90m", 5400), ("1.5h", 5400), ("6:30", 390),
        ("0:01", 1), ("1 hour 5 minutes", 3900), ("2 hrs", 7200), ("4 Mins 10 SECS", 250), (" 4m ", 240),
        ("24h", 86_400), ("1440:00", 86_400), ("0.5m", 30),
    ],
)  # fmt: skip
def test_a_duration_is_read_as_people_type_it(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "", "9", "9.5", "m", "-4m", "4 m s", "4m 5", "5m 1h", "1m 1m", "4 months", "1d", "6:60", "6:5", "1:00:00",
        "1,5h", "0s", "0m", "0:00", "24h 1s", "1440:01", "0.5s", "0.01m", "1e3s", "4minutess", "999999h", "٤m", "٦:٣٠",
    ],
)  # fmt: skip
def test_what_is_no_duration_is_refused_with_a_hint(text: str) -> None:
    with pytest.raises(ValueError, match="write it as in"):
        parse_duration(text)


def test_minutes_may_be_a_bare_number() -> None:
    assert [parse_minutes(text) for text in ("9", "9.5", " 1440 ", "6:30", "9m")] == [540, 570, 86_400, 390, 540]


@pytest.mark.parametrize("text", ["0", "-9", "1441", "0.001", "nine", "", "٩"])
def test_minutes_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write it as in"):
        parse_minutes(text)


@given(st.text(max_size=20))
def test_any_text_is_a_whole_number_of_seconds_up_to_a_day_or_refused(text: str) -> None:
    for parse in (parse_duration, parse_minutes):
        try:
            seconds = parse(text)
        except ValueError:
            continue
        assert isinstance(seconds, int)
        assert 1 <= seconds <= MOST_SECONDS


def test_every_duration_of_a_day_is_said_exactly_and_differently_and_can_be_typed_back() -> None:
    said = [spoken(seconds) for seconds in range(MOST_SECONDS + 1)]
    assert len(set(said)) == len(said)
    assert said[0] == "0 min"
    for seconds, words in enumerate(said[1:], 1):
        units = {unit: int(count) for count, unit in re.findall(r"(\d+) (h|min|s)", words)}
        assert units.get("h", 0) * 3600 + units.get("min", 0) * 60 + units.get("s", 0) == seconds
        if seconds % 97 == 0:
            assert parse_duration(words) == seconds


def test_what_is_over_five_minutes_is_never_said_as_five() -> None:
    assert [spoken(seconds) for seconds in (299, 300, 301)] == ["4 min 59 s", "5 min", "5 min 1 s"]
