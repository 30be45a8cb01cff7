"""The ledger's tables: append-only where it counts, climbing their ladder, never read from end to end."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ledgers import CRISIS, NOON, place, received, sent
from mailtriage.adapters.ledger import SqlLedger, open_ledger
from mailtriage.adapters.ledger.database import Database
from mailtriage.adapters.ledger.migrations import APPLICATION_ID, migrate, migrations
from mailtriage.errors import MailtriageError
from mailtriage.ledger import Checkpoint, MailboxHealth, Quoting, Received, ScanHealth, SeenChange
from mailtriage.model import Client, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ledger.db"


@pytest.fixture
def plain(path: Path) -> Iterator[SqlLedger]:
    with open_ledger(path, "none", None) as opened:
        yield opened


def _raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _database(ledger: SqlLedger) -> Database:
    return ledger._database  # noqa: SLF001 - what it does is watched below its own words


def _alarm(name: str = "a") -> Received:
    return received(name, clients=("J.T.",), answers=("r@example.org",), verdict=CRISIS, fingerprints=("f1",))


def _work(ledger: SqlLedger) -> None:
    """Everything that a ledger is asked to do, once."""
    ledger.save_client(Client("J.T.", "Jo", ("jo@example.org",)), NOON)
    number = ledger.add_received(_alarm())
    ledger.add_received(_alarm())
    ledger.add_sent(sent(answers=("a@example.org",), fingerprints=("f2",)))
    ledger.add_seen(SeenChange(place("a"), seen=True, noticed_at=NOON))
    ledger.save_mailbox_health(MailboxHealth("practice", NOON))
    ledger.save_scan_health(ScanHealth(NOON, 1, "digest"))
    ledger.save_checkpoint("practice", "INBOX", Checkpoint(7, 2))
    ledger.known_keys("practice", "INBOX", 7, ["a"])
    ledger.known_fingerprints(["f1"], Quoting("new", "jo@example.org", ()))
    ledger.sent_ids(["s@practice.example"])
    ledger.open_locations("practice", "INBOX", 7)
    ledger.save_told([number], NOON)
    ledger.open_alarms()
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

_SMALL = {
    "open_alarm",
    "open_work",
    "client",
    "client_address",
    "mailbox_health",
    "scan_health",
    "quarantine",
    "o",
    "sqlite_master",
}


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
        plain.add_received(_alarm(str(number)))
    _database(plain).run(_FILL.format(count=1_000))
    before = _instructions(plain)
    _database(plain).run(_FILL.format(count=100_000).replace("'old ", "'older "))
    assert _instructions(plain) <= 1.5 * before
