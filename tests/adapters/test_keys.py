from __future__ import annotations

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters import keys
from mailtriage.adapters.keys import ledger_key
from mailtriage.errors import ConfigError, PermissionProblemError, StorageError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

KEY = bytes(range(32))


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ledger.key"


def _printing(text: str) -> tuple[str, ...]:
    return (sys.executable, "-c", f"import sys; sys.stdout.buffer.write({text})")


def _written(key_file: Path, content: bytes, mode: int = 0o600) -> Path:
    key_file.parent.mkdir()
    key_file.write_bytes(content)
    key_file.chmod(mode)
    return key_file


def test_the_key_file_is_made_once_for_the_owner_alone(key_file: Path) -> None:
    umask = os.umask(0)
    try:
        key = ledger_key((), key_file)
    finally:
        os.umask(umask)
    assert len(key) == 32
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(key_file.parent.stat().st_mode) == 0o700
    assert [file.name for file in key_file.parent.iterdir()] == ["ledger.key"]
    assert ledger_key((), key_file, ledger_exists=True) == key


def test_two_key_files_hold_different_keys(tmp_path: Path) -> None:
    assert ledger_key((), tmp_path / "a") != ledger_key((), tmp_path / "b")


def test_processes_that_start_at_once_get_the_same_key(key_file: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(lambda _: ledger_key((), key_file), range(6)))) == 1


def test_a_lost_key_is_not_made_anew_when_there_is_a_ledger(key_file: Path) -> None:
    with pytest.raises(ConfigError, match="is missing") as refused:
        ledger_key((), key_file, ledger_exists=True)
    assert "backup" in refused.value.hint
    assert not key_file.exists()


@pytest.mark.parametrize("content", [KEY, KEY.hex().encode(), f" {KEY.hex().upper()}\r\n".encode()])
def test_a_key_is_raw_bytes_or_hexadecimal_digits(key_file: Path, content: bytes) -> None:
    assert ledger_key((), _written(key_file, content)) == KEY


@pytest.mark.parametrize(
    "content", [b"", b"swordfish", KEY[:31], KEY.hex().encode()[:-1], b"x" * 64, b"0" * 66, b"\xb2" * 64]
)
def test_a_malformed_key_is_refused_and_not_repeated(key_file: Path, content: bytes) -> None:
    with pytest.raises(ConfigError, match="is no key") as refused:
        ledger_key((), _written(key_file, content))
    assert "swordfish" not in str(refused.value)
    assert key_file.read_bytes() == content


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o620])
def test_a_key_that_others_can_reach_is_refused(key_file: Path, mode: int) -> None:
    with pytest.raises(PermissionProblemError, match="read by others") as refused:
        ledger_key((), _written(key_file, KEY, mode))
    assert "chmod 600" in refused.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a file somebody else's")
def test_another_users_key_is_refused(key_file: Path) -> None:
    os.chown(_written(key_file, KEY), 12345, -1)
    with pytest.raises(PermissionProblemError, match="another user"):
        ledger_key((), key_file)


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        ledger_key((), tmp_path)


def test_a_key_that_cannot_be_written_is_a_storage_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        ledger_key((), tmp_path / "file" / "ledger.key")


@pytest.mark.parametrize("output", ["bytes(range(32))", "bytes(range(32)).hex().encode() + b'\\n'"])
def test_a_command_prints_the_key_and_no_file_is_made(key_file: Path, output: str) -> None:
    assert ledger_key(_printing(output), key_file, ledger_exists=True) == KEY
    assert not key_file.exists()


def test_a_command_is_run_without_a_shell(key_file: Path) -> None:
    with pytest.raises(UnavailableError, match="could not be started"):
        ledger_key((f"echo {KEY.hex()}",), key_file)


def test_a_command_that_prints_no_key_is_refused_without_repeating_it(key_file: Path) -> None:
    with pytest.raises(ConfigError, match="key_command") as refused:
        ledger_key(_printing("b'swordfish'"), key_file)
    assert "swordfish" not in str(refused.value)


def test_a_failing_command_is_said_with_its_status(key_file: Path) -> None:
    with pytest.raises(UnavailableError, match="status 3"):
        ledger_key((sys.executable, "-c", "raise SystemExit(3)"), key_file)


def test_a_command_that_hangs_is_given_up(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "TIMEOUT_SECONDS", 0.1)
    with pytest.raises(UnavailableError, match="took over"):
        ledger_key((sys.executable, "-c", "import time; time.sleep(30)"), key_file)
