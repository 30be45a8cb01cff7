"""One deadline for a whole run: a timeout per receive alone lets a server that drips a byte a minute run for ever."""

from __future__ import annotations

import faulthandler
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailtriage.errors import DeadlineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_REPEAT_SECONDS = 5.0


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Nothing; what runs inside is interrupted after so many seconds. Only for the main thread, and not nested.

    Raises:
        DeadlineError: when the time is over, wherever the run is then.
        RuntimeError: outside the main thread, where no signal arrives.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("a deadline works in the main thread only")

    def over(_number: int, _frame: FrameType | None) -> None:
        raise DeadlineError(
            f"the run was not finished after {seconds:g} seconds and was stopped; the next run goes on from there",
            "A slow network or server; [poll] deadline_seconds allows more time.",
        )

    before = signal.signal(signal.SIGALRM, over)
    # The repetition ends a run that swallowed the first interruption, in a destructor for example.
    signal.setitimer(signal.ITIMER_REAL, seconds, _REPEAT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def last_resort(seconds: float) -> Iterator[None]:
    """End the process after this long, whatever it is doing: a library in C that hangs hears no deadline.

    Names the lines of code it hung in on standard error, without any values.
    """
    if sys.__stderr__ is None:
        yield
        return
    faulthandler.dump_traceback_later(seconds, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
