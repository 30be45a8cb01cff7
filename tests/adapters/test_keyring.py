"""The password out of a keyring: a real one of the keyring library, in this process or in that of the command."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringLocked

from keyring_of_tests import Keyring
from mailtriage.adapters.secrets import read_secret
from mailtriage.config import Credentials
from mailtriage.config.secret import Secret
from mailtriage.errors import ConfigError, DeadlineError, MailtriageError, TemporaryError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyring.backend import KeyringBackend

    from dovecot import MailboxOnDisk

ASKED = Credentials(keyring_service="mailtriage")


@pytest.fixture(autouse=True)
def _keyring_as_before() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)
    Keyring.failure = None
    Keyring.passwords.clear()


def failure(backend: KeyringBackend) -> MailtriageError:
    keyring.set_keyring(backend)
    with pytest.raises(MailtriageError) as caught:
        read_secret(ASKED, "me@practice.example")
    assert caught.value.hint
    assert "hunter2" not in str(caught.value)
    return caught.value


def test_the_password_is_that_of_the_service_and_the_username() -> None:
    keyring.set_keyring(Keyring())
    keyring.set_password("mailtriage", "me@practice.example", " hunter2 ключ")
    keyring.set_password("mailtriage", "other", "another")
    assert read_secret(ASKED, "me@practice.example") == Secret("password", " hunter2 ключ")


def test_a_keyring_without_the_password_is_told_with_the_command_that_puts_it_there() -> None:
    error = failure(null.Keyring())
    assert isinstance(error, ConfigError)
    assert error.hint == "Put it there: keyring set mailtriage me@practice.example"
    Keyring.passwords["mailtriage", "me@practice.example"] = ""
    assert isinstance(failure(Keyring()), ConfigError)


def test_where_there_is_no_keyring_other_ways_are_told() -> None:
    error = failure(fail.Keyring())
    assert isinstance(error, ConfigError)
    assert "password_command" in error.hint


@pytest.mark.parametrize("reason", [KeyringLocked("hunter2"), InitError("hunter2"), RuntimeError("hunter2")])
def test_a_keyring_that_fails_may_answer_the_next_run_and_its_words_are_not_repeated(reason: Exception) -> None:
    Keyring.failure = reason
    error = failure(Keyring())
    assert isinstance(error, TemporaryError)
    assert type(reason).__name__ in error.message
    assert error.__suppress_context__


def test_the_end_of_the_run_is_not_taken_for_a_failing_keyring() -> None:
    Keyring.failure = DeadlineError("over", "Wait.")
    assert isinstance(failure(Keyring()), DeadlineError)


def run(folder: Path, disk: MailboxOnDisk, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Check a mailbox whose password is in the keyring, by a program that begins with `code`."""
    (folder / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n[ledger]\npath = "ledger.db"\nencryption = "none"\n'
        f'[[mailbox]]\nname = "practice"\nhost = "localhost"\nport = {disk.server.tls_port}\n'
        f'ca_file = "{disk.server.ca_file}"\nusername = "{disk.username}"\nkeyring_service = "mailtriage"\n',
        "utf-8",
    )
    program = f"import sys\n{code}\nfrom mailtriage.cli import main\nsys.exit(main(sys.argv[1:]))"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", folder / "config.toml", "poll"],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **environment},
    )


@pytest.mark.imap
def test_the_command_logs_in_with_the_password_out_of_the_keyring(disk: MailboxOnDisk, tmp_path: Path) -> None:
    done = run(
        tmp_path,
        disk,
        "",
        PYTHONPATH=str(Path(__file__).parents[1]),
        PYTHON_KEYRING_BACKEND="keyring_of_tests.Keyring",
        KEYRING_USERNAME=disk.username,
        KEYRING_PASSWORD=disk.password,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.imap
def test_a_library_that_is_not_installed_is_told_with_how_to_install_it(disk: MailboxOnDisk, tmp_path: Path) -> None:
    done = run(tmp_path, disk, "sys.modules['keyring'] = None")
    assert done.returncode == ConfigError.EXIT_STATUS
    assert "pip install 'mailtriage[keyring]'" in done.stderr
