from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.private_file import private_folder, write_private
from mailtriage.adapters.terminal.editor import edited, editor
from mailtriage.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.adapters.terminal.editor import Edited


@pytest.fixture(autouse=True)
def _no_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)


def after(script: str, text: str = "begun\n") -> Edited:
    """What is left when a shell script, with the file as $1, was the editor."""
    with private_folder() as folder:
        file = folder.path / "draft.txt"
        write_private(file, text)
        return edited(file, ["sh", "-c", script, "editor"], folder.lock)


def test_visual_comes_before_editor_and_both_may_have_options(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "cat")
    assert editor() == ("cat",)
    monkeypatch.setenv("VISUAL", "sh -c 'a b'")
    assert editor() == ("sh", "-c", "a b")


def test_without_either_it_is_nano_or_vi(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnavailableError, match="no editor"):
        editor()
    for name in ("vi", "nano"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert editor() == (name,)


@pytest.mark.parametrize("named", ["no-such-program-anywhere", "'", "''"])
def test_an_editor_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    monkeypatch.setenv("EDITOR", named)
    with pytest.raises(UnavailableError, match="no editor"):
        editor()


def test_what_was_left_in_the_file_comes_back() -> None:
    left = after('echo more >> "$1"')
    assert (left.text, left.succeeded) == ("begun\nmore\n", True)
    assert "begun" not in repr(left)


def test_an_editor_that_fails_a_file_that_is_gone_and_old_letters_are_all_borne() -> None:
    assert not after("exit 1").succeeded
    assert after('rm "$1"').text == ""
    assert after('printf "caf\\351" > "$1"').text == "café"
    assert after('printf "x" > "$1.new" && mv "$1.new" "$1"').text == "x"


def test_ctrl_c_in_the_editor_is_the_editor_s() -> None:
    left = after('kill -INT $PPID; sleep 0.1; echo lived >> "$1"')
    assert left.text.endswith("lived\n")


def test_the_text_is_in_no_argument_and_no_variable_and_temporary_files_go_into_the_folder() -> None:
    ask = 'env > "$1.env"; tr "\\0" "\\n" < /proc/$$/cmdline > "$1.argv"; cat "$1.env" "$1.argv" > "$1"; pwd >> "$1"'
    left = after(ask, "a secret of hers\n").text
    assert "secret" not in left
    folder = next(line for line in left.splitlines() if line.startswith("TMPDIR=")).removeprefix("TMPDIR=")
    assert "mailtriage-draft-" in folder
    assert os.getcwd() in left  # noqa: PTH109 - as the shell says it


_ENDED = """
import sys
from mailtriage.adapters.terminal.editor import edited
from mailtriage.adapters.private_file import private_folder, write_private
with private_folder() as folder:
    write_private(folder.path / "draft.txt", "x")
    edited(folder.path / "draft.txt", ["sh", "-c", sys.argv[1], "editor"], folder.lock)
"""


def test_a_run_that_is_ended_ends_its_editor_first(tmp_path: Path) -> None:
    script = f"trap 'echo > {tmp_path}/ended; exit 0' TERM; sleep 0.3; kill -TERM $PPID; while :; do sleep 0.05; done"
    done = subprocess.run([sys.executable, "-c", _ENDED, script], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (128 + 15, b"", b"")
    assert (tmp_path / "ended").exists()
