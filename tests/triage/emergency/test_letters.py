"""Invented client mails. Those that the rules do not reach are listed: wording rules have a ceiling."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailtriage.model import Emergency, Message, Passage, PassageKind
from mailtriage.triage.emergency import bundled_rules, emergency
from mailtriage.triage.policy import ThreadContext

_HERE = Path(__file__).parent
_ALARM = tomllib.loads((_HERE / "letters_alarm.toml").read_text("utf-8"))
_QUIET = tomllib.loads((_HERE / "letters_quiet.toml").read_text("utf-8"))

# Nothing in these is said by a word or a pair of signs that would not also ring on ordinary mail.
_OUT_OF_REACH = {
    "i dont think ill be at the thursday one. or any. sorry",
    "I have written to each of the children, in envelopes, with their names on. They are in my desk.",
    "I've been reading about how many it takes. I have more than that.",
    "goodbye anna. u were the only one who listened",
    "I've given Biscuit to my sister, she thinks it's for the week. Thank you for all your patience with me.",
}

_ORDINARY = (
    "The bus was late again on Monday, and the library has changed its opening hours. "
    "We painted the kitchen yellow, and the tomatoes are nearly ripe."
)


def _tier(text: str) -> Emergency:
    message = Message(passages=(Passage(PassageKind.OWN, text),))
    return emergency(message, bundled_rules(), ThreadContext()).tier


def test_there_are_enough_letters_of_each_kind() -> None:
    assert sum(map(len, _ALARM.values())) >= 150
    assert sum(map(len, _QUIET.values())) >= 150


@pytest.mark.parametrize("text", [text for texts in _ALARM.values() for text in texts if text not in _OUT_OF_REACH])
def test_a_letter_in_distress_rings(text: str) -> None:
    assert _tier(text).is_alarm


@pytest.mark.parametrize("text", [text for texts in _ALARM.values() for text in texts if text not in _OUT_OF_REACH])
def test_nothing_ordinary_above_or_below_makes_a_letter_quieter(text: str) -> None:
    ordinary = "\n\n".join([_ORDINARY] * 3)
    assert _tier(f"{ordinary}\n\n{text}\n\n{ordinary}").rank >= _tier(text).rank


@pytest.mark.parametrize("text", sorted(_OUT_OF_REACH))
def test_what_is_out_of_reach_is_known(text: str) -> None:
    assert not _tier(text).is_alarm, "now within reach: take it off the list"


@pytest.mark.parametrize("text", _QUIET["none"])
def test_an_ordinary_letter_does_not_ring(text: str) -> None:
    assert not _tier(text).is_alarm


@pytest.mark.parametrize("text", _QUIET["mention"])
def test_a_topic_without_present_danger_is_a_mention(text: str) -> None:
    assert _tier(text) is Emergency.MENTION
