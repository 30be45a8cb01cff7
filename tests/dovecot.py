"""A real Dovecot on loopback with certificates, tokens and mailboxes on disk. Works as root or not, with 2.3 or 2.4."""

from __future__ import annotations

import base64
import grp
import hashlib
import hmac
import itertools
import json
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from certificates import make_certificates
from dovecot_settings import Place, settings_2_3, settings_2_4
from mailtriage.adapters.imap import ImapSource
from mailtriage.config import Credentials, ImapMailbox
from mailtriage.config.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

HOST = "localhost"
PASSWORDS = {"ascii": 'a "quoted\\one', "unicode": "pässwörd ключ"}
TOKEN_KEY = b"an HMAC key of the tests' own"
_NUMBERS = itertools.count()
_LOGGED_AT = re.compile(rb"^\d{10}\.\d{6} ", re.MULTILINE)
_STARTED_WITHIN_SECONDS = 10.0


def find_dovecot() -> str | None:
    """The program, which Debian keeps outside the path of ordinary users."""
    return shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


@dataclass(slots=True)
class Dovecot:
    """A running server."""

    folder: Path
    port: int
    tls_port: int
    owner: tuple[int, int]
    users: int = field(default=0)

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def new_mailbox(self, letters: str = "ascii") -> MailboxOnDisk:
        """An empty mailbox nobody else uses, with one of PASSWORDS; the server makes its folders at first use."""
        self.users += 1
        mailbox = MailboxOnDisk(self, f"{letters}{self.users}@practice.example", PASSWORDS[letters])
        for folder in (mailbox.log, mailbox.path.parent):
            folder.mkdir(parents=True)
            os.chown(folder, *self.owner)
        return mailbox


@dataclass(frozen=True, slots=True)
class MailboxOnDisk:
    """A user's Maildir as the server sees it, and the log of what went over the wire."""

    server: Dovecot
    username: str
    password: str

    @property
    def path(self) -> Path:
        return self.server.folder / "mail" / self.username / "Maildir"

    def settings(self, **changes: Any) -> ImapMailbox:  # noqa: ANN401 - any field of ImapMailbox
        """The mailbox as a configuration would name it: over TLS, trusting the tests' own authority."""
        mailbox = ImapMailbox(
            name="practice",
            host=HOST,
            username=self.username,
            credentials=Credentials(),
            port=self.server.tls_port,
            ca_file=self.server.ca_file,
            timeout_seconds=10,
        )
        return replace(mailbox, **changes)

    @property
    def secret(self) -> Secret:
        """Its right password."""
        return Secret("password", self.password)

    def source(self, **changes: Any) -> ImapSource:  # noqa: ANN401 - as above
        """A source that reads it."""
        return ImapSource(self.settings(**changes), self.secret)

    @property
    def log(self) -> Path:
        return self.server.folder / "wire" / self.username

    def deliver(self, data: bytes, received_at: datetime, *, folder: str = "", flags: str = "") -> Path:
        """Put a mail where the server finds it, in "INBOX" or a Maildir++ folder (".Sent")."""
        home = self.make_folder(folder)
        file = home / "cur" / f"{int(received_at.timestamp())}.M{next(_NUMBERS):06}P1.host:2,{flags}"
        file.write_bytes(data)
        os.utime(file, (received_at.timestamp(), received_at.timestamp()))
        os.chown(file, *self.server.owner)
        return file

    def make_folder(self, folder: str = "") -> Path:
        """A Maildir++ folder (".Sent"), made if it is not there; "" is the inbox."""
        home = self.path / folder if folder else self.path
        for name in ("", "cur", "new", "tmp"):
            if not (home / name).exists():
                (home / name).mkdir(parents=True)
                os.chown(home / name, *self.server.owner)
        return home

    def files(self) -> dict[str, bytes]:
        """All messages on disk, by path: a flag that is set renames its file."""
        return {str(file): file.read_bytes() for file in sorted(self.path.glob("**/cur/*"))}

    def commands(self) -> list[str]:
        """What clients said since the log was last cleared, without tags, and without what they said to log in."""
        return [line.partition(" ")[2] for line in self._said("*.in").decode("utf-8", "replace").splitlines()]

    def answers(self) -> bytes:
        """What the server said since the log was last cleared, after the login."""
        return self._said("*.out")

    def _said(self, files: str) -> bytes:
        return b"".join(_LOGGED_AT.sub(b"", file.read_bytes()) for file in sorted(self.log.glob(files)))

    def clear_log(self) -> None:
        for file in self.log.iterdir():
            file.unlink()


@contextmanager
def dovecot(*, capability: str = "", leaf_days: tuple[int, int] = (-1, 30), name: str = HOST) -> Iterator[Dovecot]:
    """A server that ends with the block.

    Args:
        capability: what it says it can do instead of the truth, "" for the truth.
        leaf_days: validity of its certificate, in days from now.
        name: host name that its certificate is for.
    """
    with prepared_dovecot(capability=capability, leaf_days=leaf_days, name=name) as server, running(server):
        yield server


@contextmanager
def prepared_dovecot(
    *, capability: str = "", leaf_days: tuple[int, int] = (-1, 30), name: str = HOST
) -> Iterator[Dovecot]:
    """A server that is not started yet, for tests that stop and start it; see `dovecot`."""
    program = find_dovecot()
    assert program
    folder = Path(tempfile.mkdtemp(prefix="mailtriage-dovecot-"))
    folder.chmod(0o755)
    try:
        yield _prepare(folder, program, capability, leaf_days, name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(server: Dovecot) -> Iterator[None]:
    """The server takes connections inside."""
    program = find_dovecot()
    assert program
    process = subprocess.Popen([program, "-F", "-c", server.folder / "dovecot.conf"], start_new_session=True)
    try:
        _wait_for(server.port, process, server.folder)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def token(username: str, *, expires_in_seconds: int = 600, key: bytes = TOKEN_KEY) -> str:
    """A signed token (JWT, HS256) as an OAuth provider would issue it."""
    now = int(time.time())  # noqa: TID251 - the server compares it with its own clock
    claims = {"sub": username, "iat": now - 3600, "exp": now + expires_in_seconds}
    body = b".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return (body + b"." + _base64url(hmac.digest(key, body, hashlib.sha256))).decode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _prepare(folder: Path, program: str, capability: str, leaf_days: tuple[int, int], name: str) -> Dovecot:
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    root = os.geteuid() == 0
    # A mail process never runs as root: there, Dovecot's own unprivileged user owns the mail.
    account = pwd.getpwnam("dovecot") if root else pwd.getpwuid(os.geteuid())
    server = Dovecot(folder, _free_port(), _free_port(), (account.pw_uid, account.pw_gid))
    for part in ("mail", "wire", "run"):
        (folder / part).mkdir()
        os.chown(folder / part, *server.owner)
    make_certificates(folder, leaf_days, name)
    key = folder / "keys" / "default" / "HS256" / "default"
    key.parent.mkdir(parents=True)
    key.write_bytes(base64.b64encode(TOKEN_KEY))
    users = [
        f"{kind}{n}@practice.example:{{PLAIN}}{PASSWORDS[kind]}::::::\n" for kind in PASSWORDS for n in range(1, 400)
    ]
    (folder / "users").write_text("".join(users), "utf-8")
    (folder / "oauth2.conf.ext").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\n"
        "username_attribute = sub\n"
    )
    group = grp.getgrgid(account.pw_gid).gr_name
    place = Place(folder, (server.port, server.tls_port), (account.pw_name, group), root=root)
    text = settings_2_3(place, capability) if version.startswith("2.3") else settings_2_4(place, capability)
    (folder / "dovecot.conf").write_text(text)
    return server


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + _STARTED_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as client:
                if client.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.005)
    log = folder / "dovecot.log"
    raise RuntimeError("Dovecot did not start: " + (log.read_text() if log.exists() else "it wrote no log"))
