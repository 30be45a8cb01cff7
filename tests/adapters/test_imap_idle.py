"""A connection that waits for mail, against a server that misbehaves while it does."""

from __future__ import annotations

import select
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.adapters.deadline import deadline
from mailtriage.adapters.imap.idle import IdleConnection
from mailtriage.config.secret import Secret
from mailtriage.errors import ConfigError, DeadlineError, PermissionProblemError, TemporaryError, ThrottledError
from scripted_imap import DRIP, HANG_UP, SILENCE, Fault, scripted_imap

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scripted_imap import ScriptedImap

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

CAN_IDLE = Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE\r\nTAG OK done\r\n")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_certificates(folder, (-1, 30), "localhost")
    return folder


@contextmanager
def waiting(keys: Path, *faults: Fault, timeout_seconds: int = 5) -> Iterator[tuple[IdleConnection, ScriptedImap]]:
    """A connection, not open yet, to a server that has IDLE and these faults."""
    with scripted_imap(keys, CAN_IDLE, *faults) as server:
        connection = IdleConnection(server.mailbox(timeout_seconds), lambda: Secret("password", "hunter2"))
        try:
            yield connection, server
        finally:
            connection.close()


def readable(connection: IdleConnection) -> bool:
    assert connection.socket
    return bool(select.select([connection.socket], [], [], 5)[0])


def renew_twice(connection: IdleConnection) -> None:
    connection.renew()
    connection.renew()


def test_a_quiet_mailbox_is_renewed_and_nothing_is_asked_but_that(keys: Path) -> None:
    with waiting(keys) as (connection, server):
        assert connection.open()
        assert not connection.has_unread_answer()
        assert not connection.renew()
        assert not connection.renew()
        assert server.said[-6:] == ['EXAMINE "INBOX"', "IDLE", "DONE", "IDLE", "DONE", "IDLE"]


def test_a_server_without_idle_is_left(keys: Path) -> None:
    with scripted_imap(keys) as server:
        connection = IdleConnection(server.mailbox(), lambda: Secret("password", "hunter2"))
        assert not connection.open()
        assert connection.socket is None
    assert "IDLE" not in server.said


def test_an_announcement_that_comes_with_the_go_ahead_is_heard(keys: Path) -> None:
    with waiting(keys, Fault("IDLE", b"+ idling\r\n* 4 EXISTS\r\n", 1)) as (connection, _):
        assert connection.open()
        assert connection.has_unread_answer() or readable(connection)
        assert connection.renew()
        assert not connection.renew()


def test_an_announcement_before_the_go_ahead_is_no_refusal(keys: Path) -> None:
    early = Fault("IDLE", b"* 4 EXISTS\r\n* 1 RECENT\r\n+ idling\r\n", 1)
    with waiting(keys, early) as (connection, _):
        assert connection.open()
        assert connection.renew()
        assert not connection.renew()


def test_an_announcement_at_the_end_of_a_wait_or_at_the_start_of_the_next_is_heard(keys: Path) -> None:
    late = Fault("DONE", b"* 4 EXISTS\r\nTAG OK done\r\n", 1)
    with waiting(keys, late) as (connection, _):
        assert connection.open()
        assert connection.renew()
    with waiting(keys, Fault("DONE", b"TAG OK done\r\n* 4 EXISTS\r\n", 1)) as (connection, _):
        assert connection.open()
        assert connection.renew()


def test_what_is_no_new_mail_is_not_taken_for_it(keys: Path) -> None:
    chatter = Fault("IDLE", b"+ idling\r\n* OK Still here\r\n* 2 EXPUNGE\r\n* 1 FETCH (FLAGS (\\Seen))\r\n", 3)
    with waiting(keys, chatter) as (connection, _):
        assert connection.open()
        assert not connection.renew()
        assert not connection.renew()


def test_what_the_server_says_does_not_pile_up(keys: Path) -> None:
    chatter = Fault("IDLE", b"+ idling\r\n" + b"* OK Still here\r\n* 1 FETCH (FLAGS ())\r\n" * 500)
    with waiting(keys, chatter) as (connection, _):
        assert connection.open()
        for _ in range(5):
            connection.renew()
        kept = connection._client._imap.untagged_responses  # noqa: SLF001 - what is measured
        assert sum(map(len, kept.values())) <= 1_000


LOST = {
    "hangs up": Fault("IDLE", b"+ idling\r\n" + HANG_UP),
    "says goodbye and hangs up": Fault("IDLE", b"+ idling\r\n* BYE idle for too long\r\n" + HANG_UP),
    "says goodbye and stays": Fault("IDLE", b"+ idling\r\n* BYE idle for too long\r\n" + SILENCE),
    "goes silent": Fault("DONE", SILENCE),
    "hangs up when asked": Fault("DONE", HANG_UP),
    "ends with a refusal": Fault("DONE", b"TAG BAD no\r\n"),
    "answers another question": Fault("DONE", b"ZZ9 OK done\r\n"),
    "talks no IMAP": Fault("DONE", b"what a nice day\r\n"),
    "refuses the next wait": Fault("DONE", b"TAG OK done\r\n" + HANG_UP),
}


@pytest.mark.parametrize("fault", LOST.values(), ids=LOST.keys())
def test_a_lost_connection_is_noticed_and_closed_and_can_be_opened_again(keys: Path, fault: Fault) -> None:
    once = Fault(fault.command, fault.say, 1)
    with waiting(keys, once, timeout_seconds=1) as (connection, _):
        assert connection.open()
        with pytest.raises(TemporaryError) as caught:
            renew_twice(connection)
        assert "nice day" not in str(caught.value)
        assert connection.socket is None
        assert connection.open()
        assert not connection.renew()


@pytest.mark.parametrize("then", [HANG_UP, SILENCE])
def test_a_goodbye_that_names_a_time_to_wait_is_heard(keys: Path, then: bytes) -> None:
    goodbye = b"* BYE Request is throttled. Suggested Backoff Time: 59961 milliseconds\r\n"
    with waiting(keys, Fault("IDLE", b"+ idling\r\n" + goodbye + then, 1)) as (connection, _):
        assert connection.open()
        assert connection.has_unread_answer() or readable(connection)
        with pytest.raises(ThrottledError) as caught:
            connection.renew()
        assert caught.value.wait_seconds == 60
        assert connection.socket is None


def test_a_server_that_drips_is_left_at_the_deadline(keys: Path) -> None:
    with waiting(keys, Fault("DONE", DRIP)) as (connection, _):
        assert connection.open()
        with pytest.raises(DeadlineError), deadline(1):
            connection.renew()
        assert connection.socket is None


@pytest.mark.parametrize("refusal", [b"TAG NO not now\r\n", b"TAG BAD what?\r\n"])
def test_a_refused_wait_is_no_connection(keys: Path, refusal: bytes) -> None:
    with waiting(keys, Fault("IDLE", refusal)) as (connection, _):
        with pytest.raises(TemporaryError, match="refuses to announce new mail"):
            connection.open()
        assert connection.socket is None


def test_a_folder_that_is_not_there_is_named(keys: Path) -> None:
    with (
        waiting(keys, Fault("EXAMINE", b"TAG NO [NONEXISTENT] no\r\n")) as (connection, _),
        pytest.raises(ConfigError, match='does not open the folder "INBOX"'),
    ):
        connection.open()


def test_a_server_that_is_throttled_at_the_folder_is_left_alone_so_long(keys: Path) -> None:
    throttled = Fault("EXAMINE", b"TAG NO Request is throttled. Suggested Backoff Time: 90000 milliseconds\r\n")
    with waiting(keys, throttled) as (connection, _), pytest.raises(ThrottledError) as caught:
        connection.open()
    assert caught.value.wait_seconds == 90


def test_a_refused_login_does_not_tell_the_password(keys: Path) -> None:
    refusal = Fault("LOGIN", b"TAG NO [AUTHENTICATIONFAILED] hunter2 is wrong\r\n")
    with waiting(keys, refusal) as (connection, _):
        with pytest.raises(PermissionProblemError) as caught:
            connection.open()
        assert "hunter2" not in str(caught.value)
        assert connection.socket is None
