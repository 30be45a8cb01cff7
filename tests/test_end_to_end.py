"""The same thousand messages over every kind of mailbox, by the installed command: equal ledgers, untouched mail."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from letters import THERAPIST, letters
from mailtriage.adapters.ledger import open_ledger

if TYPE_CHECKING:
    from dovecot import Dovecot, MailboxOnDisk
    from mailtriage.ledger import KeptMessage

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
COUNT = 1_000
CLIENTS = """code,name,addresses,phone,contact
A.B.,Anna,anna@client.example,07700 900001,
B.C.,Ben,ben@client.example,07700 900002,no voicemail
J.T.,Jo,family@client.example,07700 900003,
R.S.,Robin,family@client.example,07700 900004,
"""
HEAD = f"""
[practice]
addresses = ["{THERAPIST}"]
[ledger]
path = "ledger.db"
key_file = "ledger.key"
[[mailbox]]
name = "practice"
"""


@dataclass(frozen=True, slots=True)
class Practice:
    """A configuration in a folder of its own."""

    folder: Path

    def run(self, *words: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "MAILTRIAGE_NOW": NOW.isoformat()}
        argv = [str(PROGRAM), "--config", str(self.folder / "config.toml"), *words]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=env)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    def ledger(self) -> tuple[KeptMessage, ...]:
        key = bytes.fromhex((self.folder / "ledger.key").read_text().strip())
        with open_ledger(self.folder / "ledger.db", "sqlcipher", key) as ledger:
            return ledger.messages(NOW - timedelta(days=400))


def practice(folder: Path, mailbox: str) -> Practice:
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(HEAD + mailbox, "utf-8")
    (folder / "clients.csv").write_text(CLIENTS, "utf-8")
    found = Practice(folder)
    found.run("client", "import", str(folder / "clients.csv"))
    return found


def filled(server: Dovecot) -> MailboxOnDisk:
    """A mailbox with COUNT letters of the last fortnight and an answer to one of them."""
    disk = server.new_mailbox()
    for sent_at, data in letters(COUNT, last_at=NOW - timedelta(minutes=20), apart=timedelta(minutes=20)):
        disk.deliver(data, sent_at)
    sent_at = NOW - timedelta(minutes=5)
    answer = (
        f"From: {THERAPIST}\r\nTo: anna@client.example\r\nDate: {sent_at:%a, %d %b %Y %H:%M:%S} +0000\r\n"
        "Message-ID: <answer@practice.example>\r\nIn-Reply-To: <letter-990@client.example>\r\n"
        "Subject: Re: x\r\n\r\nYes.\r\n"
    )
    disk.deliver(answer.encode(), sent_at, folder=".Sent", flags="S")
    return disk


def over_imap(disk: MailboxOnDisk, folder: Path, security: str = "tls") -> Practice:
    port = disk.server.tls_port if security == "tls" else disk.server.port
    folder.mkdir(parents=True, exist_ok=True)
    password = folder.parent / f"{folder.name}.password"
    password.write_text(disk.password + "\n", "utf-8")
    password.chmod(0o600)
    settings = f"""host = "localhost"
port = {port}
security = "{security}"
ca_file = "{disk.server.ca_file}"
username = "{disk.username}"
password_file = "{password}"
"""
    return practice(folder / "practice", settings)


def over_maildir(disk: MailboxOnDisk, folder: Path) -> Practice:
    shutil.copytree(disk.path, folder / "Maildir")
    return practice(folder / "practice", f'type = "maildir"\npath = "{folder / "Maildir"}"\nsent_folder = "Sent"\n')


@pytest.mark.imap
def test_the_ledgers_are_equal_over_every_kind_of_mailbox_and_the_mail_is_untouched(
    server: Dovecot, masked_server: Dovecot, tmp_path: Path
) -> None:
    disk, masked = filled(server), filled(masked_server)
    before = disk.files()
    assert len(before) == COUNT + 1
    practices = {
        "imaps": over_imap(disk, tmp_path / "imaps"),
        "starttls": over_imap(disk, tmp_path / "starttls", "starttls"),
        "masked": over_imap(masked, tmp_path / "masked"),
        "maildir": over_maildir(disk, tmp_path / "maildir"),
    }
    for name, polled in practices.items():
        told = polled.run("poll")
        assert told.endswith(" messages need a phone call\n"), name
    assert disk.files() == before, "polling changed the mailbox"
    ledgers = {name: polled.ledger() for name, polled in practices.items()}
    assert len(ledgers["imaps"]) == COUNT
    assert [m.message_id for m in ledgers["imaps"] if m.answered_at] == ["letter-990@client.example"]
    assert {flag for m in ledgers["imaps"] for flag in (m.verdict.forwarded, m.verdict.emergency)} >= {
        "forward",
        "crisis",
        "mention",
    }
    for name in ("starttls", "masked", "maildir"):
        assert comparable(ledgers[name]) == comparable(ledgers["imaps"]), name

    disk.clear_log()
    assert practices["imaps"].run("poll") == ""
    commands = [line.split(" ", 1)[-1] for line in disk.commands()]
    assert not [command for command in commands if "FETCH" in command.upper()], commands
    assert len(disk.answers()) <= 1_024


def comparable(ledger: tuple[KeptMessage, ...]) -> list[KeptMessage]:
    """The messages in an order of their own; a Maildir hands them over by name, a server by UID."""
    return sorted(ledger, key=lambda message: message.received_at)
