"""One at a time, or one after the other."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.lock import only_one
from mailtriage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

_HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.readline()
time.sleep(0.3)
"""


def test_whoever_comes_second_is_told_so_and_the_lock_is_free_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with only_one(path) as first, only_one(path) as second:
        assert (first, second) == (True, False)
    with only_one(path) as again:
        assert again


def test_whoever_waits_has_its_turn_when_the_other_ends(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    argv = [sys.executable, "-c", _HOLD, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdin
        assert other.stdout.readline() == "held\n"
        other.stdin.write("end\n")
        other.stdin.flush()
        with only_one(path, wait_seconds=30) as alone:
            assert alone


def test_whoever_waits_in_vain_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with only_one(path, wait_seconds=0.2) as alone:
            assert not alone


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "lock").mkdir()
    with pytest.raises(StorageError, match="lock"), only_one(tmp_path / "lock"):
        pass
