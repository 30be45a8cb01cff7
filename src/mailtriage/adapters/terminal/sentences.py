"""Sentences for a terminal: wrapped between words at its width. What goes elsewhere is left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.adapters.terminal.capabilities import Capabilities


def sentences(text: str, capabilities: Capabilities) -> str:
    """Safe lines as the output can show them; each is wrapped under its own indentation. No line end is added."""
    if capabilities.plain or all(len(line) < capabilities.columns for line in text.split("\n")):
        return capabilities.text(text)
    from mailtriage.adapters.terminal.rows import drawn_rows, row

    rows = (row(line.lstrip(), prefix=line[: len(line) - len(line.lstrip())]) for line in text.split("\n"))
    return drawn_rows(rows, capabilities).removesuffix("\n")
