"""A practice over IMAP whose messages are read and answered in a pseudo-terminal by the installed command."""

from __future__ import annotations

import email
import email.policy
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger import open_ledger
from mailtriage.model import Client
from pseudo_terminal import PROGRAM, pseudo_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from mailtriage.adapters.ledger import SqlLedger
    from pseudo_terminal import PseudoTerminal

CONFIG = """
[practice]
addresses = ["therapist@practice.example"]
[ledger]
path = "ledger.db"
key_file = "ledger.key"
[[mailbox]]
name = "practice"
host = "localhost"
port = {port}
ca_file = "{ca_file}"
username = "{username}"
password_file = "password"
"""
LETTER = """\
From: Jo <jo@home.example>
To: therapist@practice.example
Cc: mum@home.example
Subject: =?utf-8?q?Thursday_caf=C3=A9?=
Message-ID: <1@home.example>
Date: {date:%a, %d %b %Y %H:%M:%S} +0000
Content-Type: text/plain; charset=utf-8

Can we move to the blue café?
\x1b[31mI am tired.
"""


@dataclass(frozen=True, slots=True)
class Answering:
    """The practice: `folder` holds its configuration, `runtime` is where private files go."""

    folder: Path
    runtime: Path
    disk: MailboxOnDisk

    @contextmanager
    def type(
        self, *words: str, editor: str = "exit 9", shebang: str = "#!/bin/sh\n", rows: int = 50, pager: str = ""
    ) -> Iterator[PseudoTerminal]:
        """A command in a terminal, with a shell script as the editor: the file is its $1."""
        script = self.folder / "editor"
        script.write_text(f"{shebang}{editor}\n", "utf-8")
        script.chmod(0o755)
        environment = {
            "HOME": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "EDITOR": str(script),
            "VISUAL": "",
            "PAGER": pager,
        }
        with pseudo_terminal(self._argv(words), rows=rows, environment=environment) as terminal:
            yield terminal

    def run(self, *words: str) -> str:
        """What a command prints outside of a terminal."""
        done = subprocess.run([PROGRAM, *self._argv(words)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def ledger(self) -> SqlLedger:
        key = bytes.fromhex((self.folder / "ledger.key").read_text().strip())
        return open_ledger(self.folder / "ledger.db", "sqlcipher", key)

    def drafts(self) -> list[EmailMessage]:
        """Those in the folder for drafts, each flagged as a draft that is read."""
        files = sorted((self.disk.path / ".Drafts" / "cur").glob("*"))
        assert all(sorted(file.name.rpartition(",")[2]) == ["D", "S"] for file in files)
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def wish(self, contact: str) -> None:
        """Say how the client may be contacted."""
        with self.ledger() as ledger:
            client = Client("J.T.", "Jo Tarn", ("jo@home.example",), "07700 900123", contact)
            ledger.save_client(client, datetime.now(UTC).replace(microsecond=0))  # noqa: TID251 - as the command has it

    def _argv(self, words: tuple[str, ...]) -> list[str]:
        return ["--config", str(self.folder / "config.toml"), *words]


def copied(practice: Answering, folder: Path) -> Answering:
    """The practice as it was polled, in a folder of its own, its mailbox without any drafts."""
    copy = Answering(folder / "practice", folder / "runtime", practice.disk)
    shutil.copytree(practice.folder, copy.folder)
    copy.runtime.mkdir(mode=0o700)
    for draft in (practice.disk.path / ".Drafts" / "cur").iterdir():
        draft.unlink()
    return copy


def answering(folder: Path, disk: MailboxOnDisk) -> Answering:
    """A polled practice whose message 1 is J.T.'s, received an hour ago, and message 2 a long one."""
    practice = Answering(folder / "practice", folder / "runtime", disk)
    practice.folder.mkdir(mode=0o700)
    settings = CONFIG.format(port=disk.server.tls_port, ca_file=disk.server.ca_file, username=disk.username)
    (practice.folder / "config.toml").write_text(settings, "utf-8")
    password = practice.folder / "password"
    password.write_text(disk.password, "utf-8")
    password.chmod(0o600)
    received_at = datetime.now(UTC) - timedelta(hours=1)  # noqa: TID251 - the command has the same clock
    for name in ("", ".Sent", ".Drafts"):
        disk.make_folder(name)
    disk.deliver(LETTER.format(date=received_at).encode(), received_at)
    later = received_at + timedelta(minutes=1)
    disk.deliver(LETTER.replace("<1@", "<2@").format(date=later).encode() + b"and on we went\n" * 500, later)
    practice.run("poll")
    practice.wish("")
    return practice


def left_behind(folder: Path, words: str) -> list[Path]:
    """Files below a folder that hold these words."""
    return [path for path in folder.rglob("*") if path.is_file() and words.encode() in path.read_bytes()]
