"""Each rule against its own examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Emergency, Message, Passage, PassageKind
from mailtriage.triage.emergency.scan import emergency
from mailtriage.triage.policy import ThreadContext

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.model import Reason
    from mailtriage.triage.emergency.entries import Combination, Rule
    from mailtriage.triage.emergency.rules import EmergencyRules

_CONTEXT = ThreadContext()


def self_test(rules: EmergencyRules) -> tuple[str, ...]:
    """A sentence for each example that does not do what its rule says: match at its tier, or stay quiet."""
    speaking: list[Rule | Combination] = [rule for rule in rules.rules.values() if rule.tier is not Emergency.NONE]
    speaking.extend(rules.combinations.values())
    problems = tuple(problem for rule in speaking for problem in _problems(rule, rules))
    rules.compiled.matcher.forget()  # letters hardly ever take the steps of all these examples
    return problems


def _problems(rule: Rule | Combination, rules: EmergencyRules) -> Iterator[str]:
    for text in rule.examples.match:
        if not any(reason.tier is rule.tier for reason in _spoken(rule, text, rules)):
            yield f"{rule.id}: its example {text!r} does not match"
    for text in rule.examples.quiet:
        if any(reason.tier is rule.tier and not reason.guard for reason in _spoken(rule, text, rules)):
            yield f"{rule.id}: its example {text!r} should stay quiet"


def _spoken(rule: Rule | Combination, text: str, rules: EmergencyRules) -> list[Reason]:
    message = Message(passages=(Passage(PassageKind.OWN, text),))
    return [reason for reason in emergency(message, rules, _CONTEXT).reasons if reason.rule == rule.id]
