"""A file that the user asked for, with what only she and its addressee may read."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from mailtriage.errors import StorageError, UsageError


def write_output(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file that its owner alone can read, whole or not at all.

    Raises:
        UsageError: if there is such a file already, and it is not to be replaced.
        StorageError: if it cannot be written.
    """
    try:
        if replace:
            _replace(path, content)
        else:
            _create(path, content)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", "To replace it, say --force.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}", "Name another file with --output.") from error


def _create(path: Path, content: bytes) -> None:
    """A new file; a link to nowhere counts as one that is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        _fill(descriptor, content)
    except OSError:
        path.unlink()
        raise


def _replace(path: Path, content: bytes) -> None:
    """By a file beside it (of mode 0600, as mkstemp makes it), so that the old one stays if this fails."""
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        _fill(descriptor, content)
        Path(beside).replace(path)
    except OSError:
        Path(beside).unlink()
        raise


def _fill(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
