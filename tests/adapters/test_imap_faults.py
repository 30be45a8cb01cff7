"""A server that misbehaves: each run ends with a sentence, nothing is lost or doubled, the next good run completes."""

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
from scripted_imap import DRIP, EXAMINED, HANG_UP, SILENCE, UIDS, Fault, head, scripted_imap, text

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


def unreadable(batches: list[Batch]) -> list[int]:
    return [int(item.location.key) for batch in batches for item in batch.unreadable]


def test_the_server_that_commits_no_fault_is_read(keys: Path) -> None:
    with scripted_imap(keys) as server:
        batches = look(server)
    assert fetched(batches) == [*UIDS]
    assert [item.raw.parts[0].content for item in batches[0].fetched] == [
        b"Hello 1\r\n",
        b"Hello 2\r\n",
        b"Hello 3\r\n",
    ]


ENDING = {
    "silent from the start": Fault("greeting", SILENCE),
    "hangs up at once": Fault("greeting", HANG_UP),
    "says bye for a greeting": Fault("greeting", b"* BYE too busy\r\n" + HANG_UP),
    "greets in another protocol": Fault("greeting", b"220 smtp.example ESMTP\r\n"),
    "silent on the login": Fault("LOGIN", SILENCE),
    "hangs up on the login": Fault("LOGIN", HANG_UP),
    "says bye on the login": Fault("LOGIN", b"* BYE overloaded\r\n" + HANG_UP),
    "cannot log in just now": Fault("LOGIN", b"TAG NO [UNAVAILABLE] later\r\n"),
    "silent on the list": Fault("LIST", SILENCE),
    "a list that is none": Fault("LIST", b'* LIST (((\r\n"\r\n' + OK),
    "hangs up on opening": Fault("EXAMINE", HANG_UP),
    "no UIDVALIDITY": Fault("EXAMINE", EXAMINED.replace(b"* OK [UIDVALIDITY 7] ok\r\n", b"") + OK),
    "a UIDVALIDITY of zero": Fault("EXAMINE", EXAMINED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 0") + OK),
    "a UIDVALIDITY of letters": Fault("EXAMINE", EXAMINED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY x") + OK),
    "a search without numbers": Fault("UID SEARCH", b"* SEARCH none of them\r\n" + OK),
    "a search of 200,000 numbers": Fault(
        "UID SEARCH", b"* SEARCH " + b" ".join(b"%d" % uid for uid in range(200_000)) + b"\r\n" + OK
    ),
    "a search that fails": Fault("UID SEARCH", b"TAG NO not now\r\n"),
    "silent on the fetch": Fault("UID FETCH", SILENCE),
    "stops within a message": Fault("UID FETCH", head(1)[:-20] + SILENCE),
    "hangs up on each fetch": Fault("UID FETCH", HANG_UP),
    "hangs up within each message": Fault("UID FETCH", head(1)[:-20] + HANG_UP),
    "an unasked-for literal of 5 GB": Fault("LIST", b'* LIST () "/" {5000000000}\r\nabc'),
    "an endless line": Fault("LIST", b"* LIST " + b"x" * 1_100_000 + b"\r\n" + OK),
}


@pytest.mark.parametrize("fault", ENDING)
def test_a_fault_of_the_server_ends_the_run_and_the_next_completes(keys: Path, fault: str) -> None:
    with scripted_imap(keys, ENDING[fault]) as server:
        with pytest.raises(TemporaryError) as caught:
            look(server, timeout_seconds=1)
        assert caught.value.message
        assert caught.value.hint
        server.faults.clear()
    with scripted_imap(keys) as server:
        assert fetched(look(server)) == [*UIDS]


def instead_of_2(say: bytes) -> Fault:
    """Whenever message 2 is among those asked for, say this of it."""
    return Fault(r"UID FETCH (?:\d+,)*2\b.*INTERNALDATE", say)


BREAKING = {
    "no flags": head(2).replace(b"FLAGS () ", b"") + OK,
    "no date": head(2).replace(b'INTERNALDATE "20-Nov-2026 10:00:02 +0000" ', b"") + OK,
    "a date that is none": head(2).replace(b"20-Nov-2026 10:00:02 +0000", b"tomorrow") + OK,
    "no structure": head(2).replace(b'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 9 1)', b"") + OK,
    "a structure of nothing": head(2).replace(b'("text" "plain" NIL NIL NIL "7bit" 9 1)', b"()") + OK,
    "a structure of numbers": head(2).replace(b'("text" "plain" NIL NIL NIL "7bit" 9 1)', b"(1 2 3)") + OK,
    "deep parentheses": head(2).replace(b'("text"', b"(" * 5000) + OK,
    "no size": head(2).replace(b"RFC822.SIZE", b"RFC822.SORT") + OK,
    "the header is NIL": b'* 2 FETCH (UID 2 FLAGS () INTERNALDATE "20-Nov-2026 10:00:02 +0000" RFC822.SIZE 9 '
    b'BODYSTRUCTURE ("text" "plain" NIL NIL NIL "7bit" 9 1) BODY[HEADER.FIELDS (FROM)]<0> NIL)\r\n' + OK,
    "garbage": b"* 2 FETCH )(\r\n" + OK,
    "a quote that never ends": b'* 2 FETCH (UID 2 FLAGS ("\r\n' + OK,
    "a refusal": b"TAG NO cannot\r\n",
    "a literal of 5 GB": b"* 2 FETCH (UID 2 BODY[HEADER.FIELDS (FROM)]<0> {5000000000}\r\nabc",
    "a line without end": b"* 2 FETCH (UID 2 BODYSTRUCTURE (" + b"x" * 1_100_000 + b"))\r\n" + OK,
    "hanging up": HANG_UP,
    "nothing at all": OK,
    "another message": head(3) + OK,
}


@pytest.mark.parametrize("fault", BREAKING)
def test_a_message_that_breaks_its_answer_is_set_aside_and_the_others_are_read(keys: Path, fault: str) -> None:
    with scripted_imap(keys, instead_of_2(BREAKING[fault])) as server:
        batches = look(server)
    assert fetched(batches) == [1, 3]
    assert unreadable(batches) == [2]
    assert batches[-1].checkpoint.uidnext == 4
    assert batches[-1].unreadable[0].problem


def test_a_text_that_is_nil_is_set_aside(keys: Path) -> None:
    nil = b"* 2 FETCH (UID 2 BODY[1]<0> NIL)\r\n"
    with scripted_imap(
        keys,
        Fault(r"UID FETCH 1,2,3 .*BODY.PEEK\[1\]", text(1) + nil + text(3) + OK),
        Fault(r"UID FETCH 2 .*BODY.PEEK\[1\]", nil + OK),
    ) as server:
        batches = look(server)
    assert fetched(batches) == [1, 3]
    assert unreadable(batches) == [2]


def test_an_answer_given_twice_is_one_message(keys: Path) -> None:
    with scripted_imap(keys, Fault(FIRST, head(1) + head(2) + head(2) + head(3) + head(1) + OK)) as server:
        assert fetched(look(server)) == [*UIDS]


def test_a_connection_that_breaks_once_is_made_anew(keys: Path) -> None:
    with scripted_imap(keys, Fault("UID FETCH", head(1) + HANG_UP, times=1)) as server:
        assert fetched(look(server)) == [*UIDS]
        assert server.connections == 2


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
