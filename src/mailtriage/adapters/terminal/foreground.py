"""Programs that take the terminal over for a while: a pager, an editor."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def left_to_the_program() -> Iterator[None]:
    """Nothing; Ctrl-C inside is for the program that has the terminal, and does not end us.

    By a handler, for what is ignored stays ignored in a program that is started.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
