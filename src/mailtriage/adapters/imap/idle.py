"""A connection that waits for new mail (IDLE, RFC 2177): one folder, opened for reading only; it fetches nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailtriage.adapters.imap.failures import translated
from mailtriage.adapters.imap.folders import find_folders
from mailtriage.adapters.imap.session import capabilities_of, connect, disconnect, examined
from mailtriage.errors import TemporaryError
from mailtriage.ledger import FolderRole
from mailtriage.poll.folders import MissingFolderError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from mailtriage.config import ImapMailbox
    from mailtriage.config.secret import Secret


class IdleConnection:
    """A mailbox that announces what arrives in one of its folders; "" is the first, usually the inbox.

    The password is read anew for each connection, and not kept. While it is open, `others` are further folders in which
    new mail is of interest: those configured, and junk, as many as were asked for; not Sent, where nobody waits.
    """

    def __init__(
        self, mailbox: ImapMailbox, read_secret: Callable[[], Secret], folder: str = "", *, others_wanted: int = 0
    ) -> None:
        self.mailbox = mailbox
        self.folder = folder or next(iter(mailbox.folders), "INBOX")
        self.others: tuple[str, ...] = ()
        self._others_wanted = others_wanted
        self._read_secret = read_secret
        self._client: Any = None
        self._tag = b""

    def open(self) -> bool:
        """True if it listens now; False if the server has no IDLE, and then it is not connected.

        Raises:
            MailtriageError: what `session.connect` and the secret raise; the mailbox is not connected then.
        """
        self._client = connect(self.mailbox, self._read_secret())
        try:
            with translated(self.mailbox, "asking for announcements of new mail"):
                if not self._client.has_capability("IDLE"):
                    self.close()
                    return False
                self.others = self._find_others() if self._others_wanted else ()
                examined(self._client, self.mailbox, self.folder)
                self._announced()
                self._begin()
        except BaseException:
            self.close()
            raise
        return True

    @property
    def client(self) -> Any:  # noqa: ANN401 - imapclient has no types
        """The imapclient.IMAPClient; None while not connected."""
        return self._client

    def capabilities(self) -> frozenset[str]:
        """What the server says it can do, in upper case."""
        return capabilities_of(self._client)

    def _find_others(self) -> tuple[str, ...]:
        try:
            found = find_folders(self)
        except MissingFolderError as missing:  # the poll tells of it
            found = missing.found
        names = [folder.name for folder in found if folder.role is not FolderRole.SENT and folder.name != self.folder]
        return tuple(names[: self._others_wanted])

    def renew(self) -> bool:
        """True if something new was announced since `open`, or since it was last asked; it goes on listening.

        Ends IDLE and begins it anew: the server must answer, so that a dead connection is noticed.

        Raises:
            TemporaryError: if the connection is lost; it is closed then.
        """
        try:
            with translated(self.mailbox, "waiting for new mail"):
                self._end()
                self._begin()
                return self._announced()
        except BaseException:
            self.close()
            raise

    def has_unread_answer(self) -> bool:
        """True if the server has said something that was received already: its socket alone would not tell."""
        return self._client is not None and _holds_back(self._client._imap)  # noqa: SLF001 - imapclient cannot say

    def close(self) -> None:
        """Drop the connection, without waiting for a server that may be gone."""
        client, self._client = self._client, None
        if client is not None:
            disconnect(client)

    @property
    def socket(self) -> socket.socket | None:
        """What becomes readable when the server speaks; None while not connected."""
        return None if self._client is None else self._client.socket()

    def _begin(self) -> None:
        """IDLE. Done on imaplib: imapclient takes an announcement that comes before the go-ahead for a refusal."""
        server = self._client._imap  # noqa: SLF001 - as said
        self._tag = server._command("IDLE")  # noqa: SLF001 - as said
        while server._get_response() is not None:  # noqa: SLF001 - None is the go-ahead
            server._check_bye()  # noqa: SLF001 - its words may name a time to wait
            if server.tagged_commands[self._tag]:
                raise TemporaryError(f"{self.mailbox.host} refuses to announce new mail", "It is polled all the same.")

    def _end(self) -> None:
        server = self._client._imap  # noqa: SLF001 - as in _begin
        while _holds_back(
            server
        ):  # a goodbye is read before we speak: an answer to a closed connection may wipe it out
            self._read(server)
        server.send(b"DONE\r\n")
        while not server.tagged_commands[self._tag]:
            self._read(server)
        status, _ = server.tagged_commands.pop(self._tag)
        if status != "OK":
            raise TemporaryError(f"{self.mailbox.host} ended its announcements", "It is asked for them again.")

    @staticmethod
    def _read(server: Any) -> None:  # noqa: ANN401 - imaplib's connection
        server._get_response()  # noqa: SLF001 - as in _begin
        server._check_bye()  # noqa: SLF001 - as in _begin

    def _announced(self) -> bool:
        """True if the server told a number of messages since this was last asked."""
        said = self._client._imap.untagged_responses  # noqa: SLF001 - as in _begin
        announced = "EXISTS" in said
        said.clear()  # imaplib keeps every line that nobody asks for, for as long as the connection lives
        return announced


def _holds_back(server: Any) -> bool:  # noqa: ANN401 - imaplib's connection
    """True if lines, or parts of them, wait in imaplib's buffer or in that of TLS."""
    own = getattr(server, "_readbuf", None)  # imaplib's own buffer since Python 3.14
    if own is not None:
        return bool(own) or server.sock.pending() > 0
    timeout = server.sock.gettimeout()
    server.sock.settimeout(0)
    try:
        return bool(server.file.peek(1))
    except OSError:
        return False
    finally:
        server.sock.settimeout(timeout)
