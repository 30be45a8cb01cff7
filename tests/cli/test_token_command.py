"""A token command and a real server, by the installed command: a good token, an expired one, and none at all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dovecot import token
from mailtriage.adapters.imap import ImapSource
from mailtriage.config import Credentials, Fingerprint, ImapMailbox
from mailtriage.config.secret import Secret
from mailtriage.errors import EX_NOPERM, EX_TEMPFAIL
from scripted_imap import scripted_imap

if TYPE_CHECKING:
    from dovecot import MailboxOnDisk

PROGRAM = Path(sys.executable).with_name("mailtriage")
MANUAL = Path(__file__).parents[2] / "docs" / "oauth.md"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def poll(folder: Path, disk: MailboxOnDisk, mechanism: str, now: datetime = NOW) -> tuple[int, str, str]:
    """A poll of a mailbox whose token is what the file "token" prints when it is run."""
    (folder / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n[ledger]\npath = "ledger.db"\nencryption = "none"\n'
        f'[[mailbox]]\nname = "practice"\nhost = "localhost"\nport = {disk.server.tls_port}\n'
        f'ca_file = "{disk.server.ca_file}"\nusername = "{disk.username}"\n'
        f'token_command = ["sh", "{folder / "token"}"]\ntoken_mechanism = "{mechanism}"\n',
        "utf-8",
    )
    done = subprocess.run(
        [PROGRAM, "--config", folder / "config.toml", "poll"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": now.isoformat()},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.imap
@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_a_token_that_has_expired_is_told_at_once_and_a_fresh_one_brings_the_mail(
    disk: MailboxOnDisk, tmp_path: Path, mechanism: str
) -> None:
    disk.deliver(b"From: a@client.example\n\nI am going to kill myself tonight.\n", NOW - timedelta(hours=1))
    expired = token(disk.username, expires_in_seconds=-60)
    (tmp_path / "token").write_text(f"echo {expired}")
    status, out, err = poll(tmp_path, disk, mechanism)
    assert (status, out) == (EX_NOPERM, "")
    assert "it is wrong or has expired" in err
    assert "Run the token_command by hand" in err
    assert not [part for part in expired.split(".") if part in err]
    (tmp_path / "token").write_text(f"echo {token(disk.username)}")
    assert poll(tmp_path, disk, mechanism) == (0, "1 message needs a phone call\n", "")


@pytest.mark.imap
def test_a_command_that_has_no_token_just_now_is_told_after_a_while_without_its_words(
    disk: MailboxOnDisk, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("echo hunter2; echo open https://login.example/?secret=hunter2 >&2; exit 1")
    assert poll(tmp_path, disk, "xoauth2") == (EX_TEMPFAIL, "", "")
    status, out, err = poll(tmp_path, disk, "xoauth2", NOW + timedelta(hours=6))
    assert (status, out) == (EX_TEMPFAIL, "")
    assert "the token_command failed with exit status 1" in err
    assert "hunter2" not in err


def test_the_manuals_certificate_for_a_proxy_can_be_pinned_as_it_says(tmp_path: Path) -> None:
    commands = re.findall(r"^openssl .*$", MANUAL.read_text("utf-8"), re.MULTILINE)
    made, shown = [
        subprocess.run(line.split(), cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for line in commands
    ]
    assert made == ""
    pin = Fingerprint(shown.partition("=")[2].strip().replace(":", "").lower())
    (tmp_path / "proxy.pem").rename(tmp_path / "leaf.pem")
    (tmp_path / "proxy.key").rename(tmp_path / "leaf.key")
    with scripted_imap(tmp_path) as server:
        mailbox = ImapMailbox("practice", "localhost", "me", Credentials(), server.port, fingerprint_sha256=pin)
        with ImapSource(mailbox, Secret("password", "made up")) as source:
            assert source.folders()
