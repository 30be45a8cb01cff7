"""`mailtriage poll` as `watch` types it: one mailbox alone, and in its turn."""

from __future__ import annotations

import fcntl
import subprocess
from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import EX_CONFIG, EX_USAGE
from watched import CALL, CRISIS, WatchedPractice, letter, maildir_table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def practice(tmp_path: Path) -> WatchedPractice:
    """A Maildir with a call to make."""
    table = maildir_table(tmp_path)
    (tmp_path / "Maildir/new/1.P1.test").write_bytes(letter(1, CRISIS))
    return WatchedPractice(tmp_path, table)


def test_one_mailbox_can_be_polled_alone(practice: WatchedPractice) -> None:
    practice.mailboxes += '[[mailbox]]\nname = "other"\ntype = "maildir"\npath = "missing"\nsent_folder = "Sent"\n'
    assert practice.run("poll", "--mailbox", "local") == (0, CALL, "")
    assert practice.run("poll", "--mailbox", "other")[0] == EX_CONFIG
    status, _, err = practice.run("poll", "--mailbox", "third")
    assert status == EX_USAGE
    assert 'there is no mailbox "third" in the configuration' in err
    assert "local, other" in err


def test_a_poll_that_is_to_wait_has_its_turn_when_the_other_ends(practice: WatchedPractice) -> None:
    argv = practice.argv("poll", "--wait")
    with (practice.folder / "ledger.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=practice.env) as waiting:
            assert practice.run("poll") == (0, "", "")
            assert waiting.poll() is None
            fcntl.flock(held, fcntl.LOCK_UN)
            assert waiting.communicate()[0] == CALL
    assert waiting.returncode == 0
