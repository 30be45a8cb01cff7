"""What scanning costs: linear in the text, and hardly more with more rules. Ratios in one run, never seconds."""

from __future__ import annotations

import gc
from time import process_time

import pytest

from mailtriage.model import Message, Passage, PassageKind
from mailtriage.triage.emergency import EmergencyRules, bundled_rules, emergency, load_rules
from mailtriage.triage.policy import ThreadContext
from mailtriage.triage.rule_texts import bundled_texts

pytestmark = pytest.mark.bench

_SMALL, _LARGE = 25_000, 100_000
_RATIO = 5.0
_RUNS = 3
_TEXTS = {
    "ordinary": "Thank you for Tuesday. I shall be a little late next week, as the train is always full. ",
    "unpunctuated": "i do not know what to say to her about it and she does not want to hear ",
    "full of hits": "I want to kill myself. ",
    "full of cues": "not never no i he she they ",
    "one sentence of hits": "i want to kill myself and ",
    "one long word": "a",
    "apostrophes": "'",
    "line ends": "\n",
    "disguised": "k1ll*my$elf@",
    "not Latin": "\u0436\u0301\u200b ",
    "links": "http://",
}


def _seconds(text: str, rules: EmergencyRules) -> float:
    message = Message(passages=(Passage(PassageKind.OWN, text),))
    best = float("inf")
    for _ in range(_RUNS):
        gc.collect()
        gc.disable()
        begun = process_time()
        emergency(message, rules, ThreadContext())
        best = min(best, process_time() - begun)
        gc.enable()
    return best


@pytest.mark.parametrize("name", _TEXTS)
def test_a_scan_is_linear_in_the_text(name: str) -> None:
    rules = bundled_rules()
    unit = _TEXTS[name]
    small, large = (unit * (size // len(unit)) for size in (_SMALL, _LARGE))
    _seconds(small, rules)
    assert _seconds(large, rules) < _RATIO * max(_seconds(small, rules), 0.001)


def test_four_times_the_rules_cost_less_than_twice_the_time() -> None:
    rule = '[[rule]]\nid = "x{0}"\ntier = "crisis"\nguards = []\nphrases = ["<intend> {{0-2}} word{0} <she>"]\n'
    examples = 'examples = {{match = ["I want to word{0} him"], quiet = ["no"]}}\n'
    more = load_rules(
        {**bundled_texts(), "more.toml": "".join((rule + examples).format(n) for n in range(4 * bundled_rules().count))}
    )
    text = _TEXTS["ordinary"] * 300
    _seconds(text, more)
    assert more.count > 4 * bundled_rules().count
    assert _seconds(text, more) < 2 * _seconds(text, bundled_rules())
