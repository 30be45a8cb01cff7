"""What a poll may rely on, whichever mailbox it reads: the same mail on disk, read over IMAP and as a Maildir."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from letters import letters
from mailtriage.adapters.maildir import MaildirSource
from mailtriage.config import MaildirMailbox
from mailtriage.errors import ConfigError
from mailtriage.ledger import FolderRole, Location
from mailtriage.mail.message import read
from mailtriage.poll import Folder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from mailtriage.ledger import Checkpoint
    from mailtriage.poll import Batch, Fetched, Source

pytestmark = pytest.mark.imap

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)
INBOX = Folder("INBOX", FolderRole.INBOX)


class Reader:
    """Polls one folder as `poll` does, remembering what a ledger would."""

    def __init__(self, source: Callable[[], Source], folder: Folder = INBOX) -> None:
        self._source = source
        self._folder = folder
        self.checkpoint: Checkpoint | None = None
        self.kept: list[Fetched] = []
        self.seen: list[tuple[str, bool]] = []
        self.open: list[str] = []

    def poll(self, *, stop_after: int = 1_000_000, since: datetime = SINCE) -> list[Fetched]:
        """What one poll fetched; it is killed behind the given number of batches."""
        before = len(self.kept)
        with self._source() as source:
            batches = source.batches(self._folder, self.checkpoint, since, self._known, lambda _: list(self.open))
            for number, batch in enumerate(batches, 1):
                self._keep(batch)
                if number == stop_after:
                    break
        return self.kept[before:]

    def _keep(self, batch: Batch) -> None:
        self.kept += batch.fetched
        self.open += [fetched.location.key for fetched in batch.fetched if not fetched.seen]
        self.seen += [(location.key, seen) for location, seen in batch.seen]
        self.open = [key for key in self.open if (key, True) not in self.seen]
        self.checkpoint = batch.checkpoint
        assert not batch.unreadable

    def _known(self, uidvalidity: int, keys: Sequence[str]) -> frozenset[str]:
        places = {(fetched.location.uidvalidity, fetched.location.key) for fetched in self.kept}
        return frozenset(key for key in keys if (uidvalidity, key) in places)


@pytest.fixture(params=["imap", "imap without extensions", "maildir"])
def mailbox(request: pytest.FixtureRequest) -> MailboxOnDisk:
    """An empty mailbox on disk; `source_of` says how it is read."""
    name = "masked_server" if request.param == "imap without extensions" else "server"
    disk: MailboxOnDisk = request.getfixturevalue(name).new_mailbox()
    for folder in ("", ".Sent"):
        disk.make_folder(folder)
    return disk


@pytest.fixture
def source_of(request: pytest.FixtureRequest, mailbox: MailboxOnDisk) -> Callable[[], Source]:
    """What opens the mailbox."""
    if request.node.callspec.params["mailbox"] == "maildir":
        return lambda: MaildirSource(MaildirMailbox("practice", mailbox.path))
    return mailbox.source


def deliver(mailbox: MailboxOnDisk, count: int, *, last_at: datetime = NOW, apart: timedelta) -> list[Path]:
    return [mailbox.deliver(data, at) for at, data in letters(count, last_at=last_at, apart=apart)]


def test_the_inbox_comes_first_and_sent_last(source_of: Callable[[], Source]) -> None:
    with source_of() as source:
        folders = source.folders()
    assert folders[0] == INBOX
    assert folders[-1] == Folder("Sent", FolderRole.SENT)


def test_an_empty_folder_gives_a_checkpoint_and_then_nothing(source_of: Callable[[], Source]) -> None:
    reader = Reader(source_of)
    assert reader.poll() == []
    assert reader.checkpoint is not None
    with source_of() as source:
        assert list(source.batches(INBOX, reader.checkpoint, SINCE, lambda _v, _k: frozenset(), lambda _: [])) == []


def test_a_first_look_takes_what_arrived_in_the_window_oldest_first(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    deliver(mailbox, 6, apart=timedelta(hours=1))
    fetched = Reader(source_of).poll(since=NOW - timedelta(hours=3))
    assert [item.received_at for item in fetched] == [NOW - timedelta(hours=hours) for hours in (3, 2, 1, 0)]


def test_a_message_has_a_place_of_its_own_in_a_named_mailbox(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    deliver(mailbox, 3, apart=timedelta(hours=1))
    places = [item.location for item in Reader(source_of).poll()]
    assert len(set(places)) == 3
    assert {(place.mailbox, place.folder) for place in places} == {("practice", "INBOX")}


def test_the_second_look_finds_nothing_new(mailbox: MailboxOnDisk, source_of: Callable[[], Source]) -> None:
    deliver(mailbox, 5, apart=timedelta(hours=1))
    reader = Reader(source_of)
    assert len(reader.poll()) == 5
    assert reader.poll() == []


def test_what_arrived_since_is_found_even_when_no_poll_ran_for_longer_than_the_window(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    deliver(mailbox, 2, apart=timedelta(hours=1))
    reader = Reader(source_of)
    reader.poll()
    (at, data), *_ = letters(1, last_at=NOW + timedelta(days=1), apart=timedelta(0))
    mailbox.deliver(data + b"one more line\r\n", at)
    assert [item.received_at for item in reader.poll(since=NOW + timedelta(days=60))] == [at]


def test_a_poll_that_was_killed_between_batches_is_gone_on_with_and_repeats_nothing(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    deliver(mailbox, 230, apart=timedelta(hours=4))
    killed, whole = Reader(source_of), Reader(source_of)
    first = killed.poll(stop_after=1)
    assert 0 < len(first) <= 100
    killed.poll(stop_after=1)
    killed.poll()
    whole.poll()
    assert killed.kept == whole.kept
    assert killed.checkpoint == whole.checkpoint
    assert len(whole.kept) == 181


def test_a_message_that_was_read_meanwhile_is_said_to_be_seen(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    files = deliver(mailbox, 3, apart=timedelta(hours=1))
    reader = Reader(source_of)
    assert [item.seen for item in reader.poll()] == [False, False, False]
    files[1].rename(files[1].with_name(files[1].name + "S"))
    assert reader.poll() == []
    assert reader.seen == [(reader.kept[1].location.key, True)]
    reader.poll()
    assert reader.seen == [(reader.kept[1].location.key, True)]


def test_a_message_that_was_read_before_the_first_look_is_seen(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    mailbox.deliver(b"From: a@client.example\n\nHello\n", NOW, flags="S")
    assert [item.seen for item in Reader(source_of).poll()] == [True]


def test_reading_changes_neither_names_nor_flags_nor_content(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    deliver(mailbox, 4, apart=timedelta(hours=1))
    before = mailbox.files()
    reader = Reader(source_of)
    (first, *_) = reader.poll()
    with source_of() as source:
        source.fetch(first.location)
    assert mailbox.files() == before


def test_a_message_can_be_fetched_again(mailbox: MailboxOnDisk, source_of: Callable[[], Source]) -> None:
    deliver(mailbox, 3, apart=timedelta(hours=1))
    fetched = Reader(source_of).poll()
    with source_of() as source:
        assert [source.fetch(item.location) for item in fetched] == [item.raw for item in fetched]


def test_a_message_can_be_fetched_again_with_all_that_a_batch_told_of_it(
    mailbox: MailboxOnDisk, source_of: Callable[[], Source]
) -> None:
    files = deliver(mailbox, 3, apart=timedelta(hours=1))
    fetched = Reader(source_of).poll()
    files[1].rename(files[1].with_name(files[1].name + "S"))
    files[2].unlink()
    with source_of() as source:
        again = [source.fetch_whole(item.location) for item in fetched]
    assert again == [fetched[0], replace(fetched[1], seen=True), None]


def test_a_message_of_a_folder_that_is_not_there_cannot_be_fetched_again(source_of: Callable[[], Source]) -> None:
    with source_of() as source, pytest.raises(ConfigError):
        source.fetch_whole(Location("practice", "Klienten", 0, "1"))


def test_a_message_that_was_deleted_is_none(mailbox: MailboxOnDisk, source_of: Callable[[], Source]) -> None:
    files = deliver(mailbox, 2, apart=timedelta(hours=1))
    fetched = Reader(source_of).poll()
    files[0].unlink()
    with source_of() as source:
        assert source.fetch(fetched[0].location) is None
        assert source.fetch(fetched[1].location) == fetched[1].raw


def test_a_folder_that_is_not_there_is_told_with_those_that_are(source_of: Callable[[], Source]) -> None:
    missing = Folder("Klienten", FolderRole.OTHER)
    with source_of() as source, pytest.raises(ConfigError, match="Klienten") as caught:
        list(source.batches(missing, None, SINCE, lambda _v, _k: frozenset(), lambda _: []))
    assert '"Sent"' in caught.value.hint


def test_both_kinds_of_source_read_the_same_message(mailbox: MailboxOnDisk, source_of: Callable[[], Source]) -> None:
    deliver(mailbox, 20, apart=timedelta(hours=1))
    with MaildirSource(MaildirMailbox("practice", mailbox.path)) as source:
        batches = source.batches(INBOX, None, SINCE, lambda _v, _k: frozenset(), lambda _: [])
        expected = [(item.received_at, read(item.raw)) for batch in batches for item in batch.fetched]
    assert [(item.received_at, read(item.raw)) for item in Reader(source_of).poll()] == expected
