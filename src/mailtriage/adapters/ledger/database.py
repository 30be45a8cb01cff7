"""One SQLite connection: statements, groups of writes, and foreign errors in this house's words.

Two drivers speak to it, `sqlcipher3` and the standard `sqlite3`; they share an interface, not their exceptions.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mailtriage.errors import ConfigError, MailtriageError, StorageError, TemporaryError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import ModuleType

Row = tuple[Any, ...]


class Database:
    """A connection in autocommit mode. Every failing statement raises a `MailtriageError`."""

    def __init__(self, connection: sqlite3.Connection, driver: ModuleType, path: Path) -> None:
        self._connection = connection
        self._driver = driver
        self.path = path
        self._depth = 0

    def rows(self, statement: str, *values: object) -> list[Row]:
        """All rows of a query."""
        try:
            return self._execute(statement, values).fetchall()
        except self._driver.Error as error:
            raise translated(error, self.path) from error

    def row(self, statement: str, *values: object) -> Row | None:
        """The first row of a query; None if it has none."""
        rows = self.rows(statement, *values)
        return rows[0] if rows else None

    def run(self, statement: str, *values: object) -> int:
        """How many rows a write changed."""
        return self._execute(statement, values).rowcount

    def run_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """One write for each row of values."""
        for row in rows:
            self._execute(statement, row)

    def insert(self, statement: str, *values: object) -> int:
        """The row id that an INSERT gave."""
        return int(self._execute(statement, values).lastrowid or 0)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A group of writes; groups inside it are its parts. A failing part is rolled back alone if it is caught."""
        begin, commit, rollback = (
            (f"SAVEPOINT part_{self._depth}", f"RELEASE part_{self._depth}", f"ROLLBACK TO part_{self._depth}")
            if self._depth
            else ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
        )
        if not self._depth:
            self._roll_back("ROLLBACK")  # of a group that a signal ended as it began
        self.rows(begin)
        self._depth += 1
        try:
            yield
            self.rows(commit)
        except BaseException:
            self._roll_back(rollback)
            raise
        finally:
            self._depth -= 1

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        """A group of writes that is rolled back at its end, whatever happens."""
        self.rows("BEGIN IMMEDIATE")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            self._roll_back("ROLLBACK")

    def close(self) -> None:
        """Bring the log into the file and close; never raises, since what was committed is safe either way."""
        for last in (lambda: self.rows("PRAGMA wal_checkpoint(TRUNCATE)"), self._connection.close):
            try:
                last()
            except (MailtriageError, self._driver.Error):
                continue

    def complete(self, text: str) -> bool:
        """True if the text ends with a whole statement; a trigger's inner semicolons do not end it."""
        return bool(self._driver.complete_statement(text))

    def _execute(self, statement: str, values: Sequence[object]) -> sqlite3.Cursor:
        try:
            return self._connection.execute(statement, tuple(map(_bindable, values)))
        except self._driver.Error as error:
            raise translated(error, self.path) from error

    def _roll_back(self, statement: str) -> None:
        # A full disk makes SQLite roll back by itself: then there is nothing left to roll back.
        if self._connection.in_transaction:
            self.rows(statement)


def _bindable(value: object) -> object:
    """The value as SQLite takes it: a lone surrogate, which no UTF-8 can hold, becomes its escape."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def translated(error: Exception, path: Path) -> MailtriageError:
    """The same failure as one of ours. Matched by SQLite's own words, which both drivers pass on unchanged."""
    words = str(error).lower()
    if "locked" in words or "busy" in words:
        return TemporaryError("the ledger is in use by another mailtriage", "Try again in a moment.")
    if "not a database" in words:
        return ConfigError(
            f"{path} cannot be opened with this key, or it is no ledger",
            "Is [ledger] key_file or key_command the one the ledger was made with? Without its key it cannot be read. "
            "If the key is right, the file is damaged: restore the last backup.",
        )
    for sign, problem, hint in (
        ("full", f"the disk is full; nothing more was kept in {path}", "Make room on its disk."),
        ("readonly", f"the ledger {path} cannot be written", "The file and its folder must be yours to write."),
        ("unable to open", f"the ledger {path} cannot be opened", "The file and its folder must be yours to write."),
        ("malformed", f"the ledger {path} is damaged", "Keep the file, and restore the last backup in its place."),
    ):
        if sign in words:
            return StorageError(problem, hint)
    return StorageError(f"the ledger {path} failed: {error}", "`mailtriage check` may say more.")
