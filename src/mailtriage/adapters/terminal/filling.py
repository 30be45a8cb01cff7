"""Sentences in lines no wider than the screen."""

from __future__ import annotations

import textwrap

_INDENT = "  "


def filled(sentence: str, columns: int) -> str:
    """A sentence with its line break, broken between words; what follows the first line is indented."""
    if not sentence:
        return ""
    lines = textwrap.wrap(sentence, columns, subsequent_indent=_INDENT, break_long_words=False, break_on_hyphens=False)
    return "\n".join(lines) + "\n"
