"""`check` says whether drafts have a place to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
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
