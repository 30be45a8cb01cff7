"""Text longer than the window goes through a pager, as a stream: nothing of a mail is written to a file."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import PurePath
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.foreground import left_to_the_program

if TYPE_CHECKING:
    from mailtriage.adapters.terminal.capabilities import Capabilities

# Leaves the text on the screen (X) and says how to leave, to people who never met less.
_OPTIONS = "-RX -PsSpace for more, q to leave$"
_ENVIRONMENT = {"LESSSECURE": "1", "LESSHISTFILE": "-"}
_FILTERS = frozenset({"LESSOPEN", "LESSCLOSE"})


def page(text: str, capabilities: Capabilities) -> None:
    """Print a text; in a terminal too low for it through $PAGER (less), done without if that is missing or fails."""
    if not _is_too_long(text, capabilities) or not _paged(text, f"-F {_OPTIONS}"):
        sys.stdout.write(text)


def page_until_left(text: str, capabilities: Capabilities) -> bool:
    """As `page`; true if less showed the text and was left by the reader, false if it may still be read."""
    if _is_too_long(text, capabilities) and _paged(text, _OPTIONS):
        return PurePath(_argv()[0]).name == "less"
    sys.stdout.write(text)
    return False


def _is_too_long(text: str, capabilities: Capabilities) -> bool:
    return not capabilities.plain and text.count("\n") >= capabilities.rows and sys.stdin.isatty()


def _environment(options: str) -> dict[str, str]:
    """Ours, without the filters that less may run, which may keep what they read in a file."""
    return {name: text for name, text in os.environ.items() if name not in _FILTERS} | _ENVIRONMENT | {"LESS": options}


def _argv() -> list[str]:
    return shlex.split(os.environ.get("PAGER") or "less")


def _paged(text: str, options: str) -> bool:
    try:
        with left_to_the_program():
            # The pager is the user's own choice, run without a shell.
            run = subprocess.run(_argv(), input=text.encode("utf-8"), env=_environment(options), check=False)  # noqa: S603
    except (OSError, ValueError):
        return False
    return run.returncode == 0
