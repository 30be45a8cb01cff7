"""What the output can show, from its stream and the environment."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import ascii_only

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

_NARROWEST_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What can be drawn. `letters`: beyond ASCII. `plain`: no columns, one sentence per item."""

    plain: bool = False
    colour: bool = True
    letters: bool = True
    columns: int = 80
    rows: int = 24

    def text(self, words: str) -> str:
        """The words as the output can show them."""
        return words if self.letters else ascii_only(words)


def capabilities(stream: TextIO | None = None, environment: Mapping[str, str] | None = None) -> Capabilities:
    """What `stream` (stdout) can show: NO_COLOR, TERM=dumb, a pipe, the locale and the window's size decide."""
    stream = stream or sys.stdout
    environment = os.environ if environment is None else environment
    terminal = stream.isatty()
    size = _size(stream) if terminal else shutil.get_terminal_size()
    return Capabilities(
        plain=not terminal or environment.get("TERM", "dumb") == "dumb",
        colour=terminal and not environment.get("NO_COLOR"),
        letters=_has_letters(stream.encoding or "ascii", environment, terminal=terminal),
        columns=max(size.columns, _NARROWEST_COLUMNS),
        rows=size.lines,
    )


def _size(stream: TextIO) -> os.terminal_size:
    """Of the terminal behind the stream, which need not be that of stdout; COLUMNS and LINES come first."""
    try:
        return shutil.get_terminal_size(os.get_terminal_size(stream.fileno()))
    except OSError:
        return shutil.get_terminal_size()


def _has_letters(encoding: str, environment: Mapping[str, str], *, terminal: bool) -> bool:
    """False in the C locale: Python writes UTF-8 there (PEP 538, 540), but its terminal may not show it."""
    locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or "C"
    nothing_chosen = not (environment.get("LC_ALL") or environment.get("LANG")) and locale in ("C", "C.UTF-8")
    if locale in ("C", "POSIX") and not nothing_chosen:
        return False
    return encoding.lower().replace("-", "") == "utf8" and not (nothing_chosen and terminal)
