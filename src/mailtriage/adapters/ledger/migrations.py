"""The ladder of migrations, on `PRAGMA user_version`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.adapters.ledger.database import Database

APPLICATION_ID = 0x6D747267
"""Stands in the header of every ledger ("mtrg"), so that no other program's database is taken for one."""

_FOLDER = Path(__file__).parent.parent / "schema"


def migrations() -> tuple[Path, ...]:
    """The files of the ladder; the first leads to version 1."""
    return tuple(sorted(_FOLDER.glob("[0-9]*.sql")))


def migrate(database: Database, ladder: Sequence[Path]) -> None:
    """Bring the schema up to date: one migration, one transaction, together with its version.

    Raises:
        ConfigError: if the file is another program's, or was made by a newer mailtriage.
    """
    if _header(database) == (APPLICATION_ID, len(ladder)):
        return
    # Looked at again under the lock: another process may have climbed meanwhile.
    for number, step in enumerate(ladder, start=1):
        with database.transaction():
            if _version(database, ladder) < number:
                for statement in _statements(database, step.read_text("utf-8")):
                    database.rows(statement)
                database.rows(f"PRAGMA application_id = {APPLICATION_ID}")
                database.rows(f"PRAGMA user_version = {number}")


def _header(database: Database) -> tuple[int, int]:
    application, version = (
        int(database.rows(question)[0][0]) for question in ("PRAGMA application_id", "PRAGMA user_version")
    )
    return application, version


def _version(database: Database, ladder: Sequence[Path]) -> int:
    application, version = _header(database)
    tables = database.rows("SELECT count(*) FROM sqlite_master")[0][0]
    if application != APPLICATION_ID and (application or version or tables):
        raise ConfigError(
            f"{database.path} is another program's database, not a mailtriage ledger",
            "Is [ledger] path right? It was left unchanged.",
        )
    if version > len(ladder):
        versions = f"version {version}, this one knows {len(ladder)}"
        raise ConfigError(
            f"the ledger {database.path} was made by a newer mailtriage ({versions})",
            "Install the newer mailtriage again; the ledger was left unchanged.",
        )
    return version


def _statements(database: Database, script: str) -> Iterator[str]:
    """The statements of a script. Not `executescript`: that commits the open transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if database.complete(statement):
            yield statement
            statement = ""
