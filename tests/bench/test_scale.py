"""One host that polls 50 mailboxes: in turn by one run, and by a few runs at a time. What grows is printed.

Seconds are never asserted; docs/performance.md says what they were, and where it would break.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from letters import letters
from measured import Measured, measured
from proxy import proxy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dovecot import Dovecot, MailboxOnDisk

pytestmark = [pytest.mark.imap, pytest.mark.bench]

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
FEW, MANY, AT_A_TIME = 5, 50, 4
MESSAGES = 20


@dataclass(frozen=True, slots=True)
class Host:
    """A configuration in a folder, for some mailboxes, reached by a port."""

    folder: Path

    def poll(self) -> Measured:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "MAILTRIAGE_NOW": NOW.isoformat()}
        done = measured([PROGRAM, "--config", self.folder / "config.toml", "poll"], env, within_seconds=600)
        assert done.status == 0, done.err
        return done


def host(folder: Path, mailboxes: Sequence[MailboxOnDisk], port: int) -> Host:
    folder.mkdir()
    (folder / "password").write_text(mailboxes[0].password + "\n")
    (folder / "password").chmod(0o600)
    tables = "".join(
        f'[[mailbox]]\nname = "{disk.username.partition("@")[0]}"\nhost = "localhost"\nport = {port}\n'
        f'ca_file = "{disk.server.ca_file}"\nusername = "{disk.username}"\npassword_file = "password"\n'
        for disk in mailboxes
    )
    (folder / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n'
        f'[ledger]\npath = "ledger.db"\nkey_file = "ledger.key"\n{tables}'
    )
    return Host(folder)


@pytest.fixture
def mailboxes(server: Dovecot) -> list[MailboxOnDisk]:
    found = [server.new_mailbox() for _ in range(MANY)]
    for disk in found:
        for sent_at, data in letters(MESSAGES, last_at=NOW, apart=timedelta(minutes=1)):
            disk.deliver(data, sent_at)
    return found


def test_fifty_mailboxes_in_turn_cost_as_many_times_one_and_hold_no_more(
    server: Dovecot, mailboxes: list[MailboxOnDisk], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = ["\n| one run over | first: wall s / CPU s | nothing new | the same, 40 ms away | held | from the server |"]
    idle: dict[int, tuple[int, int]] = {}
    for count in (FEW, MANY):
        with proxy(server.tls_port) as way:
            one = host(tmp_path / str(count), mailboxes[:count], way.port)
            first = one.poll()
            way.from_server_bytes = 0
            again = one.poll()
            from_server = way.from_server_bytes
            way.round_trip_seconds = 0.04
            far = one.poll()
        idle[count] = (from_server, again.peak_bytes)
        said.append(
            f"| {count} mailboxes | {_seconds(first)} | {_seconds(again)} | {_seconds(far)} | "
            f"{again.peak_bytes / 1e6:.0f} MB | {from_server / 1e3:.0f} kB |"
        )
    with capsys.disabled():
        print("\n".join(said))  # noqa: T201 - a bench tells its figures
    assert idle[MANY][0] <= idle[FEW][0] * MANY / FEW * 1.1
    assert idle[MANY][1] <= idle[FEW][1] * 1.5


def test_fifty_runs_a_few_at_a_time(
    server: Dovecot, mailboxes: list[MailboxOnDisk], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with proxy(server.tls_port) as way, ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        hosts = [host(tmp_path / str(n), [disk], way.port) for n, disk in enumerate(mailboxes)]
        list(pool.map(Host.poll, hosts))
        way.round_trip_seconds = 0.04
        began = time.monotonic()
        done = list(pool.map(Host.poll, hosts))
        wall = time.monotonic() - began
    with capsys.disabled():
        print(  # noqa: T201 - as above
            f"\n{MANY} runs, {AT_A_TIME} at a time, nothing new, 40 ms away: {wall:.1f} s, "
            f"{sum(one.cpu_seconds for one in done):.1f} s of CPU, "
            f"{max(one.peak_bytes for one in done) / 1e6:.0f} MB each"
        )
    assert all(one.out == "" for one in done)


def _seconds(done: Measured) -> str:
    return f"{done.wall_seconds:.1f} / {done.cpu_seconds:.1f}"
