"""SIGTERM and SIGINT end a service at once and in order, wherever it is: in a wait, in a login, between two lines."""

from __future__ import annotations

import select
import signal
import socket
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_Named = TypeVar("_Named")


class Ended(BaseException):
    """The service was told to end. No `except Exception` on the way may keep it."""


class Ending:
    """Raises `Ended` in the main thread when a signal comes; `wait` is a wait that none can slip past."""

    def __init__(self) -> None:
        self._told = False
        self._held = False
        self._before: dict[signal.Signals, Any] = {}
        self._woken_before = -1
        self._reader, self._writer = socket.socketpair()
        self._reader.settimeout(0)
        self._writer.settimeout(0)

    def told(self, _number: int, _frame: FrameType | None) -> None:
        """What the signals call."""
        self._told = True
        if not self._held:
            raise Ended

    def check(self) -> None:
        """Nothing, or `Ended` if it was told: the exception is lost where a signal meets a destructor."""
        if self._told:
            raise Ended

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is interrupted inside; for steps that must be whole, and never wait."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        self.check()

    def wait(self, sockets: Mapping[_Named, socket.socket], seconds: float) -> list[_Named]:
        """The names whose sockets can be read, after so many seconds at most."""
        self.check()
        readable, _, _ = select.select([self._reader, *sockets.values()], [], [], max(0.0, seconds))
        with suppress(BlockingIOError):
            self._reader.recv(4096)
        self.check()
        return [name for name, waiting in sockets.items() if waiting in readable]

    def begin(self) -> None:
        """Hear signals from now on."""
        self._woken_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self.told)

    def finish(self) -> None:
        """Leave signals to whoever heard them before."""
        self._held = True
        signal.setitimer(signal.ITIMER_REAL, 0)  # a deadline whose end was interrupted
        signal.set_wakeup_fd(self._woken_before)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._reader.close()
        self._writer.close()


@contextmanager
def ending() -> Iterator[Ending]:
    """An `Ending` in force inside, in the main thread; the block is left quietly when a signal ends it."""
    end = Ending()
    try:
        with suppress(Ended):
            end.begin()
            yield end
    finally:
        end.finish()
