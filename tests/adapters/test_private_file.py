"""A text that must not stay on the machine is gone however the run ends."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters import private_file
from mailtriage.adapters.private_file import kept_texts, private_folder, remove_kept, write_private

_HOLDER = """
import signal, time
from mailtriage.adapters.private_file import private_folder, write_private
# As in a terminal, also where the tests run in the background, with Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
with private_folder() as folder:
    write_private(folder.path / "draft.txt", "words")
    (folder.path / ".draft.txt.swp").write_text("words")
    print(folder.path, flush=True)
    time.sleep(60)
"""

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tmp_path.chmod(0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A process that holds a private folder, and the folder."""
    with subprocess.Popen([sys.executable, "-c", _HOLDER], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_folder_and_the_file_are_their_owner_s_alone_and_vanish(runtime: Path) -> None:
    before = os.umask(0)
    try:
        with private_folder() as folder:
            write_private(folder.path / "draft.txt", "words")
            assert folder.path.parent == runtime
            assert (mode(folder.path), mode(folder.path / "draft.txt")) == (0o700, 0o600)
            (folder.path / "draft.txt~").write_text("words")
    finally:
        os.umask(before)
    assert list(runtime.iterdir()) == []


def test_the_folder_vanishes_when_an_error_ends_the_run(runtime: Path) -> None:
    with suppress(RuntimeError), private_folder() as folder:
        write_private(folder.path / "draft.txt", "words")
        raise RuntimeError
    assert list(runtime.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_run_but_not_before_the_folder_is_gone(runtime: Path, number: int) -> None:
    with holder() as (process, path):
        assert path.is_dir()
        process.send_signal(number)
        assert process.wait(10) != 0
    assert list(runtime.iterdir()) == []


def test_what_a_killed_run_left_goes_with_the_next_but_not_what_is_in_use_or_kept(runtime: Path) -> None:
    with holder() as (_, left), private_folder() as folder:
        kept = folder.keep("words")
    assert left.is_dir()
    with holder() as (_, used), private_folder() as folder:
        assert set(runtime.iterdir()) == {folder.path, used, kept.parent}


def test_a_kept_text_stays_for_its_owner_alone(runtime: Path) -> None:
    with private_folder() as folder:
        kept = folder.keep("h\u00e9 \ud800")
        assert folder.kept == kept
    assert kept.read_text("utf-8") == "h\u00e9 ?"
    assert (mode(kept.parent), mode(kept)) == (0o700, 0o600)
    assert list(runtime.iterdir()) == [kept.parent]
    assert kept_texts() == (kept,)
    remove_kept(runtime / "another.txt")
    remove_kept(kept)
    assert list(runtime.iterdir()) == []


def test_a_runtime_folder_that_others_can_enter_is_not_used(runtime: Path) -> None:
    runtime.chmod(0o755)
    with private_folder() as folder:
        assert not folder.path.is_relative_to(runtime)
        assert mode(folder.path) == 0o700


def test_the_disk_is_the_last_resort_and_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Path
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr(private_file, "_MEMORY", tmp_path / "none")
    monkeypatch.setenv("XDG_CACHE_HOME", str(runtime / "cache"))
    with private_folder() as folder:
        assert folder.on_disk
        assert folder.path.parent == runtime / "cache" / "mailtriage"
        assert mode(folder.path.parent) == 0o700
    assert list((runtime / "cache" / "mailtriage").iterdir()) == []
