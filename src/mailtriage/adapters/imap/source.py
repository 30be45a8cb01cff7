r"""What is new in an IMAP mailbox since the last poll, in batches that each carry their checkpoint.

A folder whose UIDVALIDITY, UIDNEXT and HIGHESTMODSEQ are unchanged costs one STATUS. Else: first what changed in
`\Seen`, then new messages in the order of their UIDs.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

from mailtriage.adapters.imap.connection import Connection, FolderState
from mailtriage.adapters.imap.flags import write_flags
from mailtriage.adapters.imap.folders import drafts_among, find_folders, list_all
from mailtriage.errors import ConfigError, TemporaryError
from mailtriage.ledger import Checkpoint, Location
from mailtriage.poll.folders import missing_folder
from mailtriage.poll.ports import Batch, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

    from mailtriage.adapters.imap.fetch import Reading
    from mailtriage.adapters.imap.folders import Listed
    from mailtriage.config import ImapMailbox
    from mailtriage.config.secret import Secret
    from mailtriage.mail.raw import RawMessage
    from mailtriage.poll.ports import Fetched, Folder

BATCH_SIZE = 100
FLAGS_BATCH_SIZE = 500
GAP_LIMIT = 1000
"""New UIDs up to so many are asked for without a SEARCH, holes included."""
UNFINISHED = -1
"""A checkpoint's modseq while the first look at a folder is not finished: `since` still bounds what is read."""


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
        state = self._examine(folder.name)
        look = _Look(self._connection, folder.name, state, _resumed(checkpoint, state), since)
        yield from look.batches(checkpoint, known, open_keys)

    def fetch(self, location: Location) -> RawMessage | None:
        """One message again, live; None if it is no longer there.

        Raises:
            ConfigError: if its folder cannot be opened.
            TemporaryError: if the server cannot hand it over.
        """
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


def _resumed(checkpoint: Checkpoint | None, state: FolderState) -> Checkpoint | None:
    """The checkpoint, if UIDs still mean what they meant; None asks for the whole window again.

    A UIDNEXT that went back without a new UIDVALIDITY breaks the rules; a restored backup can do it.
    """
    if checkpoint is None or checkpoint.uidvalidity != state.uidvalidity or state.uidnext < checkpoint.uidnext:
        return None
    return checkpoint


class _Look:
    """One look at one open folder."""

    def __init__(
        self, connection: Connection, folder: str, state: FolderState, start: Checkpoint | None, since: datetime
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._state = state
        self._start = start or Checkpoint(state.uidvalidity, 1, UNFINISHED)
        self._since = since
        self._first = self._start.modseq == UNFINISHED

    def batches(
        self,
        checkpoint: Checkpoint | None,
        known: Callable[[int, Sequence[str]], frozenset[str]],
        open_keys: Callable[[int], Sequence[str]],
    ) -> Iterator[Batch]:
        end = Checkpoint(self._state.uidvalidity, self._state.uidnext, self._state.modseq)
        reached = checkpoint
        for batch in self._seen_batches(known, open_keys):
            reached = batch.checkpoint
            yield batch
        for batch in self._new_batches(self._new_uids(known), end):
            reached = batch.checkpoint
            yield batch
        if reached != end:
            yield Batch((), (), (), end)

    def _seen_batches(
        self, known: Callable[[int, Sequence[str]], frozenset[str]], open_keys: Callable[[int], Sequence[str]]
    ) -> Iterator[Batch]:
        """Flag changes of messages kept before. Whoever is killed between two batches asks for all of them again."""
        from mailtriage.adapters.imap.fetch import read_seen

        before = self._start
        condstore = before.modseq > 0 and self._state.modseq > 0
        uids = self._changed(known) if condstore else self._open(open_keys)
        for start in range(0, len(uids), FLAGS_BATCH_SIZE):
            seen = read_seen(self._connection, uids[start : start + FLAGS_BATCH_SIZE])
            # Open messages are those not seen at the last poll: only the others are news.
            news = {uid: flag for uid, flag in seen.items() if flag or condstore}
            if news:
                yield Batch((), (), tuple((self._place(uid), flag) for uid, flag in news.items()), before)

    def _changed(self, known: Callable[[int, Sequence[str]], frozenset[str]]) -> list[int]:
        if self._state.modseq == self._start.modseq or self._start.uidnext <= 1:
            return []
        range_of_old = f"1:{self._start.uidnext - 1}"
        found = self._connection.search("UID", range_of_old, "MODSEQ", self._start.modseq + 1)
        kept = known(self._state.uidvalidity, [str(uid) for uid in found])
        return [uid for uid in found if str(uid) in kept]

    def _open(self, open_keys: Callable[[int], Sequence[str]]) -> list[int]:
        return sorted(int(key) for key in open_keys(self._state.uidvalidity))

    def _new_uids(self, known: Callable[[int, Sequence[str]], frozenset[str]]) -> list[int]:
        first, last = self._start.uidnext, self._state.uidnext - 1
        if first > last or not self._state.exists:
            return []
        if self._first:
            # The server compares its own local dates: a day more, and the exact time is looked at afterwards.
            found = self._connection.search("UID", f"{first}:{last}", "SINCE", (self._since - timedelta(days=1)).date())
        elif last - first < GAP_LIMIT:
            found = list(range(first, last + 1))
        else:
            found = self._connection.search("UID", f"{first}:{last}")
        kept = known(self._state.uidvalidity, [str(uid) for uid in found])
        return [uid for uid in found if first <= uid <= last and str(uid) not in kept]

    def _new_batches(self, uids: Sequence[int], end: Checkpoint) -> Iterator[Batch]:
        from mailtriage.adapters.imap.fetch import read_messages

        for start in range(0, len(uids), BATCH_SIZE):
            done = start
            members = uids[start : start + BATCH_SIZE]
            for reading in read_messages(self._connection, self._folder, self._state.uidvalidity, members):
                done += len(reading.uids)
                yield self._batch(reading, done, len(uids), end)

    def _batch(self, reading: Reading, done: int, total: int, end: Checkpoint) -> Batch:
        fetched = tuple(item for item in reading.fetched if not self._first or item.received_at >= self._since)
        on_the_way = Checkpoint(end.uidvalidity, reading.uids[-1] + 1, UNFINISHED if self._first else end.modseq)
        return Batch(fetched, reading.unreadable, (), end if done == total else on_the_way, done, total)

    def _place(self, uid: int) -> Location:
        return Location(self._connection.mailbox.name, self._folder, self._state.uidvalidity, str(uid))
