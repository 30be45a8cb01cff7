from __future__ import annotations

import os
import sqlite3
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.ledger import SqlLedger, open_ledger, opening
from mailtriage.adapters.ledger.database import Database
from mailtriage.adapters.ledger.migrations import APPLICATION_ID, migrate, migrations
from mailtriage.errors import (
    ConfigError,
    MailtriageError,
    PermissionProblemError,
    StorageError,
    TemporaryError,
    UnavailableError,
)
from mailtriage.ledger import Checkpoint, Location, MailboxHealth, Received, ScanHealth, SeenChange, Sent
from mailtriage.model import Client, DecisionKind, Emergency, Flag, Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailtriage.adapters.ledger.opening import Encryption

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
CRISIS = Verdict(emergency=Emergency.CRISIS, reasons=(Reason("crisis.x", Flag.EMERGENCY, "words she wrote"),))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ledger.db"


@pytest.fixture
def plain(path: Path) -> Iterator[SqlLedger]:
    with open_ledger(path, "none", None) as opened:
        yield opened


def _received(name: str = "a") -> Received:
    return Received(
        identity=name,
        message_id=f"{name}@example.org",
        location=Location("practice", "INBOX", 7, name),
        received_at=NOON,
        sent_at=NOON,
        sender="somebody@example.org",
        clients=("J.T.",),
        answers=("r@example.org",),
        thread="thread",
        seen=False,
        backlog=False,
        verdict=CRISIS,
        fingerprints=("f1",),
    )


def _sent(name: str = "s") -> Sent:
    place = Location("practice", "Sent", 7, name)
    recipients = ("somebody@example.org",)
    return Sent(name, f"{name}@x", place, NOON, recipients, ("a@example.org",), "thread", 4, ("f2",))


def _work(ledger: SqlLedger) -> None:
    """Everything that a ledger is asked to do, once."""
    ledger.save_client(Client("J.T.", "Jo", ("somebody@example.org",)), NOON)
    number = ledger.add_received(_received())
    ledger.add_received(_received())
    ledger.add_sent(_sent())
    ledger.add_seen(SeenChange(Location("practice", "INBOX", 7, "a"), seen=True, noticed_at=NOON))
    ledger.save_mailbox_health(MailboxHealth("practice", NOON))
    ledger.save_scan_health(ScanHealth(NOON, 1, "digest"))
    ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 2))
    ledger.known_keys("practice", "INBOX", 7, ["a"])
    ledger.known_fingerprints(["f1"])
    ledger.sent_ids(["s@x"])
    ledger.open_locations("practice", "INBOX", 7)
    ledger.save_told([number], NOON)
    ledger.told_at(number)
    ledger.seen_interval(number)
    ledger.messages(NOON - timedelta(days=1))
    ledger.message(number)
    ledger.alarms()
    ledger.locations(number)
    ledger.decide(number, DecisionKind.CALLED, NOON)
    ledger.undo(NOON)
    ledger.undo(NOON, number)
    ledger.decisions(number)
    ledger.remove_client("J.T.", NOON)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize("encryption", ["none", "sqlcipher"])
def test_all_files_are_the_owners_alone_whatever_the_umask(path: Path, encryption: Encryption) -> None:
    umask = os.umask(0)
    try:
        with open_ledger(path, encryption, KEY) as ledger:
            ledger.add_received(_received())
            modes = {file.name: _mode(file) for file in path.parent.iterdir()}
    finally:
        os.umask(umask)
    assert modes == {"ledger.db": 0o600, "ledger.db-wal": 0o600, "ledger.db-shm": 0o600}
    assert _mode(path.parent) == 0o700


def test_a_ledger_that_others_could_read_is_tightened(path: Path) -> None:
    open_ledger(path, "sqlcipher", KEY).close()
    path.chmod(0o644)
    open_ledger(path, "sqlcipher", KEY).close()
    assert _mode(path) == 0o600


def test_closing_leaves_everything_in_the_one_file(path: Path) -> None:
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        ledger.add_received(_received())
    assert [file.name for file in path.parent.iterdir()] == ["ledger.db"]
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        assert len(ledger.messages(NOON)) == 1


def test_an_encrypted_ledger_shows_no_address_on_the_disk(path: Path) -> None:
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        ledger.add_received(_received())
        open_bytes = b"".join(file.read_bytes() for file in path.parent.iterdir())
    closed_bytes = path.read_bytes()
    assert b"example.org" not in open_bytes + closed_bytes
    assert not closed_bytes.startswith(b"SQLite")


def test_not_even_a_plain_ledger_holds_the_words_of_a_reason(path: Path) -> None:
    with open_ledger(path, "none", None) as ledger:
        ledger.add_received(_received())
    assert b"crisis.x" in path.read_bytes()
    assert b"words she wrote" not in path.read_bytes()


def test_a_removed_client_is_wiped_from_the_file(path: Path) -> None:
    with open_ledger(path, "none", None) as ledger:
        ledger.save_client(Client("J.T.", "Josephine Tester"), NOON)
    assert b"Josephine" in path.read_bytes()
    with open_ledger(path, "none", None) as ledger:
        ledger.remove_client("J.T.", NOON)
    assert b"Josephine" not in path.read_bytes()


def test_an_empty_file_becomes_a_ledger(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        assert ledger.verify() == ()


@pytest.mark.parametrize("encryption", ["none", "sqlcipher"])
def test_processes_that_start_at_once_share_one_new_ledger(path: Path, encryption: Encryption) -> None:
    def use(name: str) -> int:
        with open_ledger(path, encryption, KEY) as ledger:
            return ledger.add_received(_received(name))

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(use, "abcdef"))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


# ---------------------------------------------------------------- refusals


def test_a_wrong_key_is_refused_without_showing_either(path: Path) -> None:
    open_ledger(path, "sqlcipher", KEY).close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="cannot be opened with this key") as refused:
        open_ledger(path, "sqlcipher", bytes(32))
    assert KEY.hex() not in str(refused.value)
    assert "key_file" in refused.value.hint
    assert path.read_bytes() == before


@pytest.mark.parametrize("key", [None, b"", bytes(31), bytes(33)])
def test_a_key_of_another_length_is_refused(path: Path, key: bytes | None) -> None:
    with pytest.raises(ConfigError, match="32 bytes"):
        open_ledger(path, "sqlcipher", key)


def test_a_plain_ledger_is_not_taken_for_an_encrypted_one(path: Path) -> None:
    open_ledger(path, "none", None).close()
    with pytest.raises(ConfigError, match="is not encrypted"):
        open_ledger(path, "sqlcipher", KEY)


def test_an_encrypted_ledger_is_not_taken_for_a_plain_one(path: Path) -> None:
    open_ledger(path, "sqlcipher", KEY).close()
    with pytest.raises(ConfigError, match="is encrypted"):
        open_ledger(path, "none", None)


def test_a_text_file_is_no_ledger(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("Dear diary, " * 1000)
    with pytest.raises(ConfigError):
        open_ledger(path, "sqlcipher", KEY)
    assert path.read_text().startswith("Dear diary")


@pytest.mark.parametrize(
    "script", ["CREATE TABLE song (title)", "PRAGMA application_id = 99", "PRAGMA user_version = 3"]
)
def test_another_programs_database_is_refused_and_left_alone(path: Path, script: str) -> None:
    path.parent.mkdir()
    foreign = _raw(path)
    foreign.execute(script)
    foreign.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="not a mailtriage ledger"):
        open_ledger(path, "none", None)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused_and_left_alone(path: Path) -> None:
    open_ledger(path, "none", None).close()
    newer = _raw(path)
    newer.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="newer mailtriage"):
        open_ledger(path, "none", None)
    assert path.read_bytes() == before


def test_a_folder_is_no_ledger(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StorageError):
        open_ledger(path, "none", None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file somebody else's")
def test_another_users_ledger_is_refused(path: Path) -> None:
    open_ledger(path, "none", None).close()
    os.chown(path, 12345, -1)
    with pytest.raises(PermissionProblemError, match="another user"):
        open_ledger(path, "none", None)


def test_without_the_library_encryption_is_refused_with_a_way_out(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3", None)
    with pytest.raises(UnavailableError, match="sqlcipher3") as refused:
        open_ledger(path, "sqlcipher", KEY)
    assert 'encryption = "none"' in refused.value.hint
    assert not path.exists()


@pytest.mark.parametrize("encryption", ["none", "sqlcipher"])
def test_a_ledger_that_is_being_written_is_a_temporary_problem(
    path: Path, encryption: Encryption, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "BUSY_SECONDS", 0.05)
    with open_ledger(path, encryption, KEY) as first, open_ledger(path, encryption, KEY) as second:
        with first.transaction(), pytest.raises(TemporaryError, match="in use"):
            second.add_received(_received())
        assert second.add_received(_received()) == 1


def _database(ledger: SqlLedger) -> Database:
    return ledger._database  # noqa: SLF001 - faults are made below the ledger's own words


def _add_many(ledger: SqlLedger) -> None:
    with ledger.transaction():
        for number in range(400):
            ledger.add_received(_received(f"b{number}"))


@pytest.mark.parametrize("encryption", ["none", "sqlcipher"])
@pytest.mark.parametrize(
    ("fault", "message"),
    [("PRAGMA max_page_count = 1", "disk is full"), ("PRAGMA query_only = ON", "cannot be written")],
)
def test_a_ledger_that_cannot_be_written_says_so_and_keeps_what_it_had(
    path: Path, encryption: Encryption, fault: str, message: str
) -> None:
    with open_ledger(path, encryption, KEY) as ledger:
        ledger.add_received(_received("a"))
        _database(ledger).rows(fault)
        with pytest.raises(StorageError, match=message):
            _add_many(ledger)
    with open_ledger(path, encryption, KEY) as ledger:
        assert [kept.identity for kept in ledger.messages(NOON)] == ["a"]


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_flipped_bit_is_found(path: Path, tenths: int) -> None:
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        for number in range(50):
            ledger.add_received(_received(str(number)))
    content = bytearray(path.read_bytes())
    content[len(content) * tenths // 10] ^= 1
    path.write_bytes(content)
    try:
        with open_ledger(path, "sqlcipher", KEY) as ledger:
            problems = ledger.verify()
    except StorageError as error:
        problems = (error.message,)
    assert problems


def test_verify_finds_an_alarm_that_lost_its_place(path: Path) -> None:
    with open_ledger(path, "none", None) as ledger:
        ledger.add_received(_received())
    raw = _raw(path)
    raw.execute("DELETE FROM open_alarm")
    raw.close()
    with open_ledger(path, "none", None) as ledger:
        assert ledger.verify() == ("1 open alarms are not listed as open",)


# ---------------------------------------------------------------- append-only


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decision SET kind = 'done'",
        "DELETE FROM decision",
        "UPDATE seen_interval SET seen_at = 0, unseen_at = 0",
        "DELETE FROM seen_interval",
        "UPDATE told SET told_at = 0",
        "DELETE FROM told",
        "DELETE FROM message",
        "UPDATE message SET number = 9",
    ],
)
def test_the_file_itself_refuses_to_rewrite_history(plain: SqlLedger, path: Path, statement: str) -> None:
    _work(plain)
    raw = _raw(path)
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|keeps its number"):
        raw.execute(statement)
    raw.close()


# ---------------------------------------------------------------- migrations


def _version(path: Path) -> tuple[int, int]:
    raw = _raw(path)
    version, application = (raw.execute(f"PRAGMA {name}").fetchone()[0] for name in ("user_version", "application_id"))
    raw.close()
    return version, application


def _climb(path: Path, *steps: Path) -> None:
    database = Database(_raw(path), sqlite3, path)
    try:
        migrate(database, steps)
    finally:
        database.close()


def test_migrations_are_numbered_without_gaps() -> None:
    assert [int(step.name[:4]) for step in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_failing_migration_leaves_the_version_before_it(tmp_path: Path) -> None:
    path, first, second = tmp_path / "db", tmp_path / "0001_a.sql", tmp_path / "0002_b.sql"
    first.write_text("CREATE TABLE one (a); -- a comment; with a semicolon\nINSERT INTO one VALUES (1);\n")
    second.write_text("CREATE TABLE two (a);\nINSERT INTO three VALUES (1);\n")
    with pytest.raises(MailtriageError):
        _climb(path, first, second)
    assert _version(path) == (1, APPLICATION_ID)
    second.write_text("CREATE TABLE two (a);\nINSERT INTO two SELECT a FROM one;\n")
    _climb(path, first, second)
    raw = _raw(path)
    assert raw.execute("SELECT a FROM two").fetchall() == [(1,)]
    raw.close()
    assert _version(path) == (2, APPLICATION_ID)


def test_opening_an_up_to_date_ledger_writes_nothing(path: Path) -> None:
    open_ledger(path, "none", None).close()
    before = path.read_bytes()
    open_ledger(path, "none", None).close()
    assert path.read_bytes() == before


# ---------------------------------------------------------------- cost

_SMALL = {"client", "client_address", "mailbox_health", "scan_health", "quarantine", "o", "sqlite_master"}


def test_nothing_a_ledger_does_scans_what_grows(plain: SqlLedger, path: Path) -> None:
    statements: set[str] = set()
    database = _database(plain)
    database._connection.set_trace_callback(statements.add)  # noqa: SLF001 - the statements as they are run
    _work(plain)
    database._connection.set_trace_callback(None)  # noqa: SLF001 - as above
    raw = _raw(path)
    scans = set()
    for statement in statements:
        if statement.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
            plan = raw.execute(f"EXPLAIN QUERY PLAN {statement}").fetchall()
            scans |= {step[3].split()[1] for step in plan if step[3].startswith("SCAN")}
    raw.close()
    assert len(statements) > 50
    assert scans - _SMALL - {"CONSTANT"} == set()


def _instructions(ledger: SqlLedger) -> int:
    """How many thousand steps SQLite takes for a summary."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    connection = _database(ledger)._connection  # noqa: SLF001 - SQLite's own count
    connection.set_progress_handler(count, 10)
    ledger.messages(NOON)
    ledger.alarms()
    connection.set_progress_handler(None, 10)
    return steps[0]


_FILL = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
INSERT INTO message (identity, message_id, received_at, sender, thread, backlog, forwarded, emergency, quoted_alarm,
                     long, words, reading_low, reading_mid, reading_high, diary, not_scanned)
SELECT 'old ' || i, 'old' || i, i, 'somebody@example.org', 'thread', 0, 'no', 'crisis', 0, 0, 1, 1, 1, 1, '', '' FROM n
"""


@pytest.mark.bench
def test_a_summary_costs_what_it_shows_not_what_is_kept(plain: SqlLedger) -> None:
    for number in range(20):
        plain.add_received(_received(str(number)))
    _database(plain).run(_FILL.format(count=1_000))
    before = _instructions(plain)
    _database(plain).run(_FILL.format(count=100_000).replace("'old ", "'older "))
    assert _instructions(plain) <= 1.5 * before
