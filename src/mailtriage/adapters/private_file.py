"""A folder for a text that must not stay on the machine: for its owner alone, in memory where there is such a place.

It is removed whole, with whatever an editor left beside the text, also when a signal ends the run. What a killed run
left behind is removed when the next one needs such a folder.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import stat
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_PREFIX = "mailtriage-draft-"
_KEPT = "mailtriage-kept-"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ENDINGS = (signal.SIGHUP, signal.SIGTERM)


@dataclass(slots=True)
class PrivateFolder:
    """A folder of mode 0700. `lock` is held while it is in use; a program that inherits it goes on holding it.

    Attributes:
        on_disk: true where nothing better than the disk was found.
        kept: the file that outlives the folder, None for none.
    """

    path: Path
    lock: int
    on_disk: bool
    kept: Path | None = None

    def keep(self, text: str) -> Path:
        """The file, of mode 0600, in which this text stays when all else is removed."""
        home = Path(tempfile.mkdtemp(prefix=_KEPT, dir=self.path.parent))
        self.kept = home / "draft.txt"
        write_private(self.kept, text)
        return self.kept


def kept_texts() -> tuple[Path, ...]:
    """The files that `PrivateFolder.keep` made and that are still there."""
    with suppress(OSError):
        base, _ = _base()
        return tuple(sorted(file for file in base.glob(f"{_KEPT}*/*") if file.stat().st_uid == os.geteuid()))
    return ()


def remove_kept(file: Path) -> None:
    """Remove a file that `PrivateFolder.keep` made; nothing happens to any other file."""
    if file.absolute() in kept_texts():
        shutil.rmtree(file.absolute().parent, ignore_errors=True)


@contextmanager
def private_folder() -> Iterator[PrivateFolder]:
    """The folder; HUP and TERM end the run with their usual status, but not before it is removed.

    Raises:
        StorageError: if none can be made.
    """
    with _ended_in_order():
        try:
            base, on_disk = _base()
            _sweep(base)
            path = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError as error:
            raise StorageError(
                f"no private folder can be made: {error.strerror}", "XDG_RUNTIME_DIR or ~/.cache must be writable."
            ) from error
        try:
            yield PrivateFolder(path, lock, on_disk)
        finally:
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)


def write_private(path: Path, text: str) -> None:
    """Write a new file that its owner alone can read. Raises StorageError."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error


def _base() -> tuple[Path, bool]:
    """Where private folders are made, and whether that is on the disk."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/") and _is_ours_alone(Path(runtime)):
        return Path(runtime), False
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK | os.X_OK):
        return _MEMORY, False
    named = os.environ.get("XDG_CACHE_HOME", "")
    cache = (Path(named) if named.startswith("/") else Path.home() / ".cache") / "mailtriage"
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    return cache, True


def _is_ours_alone(folder: Path) -> bool:
    try:
        status = folder.stat()
    except OSError:
        return False
    ours = status.st_uid == os.geteuid() and not status.st_mode & 0o077
    return ours and stat.S_ISDIR(status.st_mode) and os.access(folder, os.W_OK | os.X_OK)


def _sweep(base: Path) -> None:
    """Remove what killed runs of this user left."""
    for left in base.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """Nothing; the signals that end a program become an exception inside."""

    def end(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
