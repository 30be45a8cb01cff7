"""What is particular to a Maildir; what it shares with IMAP stands in tests/contracts/test_source.py."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.maildir import MaildirSource
from mailtriage.adapters.maildir.source import PORTION_LIMIT_BYTES
from mailtriage.config import MaildirMailbox
from mailtriage.errors import ConfigError
from mailtriage.ledger import Checkpoint, FolderRole, Location
from mailtriage.poll import Folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailtriage.poll import Batch, Fetched

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
INBOX = Folder("INBOX", FolderRole.INBOX)
MAIL = b"From: a@client.example\nSubject: Hello\n\nHello\n"


def make_maildir(path: Path) -> Path:
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A Maildir with a Sent folder."""
    make_maildir(tmp_path / "mail" / ".Sent")
    return make_maildir(tmp_path / "mail")


def deliver(folder: Path, name: str, received_at: datetime = NOW, data: bytes = MAIL) -> Path:
    file = folder / name
    file.write_bytes(data)
    os.utime(file, (received_at.timestamp(), received_at.timestamp()))
    return file


def look(
    root: Path,
    checkpoint: Checkpoint | None = None,
    *,
    folder: Folder = INBOX,
    since: datetime = SINCE,
    known: Sequence[str] = (),
) -> list[Batch]:
    with MaildirSource(MaildirMailbox("practice", root)) as source:
        keys = frozenset(known)
        return list(source.batches(folder, checkpoint, since, lambda _, asked: keys & {*asked}, lambda _: []))


def fetched(batches: Sequence[Batch]) -> list[Fetched]:
    return [item for batch in batches for item in batch.fetched]


def test_a_message_is_known_by_its_unique_name_whatever_its_flags(root: Path) -> None:
    deliver(root / "cur", "1700000001.M1P1.host,S=48,W=50:2,RS")
    (item,) = fetched(look(root))
    assert item.location == Location("practice", "INBOX", 0, "1700000001.M1P1.host,S=48,W=50")
    assert item.seen


def test_new_mail_is_read_where_it_lies(root: Path) -> None:
    file = deliver(root / "new", "1700000001.M1P1.host")
    (item,) = fetched(look(root))
    assert not item.seen
    assert file.exists()
    assert list((root / "cur").iterdir()) == []


def test_the_time_of_arrival_is_that_of_the_file_in_whole_seconds(root: Path) -> None:
    deliver(root / "cur", "1.a:2,", NOW + timedelta(microseconds=700_000))
    assert fetched(look(root))[0].received_at == NOW


def test_a_message_that_moved_from_new_to_cur_is_not_new(root: Path) -> None:
    file = deliver(root / "new", "1.a")
    batches = look(root)
    file.rename(root / "cur" / "1.a:2,S")
    assert look(root, batches[-1].checkpoint, known=["1.a"]) == []


def test_the_window_stays_where_the_first_poll_put_it(root: Path) -> None:
    deliver(root / "cur", "1.old:2,", NOW - timedelta(days=40))
    batches = look(root)
    deliver(root / "cur", "2.later:2,", NOW + timedelta(days=1))
    later = look(root, batches[-1].checkpoint, since=NOW + timedelta(days=60))
    assert [item.location.key for item in fetched(later)] == ["2.later"]


def test_a_window_that_began_in_the_future_hides_nothing_once_the_clock_is_right(root: Path) -> None:
    deliver(root / "cur", "1")
    assert len(fetched(look(root, checkpoint=Checkpoint(uidnext=int((NOW + timedelta(days=300)).timestamp()))))) == 1


def test_junk_that_nobody_keeps_is_not_read_for_ever(root: Path) -> None:
    make_maildir(root / ".Junk")
    deliver(root / ".Junk" / "cur", "1.spam:2,")
    junk = Folder("Junk", FolderRole.JUNK)
    (batch,) = look(root, folder=junk)
    assert len(fetched(look(root, batch.checkpoint, folder=junk))) == 1
    assert look(root, batch.checkpoint, folder=junk, since=NOW + timedelta(days=1)) == []


def test_a_message_that_vanishes_or_is_renamed_while_others_are_read_is_skipped_or_found(root: Path) -> None:
    for number in range(4):
        deliver(root / "cur", f"{number}.a:2,", NOW + timedelta(minutes=number))
    for number in range(100):
        deliver(root / "cur", f"early{number}:2,", NOW - timedelta(minutes=1))
    with MaildirSource(MaildirMailbox("practice", root)) as source:
        batches = source.batches(INBOX, None, SINCE, lambda _v, _k: frozenset(), lambda _: [])
        assert len(next(batches).fetched) == 100
        (root / "cur" / "1.a:2,").unlink()
        (root / "cur" / "2.a:2,").rename(root / "cur" / "2.a:2,S")
        (rest,) = batches
    assert [item.location.key for item in rest.fetched] == ["0.a", "2.a", "3.a"]
    assert rest.unreadable == ()


def test_what_is_no_message_is_passed_over(root: Path) -> None:
    (root / "cur" / ".hidden").write_bytes(MAIL)
    (root / "cur" / "folder").mkdir()
    (root / "cur" / "link").symlink_to("/dev/zero")
    os.mkfifo(root / "cur" / "pipe")
    assert fetched(look(root)) == []


def test_a_name_that_is_no_text_can_be_kept_and_found_again(root: Path) -> None:
    name = os.fsdecode(b"1.\xff:2,")
    deliver(root / "cur", name)
    (item,) = fetched(look(root))
    item.location.key.encode()
    with MaildirSource(MaildirMailbox("practice", root)) as source:
        assert source.fetch(item.location) == item.raw


def test_a_file_that_cannot_be_read_is_set_aside(root: Path) -> None:
    for number in range(101):
        deliver(root / "cur", f"{number:03}.a:2,", NOW + timedelta(minutes=number))
    with MaildirSource(MaildirMailbox("practice", root)) as source:
        batches = source.batches(INBOX, None, SINCE, lambda _v, _k: frozenset(), lambda _: [])
        next(batches)
        (root / "cur" / "100.a:2,").unlink()
        (root / "cur" / "100.a:2,").mkdir()
        (rest,) = batches
    assert rest.fetched == ()
    assert [item.location.key for item in rest.unreadable] == ["100.a"]


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (".Sent Items", "Sent Items"),
        (".INBOX.Sent", "INBOX/Sent"),
        ("Sent", "Sent"),
        ("[Gmail]/Sent Mail", "[Gmail]/Sent Mail"),
        (".Envoy&AOk-s", "Envoyés"),
        (".&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-", "Отправленные"),
    ],
)
def test_sent_is_found_by_its_usual_name_in_each_layout(tmp_path: Path, folder: str, name: str) -> None:
    root = make_maildir(tmp_path / "mail")
    make_maildir(root / folder)
    with MaildirSource(MaildirMailbox("practice", root)) as source:
        assert source.folders() == (INBOX, Folder(name, FolderRole.SENT))


def test_a_folder_of_folders_may_hold_the_inbox(tmp_path: Path) -> None:
    make_maildir(tmp_path / "mail" / "Sent")
    deliver(make_maildir(tmp_path / "mail" / "Inbox") / "cur", "1.a:2,")
    assert len(fetched(look(tmp_path / "mail"))) == 1


def test_configured_folders_that_are_missing_are_told_with_those_that_are_there(root: Path) -> None:
    wrong = MaildirMailbox("practice", root, folders=("INBOX", "Klienten"))
    with MaildirSource(wrong) as source, pytest.raises(ConfigError, match="Klienten") as caught:
        source.folders()
    assert '"Sent"' in caught.value.hint


def test_a_mailbox_without_sent_names_the_candidates(tmp_path: Path) -> None:
    root = make_maildir(tmp_path / "mail")
    make_maildir(root / ".Ausgang")
    with MaildirSource(MaildirMailbox("practice", root)) as source, pytest.raises(ConfigError) as caught:
        source.folders()
    assert '"Ausgang"' in caught.value.hint
    assert "sent_folder" in caught.value.hint


def test_what_is_no_maildir_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ConfigError, match=str(path)), MaildirSource(MaildirMailbox("practice", path)):
            pass


def test_the_folder_for_drafts_is_the_configured_one_or_one_with_a_usual_name(tmp_path: Path) -> None:
    root = make_maildir(tmp_path / "mail")
    make_maildir(root / ".Entw&APw-rfe")
    for configured, found in (("", "Entwürfe"), ("Drafts", ""), ("Entwürfe", "Entwürfe")):
        with MaildirSource(MaildirMailbox("local", root, drafts_folder=configured)) as source:
            assert source.drafts_folder == found


def test_long_letters_are_held_a_few_at_a_time(root: Path) -> None:
    long = b"From: a@client.example\n\n" + b"All is well.\n" * 75_000
    for number in range(40):
        deliver(root / "cur", f"{number:02}.a", NOW + timedelta(seconds=number), MAIL if number % 3 else long)
    batches = look(root)
    held = [sum(len(part.content or b"") for one in batch.fetched for part in one.raw.parts) for batch in batches]
    assert max(held) <= PORTION_LIMIT_BYTES + len(long) * 2
    keys = [one.location.key for batch in batches for one in batch.fetched]
    assert keys == [f"{number:02}.a" for number in range(40)]
    assert [batch.done for batch in batches] == [22, 40]
    assert {batch.total for batch in batches} == {40}
