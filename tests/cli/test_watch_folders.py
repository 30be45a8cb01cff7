"""`mailtriage watch` hears several folders of a mailbox, each by a connection of its own."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from dovecot import prepared_dovecot, running
from scripted_imap import Fault, scripted_imap
from watched import CALL, CRISIS, NEVER_BY_ITSELF, WatchedPractice, imap_table, letter, over_imap, until

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from scripted_imap import ScriptedImap

FOLDERS = 'folders = ["INBOX", "Work"]\n'
CAN_IDLE = Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE\r\nTAG OK done\r\n")


def receive(disk: MailboxOnDisk, number: int, folder: str) -> None:
    disk.deliver(letter(number, CRISIS), datetime.now(UTC), folder=folder)  # noqa: TID251 - the command reads it, too


def two_folders(disk: MailboxOnDisk, folder: Path, **settings: int) -> WatchedPractice:
    disk.make_folder()
    disk.make_folder(".Work")
    practice = over_imap(disk, folder, every_seconds=NEVER_BY_ITSELF, **settings)
    practice.mailboxes += FOLDERS
    return practice


@pytest.mark.imap
def test_mail_in_a_second_folder_and_of_a_client_in_junk_is_told_because_it_is_announced(
    disk: MailboxOnDisk, tmp_path: Path
) -> None:
    practice = two_folders(disk, tmp_path)
    assert practice.run("client", "add", "A.B.", "--no-input", "--address", "anna@client.example")[0] == 0
    with practice.watch() as watch:
        for folder in ("Work", "Junk"):
            watch.until_said(f"practice, {folder}: heard, too")
        until(lambda: disk.commands().count("LOGOUT") == 1)
        for told, folder in enumerate((".Work", ".Junk", ""), 1):
            receive(disk, told, folder)
            watch.until_told(CALL * told)
        assert watch.end() == 0
    assert len(practice.ledger()) == 3
    assert not [line for line in disk.commands() if line.startswith(("SELECT", "STORE", "UID STORE"))]


@pytest.mark.imap
def test_no_more_folders_are_heard_than_connections_are_allowed(disk: MailboxOnDisk, tmp_path: Path) -> None:
    with two_folders(disk, tmp_path, idle_connections=2, renew_seconds=5).watch() as watch:
        watch.until_said("practice, Work: heard, too")
        until(lambda: disk.commands().count("IDLE") >= 4)
        assert watch.end() == 0
    assert not [line for line in watch.said if "Junk" in line]


@pytest.mark.imap
def test_after_a_restart_of_the_server_all_folders_are_heard_again(tmp_path: Path) -> None:
    with prepared_dovecot() as server:
        disk = server.new_mailbox()
        with two_folders(disk, tmp_path).watch() as watch:
            with running(server):
                watch.until_said("practice, Work: heard, too")
            watch.until_said("practice: localhost:")
            receive(disk, 1, ".Work")
            with running(server):
                watch.until_said("practice, Work: heard, too", 2)
                watch.until_told(CALL)
                receive(disk, 2, ".Work")
                watch.until_told(CALL * 2)
                assert watch.end() == 0


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_certificates(folder, (-1, 30), "localhost")
    return folder


def scripted(server: ScriptedImap, folder: Path, **settings: int) -> WatchedPractice:
    table = imap_table(server.mailbox(), folder, "hunter2") + FOLDERS + 'sent_folder = "Sent"\n'
    return WatchedPractice(folder, table, {"every_seconds": NEVER_BY_ITSELF, **settings})


needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")


@needs_openssl
def test_a_second_folder_that_cannot_be_opened_does_not_keep_the_first_from_being_heard(
    keys: Path, tmp_path: Path
) -> None:
    fault = Fault('EXAMINE "Work', b"TAG NO [NONEXISTENT] gone\r\n")
    with (
        scripted_imap(keys, CAN_IDLE, fault) as server,
        scripted(server, tmp_path, renew_seconds=5).watch() as watch,
    ):
        watch.until_said('practice, Work: localhost does not open the folder "Work"')
        until(lambda: server.said.count("DONE") >= 2)
        assert watch.end() == 0
    assert sum(line == "practice: listening" for line in watch.said) == 1


@needs_openssl
def test_a_poll_that_finds_no_connection_free_has_those_of_further_folders_given_up(keys: Path, tmp_path: Path) -> None:
    with (
        scripted_imap(keys, CAN_IDLE) as server,
        scripted(server, tmp_path, every_seconds=5).watch() as watch,
    ):
        watch.until_said("practice, Work: heard, too")
        until(lambda: server.said.count("LOGOUT") >= 1)
        server.faults.append(Fault("LOGIN", b"TAG NO [ALERT] Too many simultaneous connections.\r\n", 1))
        watch.until_said("practice: a poll failed; only INBOX is heard for 300 s")
        connections = server.connections
        watch.until_said("practice: polling", 3)
        assert watch.end() == 0
    assert server.connections == connections, "the server is left alone, and no further folder is connected to"
    assert sum("heard, too" in line for line in watch.said) == 1
