"""Where a password or token comes from: a command of the user's, a file that only she can read, or her keyring."""

from __future__ import annotations

import os
import shlex
import signal
import stat
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from mailtriage.config.secret import Secret
from mailtriage.errors import ConfigError, MailtriageError, PermissionProblemError, TemporaryError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mailtriage.config import Credentials

COMMAND_TIMEOUT_SECONDS = 20.0
LIMIT_BYTES = 64 * 1024


def read_secret(credentials: Credentials, username: str, *, timeout_seconds: float = COMMAND_TIMEOUT_SECONDS) -> Secret:
    """The password or the token, fresh from where the configuration says.

    Args:
        credentials: of one mailbox.
        username: for whom the keyring is asked.
        timeout_seconds: how long a command may take; an agent that waits for a PIN must not hang cron.

    Raises:
        ConfigError: if the command, the file or the keyring cannot be used.
        PermissionProblemError: if the file could be read by others.
        TemporaryError: if the command failed or took too long, or the keyring is locked.
    """
    if credentials.token_command:
        token = _from_command("token_command", credentials.token_command, timeout_seconds)
        return Secret(credentials.token_mechanism, token)
    if credentials.password_command:
        return Secret("password", _from_command("password_command", credentials.password_command, timeout_seconds))
    if credentials.password_file:
        return Secret("password", _from_file(credentials.password_file))
    if credentials.keyring_service:
        return Secret("password", _from_keyring(credentials.keyring_service, username))
    raise ConfigError(
        "no password_command, password_file, keyring_service or token_command is set",
        "Each [[mailbox]] of type imap needs one of them.",
    )


def _from_command(key: Literal["password_command", "token_command"], command: Sequence[str], timeout: float) -> str:
    hint = f"Run the {key} of the configuration by hand: its first line of output must be the secret."
    try:
        # A session of its own has no terminal to prompt on; what it says on stderr may hold the secret.
        process = subprocess.Popen(  # noqa: S603 - an argv list from the user's own configuration
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        # The program's name is no secret; its arguments might be.
        raise ConfigError(
            f'the {key} cannot be started: there is no program "{command[0]}"',
            f"Install it, or set {key} in [[mailbox]].",
        ) from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a usable command"
        raise ConfigError(f"the {key} cannot be started: {reason}", hint) from error
    with process:
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            raise TemporaryError(f"the {key} gave no answer within {timeout:g} seconds", hint) from None
        finally:
            _end(process)
    if process.returncode != 0:
        raise TemporaryError(f"the {key} failed with exit status {process.returncode}", hint)
    return _first_line(output, f"the {key} printed", hint)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command that still runs, with the children it started."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _from_file(path: Path) -> str:
    try:
        # O_NONBLOCK: a named pipe in the file's place must not hang the run.
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError as error:
        raise ConfigError(
            f"the password_file {path} cannot be read: {error.strerror}", "Make it with only the password in it."
        ) from error
    try:
        _check_private(path, os.fstat(descriptor))
        content = os.read(descriptor, LIMIT_BYTES)
    finally:
        os.close(descriptor)
    return _first_line(content, f"the password_file {path} holds", "Its first line must be the password.")


def _check_private(path: Path, status: os.stat_result) -> None:
    """Nothing, if only we can read the file."""
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"the password_file {path} is no ordinary file", "Name a file with only the password in it.")
    if status.st_uid != os.geteuid():
        raise PermissionProblemError(
            f"the password_file {path} belongs to somebody else", f"Run: chown $USER {shlex.quote(str(path))}"
        )
    if status.st_mode & 0o077:
        raise PermissionProblemError(
            f"the password_file {path} can be read by others", f"Run: chmod 600 {shlex.quote(str(path))}"
        )


def _first_line(output: bytes, what: str, hint: str) -> str:
    try:
        secret = output[:LIMIT_BYTES].decode("utf-8").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:
        # `from None`: the original exception carries the bytes of the secret.
        raise ConfigError(f"{what} something that is not UTF-8 text", hint) from None
    if not secret:
        raise ConfigError(f"{what} an empty first line", hint)
    return secret


def _from_keyring(service: str, username: str) -> str:
    try:
        import keyring
        from keyring.errors import NoKeyringError
    except ImportError as error:
        raise ConfigError(
            "keyring_service is set, but the library for it is not installed",
            "Install it with: pip install 'mailtriage[keyring]'; or use password_command.",
        ) from error
    try:
        password: str | None = keyring.get_password(service, username)
    except MailtriageError:
        raise
    except NoKeyringError:
        raise ConfigError(
            "there is no keyring here that could be asked for the password",
            "cron has no desktop session; use password_command or password_file, or run `mailtriage watch` in yours.",
        ) from None
    except Exception as error:  # noqa: BLE001 - each system's keyring raises its own; their texts are not ours to repeat
        raise TemporaryError(
            f"the keyring did not hand over the password ({type(error).__name__})",
            "It may be locked: unlock it, or log in to the desktop.",
        ) from None
    if not password:
        raise ConfigError(
            f'the keyring holds no password under "{service}" for {username}',
            f"Put it there: keyring set {shlex.quote(service)} {shlex.quote(username)}",
        )
    return password
