"""Drafts on an IMAP server: looked for by their Message-ID, then APPENDed. Nothing else here adds a mail."""

from __future__ import annotations

import imaplib
from typing import TYPE_CHECKING, Self

from mailtriage.adapters.imap.connection import Connection
from mailtriage.adapters.imap.failures import response_code, translated
from mailtriage.adapters.imap.folders import find_drafts, list_all
from mailtriage.drafts.ports import Placed, refused
from mailtriage.errors import ConfigError
from mailtriage.poll.folders import missing_folder

if TYPE_CHECKING:
    from types import TracebackType

    from mailtriage.config import ImapMailbox
    from mailtriage.config.secret import Secret
    from mailtriage.drafts.ports import Draft
    from mailtriage.errors import MailtriageError

_FLAGS = (b"\\Draft", b"\\Seen")
_REASONS = {
    "OVERQUOTA": "the mailbox is full",
    "NOPERM": "you may not write to that folder",
    "CANNOT": "it does not keep such mail",
    "LIMIT": "a limit of the server's is reached",
    "TOOBIG": "it is too long",
}


class ImapDrafts:
    """A `DraftStore` over IMAP. Connects on entering; what `session.connect` raises, entering raises."""

    def __init__(self, mailbox: ImapMailbox, secret: Secret) -> None:
        self._connection = Connection(mailbox, secret)
        self._mailbox = mailbox

    def __enter__(self) -> Self:
        self._connection.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close(quietly=kind is not None)

    def folder(self) -> str:
        """The folder for drafts. Raises MissingFolderError naming the candidates, TemporaryError without an answer."""
        found = find_drafts(self._connection)
        if not found:
            raise self._missing(f"no folder of {self._mailbox.name} is marked as the one for drafts")
        return found

    def put(self, draft: Draft) -> Placed:
        """Put it there, unless one with its Message-ID lies there: a try before may have succeeded unheard.

        Raises:
            MissingFolderError: if there is no such folder, naming those that are there.
            RefusedError: if the server does not take it.
            TemporaryError: if it does not answer; the draft may be there all the same.
        """
        name = self.folder()
        try:
            self._connection.examine(name)
        except ConfigError as error:
            raise self._missing(error.message) from error
        if self._connection.search("HEADER", "Message-ID", f"<{draft.message_id}>"):
            return Placed(name, was_there=True)
        with translated(self._mailbox, "taking the draft"):
            try:
                self._connection.client.append(name, draft.content, flags=_FLAGS)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                raise self._refused(response_code(str(error)), name) from None
        return Placed(name, was_there=False)

    def _missing(self, problem: str) -> MailtriageError:
        return missing_folder(problem, [listed.name for listed in list_all(self._connection)], "drafts_folder")

    def _refused(self, code: str, name: str) -> MailtriageError:
        if code == "TRYCREATE":
            return self._missing(f'{self._mailbox.host} has no folder "{name}"')
        return refused(f'the folder "{name}" of {self._mailbox.host}', _REASONS.get(code, "the server refused it"))
