r"""What every place for drafts must do: a real server with and without SPECIAL-USE, and a Maildir."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mailtriage.adapters.imap.drafts import ImapDrafts
from mailtriage.adapters.maildir.drafts import MaildirDrafts
from mailtriage.config import MaildirMailbox
from mailtriage.drafts.compose import composed
from mailtriage.drafts.heading import Heading
from mailtriage.drafts.ports import Draft, Placed, RefusedError
from mailtriage.poll.folders import MissingFolderError

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from mailtriage.drafts.ports import DraftStore

AT = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
HEADING = Heading("t@practice.example", "jo@home.example", "Re: Caf\u00e9", "1@home.example", ("1@home.example",), "id")


def draft(text: str = "Yes, at four.") -> Draft:
    return composed(HEADING, text, AT)


@dataclass(frozen=True, slots=True)
class Place:
    """A mailbox on disk, and how to put drafts into it."""

    root: Path
    disk: MailboxOnDisk | None

    def store(self, drafts_folder: str = "") -> DraftStore:
        if self.disk:
            return ImapDrafts(self.disk.settings(drafts_folder=drafts_folder), self.disk.secret)
        return MaildirDrafts(MaildirMailbox("local", self.root, drafts_folder=drafts_folder))

    def make(self, folder: str) -> Path:
        """A Maildir++ folder (".Drafts")."""
        if self.disk:
            return self.disk.make_folder(folder)
        for part in ("cur", "new", "tmp"):
            (self.root / folder / part).mkdir(parents=True, exist_ok=True)
        return self.root / folder

    def files(self, folder: str) -> list[Path]:
        return sorted(file for part in ("cur", "new", "tmp") for file in (self.root / folder / part).iterdir())


@pytest.fixture(
    params=[
        pytest.param("imap", marks=pytest.mark.imap),
        pytest.param("imap without extensions", marks=pytest.mark.imap),
        "maildir",
    ]
)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    servers = {"imap": "server", "imap without extensions": "masked_server"}
    name = servers.get(request.param)
    disk = request.getfixturevalue(name).new_mailbox() if name else None
    made = Place(disk.path if disk else tmp_path, disk)
    made.make("")
    return made


def put(place: Place, one: Draft, **changes: Any) -> Placed:  # noqa: ANN401 - what `store` takes
    with place.store(**changes) as store:
        return store.put(one)


def test_a_draft_lies_in_drafts_as_a_draft_that_is_read(place: Place) -> None:
    place.make(".Drafts")
    assert put(place, draft()) == Placed("Drafts", was_there=False)
    (file,) = place.files(".Drafts")
    assert file.parent.name == "cur"
    assert sorted(file.name.rpartition(",")[2]) == ["D", "S"]
    assert file.read_bytes().replace(b"\r\n", b"\n") == draft().content.replace(b"\r\n", b"\n")


def test_a_second_try_adds_nothing_and_another_text_is_another_draft(place: Place) -> None:
    place.make(".Drafts")
    put(place, draft())
    assert put(place, draft()) == Placed("Drafts", was_there=True)
    assert len(place.files(".Drafts")) == 1
    assert not put(place, draft("No, at five.")).was_there
    assert len(place.files(".Drafts")) == 2


def test_a_configured_folder_comes_before_any_other_also_in_another_alphabet(place: Place) -> None:
    place.make(".Drafts")
    folder = place.make(".&BCcENQRABD0EPgQyBDgEOgQ4-")
    assert put(place, draft(), drafts_folder="Черновики").folder == "Черновики"
    assert len(list((folder / "cur").iterdir())) == 1
    assert place.files(".Drafts") == []


def test_a_configured_folder_that_is_not_there_is_an_error_that_names_those_that_are(place: Place) -> None:
    place.make(".Drafts")
    with pytest.raises(MissingFolderError) as failure:
        put(place, draft(), drafts_folder="Entwurf")
    assert '"Entwurf"' in failure.value.message
    assert '"Drafts"' in failure.value.hint
    assert "drafts_folder" in failure.value.hint
    assert place.files(".Drafts") == []


def test_nothing_but_the_draft_is_changed(place: Place) -> None:
    place.make(".Drafts")
    before = place.files("")
    put(place, draft())
    assert place.files("") == before


def test_a_folder_that_may_not_be_written_refuses_and_nothing_lies_there(place: Place) -> None:
    folder = place.make(".Drafts")
    put(place, draft("first"))
    for part in ("cur", "new", "tmp"):
        (folder / part).chmod(0o555)
    if not place.disk:
        (folder / "tmp").rmdir()  # root writes where it may not
    try:
        with pytest.raises(RefusedError, match="did not take the draft"):
            put(place, draft())
    finally:
        for part in ("cur", "new", "tmp"):
            (folder / part).mkdir(exist_ok=True)
            (folder / part).chmod(0o755)
    assert len(place.files(".Drafts")) == 1
