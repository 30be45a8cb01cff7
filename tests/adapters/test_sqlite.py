"""The ledger's file: who may read it, what is refused, what a fault leaves."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from ledgers import CRISIS, NOON, received
from mailtriage.adapters.ledger import SqlLedger, open_ledger, opening
from mailtriage.adapters.ledger.migrations import migrations
from mailtriage.errors import ConfigError, PermissionProblemError, StorageError, TemporaryError, UnavailableError
from mailtriage.model import Client, Flag, Reason, Verdict

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.adapters.ledger.database import Database
    from mailtriage.adapters.ledger.opening import Encryption

KEY = bytes(range(32))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ledger.db"


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
            ledger.add_received(received())
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
        ledger.add_received(received())
    assert [file.name for file in path.parent.iterdir()] == ["ledger.db"]
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        assert len(ledger.messages(NOON)) == 1


def test_an_encrypted_ledger_shows_no_address_on_the_disk(path: Path) -> None:
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        ledger.add_received(received())
        open_bytes = b"".join(file.read_bytes() for file in path.parent.iterdir())
    closed_bytes = path.read_bytes()
    assert b"example.org" not in open_bytes + closed_bytes
    assert not closed_bytes.startswith(b"SQLite")


def test_not_even_a_plain_ledger_holds_the_words_of_a_reason(path: Path) -> None:
    verdict = Verdict(reasons=(Reason("crisis.x", Flag.EMERGENCY, "words she wrote"),))
    with open_ledger(path, "none", None) as ledger:
        ledger.add_received(received(verdict=verdict))
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
            return ledger.add_received(received(name))

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(use, "abcdef"))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


# ---------------------------------------------------------------- refusals


def test_a_wrong_key_is_refused_without_showing_either(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_ledger(path, "sqlcipher", KEY).close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match="cannot be opened with this key") as refused:
        open_ledger(path, "sqlcipher", bytes(32))
    assert KEY.hex() not in str(refused.value)
    assert "key_file" in refused.value.hint
    assert path.read_bytes() == before
    # SQLCipher would write lines of its own into cron's mail.
    assert capfd.readouterr() == ("", "")


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
    with pytest.raises(ConfigError, match=f"{path} is another program's database"):
        open_ledger(path, "none", None)
    assert path.read_bytes() == before


def test_a_newer_ledger_is_refused_and_left_alone(path: Path) -> None:
    open_ledger(path, "none", None).close()
    newer = _raw(path)
    newer.execute(f"PRAGMA user_version = {len(migrations()) + 1}")
    newer.close()
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=f"{path} was made by a newer mailtriage"):
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
            second.add_received(received())
        assert second.add_received(received()) == 1


def _database(ledger: SqlLedger) -> Database:
    return ledger._database  # noqa: SLF001 - faults are made below the ledger's own words


def _add_many(ledger: SqlLedger) -> None:
    with ledger.transaction():
        for number in range(400):
            ledger.add_received(received(f"b{number}"))


@pytest.mark.parametrize("encryption", ["none", "sqlcipher"])
@pytest.mark.parametrize(
    ("fault", "message"),
    [("PRAGMA max_page_count = 1", "disk is full"), ("PRAGMA query_only = ON", "cannot be written")],
)
def test_a_ledger_that_cannot_be_written_says_so_and_keeps_what_it_had(
    path: Path, encryption: Encryption, fault: str, message: str
) -> None:
    with open_ledger(path, encryption, KEY) as ledger:
        ledger.add_received(received("a"))
        _database(ledger).rows(fault)
        with pytest.raises(StorageError, match=message):
            _add_many(ledger)
    with open_ledger(path, encryption, KEY) as ledger:
        assert [kept.identity for kept in ledger.messages(NOON)] == ["identity of a"]


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_flipped_bit_is_found(path: Path, tenths: int) -> None:
    with open_ledger(path, "sqlcipher", KEY) as ledger:
        for number in range(50):
            ledger.add_received(received(str(number)))
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
        ledger.add_received(received(verdict=CRISIS))
    raw = _raw(path)
    raw.execute("DELETE FROM open_alarm")
    raw.close()
    with open_ledger(path, "none", None) as ledger:
        assert ledger.verify() == ("1 open alarms are not listed as open",)


def test_a_group_that_a_signal_ended_as_it_began_does_not_stop_the_next_one(path: Path) -> None:
    with open_ledger(path, "none", None) as ledger:
        ledger._database.rows("BEGIN IMMEDIATE")  # noqa: SLF001 - what a signal leaves cannot be timed
        ledger.add_received(received())
    with open_ledger(path, "none", None) as ledger:
        assert len(ledger.messages(NOON)) == 1
