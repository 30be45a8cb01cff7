"""Connecting and logging in to a real server: verified always, and every refusal says what to do."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from dovecot import dovecot, token
from mailtriage.adapters.imap import ImapSource
from mailtriage.config.secret import Secret
from mailtriage.errors import (
    ConfigError,
    MailtriageError,
    PermissionProblemError,
    TemporaryError,
    UnavailableError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import Dovecot, MailboxOnDisk
    from mailtriage.config import ImapMailbox

pytestmark = pytest.mark.imap


def log_in(mailbox: ImapMailbox, secret: Secret) -> tuple[str, ...]:
    """The names of the folders that are polled: proof of a login that worked."""
    with ImapSource(mailbox, secret) as source:
        return tuple(folder.name for folder in source.folders())


def refusal(mailbox: ImapMailbox, secret: Secret) -> MailtriageError:
    with pytest.raises(MailtriageError) as caught, ImapSource(mailbox, secret):
        pass
    assert caught.value.message
    assert caught.value.hint
    return caught.value


def test_over_tls_and_over_starttls_the_same_folders_are_found(disk: MailboxOnDisk) -> None:
    over_tls = log_in(disk.settings(), disk.secret)
    over_starttls = log_in(disk.settings(security="starttls", port=disk.server.port), disk.secret)
    assert over_tls == over_starttls == ("INBOX", "Junk", "Sent")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_password_with_letters_of_any_script_logs_in(server: Dovecot, security: str) -> None:
    disk = server.new_mailbox("unicode")
    port = server.tls_port if security == "tls" else server.port
    assert log_in(disk.settings(security=security, port=port), disk.secret)


@pytest.mark.parametrize("kind", ["xoauth2", "oauthbearer"])
def test_a_good_token_logs_in(disk: MailboxOnDisk, kind: str) -> None:
    assert log_in(disk.settings(), Secret(kind, token(disk.username)))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["xoauth2", "oauthbearer"])
@pytest.mark.parametrize("fault", ["expired", "forged", "of somebody else", "no token"])
def test_a_bad_token_is_refused_without_being_repeated(disk: MailboxOnDisk, kind: str, fault: str) -> None:
    value = {
        "expired": token(disk.username, expires_in_seconds=-60),
        "forged": token(disk.username, key=b"another key"),
        "of somebody else": token("somebody@else.example"),
        "no token": "hunter2",
    }[fault]
    error = refusal(disk.settings(), Secret(kind, value))  # type: ignore[arg-type]
    assert isinstance(error, PermissionProblemError)
    assert "token_command" in error.hint
    assert value not in str(error)


@pytest.mark.parametrize("value", ["hunter2", "hunter2-ключ", 'hunter2"', ""])
def test_a_wrong_password_is_refused_without_being_repeated(disk: MailboxOnDisk, value: str) -> None:
    error = refusal(disk.settings(), Secret("password", value))
    assert isinstance(error, PermissionProblemError)
    assert "hunter2" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_server_that_nobody_vouches_for_is_not_logged_in_to(disk: MailboxOnDisk) -> None:
    for changes in ({}, {"security": "starttls", "port": disk.server.port}):
        error = refusal(disk.settings(ca_file=None, **changes), disk.secret)
        assert isinstance(error, ConfigError)
        assert "ca_file" in error.hint


def test_a_certificate_of_another_authority_is_refused(disk: MailboxOnDisk, tmp_path: Path) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    assert isinstance(refusal(disk.settings(ca_file=tmp_path / "ca.pem"), disk.secret), ConfigError)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_expired_certificate_is_refused(security: str) -> None:
    with dovecot(leaf_days=(-30, -1)) as server:
        port = server.tls_port if security == "tls" else server.port
        disk = server.new_mailbox()
        error = refusal(disk.settings(security=security, port=port), disk.secret)
    assert isinstance(error, UnavailableError)
    assert "expired" in error.message


def test_a_certificate_for_another_host_is_refused() -> None:
    with dovecot(name="mail.elsewhere.example") as server:
        disk = server.new_mailbox()
        error = refusal(disk.settings(), disk.secret)
    assert isinstance(error, ConfigError)
    assert "another name" in error.message


def test_a_certificate_that_is_not_valid_yet_points_at_the_clock() -> None:
    with dovecot(leaf_days=(2, 30)) as server:
        disk = server.new_mailbox()
        error = refusal(disk.settings(), disk.secret)
    assert isinstance(error, UnavailableError)
    assert "clock" in error.hint


def test_a_ca_file_that_is_none_is_told(disk: MailboxOnDisk, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("not a certificate")
    for path in (tmp_path / "missing.pem", tmp_path / "empty.pem"):
        error = refusal(disk.settings(ca_file=path), disk.secret)
        assert isinstance(error, ConfigError)
        assert str(path) in error.message


def test_tls_on_the_port_for_starttls_is_told(disk: MailboxOnDisk) -> None:
    error = refusal(disk.settings(port=disk.server.port), disk.secret)
    assert isinstance(error, ConfigError)
    assert "starttls" in error.hint


def test_an_unknown_host_is_told_and_may_be_the_network(disk: MailboxOnDisk) -> None:
    error = refusal(disk.settings(host="mail.nowhere.invalid"), disk.secret)
    assert isinstance(error, TemporaryError)
    assert "mail.nowhere.invalid" in error.message


def test_a_port_where_nobody_listens_is_told(disk: MailboxOnDisk) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        error = refusal(disk.settings(port=taken.getsockname()[1]), disk.secret)
    assert isinstance(error, TemporaryError)
    assert "refuses connections" in error.message


def test_the_end_of_the_certificate_can_be_told(disk: MailboxOnDisk) -> None:
    with disk.source() as source:
        description = source.describe()
        expires_at = source.certificate_expires_at()
    now = datetime.now(UTC)  # noqa: TID251 - the certificate counts from it
    assert expires_at == description.certificate_expires_at
    assert expires_at is not None
    assert timedelta(days=29) < expires_at - now < timedelta(days=31)
    assert description.tls_version in ("TLSv1.2", "TLSv1.3")
    assert "CONDSTORE" in description.capabilities
    assert set(description.folder_names) == {"INBOX", "Sent", "Drafts", "Junk", "Archive"}
    assert description.drafts_folder == "Drafts"


def test_a_folder_that_is_not_there_is_told_before_the_first_poll(disk: MailboxOnDisk) -> None:
    with disk.source(folders=("INBOX", "Old")) as source, pytest.raises(ConfigError, match='the folder "Old"') as told:
        source.describe()
    assert '"INBOX"' in told.value.hint


def test_imapclient_is_imported_only_to_connect() -> None:
    late = ("imapclient", "lxml", "rich", "dateutil")
    code = f"import sys, mailtriage.adapters.imap; print([name for name in {late} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"
