"""A file that the user asked for, with what only she and its addressee may read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING

from mailtriage.errors import StorageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write_output(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file that its owner alone can read, whole or not at all.

    Raises:
        UsageError: if there is such a file already, and it is not to be replaced.
        StorageError: if it cannot be written.
    """
    try:
        if not replace and os.path.lexists(path):
            raise UsageError(f"{path} is there already", "To replace it, say --force.")
        _write(path, content, replace=replace)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already", "To replace it, say --force.") from error
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}", "Name another file with --output.") from error


def _write(path: Path, content: bytes, *, replace: bool) -> None:
    """By a file beside it (of mode 0600, as mkstemp makes it), so that nobody ever finds half of it."""
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(beside, path)  # noqa: PTH105 - as os.link
        else:
            os.link(beside, path)  # fails where somebody was quicker
    finally:
        with suppress(FileNotFoundError):
            os.unlink(beside)  # noqa: PTH108 - as os.link
