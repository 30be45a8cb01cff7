"""A log file with a line a run, for her alone, that never grows beyond a few megabytes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mailtriage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_BYTES = 1_000_000
"""Of one file: some months of a run every five minutes."""
KEPT = 3
"""Older files beside it: path.1 is the youngest."""


def append_line(path: Path, line: str) -> None:
    """Write the line at the end of the file, which is made if need be; a full one is put aside first.

    Raises:
        StorageError: if it cannot be written.
    """
    content = line.encode("utf-8", "backslashreplace") + b"\n"
    try:
        _rotate(path, len(content))
        descriptor = _open(path)
        try:
            os.write(descriptor, content)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise _failure(path, error) from error


def check_writable(path: Path) -> None:
    """Nothing, if a line could be written; the file is made, and nothing is written to it.

    Raises:
        StorageError: if it could not.
    """
    try:
        os.close(_open(path))
    except OSError as error:
        raise _failure(path, error) from error


def _open(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # O_NONBLOCK: a named pipe in the file's place must not hang the run.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def _rotate(path: Path, more_bytes: int) -> None:
    if not path.exists() or path.stat().st_size + more_bytes <= LIMIT_BYTES:
        return
    names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, KEPT + 1))]
    for older, younger in zip(reversed(names), reversed(names[:-1]), strict=False):
        if younger.exists():
            younger.replace(older)


def _failure(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"the log file {path} cannot be written: {error.strerror}", "It must be a file of your own; see [log] path."
    )
