"""What a first poll holds at most, and that it hardly follows the size of the mailbox; docs/performance.md has more."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from letters import letters
from measured import measured

if TYPE_CHECKING:
    from dovecot import Dovecot

pytestmark = [pytest.mark.imap, pytest.mark.bench]

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
SMALL, LARGE = 2_000, 6_000
MOST_BYTES, RATIO = 64_000_000, 1.05
MOST_READING_BYTES = 125_000_000


def held_bytes(server: Dovecot, folder: Path, count: int, *, second_reading: bool = False) -> int:
    """The most resident memory that a first poll of so many letters has."""
    disk = server.new_mailbox()
    for sent_at, data in letters(count, last_at=NOW, apart=timedelta(seconds=20)):
        disk.deliver(data, sent_at)
    folder.mkdir()
    (folder / "password").write_text(disk.password, "utf-8")
    (folder / "password").chmod(0o600)
    (folder / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n[poll]\ndeadline_seconds = 3600\n'
        '[ledger]\npath = "ledger.db"\nkey_file = "ledger.key"\n'
        f'[[mailbox]]\nname = "practice"\nhost = "localhost"\nport = {server.tls_port}\n'
        f'ca_file = "{server.ca_file}"\nusername = "{disk.username}"\npassword_file = "password"\n'
        f"[triage]\nsecond_reading = {str(second_reading).lower()}\n",
        "utf-8",
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": NOW.isoformat()}
    done = measured([PROGRAM, "--config", folder / "config.toml", "poll"], env, within_seconds=1_800)
    assert done.status == 0, done.err
    return done.peak_bytes


def test_a_first_poll_holds_no_more_of_a_larger_mailbox(
    server: Dovecot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small, large = (held_bytes(server, tmp_path / str(count), count) for count in (SMALL, LARGE))
    with capsys.disabled():
        print(f"\na first poll holds {small / 1e6:.1f} MB at {SMALL:,} and {large / 1e6:.1f} MB at {LARGE:,} messages")  # noqa: T201 - a bench tells its figures
    assert small <= MOST_BYTES
    assert large <= small * RATIO


def test_the_second_reading_holds_its_model_and_a_mail(
    server: Dovecot, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    held = held_bytes(server, tmp_path / "reading", 200, second_reading=True)
    with capsys.disabled():
        print(f"\na first poll with the second reading holds {held / 1e6:.1f} MB")  # noqa: T201 - a bench tells its figures
    assert held <= MOST_READING_BYTES
