"""A password or a token in memory: named here so that the sources and what reads secrets share the word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Secret:
    """What logs in. Its repr never shows the value."""

    kind: Literal["password", "xoauth2", "oauthbearer"]
    value: str = field(repr=False)
