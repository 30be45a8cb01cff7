"""The installed command in a pseudo-terminal: what it shows is read, what it asks is answered."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PROGRAM = Path(sys.executable).with_name("mailtriage")
_PATIENCE_SECONDS = 60
_TRIES = 20


class PseudoTerminal:
    """A running command and the terminal that it thinks it has."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self._unread = ""
        self.shown = ""

    def expect(self, words: str) -> str:
        """Wait until the command has shown these words; everything from the last such point up to their end.

        Where a blank stands, the line may be wrapped.

        Raises:
            AssertionError: if it ends, or stays quiet for a minute, without them.
        """
        wanted = re.compile(r"[ \n]+".join(map(re.escape, words.split(" "))))
        while (found := wanted.search(self._unread)) is None:
            assert self._read(), f"{words!r} was never shown; shown was:\n{self.shown}"
        seen, self._unread = self._unread[: found.end()], self._unread[found.end() :]
        return seen

    def type(self, keys: str) -> None:
        """Press these keys."""
        os.write(self._master, keys.encode())

    def interrupt(self) -> None:
        """What Ctrl-C does in a terminal that controls the command; this one does not. Pressed until it is heard."""
        for _ in range(_TRIES):
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(_PATIENCE_SECONDS / _TRIES)
                return

    def leave(self) -> int:
        """Wait for the end of the command; its exit status."""
        while self._read():
            pass
        return self._process.wait(_PATIENCE_SECONDS)

    def _read(self) -> bool:
        """False when the command has closed the terminal."""
        ready, _, _ = select.select([self._master], [], [], _PATIENCE_SECONDS)
        assert ready, f"nothing was shown for a minute; shown was:\n{self.shown}"
        try:
            data = os.read(self._master, 65536)
        except OSError:  # Linux says so when the last process has closed its side
            return False
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        self._unread += text
        self.shown += text
        return bool(data)


@contextmanager
def pseudo_terminal(
    argv: Sequence[str], *, columns: int = 80, rows: int = 24, environment: dict[str, str] | None = None
) -> Iterator[PseudoTerminal]:
    """The installed command in a terminal of this size; it is ended on leaving if it runs on."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    unset = ("COLUMNS", "LINES", "NO_COLOR", "PAGER")
    environ = {name: text for name, text in os.environ.items() if name not in unset}
    process = subprocess.Popen(
        [PROGRAM, *argv],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env=environ | {"TERM": "xterm", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"} | (environment or {}),
        start_new_session=True,
        # As in a terminal, also where the tests run in the background, with Ctrl-C ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - nothing else runs yet
    )
    os.close(slave)
    try:
        yield PseudoTerminal(process, master)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(_PATIENCE_SECONDS)
        os.close(master)
