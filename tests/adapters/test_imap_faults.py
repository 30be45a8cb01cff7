"""What a source makes of a server that misbehaves; tests/test_server_faults.py has the table of faults, for a poll."""

from __future__ import annotations

import shutil
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.adapters.deadline import deadline
from mailtriage.adapters.imap import ImapSource
from mailtriage.config.secret import Secret
from mailtriage.errors import MailtriageError, PermissionProblemError, TemporaryError, UnavailableError
from mailtriage.ledger import FolderRole
from mailtriage.poll import Folder
from scripted_imap import DRIP, SILENCE, UIDS, Fault, head, scripted_imap

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.poll import Batch
    from scripted_imap import ScriptedImap

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

SECRET = Secret("password", "hunter2")
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
INBOX = Folder("INBOX", FolderRole.INBOX)
FIRST = r"UID FETCH \S+ \(FLAGS INTERNALDATE"
OK = b"TAG OK done\r\n"


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_certificates(folder, (-1, 30), "localhost")
    return folder


def look(server: ScriptedImap, timeout_seconds: int = 5) -> list[Batch]:
    with ImapSource(server.mailbox(timeout_seconds), SECRET) as source:
        assert [folder.name for folder in source.folders()] == ["INBOX", "Sent"]
        return list(source.batches(INBOX, None, SINCE, lambda _v, _k: frozenset(), lambda _: []))


def fetched(batches: list[Batch]) -> list[int]:
    return [int(item.location.key) for batch in batches for item in batch.fetched]


def test_the_server_that_commits_no_fault_is_read(keys: Path) -> None:
    with scripted_imap(keys) as server:
        batches = look(server)
    assert fetched(batches) == [*UIDS]
    assert [item.raw.parts[0].content for item in batches[0].fetched] == [
        b"Hello 1\r\n",
        b"Hello 2\r\n",
        b"Hello 3\r\n",
    ]


def test_messages_that_are_told_of_unasked_are_not_taken_for_answers(keys: Path) -> None:
    unasked = b"* 2 FETCH (FLAGS (\\Seen))\r\n* 4 EXISTS\r\n* 9 FETCH (UID 99 FLAGS ())\r\n"
    with scripted_imap(keys, Fault(FIRST, head(1) + unasked + head(2) + head(3) + OK)) as server:
        assert fetched(look(server)) == [*UIDS]


def test_a_server_that_drips_is_left_at_the_deadline(keys: Path) -> None:
    with (
        scripted_imap(keys, Fault("LIST", b"* LIST () " + DRIP)) as server,
        pytest.raises(TemporaryError, match="was not finished"),
        deadline(1),
    ):
        look(server)


def test_a_farewell_that_is_not_answered_spoils_nothing(keys: Path) -> None:
    with scripted_imap(keys, Fault("LOGOUT", SILENCE)) as server:
        assert fetched(look(server, timeout_seconds=1)) == [*UIDS]


def test_a_password_that_the_server_repeats_does_not_show(keys: Path) -> None:
    with (
        scripted_imap(keys, Fault("LOGIN", b"TAG NO LOGIN therapist hunter2 failed\r\n")) as server,
        pytest.raises(PermissionProblemError) as caught,
    ):
        look(server)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "hunter2" not in shown


def refused_before_login(server: ScriptedImap) -> MailtriageError:
    with pytest.raises(MailtriageError) as caught:
        look(server)
    assert not [command for command in server.said if command.startswith(("LOGIN", "AUTHENTICATE"))]
    return caught.value


def test_without_starttls_no_password_is_sent(keys: Path) -> None:
    with scripted_imap(keys, security="starttls") as server:
        error = refused_before_login(server)
    assert isinstance(error, UnavailableError)
    assert "STARTTLS" in error.message


def test_a_greeting_that_skips_the_login_cannot_skip_tls(keys: Path) -> None:
    greeting = Fault("greeting", b"* PREAUTH [CAPABILITY IMAP4rev1 STARTTLS] welcome\r\n")
    with scripted_imap(keys, greeting, security="starttls") as server:
        assert isinstance(refused_before_login(server), UnavailableError)


def test_text_that_is_slipped_in_before_tls_is_refused(keys: Path) -> None:
    offer = Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n" + OK)
    slipped = Fault("STARTTLS", b"TAG OK go ahead\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n")
    with scripted_imap(keys, offer, slipped, security="starttls") as server:
        error = refused_before_login(server)
    assert isinstance(error, UnavailableError)
    assert "before TLS" in error.message


def test_a_server_that_takes_no_password_is_told(keys: Path) -> None:
    disabled = Fault("CAPABILITY", b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n" + OK)
    with scripted_imap(keys, disabled) as server:
        error = refused_before_login(server)
    assert isinstance(error, UnavailableError)
    assert "token_command" in error.hint
