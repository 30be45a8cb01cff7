"""A mailbox that mbsync or offlineimap keeps on disk, read without changing it: nothing moves from new/ to cur/.

A message's key is its unique name, which renaming for flags does not change. Its time of arrival is its file's
modification time, which is INTERNALDATE where Dovecot or mbsync wrote it.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mailtriage.adapters.maildir.folders import drafts_folder, open_maildir
from mailtriage.errors import StorageError
from mailtriage.ledger import Checkpoint, FolderRole, Location
from mailtriage.mail.mime import split
from mailtriage.poll.batches import Batch, Fetched, Unreadable
from mailtriage.poll.folders import JUNK_NAMES, SENT_NAMES, folders_in_order, missing_folder, usual_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from mailtriage.config import MaildirMailbox
    from mailtriage.mail.raw import RawMessage
    from mailtriage.poll.ports import Folder

BATCH_SIZE = 100
LIMIT_BYTES = 64 * 1024 * 1024
"""Of one file; more than any provider lets through."""

PORTION_LIMIT_BYTES = 8_000_000
"""Of the texts that are held at a time, or those of one message more."""

_SUBFOLDERS = ("new", "cur")


@dataclass(frozen=True, slots=True)
class _File:
    """A message as it lay in its folder when that was listed."""

    key: str
    path: str
    received_at: datetime
    seen: bool


class MaildirSource:
    """A `poll.Source` over a Maildir. Checks on entering that there is one.

    The start of a folder's window is kept as the checkpoint's `uidnext`, in seconds since 1970: what arrived before
    is never read, and everything later is, however long no poll ran.
    """

    def __init__(self, mailbox: MaildirMailbox) -> None:
        self._mailbox = mailbox
        self._paths: dict[str, Path] = {}

    def __enter__(self) -> Self:
        self._paths = open_maildir(self._mailbox.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    @property
    def folder_names(self) -> tuple[str, ...]:
        """All folders that were found."""
        return tuple(sorted(self._paths))

    @property
    def drafts_folder(self) -> str:
        """Where drafts would go; "" if that cannot be told."""
        return drafts_folder(self._mailbox, self._paths)

    def folders(self) -> tuple[Folder, ...]:
        """The folders to poll, Sent last.

        Raises:
            MissingFolderError: if one is missing, naming those that are there.
        """
        by_last_name = {name.rsplit("/", 1)[-1].casefold(): name for name in reversed(self.folder_names)}
        sent = self._mailbox.sent_folder or usual_folder(by_last_name, SENT_NAMES)
        junk = self._mailbox.junk_folder or usual_folder(by_last_name, JUNK_NAMES)
        wanted = folders_in_order(self._mailbox.folders, junk=junk, sent=sent)
        found = tuple(folder for folder in wanted if folder.name in self._paths)
        if not sent:
            problem = f"no folder of {self._mailbox.name} looks like the one for sent mail"
            raise missing_folder(problem, self.folder_names, "sent_folder", found)
        if found != wanted:
            name = next(folder.name for folder in wanted if folder not in found)
            problem = f'the Maildir {self._mailbox.path} has no folder "{name}"'
            raise missing_folder(problem, self.folder_names, "folders, sent_folder or junk_folder", found)
        return found

    def batches(
        self,
        folder: Folder,
        checkpoint: Checkpoint | None,
        since: datetime,
        known: Callable[[int, Sequence[str]], frozenset[str]],
        open_keys: Callable[[int], Sequence[str]],
    ) -> Iterator[Batch]:
        r"""What is new in a folder since `checkpoint`, oldest first; nothing if nothing is.

        Raises:
            ConfigError: if the folder is not there.
            StorageError: if it cannot be listed.
        """
        reached = checkpoint or Checkpoint(uidnext=max(1, int(since.timestamp())))
        # The window began later than it would now: the clock was wrong then.
        begin = min(datetime.fromtimestamp(reached.uidnext, UTC), since)
        # Junk of strangers is not kept, so not known either: bounded, so as not to be read for ever.
        begin = max(begin, since) if folder.role is FolderRole.JUNK else begin
        files = self._files(folder.name)
        interesting = frozenset(open_keys(0))
        seen = tuple(
            (self._place(folder.name, file.key), True) for file in files if file.seen and file.key in interesting
        )
        recent = [file for file in files if file.received_at >= begin]
        kept = known(0, [file.key for file in recent])
        new = [file for file in recent if file.key not in kept]
        if seen or (checkpoint is None and not new):
            yield Batch((), (), seen, reached)
        for fetched, unreadable, done in self._portions(folder.name, new):
            yield Batch(fetched, unreadable, (), reached, done, len(new))

    def fetch(self, location: Location) -> RawMessage | None:
        """One message again; None if it is no longer there.

        Raises:
            ConfigError: if its folder is not there.
            StorageError: if it cannot be read.
        """
        content = self._content(location.folder, location.key)
        return None if content is None else split(content)

    def fetch_whole(self, location: Location) -> Fetched | Unreadable | None:
        """One message again, with all that a batch tells of it; None if it is no longer there.

        Raises:
            ConfigError: if its folder is not there.
            StorageError: if that cannot be listed.
        """
        files = [file for file in self._files(location.folder) if file.key == location.key]
        return self._read(location.folder, files[0]) if files else None

    def certificate_expires_at(self) -> datetime | None:
        """None: there is no connection."""
        return None

    def _path(self, folder: str) -> Path:
        if folder not in self._paths:
            problem = f'the Maildir {self._mailbox.path} has no folder "{folder}"'
            raise missing_folder(problem, self.folder_names, "folders, sent_folder or junk_folder")
        return self._paths[folder]

    def _place(self, folder: str, key: str) -> Location:
        return Location(self._mailbox.name, folder, 0, key)

    def _files(self, folder: str) -> list[_File]:
        """The messages of a folder, oldest first; each key once, even if it was renamed while the folder was listed."""
        found: dict[str, _File] = {}
        for subfolder in _SUBFOLDERS:
            try:
                with os.scandir(self._path(folder) / subfolder) as entries:
                    found.update({file.key: file for entry in entries if (file := _file(entry))})
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(
                    f'the folder "{folder}" of {self._mailbox.path} cannot be read: {error.strerror}',
                    "Check its permissions.",
                ) from error
        return sorted(found.values(), key=lambda file: (file.received_at, file.key))

    def _portions(
        self, folder: str, files: Sequence[_File]
    ) -> Iterator[tuple[tuple[Fetched, ...], tuple[Unreadable, ...], int]]:
        """Messages, those that cannot be read, and how many files are done: a batch, or as much text as may be held."""
        read: list[Fetched | Unreadable] = []
        held = 0
        for done, file in enumerate(files, 1):
            found = self._read(folder, file)
            if found:
                read.append(found)
                held += _text_bytes(found)
            if len(read) == BATCH_SIZE or held > PORTION_LIMIT_BYTES or done == len(files):
                yield (
                    tuple(one for one in read if isinstance(one, Fetched)),
                    tuple(one for one in read if isinstance(one, Unreadable)),
                    done,
                )
                read, held = [], 0

    def _read(self, folder: str, file: _File) -> Fetched | Unreadable | None:
        """A message; None if it is gone."""
        place = self._place(folder, file.key)
        try:
            content = _bytes_of(file.path)
            if content is None:  # renamed for a flag, or deleted, since the folder was listed
                content = self._content(folder, file.key)
        except (OSError, StorageError):
            return Unreadable(place, "its file cannot be read")
        return None if content is None else Fetched(place, file.received_at, file.seen, split(content))

    def _content(self, folder: str, key: str) -> bytes | None:
        """The bytes of a message wherever it lies now; None if it is gone."""
        for _ in range(3):
            file = next((file for file in self._files(folder) if file.key == key), None)
            if file is None:
                return None
            try:
                content = _bytes_of(file.path)
            except OSError as error:
                raise StorageError(f"a message in {self._path(folder)} cannot be read: {error.strerror}") from error
            if content is not None:
                return content
        return None


def _text_bytes(found: Fetched | Unreadable) -> int:
    return sum(len(part.content or b"") for part in found.raw.parts) if isinstance(found, Fetched) else 0


def _file(entry: os.DirEntry[str]) -> _File | None:
    """A message; None for what is none, or has vanished."""
    if entry.name.startswith("."):
        return None
    try:
        status = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    unique, _, flags = entry.name.partition(":2,")
    # A name that is no UTF-8 must still be a text that can be kept.
    key = os.fsencode(unique).decode("utf-8", "backslashreplace")
    return _File(key, entry.path, datetime.fromtimestamp(int(status.st_mtime), UTC), "S" in flags)


def _bytes_of(path: str) -> bytes | None:
    """The file's bytes up to the limit; None if it is not there any more."""
    try:
        with Path(path).open("rb") as file:
            return file.read(LIMIT_BYTES)
    except FileNotFoundError:
        return None
