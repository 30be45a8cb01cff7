"""Guards lower a hit and name themselves; they never hide a second hit, and their reach ends."""

from __future__ import annotations

import pytest

from mailtriage.model import Emergency, Message, Passage, PassageKind, Reason
from mailtriage.triage.emergency import bundled_rules, emergency
from mailtriage.triage.policy import ThreadContext


def _reasons(text: str) -> tuple[Emergency, tuple[Reason, ...]]:
    found = emergency(Message(passages=(Passage(PassageKind.OWN, text),)), bundled_rules(), ThreadContext())
    return found.tier, found.reasons


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("I am not going to kill myself.", "negated"),
        ("I would never kill myself.", "negated"),
        ("Suicidal thoughts are not an issue for me.", "negated afterwards"),
        ("Years ago I took an overdose.", "past"),
        ("I used to cut myself.", "used to"),
        ("Some people have suicidal thoughts.", "somebody else"),
        ("If you are having suicidal thoughts, ring Samaritans.", "helpline"),
        ("A novel with suicidal thoughts on every page.", "fiction"),
        ("I nearly killed myself laughing.", "hyperbole"),
    ],
)
def test_a_guarded_hit_is_a_mention_and_names_its_guard(text: str, guard: str) -> None:
    tier, reasons = _reasons(text)
    assert tier is Emergency.MENTION
    assert guard in {reason.guard for reason in reasons}


@pytest.mark.parametrize(
    "text",
    [
        "I'm not going to kill myself today. I want to die though.",
        "I'm fine now, but I want to end my life.",
        "not good at all i want to kill myself",
        "I am not sleeping and I want to die",
        "when i was 15 i tried to kill myself and now i want to do it tonight",
        "My friend is fine. I am suicidal.",
        "I watched a film. I want to kill myself.",
    ],
)
def test_a_guard_does_not_reach_a_second_hit(text: str) -> None:
    assert _reasons(text)[0].is_alarm


def test_thoughts_without_intent_stay_urgent() -> None:
    tier, reasons = _reasons("I think about killing myself but I would never act on it.")
    assert tier is Emergency.URGENT
    assert "without intent" in {reason.guard for reason in reasons}
