"""The log file: hers alone, never big, and never followed elsewhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.run_log import KEPT, LIMIT_BYTES, append_line, check_writable
from mailtriage.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_added_to_a_file_that_only_she_can_read(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "polls"
    for line in ("one", "two"):
        append_line(path, line)
    assert path.read_text() == "one\ntwo\n"
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "polls"
    path.touch()
    path.chmod(0o644)
    append_line(path, "one")
    assert oct(path.stat().st_mode & 0o777) == "0o600"


def test_a_full_file_is_put_aside_and_the_oldest_goes(tmp_path: Path) -> None:
    path = tmp_path / "polls"
    for number in range(KEPT + 3):
        path.write_text(f"{number}" * LIMIT_BYTES)
        append_line(path, "next")
    assert path.read_text() == "next\n"
    aside = [path.with_name(f"polls.{number}").read_text()[0] for number in range(1, KEPT + 1)]
    assert aside == ["5", "4", "3"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["polls", "polls.1", "polls.2", "polls.3"]


def test_no_file_grows_beyond_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "polls"
    path.write_text("x" * (LIMIT_BYTES - 5))
    append_line(path, "four")
    assert path.stat().st_size == LIMIT_BYTES
    append_line(path, "four")
    assert path.stat().st_size == 5


def test_what_is_no_file_of_hers_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "elsewhere").touch()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "file").touch()
    for path in (tmp_path / "pipe", tmp_path / "link", tmp_path, tmp_path / "file" / "below"):
        for attempt in (lambda path: append_line(path, "one"), check_writable):
            with pytest.raises(StorageError, match="cannot be written") as caught:
                attempt(path)
            assert "[log] path" in caught.value.hint
    assert (tmp_path / "elsewhere").read_text() == ""


def test_asking_whether_it_can_be_written_writes_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "polls")
    assert (tmp_path / "polls").read_text() == ""
