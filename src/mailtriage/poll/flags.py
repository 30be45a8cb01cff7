r"""Flags on the server, where the therapist asks for them: marks of our own, and `\Flagged` for what needs a call.

They are kept with the message and written when everything new has been read: a run that ends in between leaves them to
the next, and a server that refuses them keeps nothing else from being done.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from mailtriage.errors import DeadlineError, TemporaryError, ThrottledError
from mailtriage.poll.ports import FlagWriter

if TYPE_CHECKING:
    from mailtriage.ledger import Location
    from mailtriage.model import Verdict
    from mailtriage.poll.ports import Source
    from mailtriage.poll.run import MailboxRun

FLAGGED = "\\Flagged"
WRITE_LIMIT = 500
"""Messages that one run flags in one mailbox."""


def flags_of(verdict: Verdict) -> tuple[str, ...]:
    r"""The flags for a message; never `\Seen`, and never the standard `$Forwarded`, which says that she forwarded it.

    The server's owner can read them: that a message needs a call is said with a flag that people use for anything.
    """
    from mailtriage.model import Forwarded

    marks = (
        (FLAGGED, verdict.emergency.is_alarm),
        ("$MailtriageForward", verdict.forwarded is not Forwarded.NO),
        ("$MailtriageLong", verdict.long and not verdict.automatic),
        ("$MailtriageDiary", verdict.diary),
        ("$MailtriageNotScanned", verdict.not_scanned),
    )
    return tuple(flag for flag, holds in marks if holds)


def write_due_flags(run: MailboxRun, source: Source) -> str | None:
    """What the server refused of the flags that were due, "" for nothing; None if none were, or it did not answer.

    Raises:
        DeadlineError: when the run's time is over.
        ThrottledError: if the server asks to be left alone.
        MailtriageError: if the ledger fails.
    """
    due = run.ledger.flags_due(run.mailbox, WRITE_LIMIT)
    if not due or not isinstance(source, FlagWriter):
        return None
    problems: list[str] = []
    for (folder, uidvalidity), members in groupby(due, key=lambda item: _folder_of(item[0])):
        wanted = dict(members)
        try:
            problem = source.write_flags(folder, uidvalidity, {place.key: flags for place, flags in wanted.items()})
        except (DeadlineError, ThrottledError):
            raise
        except TemporaryError:
            return None  # the next run tries again; everything new was read by now
        run.ledger.flags_written(wanted)
        problems.append(problem)
    return "; ".join(dict.fromkeys(filter(None, problems)))


def _folder_of(place: Location) -> tuple[str, int]:
    return place.folder, place.uidvalidity
