"""A mailbox in memory, for polls whose subject is not the transport. It passes the contract of every source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from mailtriage.ledger import Checkpoint, FolderRole, Location
from mailtriage.mail.mime import split
from mailtriage.poll import Batch, Fetched, Folder, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from types import TracebackType

    from mailtriage.mail.raw import RawMessage

UIDVALIDITY = 7


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail in a folder; `data` None stands for one that cannot be fetched."""

    data: bytes | None
    received_at: datetime
    seen: bool = False


@dataclass(slots=True)
class MemorySource:
    """Folders by name; UIDs count from 1. `breaks_after` batches it fails with `failure`.

    Attributes:
        fetch_failure: what it fails with when it is asked for a message again.
        asked_again: the keys that it was asked for again.
    """

    name: str = "practice"
    folders_by_name: dict[str, list[Stored]] = field(default_factory=dict)
    roles: dict[str, FolderRole] = field(default_factory=dict)
    batch_size: int = 2
    breaks_after: int = 1_000_000
    failure: Exception | None = None
    fetch_failure: Exception | None = None
    fetched_count: int = 0
    asked_again: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        if self.failure and self.breaks_after == 0:
            raise self.failure
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def folders(self) -> tuple[Folder, ...]:
        return tuple(Folder(name, self.roles.get(name, FolderRole.INBOX)) for name in self.folders_by_name)

    def batches(
        self,
        folder: Folder,
        checkpoint: Checkpoint | None,
        since: datetime,
        known: Callable[[int, Sequence[str]], frozenset[str]],
        open_keys: Callable[[int], Sequence[str]],
    ) -> Iterator[Batch]:
        stored = self.folders_by_name[folder.name]
        first = checkpoint.uidnext if checkpoint else 1
        uids = [uid for uid in range(first, len(stored) + 1) if stored[uid - 1].received_at >= since]
        done = known(UIDVALIDITY, [str(uid) for uid in uids])
        uids = [uid for uid in uids if str(uid) not in done]
        seen = tuple((self._location(folder, int(key)), stored[int(key) - 1].seen) for key in open_keys(UIDVALIDITY))
        for number, at in enumerate(range(0, len(uids), self.batch_size), 1):
            if self.failure and number > self.breaks_after:
                raise self.failure
            some = uids[at : at + self.batch_size]
            yield self._batch(folder, some, at + len(some), len(uids))
        if seen:
            yield Batch((), (), seen, Checkpoint(UIDVALIDITY, len(stored) + 1))

    def fetch(self, location: Location) -> RawMessage | None:
        found = self.fetch_whole(location)
        return found.raw if isinstance(found, Fetched) else None

    def fetch_whole(self, location: Location) -> Fetched | Unreadable | None:
        if self.fetch_failure:
            raise self.fetch_failure
        stored = self.folders_by_name[location.folder]
        self.asked_again.append(location.key)
        if location.uidvalidity != UIDVALIDITY or not 1 <= int(location.key) <= len(stored):
            return None
        return self._handed_over(location, stored[int(location.key) - 1])

    def certificate_expires_at(self) -> datetime | None:
        return None

    @staticmethod
    def _handed_over(location: Location, stored: Stored) -> Fetched | Unreadable:
        if stored.data is None:
            return Unreadable(location, "the server sent it without its parts")
        return Fetched(location, stored.received_at, stored.seen, split(stored.data))

    def _location(self, folder: Folder, uid: int) -> Location:
        return Location(self.name, folder.name, UIDVALIDITY, str(uid))

    def _batch(self, folder: Folder, uids: list[int], done: int, total: int) -> Batch:
        fetched: list[Fetched] = []
        unreadable: list[Unreadable] = []
        for uid in uids:
            self.fetched_count += 1
            found = self._handed_over(self._location(folder, uid), self.folders_by_name[folder.name][uid - 1])
            fetched += [found] if isinstance(found, Fetched) else []
            unreadable += [found] if isinstance(found, Unreadable) else []
        return Batch(tuple(fetched), tuple(unreadable), (), Checkpoint(UIDVALIDITY, uids[-1] + 1), done, total)
