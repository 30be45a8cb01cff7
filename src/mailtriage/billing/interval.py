r"""From when a message was first read to when it was answered: what mailbox and Sent folder tell, never a charge.

The bias: it is an upper bound. It counts every pause, the telephone and lunch in between; it begins when the message
was opened in any program on any device, a preview that sets `\Seen` included; and it knows the beginning only as well
as polls are frequent. So it is a range, and nothing over an hour is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.ledger import SeenInterval
    from mailtriage.model.work import Reply

MOST_SECONDS = 60 * 60
"""Over an hour there was a pause, and how long nobody knows."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Seconds between reading and answering: `least` from the poll that found it read, `most` from the one before."""

    least: int
    most: int


def interval(seen: SeenInterval | None, replies: Sequence[Reply]) -> Interval | None:
    """The interval to the first answer; None where it says nothing.

    That is where it is not known when the message was read or answered, where the answer is a guess, answers several
    messages, or came before the message could have been read, and where more than `MOST_SECONDS` may have passed.
    """
    first = min(replies, key=lambda reply: reply.sent_at, default=None)
    if seen is None or first is None or first.is_guess or first.answers > 1:
        return None
    most = int((first.sent_at - seen.unseen_at).total_seconds())
    least = max(0, int((first.sent_at - seen.seen_at).total_seconds()))
    return Interval(least, most) if 0 < most <= MOST_SECONDS else None
