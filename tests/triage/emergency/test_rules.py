"""Rules files: what loads, what is refused and how loudly, what a user's own file may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import ConfigError
from mailtriage.model import Emergency, Message, Passage, PassageKind
from mailtriage.triage.emergency import EmergencyRules, bundled_rules, emergency, load_rules, self_test
from mailtriage.triage.policy import ThreadContext
from mailtriage.triage.rule_texts import bundled_texts

if TYPE_CHECKING:
    from mailtriage.triage.emergency.entries import Combination, Rule

_GOOD = """
[sets]
word = ["purple rain", "violet"]

[[rule]]
id = "own.code-word"
tier = "crisis"
guards = []
phrases = ["<word>"]
examples.match = ["purple rain"]
examples.quiet = ["blue"]
"""

_EXAMPLES = '{match = ["a"], quiet = ["b"]}'


def _tier(text: str, rules: EmergencyRules) -> Emergency:
    return emergency(Message(passages=(Passage(PassageKind.OWN, text),)), rules, ThreadContext()).tier


def test_the_bundled_rules_load_without_a_problem_and_pass_their_own_examples() -> None:
    rules = bundled_rules()
    assert rules.problems == ()
    assert self_test(rules) == ()
    assert rules.count == len(rules.ids) >= 40


def test_every_bundled_rule_has_examples_of_both_kinds() -> None:
    rules = bundled_rules()
    entries: dict[str, Rule | Combination] = {**rules.rules, **rules.combinations}
    assert all(entries[identity].examples.match and entries[identity].examples.quiet for identity in rules.ids)


def test_a_users_file_adds_a_rule() -> None:
    rules = load_rules({**bundled_texts(), "own.toml": _GOOD})
    assert rules.count == bundled_rules().count + 1
    assert _tier("Purple\nrain!", rules) is Emergency.CRISIS


def test_a_users_file_gives_a_rule_another_tier() -> None:
    rules = load_rules({"a.toml": _GOOD, "b.toml": '[[rule]]\nid = "own.code-word"\ntier = "mention"\n'})
    assert rules.problems == ()
    assert _tier("violet", rules) is Emergency.MENTION


def test_a_users_file_switches_a_rule_off() -> None:
    texts = {**bundled_texts(), "own.toml": '[[rule]]\nid = "crisis.kill-myself"\noff = true\n'}
    assert "crisis.kill-myself" not in load_rules(texts).ids


def _entry(**changes: str) -> str:
    """A rule that would load, but for the changes."""
    keys = {"id": '"x"', "tier": '"crisis"', "guards": "[]", "phrases": '["a"]', "examples": _EXAMPLES, **changes}
    return "[[rule]]\n" + "\n".join(f"{key} = {value}" for key, value in keys.items() if value)


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (_entry(tier='"red"'), "tier"),
        (_entry(phrases='["a {0-2}"]'), "gap"),
        (_entry(phrases='["<nix>"]'), "nix"),
        (_entry(guards='["nix"]'), "nix"),
        (_entry(examples=""), "examples"),
        (_entry(phrases="[]"), "phrases"),
        ('[[rule]]\nid = "x"\nphrase = ["a"]\n', "phrase"),
        ('[[rule]]\nid = "x"\noff = true\n', "no such rule"),
        ("[[rule]]\nid = ", "TOML"),
        ("[rulez]\na = 1", "rulez"),
        ('[sets]\na = "b"', "sets.a"),
    ],
)
def test_a_broken_entry_is_refused_by_name_and_the_rest_loads(broken: str, problem: str) -> None:
    rules = load_rules({"a.toml": _GOOD, "mine.toml": broken})
    assert rules.ids == ("own.code-word",)
    assert len(rules.problems) == 1
    assert rules.problems[0].startswith("mine.toml: ")
    assert problem in rules.problems[0]


def test_a_set_that_uses_itself_is_refused() -> None:
    text = _GOOD.replace('"violet"', '"<word>"')
    with pytest.raises(ConfigError):
        load_rules({"a.toml": text})


def test_zero_rules_is_an_error() -> None:
    with pytest.raises(ConfigError, match="single"):
        load_rules({"a.toml": ""})


def test_the_self_test_names_an_example_that_does_not_hold() -> None:
    rules = load_rules({"a.toml": _GOOD.replace('["blue"]', '["violet"]')})
    assert [problem.partition(":")[0] for problem in self_test(rules)] == ["own.code-word"]


def test_the_digest_changes_with_the_texts() -> None:
    assert load_rules({"a.toml": _GOOD}).digest != load_rules({"a.toml": _GOOD + "# more"}).digest
