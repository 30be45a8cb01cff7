"""A server that asked to be left alone is not connected to before the time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.errors import TemporaryError, ThrottledError

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.errors import MailtriageError
    from mailtriage.ledger import MailboxHealth

WAIT_LIMIT = timedelta(hours=1)
"""No mailbox is left alone for longer: an emergency may lie in it."""


def wait_until_of(error: MailtriageError, now: datetime) -> datetime | None:
    """Until when a failed mailbox is to be left alone; None if its server does not ask for it."""
    if not isinstance(error, ThrottledError):
        return None
    return now + min(timedelta(seconds=error.wait_seconds), WAIT_LIMIT)


def is_to_be_left_alone(health: MailboxHealth, now: datetime) -> bool:
    """True before the time is over. One that lies further ahead than any can was set by a wrong clock."""
    return health.wait_until is not None and now < health.wait_until <= now + WAIT_LIMIT


def left_alone(health: MailboxHealth) -> TemporaryError:
    """Why it was not connected to. It fails like any other mailbox, and is told of when that lasts."""
    return TemporaryError(
        f"{health.problem}; until {health.wait_until:%H:%M} UTC no run connects", "Polling goes on by itself."
    )
