"""A command of mailtriage in a process of its own: what hangs it, or fills its memory, ends with it."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from mailtriage.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

_ENDS_WITHIN_SECONDS = 5


def run_own_command(
    words: Sequence[str], *, within_seconds: float, held: Callable[[], AbstractContextManager[None]]
) -> int:
    """The exit status of `mailtriage WORDS...`, whose output is ours; below 0 if a signal ended it, as too late does.

    Args:
        words: its command line.
        within_seconds: when it is ended; also when an exception leaves the wait.
        held: a context in which no signal interrupts: a process that is started must be known, to be ended.

    Raises:
        UnavailableError: if it cannot be started.
    """
    process: subprocess.Popen[bytes] | None = None
    try:
        with held():
            process = _started(words)
        with suppress(subprocess.TimeoutExpired):
            process.wait(within_seconds)
        _end(process)
        return process.returncode
    finally:
        if process is not None:
            _end(process)


def _started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    # -P: not what lies in the folder one happens to be in. A session of its own: Ctrl-C is for us to pass on.
    argv = [sys.executable, "-P", "-m", "mailtriage", *words]
    try:
        return subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - ourselves
    except OSError as error:
        raise UnavailableError(
            f"mailtriage could not be started once more: {error.strerror}",
            "Was Python or mailtriage moved?",
        ) from error


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it if it still runs: the ledger bears that at any point."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
