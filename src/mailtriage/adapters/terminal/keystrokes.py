"""Single keys, read from a terminal as they are pressed, without Enter."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

_ESCAPE = b"\x1b"
_ENDS = frozenset({b"", b"\x04"})
_REST_SECONDS = 0.05
_LINE_BYTES = 4096


class Keyboard:
    """The terminal while single keys count; to be used as a context manager, which leaves it as it was."""

    def __init__(self) -> None:
        self._terminal = sys.stdin.fileno()
        self._before = termios.tcgetattr(self._terminal)

    def __enter__(self) -> Self:
        # Drained, not flushed, here and below: what was typed ahead stays.
        tty.setcbreak(self._terminal, termios.TCSADRAIN)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, self._before)

    @contextmanager
    def lines(self) -> Iterator[None]:
        """The terminal as it was, for an answer that ends with Enter; Esc ends one, too."""
        settings = termios.tcgetattr(self._terminal)
        settings[3], settings[6] = self._before[3], [*self._before[6]]
        settings[6][termios.VEOL] = _ESCAPE
        termios.tcsetattr(self._terminal, termios.TCSADRAIN, settings)
        try:
            yield
        finally:
            tty.setcbreak(self._terminal, termios.TCSADRAIN)
            settings = termios.tcgetattr(self._terminal)
            settings[6][termios.VEOL] = self._before[6][termios.VEOL]
            termios.tcsetattr(self._terminal, termios.TCSADRAIN, settings)

    def line(self, prompt: str = "") -> str | None:
        """What is typed up to Enter, without the blanks around it; None if Esc or Ctrl-D ended it instead."""
        typed = b""
        with self.lines():
            # Not before: what answers the prompt at once must find the terminal ready for it.
            sys.stdout.write(prompt)
            sys.stdout.flush()
            # What was typed before the terminal was ready for lines comes in one piece: Esc may stand within it.
            while not typed.endswith(b"\n") and _ESCAPE not in typed:
                read = os.read(self._terminal, _LINE_BYTES)
                if read in _ENDS:
                    return None
                typed += read
        if _ESCAPE in typed:
            self._leave_out_the_rest()
            return None
        return typed.decode("utf-8", "replace").strip()

    def forget(self) -> None:
        """Drop what was typed ahead."""
        termios.tcflush(self._terminal, termios.TCIFLUSH)

    def pressed(self) -> str:
        """The key that is pressed next, in lower case; "" for one that is no letter or sign, as an arrow.

        Ctrl-C interrupts as ever.

        Raises:
            EOFError: for Ctrl-D, or if the terminal is gone.
        """
        key = os.read(self._terminal, 1)
        if key in _ENDS:
            raise EOFError
        if key == _ESCAPE or key > b"\x7f":
            self._leave_out_the_rest()
            return ""
        return key.decode("ascii").lower()

    def _leave_out_the_rest(self) -> None:
        """Read what one key sends beyond its first byte, as arrows and letters with accents do."""
        if select.select([self._terminal], [], [], _REST_SECONDS)[0]:
            os.read(self._terminal, 16)
