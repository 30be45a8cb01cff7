"""A poll: `poll` runs it, over `Source`s; `calls_due` says whom to ring about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.on_demand import on_demand
from mailtriage.poll.due import calls_due, failures_due
from mailtriage.poll.ports import FlagWriter, Folder, Source, Triager
from mailtriage.poll.run import Failure, MailboxAccess, PollReport, poll

if TYPE_CHECKING:
    from mailtriage.poll.batches import Batch, Fetched, Unreadable
else:
    __getattr__ = on_demand(__name__, {"batches": "Batch Fetched Unreadable"})

__all__ = [
    "Batch",
    "Failure",
    "Fetched",
    "FlagWriter",
    "Folder",
    "MailboxAccess",
    "PollReport",
    "Source",
    "Triager",
    "Unreadable",
    "calls_due",
    "failures_due",
    "poll",
]
