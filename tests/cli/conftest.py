"""A polled practice for every test that types commands: made once, copied for each."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from books import BILLING, Books
from practice_folder import NOW_TEXT, PracticeFolder, practice_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `practice` is a copy of. Not to be changed."""
    folder = tmp_path_factory.mktemp("polled")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILTRIAGE_NOW", NOW_TEXT)
        practice_folder(folder)
    return folder


@pytest.fixture
def practice(
    polled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> PracticeFolder:
    """A practice of one's own, just polled, with the clock at NOW and nothing printed yet."""
    monkeypatch.setenv("MAILTRIAGE_NOW", NOW_TEXT)
    shutil.copytree(polled, tmp_path / "practice")
    capsys.readouterr()
    return PracticeFolder(tmp_path / "practice")


@pytest.fixture
def books(practice: PracticeFolder, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Books:
    """A practice that charges 20.00 a unit."""
    config = practice.path / "config.toml"
    config.write_text(config.read_text("utf-8") + BILLING, "utf-8")
    return Books(practice, monkeypatch, capsys)
