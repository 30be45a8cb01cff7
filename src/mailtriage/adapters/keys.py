"""The ledger's key: from the user's own command, or from a file that is made once and never again."""

from __future__ import annotations

import binascii
import os
import shlex
import stat
from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError, PermissionProblemError, StorageError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES = 32
TIMEOUT_SECONDS = 60
"""A password manager may ask for its own passphrase first."""

_READ_AT_MOST = 4096
_SHAPE = "It must be 64 hexadecimal digits, or 32 raw bytes."


def ledger_key(key_command: tuple[str, ...], key_file: Path, *, ledger_exists: bool = False) -> bytes:
    """The 32 bytes that open the ledger. The file is made at first use; the command, if there is one, comes first.

    Args:
        key_command: argv of a command that prints the key; () if the file is to be used.
        key_file: must be the user's own and 0600.
        ledger_exists: then a missing key file is an error, since a new key would not open the old ledger.

    Raises:
        ConfigError: if the key is malformed, or lost.
        PermissionProblemError: if the file could be read by others, or is another user's.
        StorageError: if the file cannot be read or made.
        UnavailableError: if the command is missing, fails, or takes longer than `TIMEOUT_SECONDS`.
    """
    if key_command:
        return _key_of(_output(key_command), f"the output of [ledger] key_command ({key_command[0]})")
    try:
        return _key_of(_content(key_file), f"the key file {key_file}")
    except FileNotFoundError as error:
        if ledger_exists:
            raise ConfigError(
                f"the ledger's key file {key_file} is missing",
                "Without this very key the ledger cannot be read. Restore the key from your backup; only if it is lost "
                "for good, move the ledger away, and the next poll begins a new one.",
            ) from error
    return _made(key_file)


def _output(command: tuple[str, ...]) -> bytes:
    import subprocess

    hint = f"Try [ledger] key_command by hand: {command[0]}"
    try:
        return subprocess.run(  # noqa: S603 - an argv without a shell, from the user's own configuration
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True, timeout=TIMEOUT_SECONDS
        ).stdout
    except OSError as error:
        raise UnavailableError(f"the ledger's key command could not be started: {error.strerror}", hint) from error
    except subprocess.CalledProcessError as error:
        raise UnavailableError(f"the ledger's key command failed with status {error.returncode}", hint) from None
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"the ledger's key command took over {TIMEOUT_SECONDS} s", hint) from None


def _key_of(content: bytes, source: str) -> bytes:
    """The key, without repeating any of a content that is none."""
    if len(content) == KEY_BYTES:
        return content
    digits = content.strip()
    try:
        key = binascii.unhexlify(digits)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(f"{source} is no key: {len(content)} bytes", _SHAPE) from None
    return key


def _content(key_file: Path) -> bytes:
    try:
        with key_file.open("rb") as file:
            _check_private(key_file, os.fstat(file.fileno()))
            return file.read(_READ_AT_MOST)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StorageError(
            f"the key file {key_file} cannot be read: {error.strerror}", "It must be a file of your own."
        ) from error


def _check_private(key_file: Path, status: os.stat_result) -> None:
    if status.st_uid != os.geteuid():
        raise PermissionProblemError(f"the key file {key_file} belongs to another user", f"Try: ls -l {key_file}")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise PermissionProblemError(
            f"the key file {key_file} can be read by others",
            f"If nobody has read it: chmod 600 {shlex.quote(str(key_file))}",
        )


def _made(key_file: Path) -> bytes:
    """A new key, on the disk before it is used. Written aside and linked, so that no half-written key is ever found."""
    key = os.urandom(KEY_BYTES)
    aside = key_file.with_name(f"{key_file.name}.{os.urandom(8).hex()}")
    try:
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            _write(aside, key.hex().encode() + b"\n")
            os.link(aside, key_file)
        finally:
            aside.unlink(missing_ok=True)
        _sync_folder(key_file.parent)
    except FileExistsError:
        # Another process was first: its key counts.
        return _key_of(_content(key_file), f"the key file {key_file}")
    except OSError as error:
        raise StorageError(
            f"the key file {key_file} cannot be made: {error.strerror}", "Its folder must be yours to write."
        ) from error
    return key


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
