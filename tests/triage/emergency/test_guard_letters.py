"""Invented sentences around the guards: what they lower, and the present danger that they must not hide."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailtriage.model import Emergency, Message, Passage, PassageKind
from mailtriage.triage.emergency import bundled_rules, emergency
from mailtriage.triage.policy import ThreadContext

_LETTERS = tomllib.loads(Path(__file__).with_name("guard_letters.toml").read_text("utf-8"))


def _tier(text: str) -> Emergency:
    message = Message(passages=(Passage(PassageKind.OWN, text),))
    return emergency(message, bundled_rules(), ThreadContext()).tier


@pytest.mark.parametrize("text", _LETTERS["mention"])
def test_what_is_denied_past_or_about_others_is_a_mention(text: str) -> None:
    assert _tier(text) is Emergency.MENTION


@pytest.mark.parametrize("text", _LETTERS["none"])
def test_strong_words_for_ordinary_life_do_not_ring(text: str) -> None:
    assert not _tier(text).is_alarm


@pytest.mark.parametrize("text", _LETTERS["alarm"])
def test_a_guard_does_not_hide_present_danger(text: str) -> None:
    assert _tier(text).is_alarm


def test_an_answer_counts_only_if_it_is_the_whole_next_sentence() -> None:
    assert _tier("Am I suicidal? No.") is Emergency.MENTION
    assert _tier("Am I suicidal? No idea what to call it.").is_alarm
    assert _tier("Am I suicidal? It rains. No.").is_alarm
