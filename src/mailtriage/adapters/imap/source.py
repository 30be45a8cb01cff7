r"""What is new in an IMAP mailbox since the last poll, in batches that each carry their checkpoint.

A folder whose UIDVALIDITY, UIDNEXT and HIGHESTMODSEQ are unchanged costs one STATUS. Else: first what changed in
`\Seen`, then new messages in the order of their UIDs.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from mailtriage.adapters.imap.connection import Connection, FolderState
from mailtriage.adapters.imap.folders import drafts_among, find_folders, list_all
from mailtriage.errors import ConfigError, TemporaryError
from mailtriage.poll.folders import missing_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from mailtriage.adapters.imap.folders import Listed
    from mailtriage.config import ImapMailbox
    from mailtriage.config.secret import Secret
    from mailtriage.ledger import Checkpoint, Location
    from mailtriage.mail.raw import RawMessage
    from mailtriage.poll import Batch, Fetched, Folder, Unreadable


@dataclass(frozen=True, slots=True)
class Description:
    """What `check` tells of a mailbox that could be opened. `certificate_expires_at` is UTC.

    `drafts_folder` is where drafts would go, "" if that cannot be told.
    """

    folders: tuple[Folder, ...]
    folder_names: tuple[str, ...]
    drafts_folder: str
    capabilities: frozenset[str]
    tls_version: str
    certificate_expires_at: datetime | None


class ImapSource:
    """A `poll.Source` over IMAP. Connects on entering; what `session.connect` raises, entering raises."""

    def __init__(self, mailbox: ImapMailbox, secret: Secret) -> None:
        self._connection = Connection(mailbox, secret)
        self._mailbox = mailbox

    def __enter__(self) -> Self:
        self._connection.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # After a failure the server may be silent, and LOGOUT would only wait for it.
        self._connection.close(quietly=kind is not None)

    def folders(self) -> tuple[Folder, ...]:
        """The folders to poll, Sent last.

        Raises:
            ConfigError: if there is no Sent folder, naming the candidates.
            TemporaryError: if the server does not answer.
        """
        return find_folders(self._connection)

    def batches(
        self,
        folder: Folder,
        checkpoint: Checkpoint | None,
        since: datetime,
        known: Callable[[int, Sequence[str]], frozenset[str]],
        open_keys: Callable[[int], Sequence[str]],
    ) -> Iterator[Batch]:
        r"""What is new in a folder since `checkpoint`, oldest first; nothing if nothing is.

        A first look, and one after UIDVALIDITY changed, takes what arrived at or after `since`; later ones take every
        new UID, whatever its date. Without CONDSTORE, `\Seen` is asked for `open_keys` only.

        Raises:
            ConfigError: if the folder cannot be opened.
            TemporaryError: if the server is silent or what it says makes no sense.
        """
        # Asked first in any case: to ask for HIGHESTMODSEQ is what makes EXAMINE tell it, too (RFC 7162, 3.1).
        now = self._connection.status(folder.name)
        if now and checkpoint and _is_unchanged(now, checkpoint, open_keys):
            return
        from mailtriage.adapters.imap.look import Look, resumed

        state = self._examine(folder.name)
        look = Look(self._connection, folder.name, state, resumed(checkpoint, state), since)
        yield from look.batches(checkpoint, known, open_keys)

    def fetch(self, location: Location) -> RawMessage | None:
        """One message again, live; None if it is no longer there.

        Raises:
            ConfigError: if its folder cannot be opened.
            TemporaryError: if the server cannot hand it over.
        """
        from mailtriage.poll.batches import Unreadable

        found = self.fetch_whole(location)
        if isinstance(found, Unreadable):
            raise TemporaryError(f"the message cannot be read: {found.problem}", "Look at it in your mail program.")
        return found.raw if found else None

    def fetch_whole(self, location: Location) -> Fetched | Unreadable | None:
        """One message again, live, with all that a batch tells of it; None if it is no longer there.

        Raises:
            ConfigError: if its folder cannot be opened.
            TemporaryError: if the server is silent or what it says makes no sense.
        """
        from mailtriage.adapters.imap.fetch import read_messages

        state = self._connection.examine(location.folder)
        if state.uidvalidity != location.uidvalidity:
            return None
        (reading,) = read_messages(self._connection, location.folder, state.uidvalidity, [int(location.key)])
        found: tuple[Fetched | Unreadable, ...] = (*reading.fetched, *reading.unreadable)
        return found[0] if found else None

    def write_flags(self, folder: str, uidvalidity: int, wanted: Mapping[str, Sequence[str]]) -> str:
        """Add flags by key; what the server refused in a sentence, "" for nothing. Reading is over then."""
        from mailtriage.adapters.imap.flags import write_flags

        return write_flags(self._connection, folder, uidvalidity, {int(key): flags for key, flags in wanted.items()})

    def describe(self) -> Description:
        """What there is to tell of the connection and its folders, each of which is opened.

        Raises:
            ConfigError: if there is no Sent folder, or a folder that is to be polled cannot be opened.
            TemporaryError: if the server does not answer.
        """
        listed = list_all(self._connection)
        names = tuple(folder.name for folder in listed)
        folders = self.folders()
        for folder in folders:
            self._examine(folder.name)
        return Description(
            folders=folders,
            folder_names=names,
            drafts_folder=self._drafts_folder(names, listed),
            capabilities=self._connection.capabilities(),
            tls_version=self._connection.client.socket().version() or "",
            certificate_expires_at=self.certificate_expires_at(),
        )

    def _drafts_folder(self, names: Sequence[str], listed: Sequence[Listed]) -> str:
        configured = self._mailbox.drafts_folder
        return configured if configured in names else "" if configured else drafts_among(listed)

    def certificate_expires_at(self) -> datetime | None:
        """The end of the server certificate's validity, UTC."""
        certificate = self._connection.client.socket().getpeercert() or {}
        not_after = certificate.get("notAfter")
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(not_after), UTC) if not_after else None

    def _examine(self, name: str) -> FolderState:
        try:
            return self._connection.examine(name)
        except ConfigError as error:
            names = [listed.name for listed in list_all(self._connection)]
            raise missing_folder(error.message, names, "folders, sent_folder or junk_folder") from error


def _is_unchanged(now: FolderState, checkpoint: Checkpoint, open_keys: Callable[[int], Sequence[str]]) -> bool:
    if (now.uidvalidity, now.uidnext, now.modseq) != (checkpoint.uidvalidity, checkpoint.uidnext, checkpoint.modseq):
        return False
    # Without CONDSTORE nothing tells that a message was read meanwhile.
    return bool(now.modseq) or not open_keys(now.uidvalidity)
