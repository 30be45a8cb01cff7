"""Mail to keep in a ledger, and the ledgers to keep it in."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from mailtriage.adapters.ledger import open_ledger
from mailtriage.ledger import Location, PollLedger, Received, ReviewLedger, Roster, Sent
from mailtriage.model import Emergency, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mailtriage.ledger.work import BillingLedger

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CRISIS = Verdict(emergency=Emergency.CRISIS)


class Ledger(PollLedger, ReviewLedger, Roster, Protocol):
    """All ports at once."""

    @property
    def billing(self) -> BillingLedger:
        """And those of time and charges."""
        ...


class _BrokenError(Exception):
    pass


@contextmanager
def broken_group(ledger: Ledger) -> Iterator[None]:
    """A group of writes in which something fails at the end."""
    with suppress(_BrokenError), ledger.transaction():
        yield
        raise _BrokenError


def place(key: str = "1", folder: str = "INBOX", mailbox: str = "practice") -> Location:
    return Location(mailbox, folder, 7, key)


def received(name: str = "a", **changes: object) -> Received:
    plain = Received(
        identity=f"identity of {name}",
        message_id=f"{name}@example.org",
        location=place(name),
        received_at=NOON,
        sent_at=NOON,
        sender="jo@example.org",
        clients=(),
        answers=(),
        thread="thread",
        seen=False,
        backlog=False,
        verdict=Verdict(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def sent(name: str = "s", **changes: object) -> Sent:
    plain = Sent(
        identity=f"identity of {name}",
        message_id=f"{name}@practice.example",
        location=place(name, "Sent"),
        sent_at=NOON + HOUR,
        recipients=("jo@example.org",),
        answers=(),
        thread="another thread",
        words=20,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def numbers_of(ledger: Ledger, since: datetime = NOON) -> list[int]:
    return [message.number for message in ledger.messages(since)]


def tables(path: Path, key: bytes | None = None) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of a ledger file that is sound; encrypted if there is a key."""
    with open_ledger(path, "sqlcipher" if key else "none", key) as ledger:
        assert ledger.verify() == ()
        rows = ledger._database.rows  # noqa: SLF001 - no port hands out everything
        names = [name for (name,) in rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(rows(f"SELECT * FROM {name}"), key=repr) for name in names}  # noqa: S608 - its own names
