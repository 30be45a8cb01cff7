"""What polling asks of a real server, and how little."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from letters import letters
from mailtriage.errors import ConfigError
from mailtriage.ledger import Checkpoint, FolderRole
from mailtriage.poll import Folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dovecot import Dovecot, MailboxOnDisk
    from mailtriage.poll import Batch

pytestmark = pytest.mark.imap

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
INBOX = Folder("INBOX", FolderRole.INBOX)
WITH_ATTACHMENT = (
    b"From: a@client.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    b"--b\nContent-Type: text/plain\n\nSee the photo.\n"
    b"--b\nContent-Type: image/jpeg; name=photo.jpg\nContent-Transfer-Encoding: base64\n\n"
    + b"QUJD" * 50_000
    + b"\n--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=notes.txt\n\n"
    + b"secret notes " * 1000
    + b"\n--b--\n"
)


def nothing_known(_uidvalidity: int, _keys: Sequence[str]) -> frozenset[str]:
    return frozenset()


def fill(disk: MailboxOnDisk, count: int, *, apart: timedelta = timedelta(minutes=10)) -> None:
    for at, data in letters(count, last_at=NOW, apart=apart):
        disk.deliver(data, at)


def look(
    disk: MailboxOnDisk,
    checkpoint: Checkpoint | None = None,
    *,
    folder: Folder = INBOX,
    open_keys: Sequence[str] = (),
    known: Sequence[str] = (),
) -> list[Batch]:
    """What one look at a folder gives."""
    with disk.source() as source:
        known_keys = frozenset(known)
        return list(
            source.batches(folder, checkpoint, SINCE, lambda _, keys: known_keys & {*keys}, lambda _: open_keys)
        )


def uids(batches: Sequence[Batch]) -> list[int]:
    return [int(fetched.location.key) for batch in batches for fetched in batch.fetched]


def poll_all(disk: MailboxOnDisk, checkpoints: dict[str, Checkpoint]) -> int:
    """The number of messages that a poll of all folders fetches."""
    count = 0
    with disk.source() as source:
        for folder in source.folders():
            for batch in source.batches(folder, checkpoints.get(folder.name), SINCE, nothing_known, lambda _: []):
                checkpoints[folder.name] = batch.checkpoint
                count += len(batch.fetched)
    return count


@pytest.mark.parametrize("count", [3, 300])
def test_where_nothing_is_new_six_commands_and_one_kilobyte_are_enough(disk: MailboxOnDisk, count: int) -> None:
    fill(disk, count)
    checkpoints: dict[str, Checkpoint] = {}
    assert poll_all(disk, checkpoints) == count
    disk.clear_log()
    assert poll_all(disk, checkpoints) == 0
    commands = disk.commands()
    assert commands[-1] == "LOGOUT"
    assert len(commands) - 1 <= 6
    assert len(disk.answers()) <= 1024


def test_only_commands_that_change_nothing_are_given(disk: MailboxOnDisk) -> None:
    fill(disk, 20)
    checkpoints: dict[str, Checkpoint] = {}
    poll_all(disk, checkpoints)
    disk.deliver(WITH_ATTACHMENT, NOW, flags="S")
    poll_all(disk, checkpoints)
    commands = disk.commands()
    verbs = {re.sub(r"^UID ", "UID-", command).split()[0] for command in commands}
    assert verbs <= {"LIST", "STATUS", "EXAMINE", "UID-SEARCH", "UID-FETCH", "LOGOUT", "NOOP"}
    fetches = [command for command in commands if command.startswith("UID FETCH")]
    assert fetches
    assert not [command for command in fetches if re.search(r"BODY\[|RFC822(?!\.SIZE)", command)]


def test_attachments_are_never_asked_for(disk: MailboxOnDisk) -> None:
    disk.deliver(WITH_ATTACHMENT, NOW)
    (batch,) = look(disk)
    (fetched,) = batch.fetched
    assert [part.filename for part in fetched.raw.parts] == ["", "photo.jpg", "notes.txt"]
    assert [part.content for part in fetched.raw.parts][1:] == [None, None]
    assert b"QUJD" not in disk.answers()
    assert b"secret notes" not in disk.answers()
    assert len(disk.answers()) < 3000


def test_a_first_look_costs_a_hundredth_of_a_mailbox_of_photos(disk: MailboxOnDisk) -> None:
    for number in range(10):
        disk.deliver(WITH_ATTACHMENT, NOW + timedelta(minutes=number))
    look(disk)
    assert len(disk.answers()) * 100 < len(WITH_ATTACHMENT) * 10


def test_batches_are_of_a_hundred_with_a_checkpoint_behind_each(disk: MailboxOnDisk) -> None:
    fill(disk, 230)
    batches = look(disk)
    assert [len(batch.fetched) for batch in batches] == [100, 100, 30]
    assert [batch.checkpoint.uidnext for batch in batches] == [101, 201, 231]
    assert [(batch.done, batch.total) for batch in batches] == [(100, 230), (200, 230), (230, 230)]


@pytest.mark.parametrize("kind", ["server", "masked_server"])
def test_a_first_look_that_was_killed_leaves_out_old_mail_when_it_goes_on(
    request: pytest.FixtureRequest, kind: str
) -> None:
    disk = request.getfixturevalue(kind).new_mailbox()
    fill(disk, 110)
    look(disk)
    # Moved into the folder later: an old date with a new UID.
    disk.deliver(WITH_ATTACHMENT, SINCE - timedelta(days=60))
    look(disk)
    disk.deliver(WITH_ATTACHMENT, NOW)
    first, *_ = look(disk)
    assert uids([first]) == list(range(1, 101))
    assert uids(look(disk, first.checkpoint)) == [*range(101, 111), 112]


def test_a_new_message_costs_no_search(disk: MailboxOnDisk) -> None:
    fill(disk, 20)
    checkpoint = look(disk)[-1].checkpoint
    disk.deliver(WITH_ATTACHMENT, NOW + timedelta(minutes=1))
    disk.clear_log()
    assert uids(look(disk, checkpoint)) == [21]
    assert not [command for command in disk.commands() if "SEARCH" in command and "MODSEQ" not in command]


def test_mail_that_came_back_into_a_gap_of_deleted_mail_is_found(disk: MailboxOnDisk) -> None:
    fill(disk, 4)
    checkpoint = look(disk)[-1].checkpoint
    files = [disk.deliver(WITH_ATTACHMENT + b"%d" % n, NOW + timedelta(minutes=n)) for n in range(6)]
    look(disk)
    for file in files[:4]:
        file.unlink()
    assert uids(look(disk, checkpoint)) == [9, 10]


def test_a_gap_of_more_than_a_thousand_is_searched(disk: MailboxOnDisk) -> None:
    fill(disk, 3)
    checkpoint = look(disk)[-1].checkpoint
    for number in range(1100):
        disk.deliver(b"From: a@client.example\n\n%d\n" % number, NOW + timedelta(seconds=number))
    disk.clear_log()
    assert uids(look(disk, checkpoint)) == list(range(4, 1104))
    assert [command for command in disk.commands() if command.startswith("UID SEARCH UID 4:1103")]


def test_a_big_folder_is_searched_window_by_window(disk: MailboxOnDisk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtriage.adapters.imap.connection.SEARCH_WINDOW", 7)
    fill(disk, 20)
    assert uids(look(disk)) == list(range(1, 21))
    searches = [command.split()[2] for command in disk.commands() if command.startswith("UID SEARCH")]
    assert searches == ["14:20", "7:13", "1:6"]


def test_a_changed_uidvalidity_has_the_window_read_again(disk: MailboxOnDisk) -> None:
    fill(disk, 5, apart=timedelta(days=10))
    checkpoint = look(disk)[-1].checkpoint
    renumbered = Checkpoint(checkpoint.uidvalidity - 1, 400, 77)
    assert uids(look(disk, renumbered)) == [2, 3, 4, 5]
    assert look(disk, renumbered)[-1].checkpoint == checkpoint


def test_a_message_of_an_earlier_uidvalidity_is_no_longer_there(disk: MailboxOnDisk) -> None:
    fill(disk, 1)
    place = look(disk)[0].fetched[0].location
    with disk.source() as source:
        assert source.fetch_whole(place)
        assert source.fetch_whole(replace(place, uidvalidity=place.uidvalidity - 1)) is None


def test_a_mailbox_whose_numbers_went_back_has_the_window_read_again(disk: MailboxOnDisk) -> None:
    fill(disk, 3)
    end = look(disk)[-1].checkpoint
    assert uids(look(disk, Checkpoint(end.uidvalidity, 1000, end.modseq))) == [1, 2, 3]


def test_what_is_known_is_not_fetched_again(disk: MailboxOnDisk) -> None:
    fill(disk, 5)
    assert uids(look(disk, known=["2", "4"])) == [1, 3, 5]


def test_every_change_of_seen_is_told_with_condstore(disk: MailboxOnDisk) -> None:
    files = [disk.deliver(WITH_ATTACHMENT + b"%d" % n, NOW + timedelta(minutes=n), flags="S" * n) for n in range(2)]
    checkpoint = look(disk)[-1].checkpoint
    files[0].rename(files[0].with_name(files[0].name + "S"))
    files[1].rename(files[1].with_name(files[1].name.removesuffix("S")))
    (batch,) = [batch for batch in look(disk, checkpoint, known=["1", "2"]) if batch.seen]
    assert [(location.key, seen) for location, seen in batch.seen] == [("1", True), ("2", False)]


def test_without_condstore_only_open_messages_are_asked_for(masked_server: Dovecot) -> None:
    disk = masked_server.new_mailbox()
    fill(disk, 6)
    checkpoint = look(disk)[-1].checkpoint
    assert checkpoint.modseq == 0
    disk.clear_log()
    assert look(disk, checkpoint, open_keys=["2", "5"]) == []
    assert "UID FETCH 2,5 (FLAGS)" in disk.commands()
    disk.clear_log()
    assert look(disk, checkpoint) == []
    assert not [command for command in disk.commands() if "FETCH" in command or "EXAMINE" in command]


def test_sent_and_junk_are_found_by_their_use(disk: MailboxOnDisk) -> None:
    with disk.source() as source:
        assert source.folders() == (
            INBOX,
            Folder("Junk", FolderRole.JUNK),
            Folder("Sent", FolderRole.SENT),
        )


def test_where_no_use_is_told_sent_is_found_by_its_usual_name(masked_server: Dovecot) -> None:
    disk = masked_server.new_mailbox()
    with disk.source() as source:
        assert Folder("Sent", FolderRole.SENT) in source.folders()


def test_configured_folders_need_no_list(disk: MailboxOnDisk) -> None:
    disk.make_folder(".Klienten")
    with disk.source(folders=("inbox", "Klienten"), sent_folder="Sent", junk_folder="Junk") as source:
        assert source.folders() == (
            INBOX,
            Folder("Klienten", FolderRole.OTHER),
            Folder("Junk", FolderRole.JUNK),
            Folder("Sent", FolderRole.SENT),
        )
    assert disk.commands() == ["LOGOUT"]


def test_a_folder_with_letters_of_any_script_is_read(disk: MailboxOnDisk) -> None:
    disk.make_folder()
    disk.deliver(WITH_ATTACHMENT, NOW, folder=".&BBoEOwQ4BDUEPQRCBEs- &- Br&APw-cke")
    name = "Клиенты & Brücke"
    (batch,) = look(disk, folder=Folder(name, FolderRole.OTHER))
    assert batch.fetched[0].location.folder == name
    with disk.source() as source:
        assert name in source.describe().folder_names


def test_a_folder_that_is_missing_is_told_with_those_that_are_there(disk: MailboxOnDisk) -> None:
    with pytest.raises(ConfigError, match="Klienten") as caught:
        look(disk, folder=Folder("Klienten", FolderRole.OTHER))
    assert '"INBOX"' in caught.value.hint
    assert '"Sent"' in caught.value.hint


def test_a_message_with_a_thousand_parts_is_read_as_far_as_the_limit(disk: MailboxOnDisk) -> None:
    parts = b"".join(b"--b\nContent-Type: text/plain\n\nPart %d\n" % number for number in range(1200))
    disk.deliver(b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n", NOW)
    (batch,) = look(disk)
    (fetched,) = batch.fetched
    assert len(fetched.raw.parts) == 1000
    assert fetched.raw.defects
    assert [part.cut for part in fetched.raw.parts] == [False] * 100 + [True] * 900


def test_parts_nested_too_deeply_for_anybody_still_let_the_others_through(disk: MailboxOnDisk) -> None:
    opening = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    disk.deliver(b"From: a@client.example\n" + opening, NOW)
    disk.deliver(WITH_ATTACHMENT, NOW + timedelta(minutes=1))
    batches = look(disk)
    assert 2 in uids(batches)
    assert sum(len(batch.fetched) + len(batch.unreadable) for batch in batches) == 2
