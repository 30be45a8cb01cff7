"""A command of ours in a process of its own: its status is told, and it never outlives its time."""

from __future__ import annotations

import fcntl
import signal
from contextlib import nullcontext
from typing import TYPE_CHECKING

from mailtriage.adapters.own_command import run_own_command
from mailtriage.errors import EX_USAGE
from watched import WatchedPractice, maildir_table

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_status_and_the_words_are_those_of_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_own_command(["--version"], within_seconds=60, held=nullcontext) == 0
    assert run_own_command(["pol"], within_seconds=60, held=nullcontext) == EX_USAGE
    said = capfd.readouterr()
    assert said.out.startswith("mailtriage ")
    assert 'did you mean "poll"?' in said.err


def test_what_lies_in_the_folder_one_is_in_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mailtriage.py").write_text("print('not ours')\n")
    monkeypatch.chdir(tmp_path)
    assert run_own_command(["--version"], within_seconds=60, held=nullcontext) == 0
    assert "not ours" not in capfd.readouterr().out


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    practice = WatchedPractice(tmp_path, maildir_table(tmp_path))
    words = ["--config", str(practice.write_config()), "poll", "--wait"]
    with (tmp_path / "ledger.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert run_own_command(words, within_seconds=2, held=nullcontext) == -signal.SIGTERM
    assert not (tmp_path / "ledger.db").exists()
