"""The wording rules as JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailtriage.cli.rules import no_rule
from mailtriage.triage.implied import IMPLIED

if TYPE_CHECKING:
    from mailtriage.cli.wiring import RulesTriager
    from mailtriage.triage.emergency.entries import Combination, Guard, Rule
    from mailtriage.triage.implied.model import Model


def list_document(triager: RulesTriager) -> dict[str, Any]:
    """Every rule with its tier, the ids of the guards, what was refused, and whether there is a second reading."""
    rules = triager.rules
    entries: dict[str, Rule | Combination] = {**rules.rules, **rules.combinations}
    return {
        "version": 1,
        "rules": [
            {"id": identity, "tier": entries[identity].tier.value, "note": entries[identity].note}
            for identity in rules.ids
        ],
        "guards": sorted(rules.guards),
        "refused": list(map(str, rules.problems)),
        "second_reading": triager.model is not None,
    }


def rule_document(identity: str, triager: RulesTriager) -> dict[str, Any]:
    """One rule, combination or guard, or the second reading, in full. Raises UsageError if there is none."""
    rules = triager.rules
    if identity == IMPLIED and triager.model:
        return {"version": 1, "kind": "second reading", **_second_reading(triager.model)}
    if identity in rules.rules:
        return {"version": 1, "kind": "rule", **_rule(rules.rules[identity])}
    if identity in rules.combinations:
        return {"version": 1, "kind": "combination", **_combination(rules.combinations[identity])}
    if identity in rules.guards:
        return {"version": 1, "kind": "guard", **_guard(rules.guards[identity])}
    raise no_rule(identity)


def _second_reading(model: Model) -> dict[str, Any]:
    return {
        "id": IMPLIED,
        "tier": "urgent",
        "trained_on": model.trained_on.isoformat(),
        "matches": list(model.alarming),
        "stays_quiet_on": list(model.quiet),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "tier": rule.tier.value,
        "note": rule.note,
        "about": rule.about.value,
        "guards": sorted(rule.guards),
        "phrases": list(rule.written),
        **_examples(rule),
    }


def _combination(combination: Combination) -> dict[str, Any]:
    return {
        "id": combination.id,
        "tier": combination.tier.value,
        "note": combination.note,
        "at_least": combination.at_least,
        "within_words": combination.within,
        "groups": [sorted(group) for group in combination.groups],
        "unless": sorted(combination.unless),
        **_examples(combination),
    }


def _examples(entry: Rule | Combination) -> dict[str, Any]:
    return {"matches": list(entry.examples.match), "stays_quiet_on": list(entry.examples.quiet)}


def _guard(guard: Guard) -> dict[str, Any]:
    return {
        "id": guard.id,
        "name": guard.name,
        "lowers_to": guard.to.value,
        "side": guard.side.value,
        "reach_words": guard.reach,
    }
