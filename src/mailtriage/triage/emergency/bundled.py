"""The rules that come with mailtriage, as package data."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from mailtriage.triage.emergency.rules import EmergencyRules, load_rules


@cache
def bundled_texts() -> dict[str, str]:
    """File name -> TOML text of the bundled rules, in the order of their names."""
    folder = files("mailtriage.triage.emergency") / "rules"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return {file.name: file.read_text(encoding="utf-8") for file in found}


@cache
def bundled_rules() -> EmergencyRules:
    """The bundled rules, compiled once."""
    return load_rules(bundled_texts())
