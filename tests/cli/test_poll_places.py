"""Mail that lies in several places, moves between them or goes: told once, and found where it lies. A real Dovecot."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from watched import CALL, CRISIS, letter, over_imap

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from watched import WatchedPractice

pytestmark = pytest.mark.imap
SILENT = (0, "", "")
TOLD = (0, CALL, "")
FROM_ANNA = b"From: anna@client.example\r\nTo: therapist@practice.example"
TO_ANNA = b"From: therapist@practice.example\r\nTo: anna@client.example"


@pytest.fixture
def practice(disk: MailboxOnDisk, tmp_path: Path) -> WatchedPractice:
    for folder in ("", ".Work", ".All Mail", ".Archive"):
        disk.make_folder(folder)
    found = over_imap(disk, tmp_path)
    found.mailboxes += 'folders = ["INBOX", "Work", "All Mail"]\n'
    return found


def receive(disk: MailboxOnDisk, data: bytes, *folders: str) -> None:
    for folder in folders:
        disk.deliver(data, datetime.now(UTC), folder=folder)  # noqa: TID251 - the command reads it, too


def move(disk: MailboxOnDisk, before: str, after: str) -> None:
    for file in (disk.path / before / "cur").iterdir():
        file.rename(disk.path / after / "cur" / file.name)


def test_a_letter_that_is_moved_is_told_once_and_shown_from_where_it_lies(
    practice: WatchedPractice, disk: MailboxOnDisk
) -> None:
    receive(disk, letter(1, CRISIS), "")
    assert practice.run("poll") == TOLD
    move(disk, "", ".Work")
    assert practice.run("poll") == SILENT
    assert "going to kill myself" in practice.run("show", "1")[1]
    move(disk, ".Work", ".Archive")
    assert practice.run("poll") == SILENT
    status, out, _ = practice.run("show", "1")
    assert (status, "no longer where it was read" in out) == (1, True)
    assert len(practice.ledger()) == 1


def test_a_letter_with_several_labels_and_twice_in_one_folder_is_one(
    practice: WatchedPractice, disk: MailboxOnDisk
) -> None:
    receive(disk, letter(1, CRISIS), "", "", ".Work", ".All Mail")
    assert practice.run("poll") == TOLD
    receive(disk, letter(1, CRISIS), "")
    assert practice.run("poll") == SILENT
    assert len(practice.ledger()) == 1


def test_a_mailbox_that_shrinks_to_nothing_and_fills_again_loses_and_repeats_nothing(
    practice: WatchedPractice, disk: MailboxOnDisk
) -> None:
    for number in range(20):
        receive(disk, letter(number), "")
    assert practice.run("poll") == SILENT
    for kept in (5, 0):
        for file in sorted((disk.path / "cur").iterdir())[kept:]:
            file.unlink()
        assert practice.run("poll") == SILENT
    receive(disk, letter(99, CRISIS), "")
    assert practice.run("poll") == TOLD
    assert len(practice.ledger()) == 21


def test_an_answer_that_another_device_sent_is_known_as_one_and_its_copies_are_no_letters(
    practice: WatchedPractice, disk: MailboxOnDisk
) -> None:
    receive(disk, letter(1), "")
    assert practice.run("poll") == SILENT
    answer = (
        letter(2, CRISIS)
        .replace(FROM_ANNA, TO_ANNA)
        .replace(b"10:00:00", b"11:00:00")
        .replace(b"\r\n\r\n", b"\r\nIn-Reply-To: <m1@client.example>\r\n\r\n", 1)
    )
    receive(disk, answer, ".Sent", ".Sent", ".All Mail")
    for _ in range(2):
        assert practice.run("poll") == SILENT
    (kept,) = practice.ledger()
    assert (kept.answered_at is not None, kept.answer_is_guess) == (True, False)
