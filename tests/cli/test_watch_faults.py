"""`mailtriage watch` against a server that misbehaves: it goes on, with pauses, and ends when it is told to."""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from scripted_imap import DRIP, HANG_UP, SILENCE, Fault, scripted_imap
from watched import CALL, CRISIS, NEVER_BY_ITSELF, WatchedPractice, imap_table, over_imap, receive, until

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import MailboxOnDisk
    from scripted_imap import ScriptedImap

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

CAN_IDLE = Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE\r\nTAG OK done\r\n")
PASSWORD = "hunter2"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_certificates(folder, (-1, 30), "localhost")
    return folder


def practice(server: ScriptedImap, folder: Path, timeout_seconds: int = 5, **settings: int) -> WatchedPractice:
    table = imap_table(server.mailbox(timeout_seconds), folder, PASSWORD) + 'sent_folder = "Sent"\n'
    return WatchedPractice(folder, table, {"every_seconds": NEVER_BY_ITSELF, **settings})


DROPS = {
    "drops": (Fault("IDLE", b"+ idling\r\n" + HANG_UP, 2), "closed the connection"),
    "says goodbye": (Fault("IDLE", b"+ idling\r\n* BYE see you\r\n" + HANG_UP, 2), "closed the connection"),
    "says goodbye and goes silent": (
        Fault("IDLE", b"+ idling\r\n* BYE see you\r\n" + SILENCE, 2),
        "closed the connection",
    ),
}


@pytest.mark.parametrize(("fault", "problem"), DROPS.values(), ids=DROPS.keys())
def test_a_server_that_ends_a_wait_is_connected_to_again_with_growing_pauses(
    keys: Path, tmp_path: Path, fault: Fault, problem: str
) -> None:
    with (
        scripted_imap(keys, CAN_IDLE, fault) as server,
        practice(server, tmp_path, timeout_seconds=1).watch() as watch,
    ):
        watch.until_said("listening", fault.times + 1)
        assert watch.end() == 0
    dropped = [line for line in watch.said if problem in line]
    assert [line.rpartition("connecting again in ")[2] for line in dropped] == ["2 s", "4 s"]
    assert watch.told == ""


def test_a_server_that_goes_silent_is_found_out_and_left(keys: Path, tmp_path: Path) -> None:
    with (
        scripted_imap(keys, CAN_IDLE, Fault("DONE", SILENCE, 1)) as server,
        practice(server, tmp_path, timeout_seconds=1, renew_seconds=5).watch() as watch,
    ):
        watch.until_said("gave no answer within 1 seconds while waiting for new mail; connecting again in 2 s")
        watch.until_said("listening", 2)
        watch.until_said("polling", 2)
        assert watch.end() == 0


def test_a_server_that_drips_is_left_however_long_it_does(keys: Path, tmp_path: Path) -> None:
    with (
        scripted_imap(keys, CAN_IDLE, Fault("DONE", DRIP, 1)) as server,
        practice(server, tmp_path, timeout_seconds=1, renew_seconds=5).watch() as watch,
    ):
        watch.until_said("not finished after 2 seconds")
        watch.until_said("listening", 2)
        assert watch.end() == 0


def test_a_server_that_refuses_to_announce_is_polled(keys: Path, tmp_path: Path) -> None:
    with (
        scripted_imap(keys, CAN_IDLE, Fault("IDLE", b"TAG NO not now\r\n")) as server,
        practice(server, tmp_path, every_seconds=5).watch() as watch,
    ):
        watch.until_said("refuses to announce new mail")
        watch.until_said("polling", 2)
        assert watch.end() == 0


def test_a_refused_login_is_said_at_once_and_not_tried_again_soon(keys: Path, tmp_path: Path) -> None:
    refusal = Fault("LOGIN", f"TAG NO [AUTHENTICATIONFAILED] {PASSWORD} is wrong\r\n".encode())
    with (
        scripted_imap(keys, CAN_IDLE, refusal) as server,
        practice(server, tmp_path, every_seconds=5, renew_seconds=5).watch() as watch,
    ):
        watch.until_said("mail of “practice” is not checked since")
        watch.until_said("connecting again in 300 s")
        # Longer than an ordinary interval: nothing may come in it.
        with pytest.raises(AssertionError):
            until(lambda: len(_logins(server)) > 2, within_seconds=7)
        assert watch.end() == 0
    assert len(_logins(server)) == 2, "one connection that waits, one poll that tells"
    assert PASSWORD not in "\n".join([watch.told, *watch.said])
    assert any("refused the login of therapist" in line for line in watch.said)


def test_a_server_that_names_a_time_to_wait_is_left_alone_so_long(keys: Path, tmp_path: Path) -> None:
    throttled = Fault("LOGIN", b"TAG NO Request is throttled. Suggested Backoff Time: 10000 milliseconds\r\n", 1)
    with (
        scripted_imap(keys, CAN_IDLE, throttled) as server,
        practice(server, tmp_path, every_seconds=5, renew_seconds=5).watch() as watch,
    ):
        watch.until_said("connecting again in 10 s")
        with pytest.raises(AssertionError):
            until(lambda: len(_logins(server)) > 1, within_seconds=7)
        watch.until_said("listening")
        watch.until_said("polling")
        assert watch.end() == 0
    assert watch.told == ""


def _logins(server: ScriptedImap) -> list[str]:
    return [command for command in server.said if command.startswith("LOGIN")]


@pytest.mark.imap
def test_a_mailbox_whose_server_is_silent_does_not_keep_another_ones_mail_waiting(
    keys: Path, disk: MailboxOnDisk, tmp_path: Path
) -> None:
    (tmp_path / "silent").mkdir()
    both = over_imap(disk, tmp_path, every_seconds=NEVER_BY_ITSELF)
    with scripted_imap(keys, Fault("greeting", SILENCE)) as server:
        silent = imap_table(server.mailbox(timeout_seconds=1), tmp_path / "silent", PASSWORD)
        both.mailboxes = silent.replace('"practice"', '"silent"') + both.mailboxes
        with both.watch() as watch:
            watch.until_said("practice: listening")
            receive(disk, 1, CRISIS)
            watch.until_told(CALL)
            assert watch.end() == 0
    assert any("silent: " in line and "connecting again in" in line for line in watch.said)


HANGING = {
    "while it connects": Fault("greeting", SILENCE),
    "while it logs in": Fault("LOGIN", SILENCE),
    "while it begins to wait": Fault("IDLE", SILENCE),
    "while it renews": Fault("DONE", SILENCE),
    "while a poll reads": Fault("UID FETCH", SILENCE),
}


@pytest.mark.parametrize("fault", HANGING.values(), ids=HANGING.keys())
def test_a_signal_ends_it_at_once_though_the_server_is_silent(keys: Path, tmp_path: Path, fault: Fault) -> None:
    with (
        scripted_imap(keys, CAN_IDLE, fault) as server,
        practice(server, tmp_path, timeout_seconds=600, renew_seconds=5).watch() as watch,
    ):
        until(lambda: server.connections > 0)
        if fault.command != "greeting":
            until(lambda: any(said.startswith(fault.command) for said in server.said))
        assert watch.end(signal.SIGTERM) == 0
