"""A server that misbehaves, and the installed command: how it ends, what it says and holds, and the next good run."""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certificates import make_certificates
from ledgers import tables
from mailtriage.errors import EX_TEMPFAIL
from measured import TOO_LONG, Measured, measured
from scripted_imap import UIDS, ScriptedImap, scripted_imap
from server_faults import BEFORE_LOGIN, FAULTS, PASSWORD, WAITING, Row

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
PROGRAM = Path(sys.executable).with_name("mailtriage")
DEADLINE_SECONDS = 10
WITHIN_SECONDS = 60
PATIENT_SECONDS = 9
"""What a sound server may take for an answer on a busy machine; less than the deadline."""
PEAK_BYTES = 100_000_000
"""Twice what a poll of ordinary mail holds."""
CERTIFICATES = {
    "good": ((-1, 30), "localhost"),
    "elsewhere": ((-1, 30), "elsewhere.example"),
    "expired": ((-30, -1), "localhost"),
    "early": ((2, 30), "localhost"),
    "unknown": ((-1, 30), "localhost"),
}
CONFIG = f"""
[practice]
addresses = ["therapist@practice.example"]
[poll]
deadline_seconds = {DEADLINE_SECONDS}
alarm_after_hours = 0
[ledger]
path = "ledger.db"
encryption = "none"
"""
Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Practice:
    """A folder with a configuration and a ledger. Trusts the authority in `keys` for a server's own certificate."""

    folder: Path
    keys: Path

    def poll(
        self, server: ScriptedImap, certificate: str = "good", now: datetime = NOW, patience: int = PATIENT_SECONDS
    ) -> Measured:
        authority = self.keys / ("good" if certificate == "unknown" else certificate) / "ca.pem"
        return poll(
            self.folder,
            f"""host = "localhost"
port = {server.port}
security = "{server.security}"
ca_file = "{authority}"
username = "therapist"
password_file = "password"
timeout_seconds = {patience}
""",
            now=now,
        )

    def tables(self) -> Tables:
        return tables(self.folder / "ledger.db")


def poll(folder: Path, mailbox: str, name: str = "practice", now: datetime = NOW) -> Measured:
    (folder / "config.toml").write_text(CONFIG + f'[[mailbox]]\nname = "{name}"\n{mailbox}')
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": now.isoformat()}
    return measured([PROGRAM, "--config", folder / "config.toml", "poll"], env, within_seconds=WITHIN_SECONDS)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates by folder; in "begun" lies a ledger whose rules have run their own examples, which takes a while."""
    folder = tmp_path_factory.mktemp("certificates")
    for name, (days, host) in CERTIFICATES.items():
        (folder / name).mkdir()
        make_certificates(folder / name, days, host)
    for part in ("cur", "new", "tmp", ".Sent/cur", ".Sent/new", ".Sent/tmp"):
        (folder / "begun" / "Maildir" / part).mkdir(parents=True)
    empty = 'type = "maildir"\npath = "Maildir"\nsent_folder = "Sent"\n'
    assert poll(folder / "begun", empty, "empty").status == 0
    return folder


@pytest.fixture(scope="session")
def golden(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Practice:
    """A practice after one good run; its ledger is what every other one must come to. Not to be changed."""
    practice = new_practice(tmp_path_factory.mktemp("golden"), keys)
    with scripted_imap(keys / "good") as server:
        assert practice.poll(server).status == 0
    return practice


def new_practice(folder: Path, keys: Path) -> Practice:
    shutil.copy(keys / "begun" / "ledger.db", folder)
    (folder / "password").write_text(PASSWORD + "\n")
    (folder / "password").chmod(0o600)
    return Practice(folder, keys)


def problems(row: Row, practice: Practice, golden: Tables) -> list[str]:
    """What is wrong with a run under a fault, and with the good run after it."""
    with scripted_imap(practice.keys / row.certificate, *row.faults, security=row.security) as server:
        ended = practice.poll(server, row.certificate, patience=row.patience)
        said = list(server.said)
    with scripted_imap(practice.keys / "good") as server:
        found = impatience(row, practice, server)
        after = practice.poll(server, now=NOW + timedelta(minutes=row.minutes))
    found += [*ending_problems(row, ended), *(["a password was said"] if leaks(row, said) else [])]
    if after.status or after.err:
        found.append(f"the next run ended with {after.status}: {after.err}")
    return found + ledger_problems(row, practice.tables(), golden)


def impatience(row: Row, practice: Practice, server: ScriptedImap) -> list[str]:
    """What is wrong with a run just before the time is over for which a server wanted to be left alone."""
    if not row.minutes:
        return []
    early = practice.poll(server, now=NOW + timedelta(minutes=row.minutes, seconds=-2))
    found = [] if (early.status, early.out, early.err) == (EX_TEMPFAIL, "", "") else [f"a run too early: {early}"]
    return found + (["it was not left alone"] if server.connections else [])


def leaks(row: Row, said: list[str]) -> bool:
    names = {name for name, other in FAULTS.items() if other is row}
    return bool(names & BEFORE_LOGIN) and any(line.startswith(("LOGIN", "AUTHENTICATE")) for line in said)


def ending_problems(row: Row, ended: Measured) -> list[str]:
    line = "1 message needs a look in your mail program, mailtriage could not read it\n" if row.set_aside else ""
    head = "mailtriage: mail of “practice” is not checked since 22 Nov 18:00: "
    found = []
    if ended.status == TOO_LONG:
        found.append("it had to be killed")
    if (ended.status, ended.out) != (row.status, line):
        found.append(f"it ended with {ended.status} and said {ended.out!r}")
    sentence, _, hint = ended.err.partition("\n  ")
    if row.says and not (sentence.startswith(head) and row.says in sentence and hint and "\n" not in hint):
        found.append(f"it said {ended.err!r}")
    if not row.says and ended.err:
        found.append(f"it said {ended.err!r}")
    if any(word in ended.out + ended.err for word in (PASSWORD, "Hello", "Traceback", "\x1b")):
        found.append("it repeated what it must not")
    if ended.peak_bytes > PEAK_BYTES:
        found.append(f"it held {ended.peak_bytes:,} bytes")
    return found


def ledger_problems(row: Row, found: Tables, golden: Tables) -> list[str]:
    """A message that was set aside is in quarantine and nowhere else; all others are as if nothing had happened."""
    if not row.set_aside:
        differing = {name for name in golden if found[name] != golden[name]} - row.also_differs
        return [f"the table {name} differs: {found[name]}" for name in sorted(differing)]
    kept = sorted(str(message[2]) for message in found["message"])
    quarantined = [message[4] for message in found["quarantine"]]
    expected = [f"{uid}@x" for uid in UIDS if uid != 2]
    return [] if (kept, quarantined) == (expected, ["2"]) else [f"kept {kept}, set aside {quarantined}"]


@pytest.mark.parametrize("name", FAULTS)
def test_a_server_that(name: str, tmp_path: Path, keys: Path, golden: Practice) -> None:
    assert problems(FAULTS[name], new_practice(tmp_path, keys), golden.tables()) == []


def test_a_server_that_keeps_it_waiting(tmp_path: Path, keys: Path, golden: Practice) -> None:
    expected = golden.tables()

    def problems_of(name: str) -> list[str]:
        folder = tmp_path / name.replace(" ", "-")
        folder.mkdir()
        return problems(WAITING[name], new_practice(folder, keys), expected)

    with ThreadPoolExecutor(max_workers=5) as pool:
        found = dict(zip(WAITING, pool.map(problems_of, WAITING), strict=True))
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
