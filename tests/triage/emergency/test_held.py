"""Rules and second reading together, on letters that neither was made with (see held/README.md): no figure may fall."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from mailtriage.model import Message, Passage, PassageKind
from mailtriage.triage.emergency import bundled_rules
from mailtriage.triage.implied.model import bundled_model
from mailtriage.triage.policy import ThreadContext, TriagePolicy
from mailtriage.triage.verdict import triage

HELD = Path(__file__).with_name("held")


def alarms(text: str) -> bool:
    message = Message(passages=(Passage(PassageKind.OWN, text),))
    return triage(message, TriagePolicy(), bundled_rules(), ThreadContext(), bundled_model()).emergency.is_alarm


@cache
def ringing(writer: str) -> Counter[str]:
    """How many letters of each kind ring."""
    letters = [json.loads(line) for line in (HELD / f"{writer}.jsonl").read_text("utf-8").splitlines()]
    return Counter(letter["kind"] for letter in letters if alarms(letter["text"]))


@pytest.mark.parametrize(
    ("writer", "named", "hint"), [("fifth", 40, 25), ("sixth", 40, 18), ("seventh", 45, 38), ("eighth", 53, 41)]
)
def test_letters_that_should_ring_do(writer: str, named: int, hint: int) -> None:
    """Of 40, 40, 45 and 55 that name the danger, and 40, 30, 45 and 55 that only imply it."""
    rung = ringing(writer)
    assert rung["named"] >= named
    assert rung["hint"] >= hint


@pytest.mark.parametrize(
    ("writer", "mention", "ordinary"), [("fifth", 2, 1), ("sixth", 5, 7), ("seventh", 7, 10), ("eighth", 3, 12)]
)
def test_letters_that_should_not_ring_hardly_do(writer: str, mention: int, ordinary: int) -> None:
    """Of 30, 30, 30 and 40 that mention it, and 120, 100, 100 and 150 that are ordinary, many of them long and dark."""
    rung = ringing(writer)
    assert rung["mention"] <= mention
    assert rung["short"] + rung["long"] + rung["ordinary"] <= ordinary
