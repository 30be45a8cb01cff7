"""A logged-in connection and the four questions mailtriage asks on it; it comes back once after it broke."""

from __future__ import annotations

import imaplib
from array import array
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mailtriage.adapters.imap.failures import PARSER_ERRORS, is_no_answer, is_out_of_step, translated
from mailtriage.adapters.imap.session import capabilities_of, connect, disconnect, examined, log_out
from mailtriage.adapters.imap.throttling import wait_seconds
from mailtriage.errors import TemporaryError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from mailtriage.config import ImapMailbox
    from mailtriage.config.secret import Secret

RECONNECTION_LIMIT = 24
"""Enough to find two messages in a batch that each make the server hang up, one halving at a time."""

SEARCH_WINDOW = 20_000
"""Messages a SEARCH looks at: imaplib takes an answer of at most 1,000,000 bytes, and a UID takes up to 11 of them; as
objects of Python's, while the answer is read, some hundred."""


_LARGEST_UID = 2**32 - 1


class BrokenAnswerError(Exception):
    """What was asked cannot be answered, or not be read; the connection is usable, and others may be asked for.

    `hung_up` is true if it is a new one, the server having ended the one before.
    """

    def __init__(self, *, hung_up: bool = False) -> None:
        super().__init__("broken answer")
        self.hung_up = hung_up


class RefusedError(Exception):
    """The server does not let itself be written to, or did not keep what it was told to."""


@dataclass(frozen=True, slots=True)
class FolderState:
    """What EXAMINE or STATUS says; `modseq` is 0 where the server keeps none, `exists` -1 if it was not asked for."""

    uidvalidity: int
    uidnext: int
    modseq: int
    exists: int = -1


class Connection:
    """One mailbox, read-only but for `select` and `add_flags`. At most one folder is open at a time."""

    def __init__(self, mailbox: ImapMailbox, secret: Secret) -> None:
        self.mailbox = mailbox
        self._secret = secret
        self._client: Any = None
        self._folder = ""
        self._state: FolderState | None = None
        self._reconnections = 0

    def open(self) -> None:
        """Connect and log in; see `session.connect` for what it raises."""
        self._client = connect(self.mailbox, self._secret)

    def close(self, *, quietly: bool = False) -> None:
        """Log out, or only hang up."""
        client, self._client = self._client, None
        if client is not None:
            disconnect(client) if quietly else log_out(client)

    @property
    def client(self) -> Any:  # noqa: ANN401 - imapclient has no types
        """The imapclient.IMAPClient."""
        if self._client is None:
            raise RuntimeError("not connected: use the source in a with statement")
        return self._client

    def capabilities(self) -> frozenset[str]:
        """What the server says it can do, in upper case."""
        with translated(self.mailbox, "telling what it can do"):
            return capabilities_of(self.client)

    def status(self, folder: str) -> FolderState | None:
        """The state of a folder without opening it, in some 120 bytes; None if the server says too little.

        Raises:
            ConfigError: if there is no such folder.
        """
        items = ["UIDVALIDITY", "UIDNEXT"]
        if "CONDSTORE" in self.capabilities():
            items.append("HIGHESTMODSEQ")
        with translated(self.mailbox, "looking at a folder"):
            try:
                answer = self.client.folder_status(folder, items)
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if is_no_answer(error):
                    raise
                return None
            values = [answer.get(item.encode()) for item in items]
        if not all(isinstance(value, int) for value in values):
            return None
        return FolderState(values[0], values[1], values[2] if len(values) > 2 else 0)  # noqa: PLR2004 - the third item

    def examine(self, folder: str) -> FolderState:
        """Open a folder for reading only, and its state.

        Raises:
            ConfigError: if it cannot be opened.
            TemporaryError: if the server gives no UIDVALIDITY, without which a message could be taken for another.
        """
        self._folder, self._state = folder, None
        with translated(self.mailbox, "opening a folder"):
            self._state = self._read_state(examined(self.client, self.mailbox, folder))
        return self._state

    def select(self, folder: str) -> tuple[FolderState, frozenset[str]]:
        r"""Open a folder for writing: its state, and the flags it can keep in lower case, `\*` for any keyword.

        Where the server does not say which, that is `\Flagged` only.

        Raises:
            RefusedError: if it opens for reading only, or not at all.
            TemporaryError: if the server gives no UIDVALIDITY.
        """
        self._folder, self._state = folder, None
        with translated(self.mailbox, "opening a folder"):
            try:
                answer = self.client.select_folder(folder)
            except imaplib.IMAP4.readonly:  # which imaplib counts among the broken connections
                raise RefusedError from None
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if is_no_answer(error):
                    raise
                raise RefusedError from None
            self._state = self._read_state(answer)
            permanent = answer.get(b"PERMANENTFLAGS", (b"\\Flagged",))
            return self._state, frozenset(str(flag, "ascii", "replace").lower() for flag in permanent)

    def add_flags(self, uids: Sequence[int], flags: Collection[str]) -> None:
        """Tell the server to add flags; whether it keeps them is for the caller to check.

        Raises:
            RefusedError: if it says that it does not.
        """
        with translated(self.mailbox, "setting flags"):
            try:
                self.client.add_flags(uids, flags, silent=True)
            except imaplib.IMAP4.readonly:
                raise RefusedError from None
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if is_no_answer(error):
                    raise
                raise RefusedError from None

    def _read_state(self, answer: Mapping[bytes, Any]) -> FolderState:
        uidvalidity = answer.get(b"UIDVALIDITY", 0)
        if not uidvalidity:
            raise TemporaryError(
                f'{self.mailbox.host} gives no UIDVALIDITY for "{self._folder}", so messages cannot be told apart',
                "Ask the provider; if only this folder is affected, leave it out of folders.",
            )
        exists = answer.get(b"EXISTS", 0)
        uidnext = answer.get(b"UIDNEXT", 0)
        if not uidnext and exists:
            uidnext = max(self._search_once(["UID", "*"]), default=0)
            uidnext += 1
        return FolderState(uidvalidity, max(uidnext, 1), answer.get(b"HIGHESTMODSEQ", 0), exists)

    def search(self, *criteria: object) -> array[int]:
        """The UIDs that fit, ascending. The newest messages are asked for first: see `SEARCH_WINDOW`.

        Windows of sequence numbers hold so many messages at most, however sparse UIDs are. A message that is expunged
        meanwhile moves others down into a window still to come, so that none is missed.
        """
        found = array("Q")
        exists = upper = self._state.exists if self._state else 0
        with translated(self.mailbox, "searching a folder"):
            while upper > 0:
                lower = max(1, upper - SEARCH_WINDOW + 1)
                window = [f"{lower}:{upper}"] if exists > SEARCH_WINDOW else []
                found = self._search_once([*window, *criteria]) + found
                upper = lower - 1
        in_order = all(before < after for before, after in pairwise(found))
        return found if in_order else array("Q", sorted({*found}))

    def _search_once(self, criteria: Sequence[object]) -> array[int]:
        return array("Q", sorted({uid for uid in self.client.search(list(criteria)) if 0 < uid <= _LARGEST_UID}))

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """The server's answer by UID; whether it is complete is for the caller to check.

        Raises:
            BrokenAnswerError: if the server refused, hung up, or its answer cannot be read.
            TemporaryError: if the server is silent or cannot be reached again.
        """
        with translated(self.mailbox, "fetching messages"):
            try:
                answer = self._fetch(uids, items)
            except TimeoutError:
                raise
            except (imaplib.IMAP4.abort, OSError, MemoryError) as error:
                if wait_seconds(error):
                    raise
                self._reconnect()
                raise BrokenAnswerError(hung_up=True) from error
            except imaplib.IMAP4.error as error:
                if wait_seconds(error):
                    raise  # it is not the messages that the server refuses
                if is_out_of_step(error):
                    self._reconnections -= 1  # too long an answer is no sign of a server that ends connections
                    self._reconnect()
                raise BrokenAnswerError from error
            except PARSER_ERRORS as error:
                raise BrokenAnswerError from error
        return answer

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """What imapclient's fetch does, with a reader of answers of our own; a BODYSTRUCTURE becomes a Structure."""
        from mailtriage.adapters.imap.answers import fetch_answers
        from mailtriage.adapters.imap.structure import readable_structure

        numbers = ",".join(map(str, uids))
        status, data = self.client._imap.uid("FETCH", numbers, f"({' '.join(items)})")  # noqa: SLF001 - as said
        if status != "OK":
            raise imaplib.IMAP4.error(f"FETCH was refused: {data!r}")
        answer = fetch_answers([line for line in data if line is not None], {b"BODYSTRUCTURE": readable_structure})
        return {uid: answer[uid] for uid in uids if uid in answer}

    def ensure_alive(self, uid: int) -> None:
        """Nothing, if the server at least tells a message's flags.

        Raises:
            TemporaryError: if not: then it is not the message that made it hang up.
        """
        try:
            self.fetch([uid], ["FLAGS"])
        except BrokenAnswerError as error:
            raise self.keeps_hanging_up() from error

    def keeps_hanging_up(self) -> TemporaryError:
        """What to raise where it is the server, or the network, and not a message."""
        return TemporaryError(f"{self.mailbox.host} keeps closing the connection", "The next run goes on from there.")

    def _reconnect(self) -> None:
        """Connect anew with the same folder open, as it was."""
        before = self._state
        self.close(quietly=True)
        self._reconnections += 1
        if self._reconnections > RECONNECTION_LIMIT:
            raise self.keeps_hanging_up()
        self.open()
        after = self.examine(self._folder)
        if before is None or after.uidvalidity != before.uidvalidity:
            raise TemporaryError(f"{self.mailbox.host} renumbered a folder while it was read", "The next run reads it.")
