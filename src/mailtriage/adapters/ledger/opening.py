"""A ledger file, made or found, as an open `Database`."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Literal

from mailtriage.adapters.ledger.database import Database, translated
from mailtriage.adapters.ledger.migrations import migrate, migrations
from mailtriage.errors import ConfigError, PermissionProblemError, StorageError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

Encryption = Literal["sqlcipher", "none"]

KEY_BYTES = 32
BUSY_SECONDS = 2
_PLAIN_HEADER = b"SQLite format 3\0"


def open_database(path: Path, encryption: Encryption, key: bytes | None) -> Database:
    """The file with its schema up to date; file and folder are made, for the owner alone, if missing.

    Raises:
        ConfigError: if the key or the encryption does not fit, or the file is no ledger of ours.
        PermissionProblemError: if the file belongs to somebody else.
        StorageError: if it cannot be made or read.
        UnavailableError: if encryption is asked for and `sqlcipher3` is not installed.
    """
    if encryption == "sqlcipher" and (key is None or len(key) != KEY_BYTES):
        raise ConfigError(f"the ledger's key must be {KEY_BYTES} bytes", "See [ledger] key_file and key_command.")
    driver = _driver(encryption)
    _private_file(path)
    _check_header(path, encryption)
    try:
        connection = driver.connect(str(path), timeout=BUSY_SECONDS, isolation_level=None)
    except driver.Error as error:
        raise translated(error, path) from error
    database = Database(connection, driver, path)
    try:
        if encryption == "sqlcipher" and key is not None:
            # First of all: SQLCipher would write its own ERROR lines into cron's mail.
            database.rows("PRAGMA cipher_log_level = NONE")
            database.rows(f"PRAGMA key = \"x'{key.hex()}'\"")
        _prepare(database)
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: Database) -> None:
    ladder = migrations()
    database.rows("PRAGMA secure_delete = ON")
    database.rows("PRAGMA temp_store = MEMORY")
    database.rows("PRAGMA foreign_keys = ON")
    migrate(database, ladder)
    database.rows("PRAGMA journal_mode = WAL")
    database.rows("PRAGMA synchronous = FULL")


def _driver(encryption: Encryption) -> ModuleType:
    if encryption == "none":
        import sqlite3

        return sqlite3
    try:
        import sqlcipher3
    except ImportError as error:
        raise UnavailableError(
            "the library sqlcipher3 is missing, so the ledger cannot be encrypted",
            'Install it (pip install sqlcipher3), or set encryption = "none" under [ledger] to do without.',
        ) from error
    module: ModuleType = sqlcipher3.dbapi2
    return module


def _private_file(path: Path) -> None:
    """Make the file (0600; its -wal and -shm take after it) in a folder of its owner's (0700), or tighten it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(
            f"the ledger {path} cannot be opened: {error.strerror}", "The file and its folder must be yours to write."
        ) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise StorageError(f"the ledger {path} is not a file", "Is [ledger] path right?")
        if status.st_uid != os.geteuid():
            raise PermissionProblemError(f"the ledger {path} belongs to another user", f"Try: ls -l {path}")
        if stat.S_IMODE(status.st_mode) & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _check_header(path: Path, encryption: Encryption) -> None:
    try:
        with path.open("rb") as file:
            header = file.read(len(_PLAIN_HEADER))
    except OSError as error:
        raise StorageError(f"the ledger {path} cannot be read: {error.strerror}", "Is the disk all right?") from error
    if not header:
        return
    if encryption == "sqlcipher" and header == _PLAIN_HEADER:
        raise ConfigError(
            f"{path} is not encrypted, but the configuration asks for an encrypted ledger",
            'Set encryption = "none" under [ledger] if that is meant, or move the file away to begin anew.',
        )
    if encryption == "none" and header != _PLAIN_HEADER:
        raise ConfigError(
            f"{path} is encrypted (or no ledger), but the configuration says that it is not",
            'Set encryption = "sqlcipher" under [ledger] and give its key, or move the file away to begin anew.',
        )
