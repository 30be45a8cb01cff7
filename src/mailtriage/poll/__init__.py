"""A poll: `poll` runs it, over `Source`s; `calls_due` says whom to ring about."""

from mailtriage.poll.ports import Batch, Fetched, Folder, Source, Triager, Unreadable
from mailtriage.poll.run import Failure, MailboxAccess, PollReport, calls_due, failures_due, poll

__all__ = [
    "Batch",
    "Failure",
    "Fetched",
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
