"""`mailtriage watch`, the installed command, in a process of its own beside the test. All mail is invented."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dovecot import MailboxOnDisk
    from mailtriage.config import ImapMailbox
    from mailtriage.ledger import KeptMessage

PROGRAM = Path(sys.executable).with_name("mailtriage")
CALL = "1 message needs a phone call\n"
CRISIS = "I am going to kill myself tonight."
NEVER_BY_ITSELF = 86_400
LONGEST_WAIT_SECONDS = 60.0
"""Until a test fails; nothing is measured by it."""
_HEAD = """
[practice]
addresses = ["therapist@practice.example"]
[ledger]
path = "ledger.db"
key_file = "ledger.key"
"""


def until(
    condition: Callable[[], bool], what: str = "it never happened", within_seconds: float = LONGEST_WAIT_SECONDS
) -> None:
    """Wait for something that must come."""
    end = time.monotonic() + within_seconds
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@dataclass(slots=True)
class Watch:
    """A running watch; what it prints is read from files, so that no pipe can hold it up."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def told(self) -> str:
        """What it said on standard output, as a service's journal would have it."""
        return (self.folder / "out").read_text("utf-8")

    @property
    def said(self) -> list[str]:
        """What it said on standard error."""
        return (self.folder / "err").read_text("utf-8").splitlines()

    def until_said(self, words: str, times: int = 1) -> None:
        until(lambda: sum(words in line for line in self.said) >= times, f"not said: {words}; but {self.said}")

    def until_told(self, text: str) -> None:
        until(lambda: self.told == text, f"not told: {text!r}; but {self.told!r}, {self.said}")

    def end(self, number: int = signal.SIGTERM) -> int:
        """Its exit status, after a signal."""
        self.process.send_signal(number)
        return self.process.wait(LONGEST_WAIT_SECONDS)


@dataclass(slots=True)
class WatchedPractice:
    """A configuration in a folder of its own, with what watches and polls leave there."""

    folder: Path
    mailboxes: str
    settings: dict[str, int] = field(default_factory=dict)
    more: str = '[alert]\ncommand = ["true"]\n'

    def write_config(self) -> Path:
        lines = [f"{key} = {value}" for key, value in self.settings.items()]
        watch = "\n".join(["[watch]", *lines, ""])
        file = self.folder / "config.toml"
        text = _HEAD + watch + self.more + self.mailboxes
        if not file.exists() or file.read_text("utf-8") != text:  # a watch begins anew with a file that was touched
            file.write_text(text, "utf-8")
        return file

    def argv(self, *words: str) -> list[str]:
        return [str(PROGRAM), "--config", str(self.write_config()), *words]

    @property
    def env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)}

    def run(self, *words: str) -> tuple[int, str, str]:
        done = subprocess.run(self.argv(*words), capture_output=True, text=True, check=False, env=self.env)
        return done.returncode, done.stdout, done.stderr

    @contextmanager
    def watch(self, *, verbose: bool = True) -> Iterator[Watch]:
        """Watch until the block is left; verbose, it says on standard error what it does."""
        words = ("watch", "--verbose") if verbose else ("watch",)
        with (self.folder / "out").open("wb") as out, (self.folder / "err").open("wb") as err:
            process = subprocess.Popen(self.argv(*words), stdout=out, stderr=err, env=self.env)
            try:
                yield Watch(process, self.folder)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()

    def ledger(self) -> tuple[KeptMessage, ...]:
        key = bytes.fromhex((self.folder / "ledger.key").read_text().strip())
        with open_ledger(self.folder / "ledger.db", "sqlcipher", key) as ledger:
            return ledger.messages(datetime.now(UTC) - timedelta(days=400))  # noqa: TID251 - the command reads it too


def imap_table(mailbox: ImapMailbox, folder: Path, password: str) -> str:
    """A `[[mailbox]]` table for a server of the tests, its password in a file."""
    file = folder / "password"
    file.write_text(password + "\n", "utf-8")
    file.chmod(0o600)
    return f"""[[mailbox]]
name = "{mailbox.name}"
host = "{mailbox.host}"
port = {mailbox.port}
ca_file = "{mailbox.ca_file}"
username = "{mailbox.username}"
password_file = "password"
timeout_seconds = {mailbox.timeout_seconds}
"""


def over_imap(disk: MailboxOnDisk, folder: Path, **settings: int) -> WatchedPractice:
    """A practice whose mailbox is on a Dovecot."""
    return WatchedPractice(folder, imap_table(disk.settings(), folder, disk.password), settings)


def maildir_table(folder: Path) -> str:
    """A `[[mailbox]]` table for an empty Maildir, which is made."""
    for part in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (folder / "Maildir" / part).mkdir(parents=True)
    return '[[mailbox]]\ntype = "maildir"\nname = "local"\npath = "Maildir"\nsent_folder = "Sent"\n'


def letter(number: int, body: str = "Thank you for Thursday.") -> bytes:
    return (
        f"From: anna@client.example\r\nTo: therapist@practice.example\r\nMessage-ID: <m{number}@client.example>\r\n"
        f"Date: Fri, 20 Nov 2026 10:00:00 +0000\r\nSubject: letter {number}\r\n\r\n{body}\r\n"
    ).encode()


def receive(disk: MailboxOnDisk, number: int, body: str = "Thank you for Thursday.") -> None:
    """A letter that arrives now."""
    disk.deliver(letter(number, body), datetime.now(UTC))  # noqa: TID251 - as above
