"""When a mailbox that is watched is connected, asked whether it is still there, and polled.

Instants are seconds of a clock that never goes back, as floats; `inf` is never.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import Self

from mailtriage.errors import EX_NOPERM

FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0
FIRST_REFUSED_PAUSE_SECONDS = 300.0
LONGEST_REFUSED_PAUSE_SECONDS = 3600.0
"""After a refused login: providers lock an account that a program knocks at every few minutes with a wrong password.

The first pause is short all the same: now and then they refuse a good one.
"""
AFTER_POLL_SECONDS = 60.0
"""While logins are refused, a poll knocks first, and alone."""
STEADY_SECONDS = 60.0
"""A connection that held so long was a good one: after it, pauses begin anew."""
LEAST_GAP_SECONDS = 3.0
"""Between two polls of a mailbox that announces and announces: several letters at once are one poll."""
LEAST_RENEWAL_GAP_SECONDS = 1.0
"""Between two questions to a server that talks without end."""
SLEPT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a mailbox is polled without an announcement, and how long one waits for a server without a word."""

    every_seconds: float
    renew_seconds: float


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant on two clocks, in seconds: the one on the wall, and the one that never goes back."""

    wall: float
    steady: float


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is due for one mailbox, and when.

    Attributes:
        connect_at: when to connect; `inf` while connected, and where the server announces nothing.
        renew_at: when to ask a connection what is new, and so whether it is still there; `inf` without one.
        asked_at: when it was last asked, or made.
        failures: connections that failed, one after the other.
        refusals: logins that were refused, one after the other.
    """

    pace: Pace
    poll_at: float
    connect_at: float
    renew_at: float = inf
    connected_at: float = inf
    asked_at: float = inf
    polled_at: float = -inf
    failures: int = 0
    refusals: int = 0

    @classmethod
    def begun(cls, pace: Pace, now: float, *, announces: bool) -> Self:
        """A poll at once, and a connection before it where there is a server: nothing may come in between unheard."""
        return cls(pace, poll_at=now, connect_at=now if announces else inf)

    @property
    def next_at(self) -> float:
        """When the next thing is due."""
        return min(self.poll_at, self.connect_at, self.renew_at)

    def connected(self, now: float) -> Schedule:
        """It listens. What came while it did not is looked for at once, unless logins are refused just now."""
        poll_at = self.poll_at if self.refusals else now
        renew_at = now + self.pace.renew_seconds
        return replace(self, connect_at=inf, connected_at=now, asked_at=now, renew_at=renew_at, poll_at=poll_at)

    def unannounced(self) -> Schedule:
        """The server announces nothing: it is polled, and not connected to any more."""
        return replace(self, connect_at=inf, renew_at=inf, connected_at=inf)

    @property
    def listens(self) -> bool:
        """True if the server need only speak to be asked; not if it just did."""
        return self.renew_at < inf and self.renew_at > self.asked_at + LEAST_RENEWAL_GAP_SECONDS

    def spoke(self, now: float) -> Schedule:
        """The server said something: it is asked what, now or in a moment."""
        return replace(self, renew_at=min(self.renew_at, max(now, self.asked_at + LEAST_RENEWAL_GAP_SECONDS)))

    def renewed(self, now: float) -> Schedule:
        """The server answered."""
        failures = 0 if self._was_steady(now) else self.failures
        return replace(self, renew_at=now + self.pace.renew_seconds, asked_at=now, failures=failures)

    def announced(self, now: float) -> Schedule:
        """Something new is there; it does not shorten the pause after a refused login."""
        if self.refusals:
            return self
        return replace(self, poll_at=min(self.poll_at, max(now, self.polled_at + LEAST_GAP_SECONDS)))

    def dropped(self, now: float, wait_seconds: float = 0) -> Schedule:
        """The connection failed, or could not be made; `wait_seconds` is what the server asked for."""
        failures = 1 if self._was_steady(now) else self.failures + 1
        pause = max(wait_seconds, growing(failures, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))
        # A poll logs in as well: it would be turned away, and be one more knock.
        poll_at = max(self.poll_at, now + wait_seconds) if wait_seconds else self.poll_at
        return replace(self, failures=failures, connect_at=now + pause, poll_at=poll_at, renew_at=inf, connected_at=inf)

    def refused(self, now: float) -> Schedule:
        """The login was refused where it listens: a poll will say so, and what that meets decides on the pause."""
        again_at = now + growing(self.refusals + 1, FIRST_REFUSED_PAUSE_SECONDS, LONGEST_REFUSED_PAUSE_SECONDS)
        poll_at = self.poll_at if self.refusals else now
        return replace(self, connect_at=again_at, poll_at=poll_at, renew_at=inf, connected_at=inf)

    def polled(self, now: float, status: int) -> Schedule:
        """A poll ended with this exit status."""
        if status != EX_NOPERM:
            connect_at = min(self.connect_at, now) if self.refusals and self.connect_at < inf else self.connect_at
            return replace(
                self, polled_at=now, poll_at=now + self.pace.every_seconds, connect_at=connect_at, refusals=0
            )
        refusals = self.refusals + 1
        pause = growing(refusals, FIRST_REFUSED_PAUSE_SECONDS, LONGEST_REFUSED_PAUSE_SECONDS)
        poll_at = now + max(pause, self.pace.every_seconds)
        connect_at = poll_at + AFTER_POLL_SECONDS if self.connect_at < inf else inf
        return replace(self, polled_at=now, poll_at=poll_at, connect_at=connect_at, refusals=refusals)

    def woke(self, now: float) -> Schedule:
        """The machine slept: whatever connection there was is dead or will be, and the network may be another one."""
        connect_at = now if self.connect_at < inf or self.renew_at < inf else inf
        return Schedule(self.pace, poll_at=now, connect_at=connect_at, polled_at=self.polled_at)

    def _was_steady(self, now: float) -> bool:
        return now - self.connected_at >= STEADY_SECONDS


def growing(times: int, first_seconds: float, longest_seconds: float) -> float:
    """The pause after so many failures in a row: doubled each time, up to the longest.

    >>> [growing(times, 2, 300) for times in (1, 2, 3, 8, 9, 5000)]
    [2.0, 4.0, 8.0, 256.0, 300, 300]
    """
    doublings: float = 2.0 ** min(times - 1, 32)
    return min(longest_seconds, first_seconds * doublings)


def slept(before: Moment, after: Moment, *, overlong_seconds: float) -> bool:
    """True if the machine, or this program, slept between two moments; a clock that is set back is no sleep.

    Args:
        before: the end of the last wait.
        after: the end of this one.
        overlong_seconds: by how much this wait took longer than was asked for.
    """
    jump = (after.wall - before.wall) - (after.steady - before.steady)
    return max(jump, overlong_seconds) > SLEPT_SECONDS
