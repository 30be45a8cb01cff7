"""The ledger as one object: every port of `mailtriage.ledger` over one SQLite file."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Self

from mailtriage.adapters.ledger.decisions import DecisionsPart, history
from mailtriage.adapters.ledger.mail import MailPart
from mailtriage.adapters.ledger.opening import Encryption, open_database
from mailtriage.adapters.ledger.review import ReviewPart
from mailtriage.adapters.ledger.roster import RosterPart
from mailtriage.adapters.ledger.state import StatePart
from mailtriage.errors import StorageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path
    from types import TracebackType

    from mailtriage.adapters.ledger.database import Database
    from mailtriage.ledger.work import BillingLedger


class SqlLedger(MailPart, StatePart, ReviewPart, DecisionsPart, RosterPart):
    """A ledger in a file; made by `open_ledger`, and closed by leaving it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Bring everything into the one file and close it."""
        self._database.close()

    @cached_property
    def billing(self) -> BillingLedger:
        """Time, settlements, consents, prices and statements; its writes take part in this ledger's groups."""
        from mailtriage.adapters.ledger.billing import SqlBilling  # a poll does without it

        return SqlBilling(self._database)

    def transaction(self) -> AbstractContextManager[None]:
        """One atomic group of writes, kept on leaving, rolled back on an error. Groups nest."""
        return self._database.transaction()

    def rehearsal(self) -> AbstractContextManager[None]:
        """A group of writes that can be read inside, and is rolled back on leaving: nothing is kept."""
        return self._database.rehearsal()

    def verify(self) -> tuple[str, ...]:
        """What is wrong with the file, in sentences; () if every page, every index and every reference is sound."""
        try:
            return tuple(self._problems())
        except StorageError as error:
            return (error.message,)

    def _problems(self) -> Iterator[str]:
        from mailtriage.adapters.ledger.open_lists import amiss
        from mailtriage.ledger.standing import standing

        database = self._database
        database.rows("PRAGMA wal_checkpoint(FULL)")
        for (page,) in database.rows("PRAGMA cipher_integrity_check"):
            yield f"a page was changed from outside: {page}"
        for (problem,) in database.rows("PRAGMA integrity_check(10)"):
            if problem != "ok":
                yield f"damaged: {problem}"
        for row in database.rows("PRAGMA foreign_key_check"):
            yield f"a reference leads nowhere in {row[0]}"
        yield from amiss(database, lambda number: standing(history(database, number)))
        from mailtriage.adapters.ledger.billing.soundness import statements_amiss

        yield from statements_amiss(database)


def open_ledger(path: Path, encryption: Encryption, key: bytes | None) -> SqlLedger:
    """The ledger in this file, made if missing, with its schema up to date. Use it as a context manager.

    Args:
        path: the file; a folder that is missing is made for its owner alone.
        encryption: "sqlcipher", or "none" for a plain SQLite file.
        key: 32 bytes; not used for "none".

    Raises:
        ConfigError: if the key or the encryption does not fit, or the file is another program's or a newer ledger.
        PermissionProblemError: if the file belongs to somebody else.
        StorageError: if it cannot be made, read or written.
        TemporaryError: if another process holds it.
        UnavailableError: if encryption is asked for and `sqlcipher3` is not installed.
    """
    return SqlLedger(open_database(path, encryption, key))
