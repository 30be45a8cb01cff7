"""Mail that is made to fill the memory, or to block a mailbox, with texts or parts without end."""

from __future__ import annotations

import doctest
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.imap import limits
from mailtriage.adapters.imap.answers import fetch_answers
from mailtriage.adapters.imap.fetch import PORTION_LIMIT_BYTES
from mailtriage.adapters.imap.limits import LINE_LIMIT_BYTES, shortened
from mailtriage.adapters.imap.structure import readable_structure
from mailtriage.ledger import Checkpoint, FolderRole
from mailtriage.poll import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dovecot import MailboxOnDisk
    from mailtriage.poll import Batch

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
INBOX = Folder("INBOX", FolderRole.INBOX)
HEAD = b"From: a@client.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
LONG = HEAD + (b"--b\r\nContent-Type: text/plain\r\n\r\n" + b"All is well.\r\n" * 65_000) * 3 + b"--b--\r\n"
SHORT = b"From: a@client.example\r\n\r\nShort.\r\n"


def look(disk: MailboxOnDisk, checkpoint: Checkpoint | None = None) -> Iterator[Batch]:
    with disk.source(timeout_seconds=60) as source:
        yield from source.batches(INBOX, checkpoint, NOW - timedelta(days=1), lambda _v, _k: frozenset(), lambda _: [])


@pytest.mark.imap
def test_long_letters_are_held_a_few_at_a_time_and_a_kill_repeats_none_that_were_kept(disk: MailboxOnDisk) -> None:
    for number in range(9):
        disk.deliver(SHORT if number in (0, 4) else LONG, NOW + timedelta(seconds=number))
    batches = list(look(disk))
    held = [sum(len(part.content or b"") for one in batch.fetched for part in one.raw.parts) for batch in batches]
    assert max(held) <= PORTION_LIMIT_BYTES
    assert [int(one.location.key) for batch in batches for one in batch.fetched] == list(range(1, 10))
    assert len(batches) == 4
    after = [one.location.key for batch in look(disk, batches[1].checkpoint) for one in batch.fetched]
    assert after == [one.location.key for batch in batches[2:] for one in batch.fetched]
    assert list(look(disk, batches[-1].checkpoint)) == []


@pytest.mark.imap
def test_mails_whose_parts_fill_more_than_a_line_are_set_aside_without_blocking_the_others(
    disk: MailboxOnDisk,
) -> None:
    part = b"--b\r\nContent-Type: text/plain; name=" + b"a" * 150 + b"\r\n\r\nx\r\n"
    for number in range(30):
        disk.deliver(HEAD + part * 6_000 + b"--b--\r\n", NOW + timedelta(seconds=number))
    disk.deliver(SHORT, NOW + timedelta(minutes=1))
    (batch,) = look(disk)
    assert [one.location.key for one in batch.fetched] == ["31"]
    assert [int(one.location.key) for one in batch.unreadable] == list(range(1, 31))
    assert sum(line.startswith("UID FETCH") for line in disk.commands()) == 32, "one for all, one for each, one text"
    assert sum(line.startswith("EXAMINE") for line in disk.commands()) == 1


def test_structures_are_not_held_as_lists() -> None:
    leaf = b'("text" "plain" NIL NIL NIL "7bit" 3 1 NIL NIL NIL NIL)'
    data = [
        b'%d (UID %d BODYSTRUCTURE (%b "mixed" NIL NIL NIL NIL))' % (uid, uid, leaf * 5_000) for uid in range(1, 21)
    ]
    assert 2 * _peak(data, {b"BODYSTRUCTURE": readable_structure}) < _peak(data, {})


def _peak(data: list[bytes], reduced: dict[bytes, object]) -> int:
    tracemalloc.start()
    assert len(fetch_answers(data, reduced)) == len(data)  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def test_only_what_names_its_message_first_is_shortened() -> None:
    assert doctest.testmod(limits).failed == 0
    filling = b"x" * LINE_LIMIT_BYTES
    assert shortened(b"* 3 FETCH (FLAGS (\\Seen $A) UID 7 X " + filling + b")\r\n") == (
        b"* 3 FETCH (FLAGS (\\Seen $A) UID 7)\r\n"
    )
    for line in (b"* SEARCH 1 2 ", b"* OK ", b"A1 OK ", b'* 3 FETCH (BODYSTRUCTURE ("text" "UID 7 '):
        assert shortened(line + filling + b"\r\n") == b""
