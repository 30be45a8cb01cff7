"""Single keys, read from a terminal as they are pressed, without Enter."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty

_ESCAPE = b"\x1b"
_ENDS = {b"", b"\x04"}
_REST_SECONDS = 0.05


def keystroke() -> str:
    """The key that is pressed next, in lower case; "" for one that is no letter or sign, as an arrow.

    The terminal is as it was afterwards, whatever happens. Ctrl-C interrupts as ever.

    Raises:
        EOFError: for Ctrl-D, or if the terminal is gone.
    """
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        # Drained, not flushed: what was typed ahead stays.
        tty.setcbreak(terminal, termios.TCSADRAIN)
        pressed = os.read(terminal, 1)
        if pressed in _ENDS:
            raise EOFError
        if pressed == _ESCAPE or pressed > b"\x7f":
            _leave_out_the_rest(terminal)
            return ""
        return pressed.decode("ascii").lower()
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _leave_out_the_rest(terminal: int) -> None:
    """Read what one key sends beyond its first byte, as arrows and letters with accents do."""
    if select.select([terminal], [], [], _REST_SECONDS)[0]:
        os.read(terminal, 16)
