"""The wording rules as text: all that an idle poll needs of them, apart from the code that compiles them."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def bundled_texts() -> dict[str, str]:
    """File name -> TOML text of the bundled rules, in the order of their names."""
    # Not by importlib.resources, which costs an idle poll some forty modules more.
    found = sorted((Path(__file__).parent / "emergency" / "rules").glob("*.toml"), key=lambda file: file.name)
    return {file.name: file.read_text("utf-8") for file in found}


def digest_of(texts: Mapping[str, str]) -> str:
    """SHA-256, as hex, of the files' names and texts in their order."""
    parts = (part for pair in texts.items() for part in pair)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
