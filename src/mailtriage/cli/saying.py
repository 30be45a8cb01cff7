"""Sentences that a command prints: safe, and wrapped where a terminal shows them."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


def say(text: str, stream: TextIO | None = None) -> None:
    """Print lines to `stream` (stdout)."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe
    from mailtriage.adapters.terminal.sentences import sentences

    stream = stream or sys.stdout
    print(sentences(safe(text, multiline=True), capabilities(stream)), file=stream, flush=True)
