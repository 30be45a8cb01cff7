"""What a poll costs in bytes from the server, in commands and in memory; and that it does not grow with the mailbox."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from letters import letters
from mailtriage.ledger import Checkpoint, FolderRole
from mailtriage.poll import Folder

if TYPE_CHECKING:
    from dovecot import Dovecot, MailboxOnDisk

pytestmark = [pytest.mark.imap, pytest.mark.bench]

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
INBOX = Folder("INBOX", FolderRole.INBOX)
PHOTO = b"Content-Type: image/jpeg; name=photo.jpg\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 40_000
WITH_PHOTO = (
    b"From: a@client.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
    b"--b\nContent-Type: text/plain\n\nSee the photo.\n--b\n" + PHOTO + b"\n--b--\n"
)


def fill(disk: MailboxOnDisk, count: int) -> int:
    """The bytes of a mailbox of letters, every other one of them with a photo."""
    mails = [WITH_PHOTO if number % 2 else data for number, (_, data) in enumerate(_letters(count))]
    for number, data in enumerate(mails):
        disk.deliver(data, NOW + timedelta(seconds=number))
    return sum(map(len, mails))


def _letters(count: int) -> list[tuple[datetime, bytes]]:
    return list(letters(count, last_at=NOW, apart=timedelta(minutes=1)))


def look(disk: MailboxOnDisk, checkpoint: Checkpoint | None = None) -> tuple[int, Checkpoint | None]:
    """How many messages one look gives, and where it ends."""
    count = 0
    with disk.source(timeout_seconds=60) as source:
        assert source.folders()
        batches = source.batches(INBOX, checkpoint, NOW, lambda _v, _k: frozenset(), lambda _: [])
        for batch in batches:
            checkpoint = batch.checkpoint
            count += len(batch.fetched)
    return count, checkpoint


def test_a_first_look_at_2000_messages_takes_three_hundredths_of_their_bytes_and_little_memory(
    disk: MailboxOnDisk, capsys: pytest.CaptureFixture[str]
) -> None:
    total = fill(disk, 2000)
    tracemalloc.start()
    count, _ = look(disk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    share = len(disk.answers()) / total
    with capsys.disabled():
        print(f"\nfirst look: {share:.1%} of {total:,} bytes, {len(disk.commands())} commands, {peak:,} bytes at once")  # noqa: T201 - a bench tells its figures
    assert count == 2000
    assert share <= 0.03
    assert len(disk.commands()) <= 100
    assert peak <= 8_000_000


def test_where_nothing_is_new_the_size_of_the_mailbox_does_not_matter(server: Dovecot) -> None:
    said = []
    for count in (20, 2000):
        disk = server.new_mailbox()
        fill(disk, count)
        _, checkpoint = look(disk)
        disk.clear_log()
        assert look(disk, checkpoint) == (0, checkpoint)
        said.append(len(disk.answers()))
    assert said[1] <= said[0] * 1.1
