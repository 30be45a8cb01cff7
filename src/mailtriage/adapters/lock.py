"""One poll at a time."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mailtriage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_LOOK_AGAIN_SECONDS = 0.1


@contextmanager
def only_one(path: Path, *, wait_seconds: float = 0) -> Iterator[bool]:
    """True inside if nobody else holds this lock file, False if somebody does. The kernel frees it with the process.

    Args:
        path: the lock file; it is made at first use, and left.
        wait_seconds: how long to wait for one's turn.

    Raises:
        StorageError: if the lock file cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"{path}: {error.strerror}", "The ledger's folder must be writable.") from error
    try:
        alone = _locked(descriptor, wait_seconds)
        if alone:
            os.utime(descriptor)  # since when it is held
        yield alone
    finally:
        os.close(descriptor)


def _locked(descriptor: int, wait_seconds: float) -> bool:
    """True once it is ours; False if it is not after so long. Looks again and again: flock knows no time limit."""
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(_LOOK_AGAIN_SECONDS)
        else:
            return True
