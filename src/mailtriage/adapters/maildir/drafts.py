"""Drafts in a Maildir: written aside in tmp/, then put into cur/ whole, so that no half a draft is ever seen."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from mailtriage.adapters.maildir.folders import drafts_folder, open_maildir
from mailtriage.drafts.ports import Placed, refused
from mailtriage.mail.headers import fields, message_ids
from mailtriage.poll.folders import missing_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

    from mailtriage.config import MaildirMailbox
    from mailtriage.drafts.ports import Draft

_HEADER_BYTES = 65_536
_FLAGS = ":2,DS"
"""Draft and seen."""


class MaildirDrafts:
    """A `DraftStore` over a Maildir. What `open_maildir` raises, entering raises."""

    def __init__(self, mailbox: MaildirMailbox) -> None:
        self._mailbox = mailbox
        self._paths: dict[str, Path] = {}

    def __enter__(self) -> Self:
        self._paths = open_maildir(self._mailbox.path)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held open."""

    def folder(self) -> str:
        """The folder for drafts. Raises MissingFolderError naming the candidates."""
        found = drafts_folder(self._mailbox, self._paths)
        if not found:
            wanted = self._mailbox.drafts_folder
            problem = f'has no folder "{wanted}"' if wanted else "has no folder that looks like the one for drafts"
            raise missing_folder(f"the Maildir {self._mailbox.path} {problem}", sorted(self._paths), "drafts_folder")
        return found

    def put(self, draft: Draft) -> Placed:
        """Put it there, unless one with its Message-ID lies there. Raises RefusedError if it cannot be written."""
        name = self.folder()
        path = self._paths[name]
        try:
            if any(draft.message_id in ids for ids in _ids_in(path)):
                return Placed(name, was_there=True)
            _write(path, draft)
        except OSError as error:
            reason = error.strerror or "it cannot be written"
            raise refused(f'the folder "{name}" of {self._mailbox.path}', reason) from error
        return Placed(name, was_there=False)


def _ids_in(folder: Path) -> Iterator[tuple[str, ...]]:
    """The Message-IDs of each mail in a folder; of what vanishes meanwhile, none."""
    for part in ("cur", "new"):
        for path in list((folder / part).glob("*")):
            with suppress(FileNotFoundError):
                if path.is_file():
                    yield message_ids(fields(_head(path)).get("message-id", ()))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_HEADER_BYTES).replace(b"\r\n", b"\n")
    return content.partition(b"\n\n")[0]


def _write(folder: Path, draft: Draft) -> None:
    """Write it for its owner alone, on the disk before it is seen."""
    host = socket.gethostname().replace("/", "_").replace(":", "_")
    unique = f"{draft.message_id.partition('@')[0]}.P{os.getpid()}.{host}"
    aside = folder / "tmp" / unique
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(draft.content.replace(b"\r\n", b"\n"))
            file.flush()
            os.fsync(descriptor)
            written_at = int(os.fstat(descriptor).st_mtime)
        aside.rename(folder / "cur" / f"{written_at}.{unique}{_FLAGS}")
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    _sync(folder / "cur")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
