"""A small IMAP server on loopback that commits the faults no real server can be made to commit.

It holds three messages and answers as a plain server would, but for the faults it is given.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailtriage.config import Credentials, ImapMailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UIDS = (1, 2, 3)
SILENCE = b"<silence>"
HANG_UP = b"<hang up>"
DRIP = b"<drip>"
_DRIP_SECONDS = 0.05
_FORGOTTEN_AFTER_SECONDS = 60
_BODIES = {uid: f"Hello {uid}\r\n".encode() for uid in UIDS}
_HEADERS = {uid: f"From: a@client.example\r\nMessage-ID: <{uid}@x>\r\n\r\n".encode() for uid in UIDS}


@dataclass(frozen=True, slots=True)
class Fault:
    """What to say instead when a command fits: bytes (TAG is replaced), or one of the three misdeeds above.

    Attributes:
        command: a regular expression for the beginning of a command; "greeting" for what comes before any, "tls" for
            what comes in the clear instead of a handshake.
        say: misdeeds may follow upon bytes.
        times: how often, before the server behaves again.
    """

    command: str
    say: bytes
    times: int = 1_000_000


@dataclass(slots=True)
class ScriptedImap:
    """A running server; `said` is what clients said."""

    port: int
    folder: Path
    faults: list[Fault]
    security: str
    said: list[str] = field(default_factory=list)
    connections: int = 0
    _used: dict[int, int] = field(default_factory=dict)
    _end: threading.Event = field(default_factory=threading.Event)

    def mailbox(self, timeout_seconds: int = 5) -> ImapMailbox:
        """How to reach it."""
        return ImapMailbox(
            name="practice",
            host="localhost",
            username="therapist",
            credentials=Credentials(),
            port=self.port,
            security=self.security,  # type: ignore[arg-type]
            ca_file=self.folder / "ca.pem",
            timeout_seconds=timeout_seconds,
        )

    def fault(self, command: str) -> bytes | None:
        for index, fault in enumerate(self.faults):
            if re.match(fault.command, command) and self._used.get(index, 0) < fault.times:
                self._used[index] = self._used.get(index, 0) + 1
                return fault.say
        return None

    def serve(self, listener: socket.socket) -> None:
        """Serve clients until the end, each in a thread of its own."""
        threads = []
        while not self._end.is_set():
            with suppress(OSError):
                client, _ = listener.accept()
                self.connections += 1
                threads.append(threading.Thread(target=self._serve_until_it_leaves, args=[client]))
                threads[-1].start()
        for thread in threads:
            thread.join()

    def _serve_until_it_leaves(self, client: socket.socket) -> None:
        client.settimeout(_FORGOTTEN_AFTER_SECONDS)
        with suppress(OSError, ssl.SSLError), client:
            self._serve(client)

    def stop(self) -> None:
        self._end.set()

    def _serve(self, client: socket.socket) -> None:
        if instead := self.fault("tls"):
            self._say(client, "", instead)
            return
        if self.security == "tls":
            client = self._under_tls(client)
        with client, client.makefile("rb") as lines:
            if not self._say(client, "*", self.fault("greeting") or b"* OK [CAPABILITY IMAP4rev1] ready\r\n"):
                return
            idle_tag = ""
            while line := lines.readline():
                tag, _, command = line.decode("utf-8", "replace").strip().partition(" ")
                if command == "IDLE":
                    idle_tag = tag
                elif tag == "DONE":
                    tag, command = idle_tag, "DONE"
                self.said.append(command)
                if not self._say(client, tag, self.fault(command) or answer(command)):
                    return
                if command == "STARTTLS":
                    self._under_tls(client).close()
                    return

    def _under_tls(self, client: socket.socket) -> ssl.SSLSocket:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.folder / "leaf.pem", self.folder / "leaf.key")
        return context.wrap_socket(client, server_side=True)

    def _say(self, client: socket.socket, tag: str, answer: bytes) -> bool:
        """True if the conversation goes on."""
        text, misdeed = re.fullmatch(rb"(.*?)(<silence>|<hang up>|<drip>)?", answer, re.DOTALL).groups()  # type: ignore[union-attr]
        client.sendall(text.replace(b"TAG", tag.encode()))
        if misdeed == SILENCE:
            self._end.wait()
        while misdeed == DRIP and not self._end.wait(_DRIP_SECONDS):
            client.sendall(b"x")
        return misdeed is None


@contextmanager
def scripted_imap(folder: Path, *faults: Fault, security: str = "tls") -> Iterator[ScriptedImap]:
    """A server with certificates out of a folder, that ends with the block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        server = ScriptedImap(listener.getsockname()[1], folder, list(faults), security)
        thread = threading.Thread(target=server.serve, args=[listener])
        thread.start()
        try:
            yield server
        finally:
            server.stop()
            thread.join()


def answer(command: str) -> bytes:
    """What a plain server says."""
    if command == "IDLE":
        return b"+ idling\r\n"
    for beginning, reply in _ANSWERS.items():
        if re.match(beginning, command):
            return reply(command) + b"TAG OK done\r\n"
    return b"TAG BAD what?\r\n"


def head(uid: int) -> bytes:
    """One message's answer to the first question."""
    header = _HEADERS[uid]
    return (
        b'* %d FETCH (UID %d FLAGS () INTERNALDATE "20-Nov-2026 10:00:0%d +0000" RFC822.SIZE %d BODYSTRUCTURE ("text" '
        b'"plain" NIL NIL NIL "7bit" %d 1) BODY[HEADER.FIELDS (FROM)]<0> {%d}\r\n%b)\r\n'
        % (uid, uid, uid, len(header + _BODIES[uid]), len(_BODIES[uid]), len(header), header)
    )


def text(uid: int) -> bytes:
    """One message's answer to the second question."""
    body = _BODIES[uid]
    return b"* %d FETCH (UID %d BODY[1]<0> {%d}\r\n%b)\r\n" % (uid, uid, len(body), body)


def _search(command: str) -> bytes:
    numbers = re.search(r"UID (\d+):(\d+)", command)
    if numbers:
        asked = set(range(int(numbers[1]), int(numbers[2]) + 1))
    else:
        asked = {int(uid) for uid in re.sub(r"^.* UID ", "", command).split(",") if uid.isdigit()}
    return b"* SEARCH %b\r\n" % b" ".join(b"%d" % uid for uid in UIDS if uid in asked)


def _fetch(command: str) -> bytes:
    uids = [int(uid) for uid in command.split()[2].split(",")]
    if "INTERNALDATE" in command:
        say = head
    elif "BODY.PEEK" in command:
        say = text
    else:
        say = _flags
    return b"".join(say(uid) for uid in uids if uid in UIDS)


def _flags(uid: int) -> bytes:
    return b"* %d FETCH (UID %d FLAGS ())\r\n" % (uid, uid)


EXAMINED = b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n"
_ANSWERS: dict[str, Callable[[str], bytes]] = {
    "CAPABILITY": lambda _: b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n",
    "LOGIN": lambda _: b"",
    "LIST": lambda _: b'* LIST () "/" INBOX\r\n* LIST () "/" Sent\r\n',
    'STATUS "Sent': lambda _: b"* STATUS Sent (UIDVALIDITY 9 UIDNEXT 1)\r\n",
    "STATUS": lambda _: b"* STATUS INBOX (UIDVALIDITY 7 UIDNEXT 4)\r\n",
    'EXAMINE "Sent': lambda _: b"* 0 EXISTS\r\n* OK [UIDVALIDITY 9] ok\r\n* OK [UIDNEXT 1] ok\r\n",
    "EXAMINE": lambda _: EXAMINED,
    "UID SEARCH": _search,
    "UID FETCH": _fetch,
    "DONE": lambda _: b"",
    "LOGOUT": lambda _: b"* BYE bye\r\n",
}
