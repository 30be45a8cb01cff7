"""The rules that come with mailtriage, compiled."""

from __future__ import annotations

from functools import cache

from mailtriage.triage.emergency.rules import EmergencyRules, load_rules
from mailtriage.triage.rule_texts import bundled_texts


@cache
def bundled_rules() -> EmergencyRules:
    """The bundled rules, compiled once."""
    return load_rules(bundled_texts())
