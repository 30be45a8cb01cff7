"""What an idle poll may cost at its start: counted in imports, since cron starts it every few minutes for years."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import MailboxOnDisk

_PROGRAM = """
import sys
from mailtriage.cli import main
status = main(sys.argv[1:])
print(status, *sorted({name.partition(".")[0] for name in sys.modules}))
print(*sorted(name for name in sys.modules if name.startswith("mailtriage.")))
"""
_HEAD = """
[practice]
addresses = ["therapist@practice.example"]
[ledger]
path = "ledger.db"
key_file = "ledger.key"
[[mailbox]]
name = "practice"
"""
NEVER = frozenset({"rich", "lxml", "dateutil", "pygments", "shtab", "keyring"})
RARE = frozenset(
    {
        "mailtriage.triage.emergency.matcher",
        "mailtriage.adapters.ledger.billing",
        "mailtriage.ledger.work",
        "mailtriage.ledger.refusals",
    }
)
OF_WATCH = frozenset(
    f"mailtriage.{name}"
    for name in (
        *("cli.watch", "cli.watcher", "poll.watching"),
        *("adapters.imap.idle", "adapters.ending", "adapters.own_command"),
    )
)


def idle_poll(folder: Path, mailbox: str) -> tuple[set[str], set[str]]:
    """The top-level modules, and those of our own, after the second of two polls of an unchanged mailbox."""
    (folder / "config.toml").write_text(_HEAD + mailbox, "utf-8")
    argv = [sys.executable, "-c", _PROGRAM, "--config", str(folder / "config.toml"), "poll"]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    for _ in range(2):
        done = subprocess.run(argv, capture_output=True, text=True, check=True, env=env)
    first, second = done.stdout.splitlines()
    status, *modules = first.split()
    assert (status, done.stderr) == ("0", "")
    return set(modules), set(second.split())


def test_an_idle_poll_of_a_maildir_imports_nothing_it_does_not_use(tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    modules, own = idle_poll(tmp_path, 'type = "maildir"\npath = "Maildir"\nsent_folder = "Sent"\n')
    assert not modules & (NEVER | {"imapclient", "ssl"})
    assert not own & (RARE | OF_WATCH)


@pytest.mark.imap
def test_an_idle_poll_over_imap_imports_nothing_it_does_not_use(disk: MailboxOnDisk, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(disk.password, "utf-8")
    password.chmod(0o600)
    modules, own = idle_poll(
        tmp_path,
        f'host = "localhost"\nport = {disk.server.tls_port}\nca_file = "{disk.server.ca_file}"\n'
        f'username = "{disk.username}"\npassword_file = "password"\n',
    )
    assert not modules & NEVER
    assert "imapclient" in modules
    assert not own & (RARE | OF_WATCH)


def test_a_watch_that_waits_has_neither_the_ledger_nor_what_reads_mail_in_its_memory() -> None:
    program = "import sys, mailtriage.cli.watch, mailtriage.cli.watcher, imapclient; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert modules >= OF_WATCH - {"mailtriage.adapters.ending"}
    assert not modules & {*NEVER, "sqlcipher3", "sqlite3", "mailtriage.adapters.ledger", "mailtriage.mail.message"}
