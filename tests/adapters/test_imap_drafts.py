"""A server that does not take a draft, or is not heard to: what is said, and that a second try does not double it."""

from __future__ import annotations

import shutil
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.adapters.imap.drafts import ImapDrafts
from mailtriage.config.secret import Secret
from mailtriage.drafts.compose import composed
from mailtriage.drafts.heading import Heading
from mailtriage.drafts.ports import RefusedError
from mailtriage.errors import MailtriageError, TemporaryError
from mailtriage.poll.folders import MissingFolderError
from scripted_imap import HANG_UP, Fault, scripted_imap

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import MailboxOnDisk

SECRET = Secret("password", "hunter2")
HEADING = Heading("t@practice.example", "jo@home.example", "Re: x", "", (), "id")
DRAFT = composed(HEADING, "I am sorry to hear that.", datetime(2026, 11, 23, tzinfo=UTC))
LIST = Fault(
    "LIST", b'* LIST () "/" INBOX\r\n* LIST () "/" Sent\r\n* LIST () "/" INBOX/Entw&APw-rfe\r\nTAG OK done\r\n'
)
NO_LIST = b'* LIST () "/" INBOX\r\n* LIST () "/" Sent\r\nTAG OK done\r\n'

scripted = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    make_certificates(folder, (-1, 30), "localhost")
    return folder


def failure(keys: Path, *faults: Fault) -> MailtriageError:
    """What a try against these faults fails with; it holds nothing of the draft or of the server's words."""
    with (
        scripted_imap(keys, *faults) as server,
        pytest.raises(MailtriageError) as found,
        ImapDrafts(server.mailbox(), SECRET) as store,
    ):
        store.put(DRAFT)
    told = "".join(traceback.format_exception(found.value))
    assert "sorry to hear" not in told
    assert "hunter2" not in told
    return found.value


@scripted
@pytest.mark.parametrize(
    ("code", "reason"),
    [("[OVERQUOTA] ", "the mailbox is full"), ("[NOPERM] ", "may not write"), ("", "the server refused it")],
)
def test_a_refusal_says_why_and_repeats_nothing(keys: Path, code: str, reason: str) -> None:
    answer = f"TAG NO {code}sorry to hear that: hunter2\r\n".encode()
    error = failure(keys, LIST, Fault("APPEND", answer))
    assert isinstance(error, RefusedError)
    assert error.message.endswith(f"did not take the draft: {reason}") or reason in error.message
    assert '"INBOX/Entwürfe"' in error.message


@scripted
def test_a_refusal_after_the_whole_draft_was_sent_is_one_too(keys: Path) -> None:
    late = b"+ go on\r\nTAG NO [OVERQUOTA] full\r\n"
    assert isinstance(failure(keys, LIST, Fault("APPEND", late)), RefusedError)


@scripted
@pytest.mark.parametrize("answer", [HANG_UP, b"+ go on\r\n" + HANG_UP, b"what?\r\n" + HANG_UP, b"* BYE\r\n" + HANG_UP])
def test_a_connection_that_breaks_is_no_refusal_for_the_draft_may_be_there(keys: Path, answer: bytes) -> None:
    assert isinstance(failure(keys, LIST, Fault("APPEND", answer)), TemporaryError)


@scripted
def test_a_folder_that_vanished_meanwhile_is_said_with_those_that_are_there(keys: Path) -> None:
    error = failure(keys, LIST, Fault("APPEND", b"TAG NO [TRYCREATE] no such mailbox\r\n"))
    assert isinstance(error, MissingFolderError)
    assert '"Sent"' in error.hint


@scripted
def test_without_any_folder_for_drafts_the_candidates_are_named(keys: Path) -> None:
    error = failure(keys, Fault("LIST", NO_LIST))
    assert isinstance(error, MissingFolderError)
    assert error.hint == 'Set drafts_folder in [[mailbox]] to one of: "INBOX", "Sent"'


@scripted
def test_the_mark_counts_and_not_the_name_and_the_name_goes_back_as_it_came(keys: Path) -> None:
    marked = b'* LIST () "/" INBOX\r\n* LIST () "/" Drafts\r\n* LIST (\\Drafts) "/" "Br&AOk-ves"\r\nTAG OK done\r\n'
    with (
        scripted_imap(keys, Fault("LIST", marked), Fault("APPEND", b"TAG NO no\r\n")) as server,
        ImapDrafts(server.mailbox(), SECRET) as store,
    ):
        assert store.folder() == "Bréves"
        with pytest.raises(RefusedError):
            store.put(DRAFT)
    (append,) = [command for command in server.said if command.startswith("APPEND")]
    assert append.startswith('APPEND "Br&AOk-ves" (\\Draft \\Seen) {')


@pytest.mark.imap
def test_what_goes_over_the_wire_is_one_search_and_one_append(disk: MailboxOnDisk) -> None:
    with ImapDrafts(disk.settings(), disk.secret) as store:
        store.put(DRAFT)
    disk.clear_log()
    with ImapDrafts(disk.settings(), disk.secret) as store:
        assert store.put(DRAFT).was_there
    commands = [line.split(" ")[0] for line in disk.commands()]
    assert "APPEND" not in commands
    assert commands.count("UID") == 1
    assert not {"SELECT", "STORE", "EXPUNGE", "CREATE"} & set(commands)
