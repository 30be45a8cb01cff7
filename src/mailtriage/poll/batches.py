"""What a source hands over: messages in batches. A poll without new mail does without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.ledger import Checkpoint, Location
    from mailtriage.mail.raw import RawMessage


@dataclass(frozen=True, slots=True)
class Fetched:
    r"""One message from a source. `received_at` is UTC; `seen` is `\Seen` (or a Maildir's S)."""

    location: Location
    received_at: datetime
    seen: bool
    raw: RawMessage


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that a source could not hand over even when asked for alone; the poll goes on without it."""

    location: Location
    problem: str


@dataclass(frozen=True, slots=True)
class Batch:
    r"""What one transaction keeps: some messages, flag changes, and the checkpoint that holds once they are kept.

    Attributes:
        seen: places with the present state of `\Seen`, of messages kept before.
        done, total: progress in messages within the folder, for a person who watches.
    """

    fetched: tuple[Fetched, ...]
    unreadable: tuple[Unreadable, ...]
    seen: tuple[tuple[Location, bool], ...]
    checkpoint: Checkpoint
    done: int = 0
    total: int = 0
