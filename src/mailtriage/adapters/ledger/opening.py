"""A ledger file, made or found, as an open `Database`."""

from __future__ import annotations

import os
import stat
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from mailtriage.adapters.ledger.database import Database, translated
from mailtriage.adapters.ledger.migrations import migrate, migrations
from mailtriage.errors import ConfigError, PermissionProblemError, StorageError, TemporaryError, UnavailableError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

Encryption = Literal["sqlcipher", "none"]

KEY_BYTES = 32
BUSY_SECONDS = 2
CACHE_KIBIBYTES = 1_000
"""Of pages, enough for the inner ones of every index at 100,000 messages. sqlcipher3 comes with 8,000, and a first poll
fills them."""
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
    except ConfigError as error:
        database.close()
        raise _explained(error, path, encryption) from error
    except BaseException:
        database.close()
        raise
    return database


def _prepare(database: Database) -> None:
    ladder = migrations()
    database.rows("PRAGMA secure_delete = ON")
    database.rows("PRAGMA temp_store = MEMORY")
    database.rows("PRAGMA foreign_keys = ON")
    database.rows(f"PRAGMA cache_size = -{CACHE_KIBIBYTES}")
    migrate(database, ladder)
    _write_ahead(database)
    database.rows("PRAGMA synchronous = FULL")


def _write_ahead(database: Database) -> None:
    """The mode stays with the file. SQLite does not wait for others at this one change, so it is tried again."""
    for wait_seconds in (0.02, 0.1, 0.5, 1.0, 0.0):
        try:
            if database.rows("PRAGMA journal_mode")[0][0] != "wal":
                database.rows("PRAGMA journal_mode = WAL")
        except TemporaryError:
            if not wait_seconds:
                raise
            time.sleep(wait_seconds)
        else:
            return


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
    """Make the file (0600; its -wal and -shm take after it) in a folder of its owner's (0700), or tighten it.

    A file that exists is never opened here: closing it would drop every lock this process has on it (POSIX).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise StorageError(f"the ledger {path} is not a file", "Is [ledger] path right?")
        if status.st_uid != os.geteuid():
            raise PermissionProblemError(f"the ledger {path} belongs to another user", f"Try: ls -l {path}")
        if stat.S_IMODE(status.st_mode) & 0o077:
            path.chmod(0o600)
    except OSError as error:
        raise StorageError(
            f"the ledger {path} cannot be opened: {error.strerror}", "The file and its folder must be yours to write."
        ) from error


def _explained(error: ConfigError, path: Path, encryption: Encryption) -> ConfigError:
    """The same refusal, or a plainer one where the file's first bytes tell what is wrong."""
    try:
        with path.open("rb") as file:
            header = file.read(len(_PLAIN_HEADER))
    except OSError:
        return error
    if encryption == "sqlcipher" and header == _PLAIN_HEADER:
        return ConfigError(
            f"{path} is not encrypted, but the configuration asks for an encrypted ledger",
            'Set encryption = "none" under [ledger] if that is meant, or move the file away to begin anew.',
        )
    if encryption == "none" and header != _PLAIN_HEADER:
        return ConfigError(
            f"{path} is encrypted (or no ledger), but the configuration says that it is not",
            'Set encryption = "sqlcipher" under [ledger] and give its key, or move the file away to begin anew.',
        )
    return error
