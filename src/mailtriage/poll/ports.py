"""What a poll needs of others: a mailbox that can be read, and triage with its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType

    from mailtriage.ledger import Checkpoint, FolderRole, Location, ScanHealth
    from mailtriage.mail.raw import RawMessage
    from mailtriage.model import Message, Verdict
    from mailtriage.poll.batches import Batch, Fetched, Unreadable
    from mailtriage.triage.policy import ThreadContext


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to read, by its name on the server and its role."""

    name: str
    role: FolderRole


class Source(Protocol):
    """A mailbox that can be read without being changed. Entering connects, leaving disconnects quietly."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def folders(self) -> tuple[Folder, ...]:
        """The folders to poll. Raises MissingFolderError naming the candidates if one is missing."""
        ...

    def batches(
        self,
        folder: Folder,
        checkpoint: Checkpoint | None,
        since: datetime,
        known: Callable[[int, Sequence[str]], frozenset[str]],
        open_keys: Callable[[int], Sequence[str]],
    ) -> Iterator[Batch]:
        r"""What is new in a folder since `checkpoint`, oldest first; nothing if nothing is.

        Args:
            folder: one of `folders()`.
            checkpoint: where the last poll stopped; None looks back to `since` (UTC).
            since: start of the first poll's window; also used after UIDVALIDITY changed.
            known: (uidvalidity, keys) -> those already kept, which are not fetched again.
            open_keys: uidvalidity -> keys whose `\Seen` is still of interest (used without CONDSTORE).
        """
        ...

    def fetch(self, location: Location) -> RawMessage | None:
        """One message again, live; None if it is no longer there."""
        ...

    def fetch_whole(self, location: Location) -> Fetched | Unreadable | None:
        """One message again, live, with all that a batch tells of it; None if it is no longer there.

        Raises:
            ConfigError: if its folder cannot be opened.
        """
        ...

    def certificate_expires_at(self) -> datetime | None:
        """Until when the server's certificate is valid, UTC; None where there is no server."""
        ...


@runtime_checkable
class FlagWriter(Protocol):
    """A source whose mailbox can be given flags, where the therapist wants that."""

    def write_flags(self, folder: str, uidvalidity: int, wanted: Mapping[str, Sequence[str]]) -> str:
        """Add flags by key; what was refused in a sentence, "" for nothing. Messages that are gone are no matter.

        Raises:
            TemporaryError: if it is to be tried again.
        """
        ...


class Triager(Protocol):
    """Triage with the practice's rules, which are compiled when the first message comes."""

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:
        """What triage says of a message."""
        ...

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        """The heartbeat; the rules' own examples are run only if the rules differ from the last heartbeat's."""
        ...
