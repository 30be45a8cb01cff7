"""`mailtriage watch` as a service runs it: the installed command, on a real Dovecot."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dovecot import prepared_dovecot, running
from mailtriage.errors import EX_CONFIG, EX_TEMPFAIL
from mailtriage.poll.watching import SLEPT_SECONDS
from watched import CALL, CRISIS, NEVER_BY_ITSELF, WatchedPractice, letter, maildir_table, over_imap, receive, until

if TYPE_CHECKING:
    from dovecot import Dovecot, MailboxOnDisk
    from watched import Watch

pytestmark = pytest.mark.imap
COUNT = 600


def until_polled(disk: MailboxOnDisk, times: int = 1) -> None:
    """Wait until so many polls have said goodbye to the server; a connection that listens does not."""
    until(lambda: disk.commands().count("LOGOUT") >= times, "it never polled")


def until_it_listens(watch: Watch, disk: MailboxOnDisk) -> None:
    watch.until_said("listening")
    until_polled(disk)


def test_new_mail_is_told_because_the_server_announces_it(disk: MailboxOnDisk, tmp_path: Path) -> None:
    receive(disk, 1)
    practice = over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF)
    with practice.watch() as watch:
        until_it_listens(watch, disk)
        before = disk.files()
        receive(disk, 2, CRISIS)
        watch.until_told(CALL)
        until_polled(disk, 2)
        assert watch.end() == 0
    assert before.items() < disk.files().items(), "watching changed the mailbox"
    assert disk.commands().count("IDLE") == 3, "of the inbox, twice, and of Junk"
    assert disk.commands().count("LOGOUT") == 2
    assert len(practice.ledger()) == 2
    assert {*watch.said} == {"practice: listening", "practice: polling", "practice, Junk: heard, too"}


def test_without_verbose_it_is_silent_until_a_human_is_needed(disk: MailboxOnDisk, tmp_path: Path) -> None:
    with over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF).watch(verbose=False) as watch:
        until_polled(disk)
        receive(disk, 1)
        until_polled(disk, 2)
        assert (watch.told, watch.said) == ("", [])
        receive(disk, 2, CRISIS)
        watch.until_told(CALL)
        assert watch.end(signal.SIGINT) == 0
    assert (watch.told, watch.said) == (CALL, [])


def test_a_server_without_idle_is_polled(masked_server: Dovecot, tmp_path: Path) -> None:
    disk = masked_server.new_mailbox()
    with over_imap(disk, tmp_path, every_seconds=5).watch() as watch:
        watch.until_said("the server announces nothing; polled every 5 s")
        until_polled(disk, 2)
        receive(disk, 1, CRISIS)
        watch.until_told(CALL)
        assert watch.end() == 0
    assert "IDLE" not in disk.commands()


def test_a_maildir_is_polled(tmp_path: Path) -> None:
    practice = WatchedPractice(tmp_path, maildir_table(tmp_path), {"every_seconds": 5})
    with practice.watch() as watch:
        watch.until_said("polling")
        (tmp_path / "Maildir/new/1.P1.test").write_bytes(letter(1, CRISIS))
        watch.until_told(CALL)
        assert watch.end() == 0


def test_a_server_that_restarts_is_connected_to_again_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    with prepared_dovecot() as server:
        disk = server.new_mailbox()
        practice = over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF)
        with practice.watch() as watch:
            with running(server):
                watch.until_said("listening")
                receive(disk, 1, CRISIS)
                watch.until_told(CALL)
            watch.until_said("refuses connections; connecting again in ")
            receive(disk, 2, CRISIS)
            with running(server):
                watch.until_said("listening", 2)
                watch.until_told(CALL * 2)
                receive(disk, 3, CRISIS)
                watch.until_told(CALL * 3)
                assert watch.end() == 0
    assert [kept.message_id for kept in practice.ledger()] == [f"m{n}@client.example" for n in (1, 2, 3)]


def test_a_connection_is_renewed_while_nothing_comes(disk: MailboxOnDisk, tmp_path: Path) -> None:
    with over_imap(disk, tmp_path, renew_seconds=5).watch() as watch:
        until(lambda: disk.commands().count("IDLE") >= 3)
        assert watch.end() == 0
    assert disk.commands().count("LOGOUT") == 1
    assert watch.said == ["practice: listening", "practice, Junk: heard, too", "practice: polling"]


def test_a_sleep_of_the_computer_starts_it_anew(disk: MailboxOnDisk, tmp_path: Path) -> None:
    with over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF, renew_seconds=5).watch() as watch:
        until_it_listens(watch, disk)
        until(lambda: "LOGOUT" in disk.commands())  # of the first poll, which a sleep would only lengthen
        heard = disk.commands().count("IDLE")
        until(lambda: disk.commands().count("IDLE") >= heard + 4)
        watch.process.send_signal(signal.SIGSTOP)
        time.sleep(5 + SLEPT_SECONDS + 1)  # it waits for five seconds at a time
        watch.process.send_signal(signal.SIGCONT)
        watch.until_said("this computer slept; starting anew")
        watch.until_said("listening", 2)
        receive(disk, 1, CRISIS)
        watch.until_told(CALL)
        assert watch.end() == 0


@pytest.mark.parametrize("read_first", [1, 150, 450])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_in_the_middle_of_a_poll_ends_it_and_the_ledger_is_sound(
    disk: MailboxOnDisk, tmp_path: Path, read_first: int, number: int
) -> None:
    for n in range(COUNT):
        receive(disk, n)
    practice = over_imap(disk, tmp_path)

    def asked() -> int:
        fetches = [line for line in disk.commands() if line.startswith("UID FETCH") and "INTERNALDATE" in line]
        return sum(len(line.split()[2].split(",")) for line in fetches)

    with practice.watch() as watch:
        until(lambda: asked() >= read_first)
        assert watch.end(number) == 0
    assert disk.commands().count("LOGOUT") == 0, "the poll had ended"
    with (tmp_path / "ledger.db.lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    assert practice.run("poll") == (0, "", "")
    assert sorted(kept.message_id for kept in practice.ledger()) == sorted(f"m{n}@client.example" for n in range(COUNT))


def test_a_watch_that_waits_holds_neither_the_ledger_nor_its_lock(disk: MailboxOnDisk, tmp_path: Path) -> None:
    practice = over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF)
    with practice.watch() as watch:
        until_it_listens(watch, disk)
        until(lambda: not _children(watch.process.pid))
        if sys.platform == "linux":
            open_files = {file.readlink() for file in Path(f"/proc/{watch.process.pid}/fd").iterdir()}
            assert {file.name for file in open_files if file.is_relative_to(tmp_path)} == {
                "out",
                "err",
                "ledger.db.watch.lock",
            }
        status, out, err = practice.run("poll", "--verbose")
        assert (status, err) == (0, "")
        assert "Another poll" not in out
        assert watch.end() == 0


def _children(pid: int) -> list[str]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_it_waits_its_turn_while_another_poll_runs_and_one_from_cron_leaves_quietly(
    disk: MailboxOnDisk, tmp_path: Path
) -> None:
    practice = over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF)
    with practice.watch() as watch:
        until_it_listens(watch, disk)
        until(lambda: not _children(watch.process.pid))
        with (tmp_path / "ledger.db.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            receive(disk, 1, CRISIS)
            watch.until_said("polling", 2)
            assert practice.run("poll") == (0, "", "")
            assert (watch.told, disk.commands().count("LOGOUT")) == ("", 1)
        watch.until_told(CALL)
        assert watch.end() == 0


def test_polls_from_cron_beside_it_tell_every_call_once(disk: MailboxOnDisk, tmp_path: Path) -> None:
    practice = over_imap(disk, tmp_path, every_seconds=5)
    told = ""
    with practice.watch() as watch:
        for number in range(6):
            receive(disk, number, CRISIS)
            status, out, err = practice.run("poll")
            assert (status, err) == (0, "")
            told += out
        until(lambda: _calls(told + watch.told) >= 6)
        assert watch.end() == 0
    assert _calls(told + watch.told) == 6
    assert len(practice.ledger()) == 6


def _calls(told: str) -> int:
    return sum(int(line.split()[0]) for line in told.splitlines())


def test_polls_that_die_before_they_can_tell_anybody_are_told_once(tmp_path: Path) -> None:
    practice = WatchedPractice(tmp_path, maildir_table(tmp_path), {"every_seconds": 5})
    told = tmp_path / "told"
    practice.more = f"""[alert]\ncommand = ["sh", "-c", 'cat >> "{told}"']\n"""
    with (tmp_path / "ledger.db.lock").open("w") as lock, practice.watch() as watch:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for times in (1, 2, 3):
            assert not told.exists() or times > 2
            watch.until_said("polling", times)
            until(lambda: bool(_children(watch.process.pid)))
            os.kill(int(_children(watch.process.pid)[0]), signal.SIGKILL)
        watch.until_said("polling", 4)
        assert watch.end() == 0
    assert told.read_text() == "mail is not being checked; type: mailtriage check\n"
    assert sum("polls of “local” die" in line for line in watch.said) == 1


def test_a_second_watch_is_refused(disk: MailboxOnDisk, tmp_path: Path) -> None:
    practice = over_imap(disk, tmp_path)
    with practice.watch() as watch:
        watch.until_said("listening")
        status, out, err = practice.run("watch")
        assert (status, out) == (EX_TEMPFAIL, "")
        assert "another watch is running" in err
        assert watch.end() == 0


def test_a_mailbox_that_is_added_to_the_configuration_is_watched_without_a_restart(
    server: Dovecot, tmp_path: Path
) -> None:
    first, second = server.new_mailbox(), server.new_mailbox()
    practice = over_imap(first, tmp_path, every_seconds=5)
    with practice.watch() as watch:
        until_it_listens(watch, first)
        practice.mailboxes += over_imap(second, tmp_path).mailboxes.replace('"practice"', '"other"')
        practice.write_config()
        watch.until_said("other: listening")
        receive(second, 1, CRISIS)
        watch.until_told(CALL)
        assert watch.end() == 0


def test_a_wrong_configuration_is_refused_at_the_start(tmp_path: Path) -> None:
    status, out, err = WatchedPractice(tmp_path, "", {"renew_seconds": 1741}).run("watch")
    assert (status, out) == (EX_CONFIG, "")
    assert "[watch] renew_seconds: 1741 must be a whole number from 5 to 1680" in err


def test_a_service_without_an_alert_command_is_warned_of_once(disk: MailboxOnDisk, tmp_path: Path) -> None:
    practice = over_imap(disk, tmp_path)
    practice.more = ""
    with practice.watch() as watch:
        until_it_listens(watch, disk)
        assert watch.end() == 0
    assert watch.said[0] == "mailtriage: no [alert] command is set: calls to make are only printed here"
