"""The log of runs by the installed command: a line a run, and in it nothing that anybody wrote or is called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.errors import EX_CONFIG, EX_IOERR, EX_NOPERM, EX_TEMPFAIL
from scripted_imap import Fault, scripted_imap

if TYPE_CHECKING:
    from scripted_imap import ScriptedImap

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

PROGRAM = Path(sys.executable).with_name("mailtriage")
PASSWORD = "hunter2"
SECRETS = (PASSWORD, "therapist", "localhost", "client.example", "Hello", "my own mailbox", "@", "password")
OK = b"TAG OK done\r\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_certificates(tmp_path, (-1, 30), "localhost")
    (tmp_path / "password").write_text(PASSWORD + "\n")
    (tmp_path / "password").chmod(0o600)
    return tmp_path


def run(folder: Path, port: int, *words: str, log: str = "polls", more: str = "") -> int:
    (folder / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n'
        f'[ledger]\npath = "ledger.db"\nencryption = "none"\n[log]\npath = "{log}"\n'
        f'[[mailbox]]\nname = "my own mailbox me@practice.example"\nhost = "localhost"\nport = {port}\n'
        f'username = "therapist"\nca_file = "ca.pem"\npassword_file = "password"\ntimeout_seconds = 1\n{more}'
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": "2026-11-22T18:00:00+00:00"}
    command: list[str | Path] = [PROGRAM, "--config", folder / "config.toml", *(words or ("poll",))]
    return subprocess.run(command, capture_output=True, check=False, env=environment).returncode


def lines(folder: Path) -> list[str]:
    return (folder / "polls").read_text().splitlines()


def test_a_run_is_a_line_of_times_and_counts(folder: Path) -> None:
    with scripted_imap(folder) as server:
        assert run(folder, server.port) == 0
        assert run(folder, server.port) == 0
    counts = [re.sub(r"seconds=\d+\.\d", "seconds=N", line) for line in lines(folder)]
    assert counts == [
        "2026-11-22T18:00:00Z status=0 seconds=N received=3 sent=0 unreadable=0",
        "2026-11-22T18:00:00Z status=0 seconds=N received=0 sent=0 unreadable=0",
    ]


def failing(folder: Path, fault: Fault) -> tuple[int, ScriptedImap]:
    with scripted_imap(folder, fault) as server:
        return run(folder, server.port), server


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (Fault("LOGIN", b"TAG NO LOGIN therapist hunter2 failed\r\n"), EX_NOPERM, "PermissionProblemError"),
        (Fault("LOGIN", b'TAG BAD LOGIN "therapist" "hunter2"?\r\n'), EX_NOPERM, "PermissionProblemError"),
        (Fault("LOGIN", b"* BYE therapist hunter2 Hello\r\n"), EX_TEMPFAIL, "TemporaryError"),
        (Fault("LIST", b"TAG NO Hello a@client.example\r\n"), EX_TEMPFAIL, "TemporaryError"),
        (Fault("UID FETCH", b"TAG NO Request is throttled. Hello hunter2\r\n"), EX_TEMPFAIL, "ThrottledError"),
        (Fault("EXAMINE", b"* OK Hello\r\n" + OK), EX_TEMPFAIL, "TemporaryError"),
        (Fault("LIST", b'* LIST () "/" Hello\r\n' + OK), EX_CONFIG, "MissingFolderError"),
    ],
)
def test_a_failure_is_told_by_its_kind_and_nothing_of_it_is_repeated(
    folder: Path, fault: Fault, status: int, kind: str
) -> None:
    ended, server = failing(folder, fault)
    assert ended == status
    assert any(PASSWORD in said for said in server.said)
    (line,) = lines(folder)
    assert f" status={status} " in line
    assert line.endswith(f" mailbox1={kind},since=2026-11-22T18:00:00Z")
    assert [secret for secret in SECRETS if secret in line] == []


def test_a_message_that_cannot_be_read_is_counted(folder: Path) -> None:
    refusal = Fault(r"UID FETCH (?:\d+,)*2\b.*INTERNALDATE", b"TAG NO cannot read Hello 2 of a@client.example\r\n")
    assert failing(folder, refusal)[0] == 0
    (line,) = lines(folder)
    assert " received=2 sent=0 unreadable=1" in line
    assert [secret for secret in SECRETS if secret in line] == []


def test_a_run_that_fails_altogether_leaves_a_line_too(folder: Path) -> None:
    (folder / "ledger.db").mkdir()
    assert run(folder, 9) == EX_IOERR
    (line,) = lines(folder)
    assert line.endswith(" failed=StorageError")
    assert f"status={EX_IOERR}" in line


def test_a_dry_run_and_other_commands_leave_none(folder: Path) -> None:
    with scripted_imap(folder) as server:
        run(folder, server.port, "poll", "--dry-run")
        run(folder, server.port, "summary")
    assert not (folder / "polls").exists()


def test_a_log_that_cannot_be_written_changes_nothing_of_the_run_and_check_tells_of_it(folder: Path) -> None:
    (folder / "taken").mkdir()
    with scripted_imap(folder) as server:
        assert run(folder, server.port, log="taken") == 0
        assert run(folder, server.port, "check", log="taken") == EX_IOERR
        assert run(folder, server.port, "check") == 0


def test_without_a_path_there_is_no_log(folder: Path) -> None:
    with scripted_imap(folder) as server:
        assert run(folder, server.port, log="") == 0
    assert not [file for file in folder.iterdir() if file.name.startswith("polls")]
