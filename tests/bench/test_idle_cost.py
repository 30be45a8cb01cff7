"""What an idle poll costs beside the least that any Python program would need for it: its libraries, and nothing else.

A ratio of CPU, the least of several runs of each in turn; docs/performance.md says what it was.
"""

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
    from dovecot import MailboxOnDisk

pytestmark = [pytest.mark.imap, pytest.mark.bench]

PROGRAM = Path(sys.executable).with_name("mailtriage")
LIBRARIES = "import imapclient, sqlcipher3, ssl; ssl.create_default_context()"
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
RUNS = 15
RATIO = 1.3


def test_an_idle_poll_takes_little_more_cpu_than_its_libraries(
    disk: MailboxOnDisk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for sent_at, data in letters(20, last_at=NOW, apart=timedelta(minutes=1)):
        disk.deliver(data, sent_at)
    password = tmp_path / "password"
    password.write_text(disk.password, "utf-8")
    password.chmod(0o600)
    (tmp_path / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n'
        '[ledger]\npath = "ledger.db"\nkey_file = "ledger.key"\n'
        f'[[mailbox]]\nname = "practice"\nhost = "localhost"\nport = {disk.server.tls_port}\n'
        f'ca_file = "{disk.server.ca_file}"\nusername = "{disk.username}"\npassword_file = "password"\n',
        "utf-8",
    )
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "MAILTRIAGE_NOW": NOW.isoformat()}

    def cpu_seconds(*argv: object) -> float:
        done = measured(argv, env, within_seconds=60)
        assert done.status == 0, done.err
        return done.cpu_seconds

    poll = (PROGRAM, "--config", tmp_path / "config.toml", "poll")
    cpu_seconds(*poll)
    pairs = [(cpu_seconds(*poll), cpu_seconds(sys.executable, "-c", LIBRARIES)) for _ in range(RUNS)]
    ours, libraries = (min(column) for column in zip(*pairs, strict=True))
    with capsys.disabled():
        print(f"\nidle poll {ours:.3f} s of CPU, its libraries {libraries:.3f} s: {ours / libraries:.2f} times")  # noqa: T201 - a bench tells its figures
    assert ours <= libraries * RATIO
