"""What a run costs beside mbsync and getmail6 on the same mailboxes: a table of seconds, CPU and bytes from the server.

Seconds are printed, never asserted; docs/performance.md has a table and how to repeat it.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from letters import letters
from measured import measured
from proxy import Proxy, proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dovecot import Dovecot, MailboxOnDisk

pytestmark = [pytest.mark.imap, pytest.mark.bench]

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
APART = timedelta(seconds=20)
SIZES = (2_000, 20_000, 100_000) if os.environ.get("MAILTRIAGE_BENCH_LARGE") == "1" else (2_000, 20_000)
WITHIN_SECONDS = 3_600
NEW = 10
GETMAIL_MOST = 100_000 if len(SIZES) > 2 else 2_000
_AS_NOBODY = "user = nobody"
"""Getmail delivers nothing as root."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took; `server_bytes` count TLS, too."""

    wall_seconds: float
    cpu_seconds: float
    server_bytes: int
    peak_bytes: int

    def __str__(self) -> str:
        return f"{self.wall_seconds:.2f} / {self.cpu_seconds:.2f} / {_short(self.server_bytes)}"


def _short(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.1f} kB"


def run_of(argv: list[object], folder: Path, way: Proxy) -> Cost | None:
    """What a run took; None if another program than ours failed."""
    way.from_server_bytes = 0
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": NOW.isoformat(), "LANG": "C.UTF-8"}
    done = measured(argv, env, within_seconds=WITHIN_SECONDS)
    if done.status:
        assert argv[0] != PROGRAM, done.err
        return None
    return Cost(done.wall_seconds, done.cpu_seconds, way.from_server_bytes, done.peak_bytes)


def mailtriage(folder: Path, disk: MailboxOnDisk, port: int) -> list[object]:
    (folder / "config.toml").write_text(f"""
[practice]
addresses = ["therapist@practice.example"]
[poll]
first_poll_days = 3650
deadline_seconds = 3600
[ledger]
path = "ledger.db"
key_file = "ledger.key"
[[mailbox]]
name = "practice"
host = "localhost"
port = {port}
ca_file = "{disk.server.ca_file}"
username = "{disk.username}"
password_file = "password"
""")
    return [PROGRAM, "--config", folder / "config.toml", "poll"]


def mbsync(folder: Path, disk: MailboxOnDisk, port: int) -> list[object]:
    (folder / "local").mkdir(exist_ok=True)
    (folder / "rc").write_text(f"""
IMAPAccount a
Host localhost
Port {port}
User {disk.username}
PassCmd "cat {folder / "password"}"
SSLType IMAPS
SystemCertificates no
CertificateFile {disk.server.ca_file}

IMAPStore far
Account a

MaildirStore near
Path {folder}/local/
Inbox {folder}/local/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState *
""")
    return ["mbsync", "-q", "-c", folder / "rc", "c"]


def getmail(folder: Path, disk: MailboxOnDisk, port: int) -> list[object]:
    for part in ("", "cur", "new", "tmp"):
        (folder / "Maildir" / part).mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(folder / "Maildir" / part, "nobody")
    (folder / "getmailrc").write_text(f"""
[retriever]
type = SimpleIMAPSSLRetriever
server = localhost
port = {port}
username = {disk.username}
password_command = ("/bin/cat", "{folder / "password"}")
ca_certs = {disk.server.ca_file}
mailboxes = ("INBOX",)
[destination]
type = Maildir
path = {folder}/Maildir/
{_AS_NOBODY if os.geteuid() == 0 else ""}
[options]
read_all = false
verbose = 0
delivered_to = false
received = false
""")
    return ["getmail", "--quiet", "--getmaildir", folder, "--rcfile", "getmailrc"]


PROGRAMS: dict[str, Callable[[Path, MailboxOnDisk, int], list[object]]] = {"mailtriage": mailtriage}
if shutil.which("mbsync"):
    PROGRAMS["mbsync"] = mbsync
if shutil.which("getmail"):
    PROGRAMS["getmail6"] = getmail


@contextmanager
def folders(disk: MailboxOnDisk) -> Iterator[dict[str, Path]]:
    at = Path(tempfile.mkdtemp(prefix="mailtriage-peers-"))
    at.chmod(0o755)
    found = {name: at / name for name in PROGRAMS}
    for folder in found.values():
        folder.mkdir(parents=True)
        (folder / "password").write_text(disk.password + "\n")
        (folder / "password").chmod(0o600)
    try:
        yield found
    finally:
        shutil.rmtree(at)


def deliver(disk: MailboxOnDisk, first: int, last: int) -> None:
    for sent_at, data in letters(last, last_at=NOW, apart=APART, first=first):
        disk.deliver(data, sent_at)


def head(title: str) -> str:
    """The head of a table in Markdown, a column a program."""
    return f"\n| {title} | {' | '.join(PROGRAMS)} |\n|---|{'---|' * len(PROGRAMS)}"


def row(what: str, costs: dict[str, Cost]) -> str:
    """A row of it: seconds, CPU seconds and bytes from the server of each program."""
    return f"| {what} | {' | '.join(str(costs.get(name, '-')) for name in PROGRAMS)} |"


def run_all(disk: MailboxOnDisk, size: int, tls_port: int, tell: Callable[[str], None]) -> dict[str, dict[str, Cost]]:
    """What each program took: what was asked of it -> program -> cost. A row is told as soon as it is there."""
    programs = {name: program for name, program in PROGRAMS.items() if name != "getmail6" or size <= GETMAIL_MOST}
    rows: dict[str, dict[str, Cost]] = {}
    with folders(disk) as homes, proxy(tls_port) as way:

        def run_each(what: str, round_trip_seconds: float = 0.0) -> None:
            way.round_trip_seconds = round_trip_seconds
            costs = {n: run_of(make(homes[n], disk, way.port), homes[n], way) for n, make in programs.items()}
            rows[what] = {name: cost for name, cost in costs.items() if cost is not None}
            tell(row(what, rows[what]))
            for name in costs.keys() - rows[what].keys():
                del programs[name]  # what failed once is not waited for again

        run_each("first")
        run_each("nothing new")
        run_each("nothing new, 40 ms away", 0.04)
        deliver(disk, size, size + NEW)
        run_each("ten new, 40 ms away", 0.04)
    return rows


def test_beside_mbsync_and_getmail_on_mailboxes_of_any_size(
    server: Dovecot, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(line: str) -> None:
        with capsys.disabled():
            print(line, flush=True)  # noqa: T201 - a bench tells its figures

    idle: list[Cost] = []
    for size in SIZES:
        disk = server.new_mailbox()
        deliver(disk, 0, size)
        tell(head(f"{size:,} messages"))
        rows = run_all(disk, size, server.tls_port, tell)
        tell(f"mailtriage held {rows['first']['mailtriage'].peak_bytes / 1e6:.0f} MB at most")
        nothing_new = rows["nothing new"]
        idle.append(nothing_new["mailtriage"])
        assert all(idle[-1].server_bytes <= cost.server_bytes for cost in nothing_new.values())
        shutil.rmtree(disk.path)
    assert idle[-1].server_bytes <= idle[0].server_bytes * 1.1
