"""Text longer than the window goes through a pager, as a stream: nothing of a mail is written to a file."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.adapters.terminal.capabilities import Capabilities

# Leaves the text on the screen (X) and says how to leave, to people who never met less.
_ENVIRONMENT = {"LESS": "-FRX -PsSpace for more, q to leave$", "LESSSECURE": "1", "LESSHISTFILE": "-"}
_FILTERS = frozenset({"LESSOPEN", "LESSCLOSE"})


def page(text: str, capabilities: Capabilities) -> None:
    """Print a text; in a terminal too low for it through $PAGER (less), done without if that is missing or fails."""
    if capabilities.plain or text.count("\n") < capabilities.rows or not sys.stdin.isatty() or not _paged(text):
        sys.stdout.write(text)


def _environment() -> dict[str, str]:
    """Ours, without the filters that less may run, which may keep what they read in a file."""
    return {name: text for name, text in os.environ.items() if name not in _FILTERS} | _ENVIRONMENT


def _paged(text: str) -> bool:
    try:
        argv = shlex.split(os.environ.get("PAGER") or "less")
        # The pager is the user's own choice, run without a shell.
        run = subprocess.run(argv, input=text.encode("utf-8"), env=_environment(), check=False)  # noqa: S603
    except (OSError, ValueError):
        return False
    return run.returncode == 0
