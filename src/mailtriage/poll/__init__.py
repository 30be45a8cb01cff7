"""A poll: `poll` runs it, over `Source`s; `calls_due` says whom to ring about."""

from mailtriage.poll.due import calls_due, failures_due
from mailtriage.poll.ports import Batch, Fetched, FlagWriter, Folder, Source, Triager, Unreadable
from mailtriage.poll.run import Failure, MailboxAccess, PollReport, poll

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
