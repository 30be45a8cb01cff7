"""A practice in a folder: configuration, Maildir and ledger, polled by the real command. All mail is invented."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger import open_ledger
from mailtriage.cli import main
from mailtriage.model import Client

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.adapters.ledger import SqlLedger

NOW_TEXT = "2026-11-23T14:05:00+00:00"
NOW = datetime.fromisoformat(NOW_TEXT)
CLIENTS = (
    Client("J.T.", "Jo Tarn", ("jo@home.example", "us@home.example"), "07700 900123", "no voicemail"),
    Client("R.S.", "Robin Stone", ("us@home.example",)),
)
CONFIG = """\
[practice]
addresses = ["therapist@practice.example"]

[[mailbox]]
name = "practice"
type = "maildir"
path = "Maildir"
sent_folder = "Sent"

[ledger]
path = "ledger.db"
encryption = "none"
"""
_CRISIS = """\
Hello,

I want to kill myself tonight.
I have told nobody.

On Mon, 16 Nov 2026 at 09:00, Dr Hale <therapist@practice.example> wrote:
> See you on Thursday.
"""
LETTERS = {
    1: ("Jo <jo@home.example>", "tonight", _CRISIS),
    2: ("us@home.example", "Thursday", "Sorry, I have to cancel our appointment on Thursday.\n"),
    3: ("Stranger <new@elsewhere.example>", "=?utf-8?q?=1B[31mred=1B[0m_[bold]bold[/x]?=", "Do you have a place?\n"),
    4: ("jo@home.example", "thanks", "Thank you for the invoice.\n\n-- \nJo\n"),
}


@dataclass(frozen=True, slots=True)
class PracticeFolder:
    """A polled practice; `run` types a command at it."""

    path: Path

    def run(self, *words: str) -> int:
        return main(["--config", str(self.path / "config.toml"), *words])

    def ledger(self) -> SqlLedger:
        return open_ledger(self.path / "ledger.db", "none", None)

    def remove_letter(self, number: int) -> None:
        (self.path / "Maildir" / "cur" / _name(number)).unlink()


def practice_folder(path: Path) -> PracticeFolder:
    """A practice with LETTERS polled in their order, so that their keys are their numbers. Set MAILTRIAGE_NOW first."""
    (path / "config.toml").write_text(CONFIG, "utf-8")
    for folder in ("Maildir", "Maildir/.Sent"):
        for part in ("tmp", "new", "cur"):
            (path / folder / part).mkdir(parents=True)
    for number, (sender, subject, body) in LETTERS.items():
        sent_at = datetime(2026, 11, 22, 8 + number, 0, tzinfo=UTC)
        file = path / "Maildir" / "cur" / _name(number)
        file.write_text(
            f"From: {sender}\nTo: therapist@practice.example\nSubject: {subject}\nMessage-ID: <{number}@home.example>\n"
            f"Date: {sent_at:%a, %d %b %Y %H:%M:%S} +0000\nMIME-Version: 1.0\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{body}",
            "utf-8",
        )
        os.utime(file, (sent_at.timestamp(), sent_at.timestamp()))
    practice = PracticeFolder(path)
    with practice.ledger() as ledger:
        for client in CLIENTS:
            ledger.save_client(client, NOW)
    practice.run("poll")
    return practice


def _name(number: int) -> str:
    return f"{number}.invented.host:2,"
