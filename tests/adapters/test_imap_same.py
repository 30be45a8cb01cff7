"""A mail is the same message over IMAP as from its file, although IMAP hands over only its texts."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from hostile import MAILS
from mailtriage.ledger import FolderRole
from mailtriage.mail.message import read
from mailtriage.mail.mime import split
from mailtriage.poll import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from mailtriage.mail.raw import RawMessage
    from mailtriage.model import Message

pytestmark = pytest.mark.imap

NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
INBOX = Folder("INBOX", FolderRole.INBOX)
HEAD = (
    b"From: Anna <anna@client.example>\nTo: t@practice.example\nDate: Fri, 20 Nov 2026 10:00:00 +0000\nSubject: Hello\n"
)


def over_imap(disk: MailboxOnDisk, mails: list[bytes]) -> list[RawMessage]:
    """The mails as an IMAP source hands them over, in their order."""
    for number, data in enumerate(mails):
        disk.deliver(data, NOW + timedelta(seconds=number))
    with disk.source(timeout_seconds=60) as source:
        batches = source.batches(INBOX, None, NOW - timedelta(days=1), lambda _v, _k: frozenset(), lambda _: [])
        kept = list(batches)
    assert not [unreadable for batch in kept for unreadable in batch.unreadable]
    return [fetched.raw for batch in kept for fetched in batch.fetched]


def comparable(message: Message) -> Message:
    """Without what differs by design: what only the bytes tell is wrong, and how exactly an attachment is counted."""
    attachments = tuple(replace(attachment, size_bytes=None) for attachment in message.attachments)
    return replace(message, defects=(), attachments=attachments)


def demo_mails() -> Iterator[bytes]:
    for folder in ("INBOX", "Sent"):
        for entry in sorted((files("mailtriage") / "demo" / "mail" / folder).iterdir(), key=lambda entry: entry.name):
            yield entry.read_bytes()


MULTIPART = b'MIME-Version: 1.0\nContent-Type: multipart/%b; boundary="b"\n\n%b\n--b--\n'


@pytest.mark.parametrize("data", [b"", b"\n"], ids=["no bytes", "a line break"])
def test_a_mail_of_nothing_is_said_to_be_empty(disk: MailboxOnDisk, data: bytes) -> None:
    (raw,) = over_imap(disk, [data])
    assert read(raw).not_scanned == read(split(data)).not_scanned == ("empty",)


def part(headers: bytes, body: bytes) -> bytes:
    return b"\n--b\n" + headers + b"\n\n" + body


VARIED = {
    "plain": b"\nHello\n",
    "no body": b"\n",
    "no separator": b"",
    "a body hidden in a damaged header": b" \nI cannot go on.\n",
    "8-bit without a charset": "\nGrüße\n".encode("latin-1"),
    "8-bit in latin-1": b"MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe\n",
    "html with its charset in a meta tag": b"MIME-Version: 1.0\nContent-Type: text/html\n\n"
    b'<html><head><meta charset="iso-8859-2"></head><body>\xbbeton</body></html>\n',
    "a type without a subtype": b"MIME-Version: 1.0\nContent-Type: text\n\nHello\n",
    "flowed": b"MIME-Version: 1.0\nContent-Type: text/plain; format=flowed; delsp=yes\n\nOne \nline\n",
    "alternative": MULTIPART
    % (b"alternative", part(b"Content-Type: text/plain", b"Hello") + part(b"Content-Type: text/html", b"<p>Hello")),
    "attachment with an encoded name": MULTIPART
    % (
        b"mixed",
        part(b"Content-Type: text/plain", b"See it.")
        + part(
            b"Content-Type: application/pdf; name*=utf-8''B%C3%A4r.pdf\n"
            b"Content-Disposition: attachment; filename*0*=utf-8''B%C3%A4; filename*1=r.pdf\n"
            b"Content-Transfer-Encoding: base64",
            b"JVBERi0=",
        )
        + part(b'Content-Type: image/png; name="=?utf-8?q?caf=C3=A9=2Epng?="', b"x"),
    ),
    "a text attachment with a name is not its body": MULTIPART
    % (
        b"mixed",
        part(b"Content-Type: text/plain", b"See it.")
        + part(b'Content-Type: text/plain\nContent-Disposition: attachment; filename="notes.txt"', b"I want to die."),
    ),
    "an attached message": MULTIPART
    % (
        b"mixed",
        part(b"Content-Type: text/plain", b"See it.")
        + part(b"Content-Type: message/rfc822", HEAD + b"\nAn older mail.\n")
        + part(b"Content-Type: message/rfc822", HEAD + b"Content-Type: text/html\n\n<p>An older mail."),
    ),
    "a message whose whole body is a message": b"MIME-Version: 1.0\nContent-Type: message/rfc822\n\n"
    + HEAD
    + MULTIPART % (b"mixed", part(b"Content-Type: text/plain", b"One") + part(b"Content-Type: text/html", b"<p>Two")),
    "a bounce": MULTIPART
    % (
        b"report",
        part(b"Content-Type: text/plain", b"It could not be delivered.")
        + part(b"Content-Type: message/delivery-status", b"Reporting-MTA: dns; x\n\nAction: failed")
        + part(b"Content-Type: text/rfc822-headers", HEAD),
    ),
    "an invitation": MULTIPART
    % (b"mixed", part(b"Content-Type: text/calendar; method=REQUEST", b"BEGIN:VCALENDAR\nEND:VCALENDAR")),
    "multiparts within multiparts": MULTIPART
    % (
        b"mixed",
        part(
            b'Content-Type: multipart/alternative; boundary="c"',
            b"\n--c\nContent-Type: text/plain\n\nHello\n--c\nContent-Type: text/html\n\n<p>Hello\n--c--\n",
        )
        + part(b"Content-Type: text/plain\nContent-Disposition: inline", b"After it."),
    ),
    "a long text": b"\n" + b"Some words. " * 80 + (b"\n" + b"A line of many words. " * 40) * 150,
    "a text beyond the limit": b"\n" + b"Some words. " * 80 + (b"\n" + b"A line of many words. " * 40) * 1500,
    "folded headers": b"References: <a@b>\n\t<c@d>\n <e@f>\n\nHello\n",
    "8-bit headers": "X-Mailer: Gerät\nReply-To: Änne <ae@client.example>\n\nHello\n".encode(),
    "numbers as names": MULTIPART
    % (b"mixed", part(b"Content-Type: text/plain", b"1") + part(b'Content-Type: image/png; name="123"', b"2")),
}


@pytest.mark.parametrize("kind", VARIED)
def test_a_mail_is_the_same_message(disk: MailboxOnDisk, kind: str) -> None:
    data = HEAD + VARIED[kind]
    (raw,) = over_imap(disk, [data])
    assert comparable(read(raw)) == comparable(read(split(data)))


def test_the_mails_of_the_demo_are_the_same_messages(disk: MailboxOnDisk) -> None:
    mails = list(demo_mails())
    assert len(mails) > 40
    for raw, data in zip(over_imap(disk, mails), mails, strict=True):
        assert comparable(read(raw)) == comparable(read(split(data)))


def test_what_is_cut_is_said_not_to_be_scanned(disk: MailboxOnDisk) -> None:
    (raw,) = over_imap(disk, [HEAD + VARIED["a text beyond the limit"]])
    assert raw.parts[0].cut
    assert read(raw).not_scanned


def test_an_attached_message_that_is_encoded_is_said_not_to_be_scanned(disk: MailboxOnDisk) -> None:
    attached = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64"
    body = part(b"Content-Type: text/plain", b"See it.") + part(attached, b"RnJvbTogYUBiCgpIaQo=")
    (raw,) = over_imap(disk, [HEAD + MULTIPART % (b"mixed", body)])
    assert read(raw).not_scanned


def test_no_mail_that_was_made_to_break_a_reader_is_dropped_or_blocks_the_others(disk: MailboxOnDisk) -> None:
    mails = [bomb(3_000) for bomb in MAILS.values()]
    read_over_imap = [read(raw) for raw in over_imap(disk, mails)]
    assert len(read_over_imap) == len(mails)
    named = zip(MAILS, read_over_imap, strict=True)
    blank = [name for name, message in named if not (message.passages or message.not_scanned)]
    assert blank == ["spaces before a line end"]  # which has no word


@pytest.mark.corpus
def test_no_hostile_mail_is_dropped_or_blocks_the_others(disk: MailboxOnDisk, corpora: Path) -> None:
    with tarfile.open(corpora / "malformed.tar.xz") as archive:
        members = [archive.extractfile(member) for member in archive if member.name.endswith(".eml")]
        mails = [member.read() for member in members if member]
    assert len(mails) == 733
    read_over_imap = [read(raw) for raw in over_imap(disk, mails)]
    assert len(read_over_imap) == 733
    # Whatever the server makes of it: a mail with words never comes out as one without any and nothing to look at.
    for message, data in zip(read_over_imap, mails, strict=True):
        says_something = message.passages or message.not_scanned or message.attachments
        assert says_something or not read(split(data)).passages
