"""`check` says whether drafts have a place to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.private_file import private_folder

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from practice_folder import PracticeFolder


def test_check_warns_where_there_is_no_folder_for_drafts_and_names_the_one_there_is(
    practice: PracticeFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    practice.run("check")
    assert "warn  mailbox practice: no folder for drafts can be told" in capsys.readouterr().out
    for part in ("cur", "new", "tmp"):
        (practice.path / "Maildir" / ".Drafts" / part).mkdir(parents=True)
    practice.run("check")
    assert "ok    mailbox practice: your drafts go into Drafts\n" in capsys.readouterr().out


def test_check_reminds_of_an_answer_that_could_not_be_put_into_drafts(
    practice: PracticeFolder, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tmp_path.chmod(0o700)
    with private_folder() as folder:
        kept = folder.keep("words")
    practice.run("check")
    assert f"an answer that could not be put into Drafts is kept in {kept}" in capsys.readouterr().out
