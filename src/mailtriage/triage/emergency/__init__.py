"""Emergency-like wording: rules as data, one pass over the words, guards that lower a hit and are named.

It matches wording. It does not assess anybody, and no flag means nothing (see docs/emergency.md).
"""

from mailtriage.triage.emergency.bundled import bundled_rules
from mailtriage.triage.emergency.rules import EmergencyRules, load_rules
from mailtriage.triage.emergency.scan import EmergencyFinding, emergency, finding_of
from mailtriage.triage.emergency.self_test import self_test

__all__ = [
    "EmergencyFinding",
    "EmergencyRules",
    "bundled_rules",
    "emergency",
    "finding_of",
    "load_rules",
    "self_test",
]
