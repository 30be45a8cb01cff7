"""What an idle poll may cost at its start: counted in imports, since cron starts it every few minutes for years."""

from __future__ import annotations

import importlib
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
ours = {name: module for name, module in sys.modules.items() if name.startswith("mailtriage.")}
print(*sorted(ours))
print(*{
    f"{made.__module__}.{made.__qualname__}"
    for module in ours.values()
    for made in vars(module).values()
    if "__dataclass_fields__" in getattr(made, "__dict__", ()) and made.__module__ in ours
})
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
NEVER = frozenset({"rich", "lxml", "dateutil", "pygments", "shtab", "keyring", "difflib", "numpy"})
RARE = frozenset(
    f"mailtriage.{name}"
    for name in (
        *("triage.emergency.matcher", "mail.message", "model.mail", "model.verdict", "model.people", "poll.intake"),
        *("ledger.standing", "ledger.work", "ledger.refusals", "drafts.ports"),
        *("adapters.ledger.billing", "adapters.ledger.open_lists"),
    )
)
RARE_OVER_IMAP = frozenset(
    f"mailtriage.{name}"
    for name in ("poll.batches", "ledger.values", *(f"adapters.imap.{name}" for name in ("look", "answers", "flags")))
)
DATACLASSES = 30
"""Made by an idle poll: each costs half a millisecond, and there were 59 of them once."""
OF_WATCH = frozenset(
    f"mailtriage.{name}"
    for name in (
        *("cli.watch", "cli.watcher", "poll.watching"),
        *("adapters.imap.idle", "adapters.ending", "adapters.own_command"),
    )
)


def idle_poll(folder: Path, mailbox: str) -> tuple[set[str], set[str], set[str]]:
    """The top-level modules, ours, and our dataclasses, after the second of two polls of an unchanged mailbox."""
    (folder / "config.toml").write_text(_HEAD + mailbox, "utf-8")
    argv = [sys.executable, "-c", _PROGRAM, "--config", str(folder / "config.toml"), "poll"]
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    for _ in range(2):
        done = subprocess.run(argv, capture_output=True, text=True, check=True, env=env)
    first, second, third = done.stdout.splitlines()
    status, *modules = first.split()
    assert (status, done.stderr) == ("0", "")
    return set(modules), set(second.split()), set(third.split())


def test_an_idle_poll_of_a_maildir_imports_nothing_it_does_not_use(tmp_path: Path) -> None:
    for part in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (tmp_path / "Maildir" / part).mkdir(parents=True)
    modules, own, _ = idle_poll(tmp_path, 'type = "maildir"\npath = "Maildir"\nsent_folder = "Sent"\n')
    assert not modules & (NEVER | {"imapclient", "ssl"})
    assert not own & (RARE | OF_WATCH)


@pytest.mark.imap
def test_an_idle_poll_over_imap_imports_nothing_it_does_not_use(disk: MailboxOnDisk, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(disk.password, "utf-8")
    password.chmod(0o600)
    modules, own, dataclasses = idle_poll(
        tmp_path,
        f'host = "localhost"\nport = {disk.server.tls_port}\nca_file = "{disk.server.ca_file}"\n'
        f'username = "{disk.username}"\npassword_file = "password"\n',
    )
    assert not modules & NEVER
    assert "imapclient" in modules
    assert not own & (RARE | RARE_OVER_IMAP | OF_WATCH)
    assert len(dataclasses) <= DATACLASSES, sorted(dataclasses)


@pytest.mark.parametrize("package", ["mailtriage.model", "mailtriage.ledger", "mailtriage.poll"])
def test_what_a_package_offers_is_there_when_it_is_asked_for(package: str) -> None:
    module = importlib.import_module(package)
    assert all(getattr(module, name) is not None for name in module.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        _ = module.nothing_of_the_kind


def test_a_watch_that_waits_has_neither_the_ledger_nor_what_reads_mail_in_its_memory() -> None:
    program = "import sys, mailtriage.cli.watch, mailtriage.cli.watcher, imapclient; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert modules >= OF_WATCH - {"mailtriage.adapters.ending"}
    assert not modules & {*NEVER, "sqlcipher3", "sqlite3", "mailtriage.adapters.ledger", "mailtriage.mail.message"}
