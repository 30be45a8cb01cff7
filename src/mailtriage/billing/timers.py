"""A timer that is stopped: what it measured, what makes that doubtful, and what becomes of minutes typed instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.model.work import Evidence, Worked

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.model.work import Awake, Timer

_CLOCK_SLACK_SECONDS = 2
"""Two clocks are read one after the other, and rounded: what they differ by is no sleep."""


@dataclass(frozen=True, slots=True)
class Run:
    """A timer's run.

    Attributes:
        seconds: what was measured; below 0 if the clock was set back.
        is_overlong: longer than the practice trusts a timer.
        is_over_midnight: it ended on another day, in the practice's zone.
        asleep_seconds: how long the machine was suspended meanwhile.
        is_rebooted: the machine was started again meanwhile.
    """

    timer: Timer
    ended_at: datetime
    is_overlong: bool
    is_over_midnight: bool
    asleep_seconds: int
    is_rebooted: bool

    @property
    def seconds(self) -> int:
        """What was measured."""
        return int((self.ended_at - self.timer.began_at).total_seconds())

    @property
    def is_doubtful(self) -> bool:
        """True if the time must not be kept without asking."""
        doubts = (self.is_overlong, self.is_over_midnight, self.asleep_seconds, self.is_rebooted)
        return any(doubts) or self.seconds < 0

    def measured(self, evidence: Evidence = Evidence.TIMER) -> Worked:
        """The time as it was measured."""
        return Worked(self.timer.kind, self.seconds, evidence, self.timer.began_at)

    def corrected(self, seconds: int) -> Worked:
        """Typed seconds, dated to the run: they begin with the timer, so that no later consent or price covers them.

        More than was measured begin as much earlier: no time ends after the run did.
        """
        began_at = min(self.timer.began_at, self.ended_at - timedelta(seconds=seconds))
        return Worked(self.timer.kind, seconds, Evidence.TYPED, began_at)


def run_of(timer: Timer, ended_at: datetime, awake: Awake, *, limit_minutes: int, zone: ZoneInfo) -> Run:
    """The run of a timer that ends at an instant, and what there is to doubt of it."""
    slept = awake.asleep_seconds - timer.awake.asleep_seconds
    is_rebooted = awake.boot != timer.awake.boot or slept < -_CLOCK_SLACK_SECONDS
    return Run(
        timer,
        ended_at,
        is_overlong=(ended_at - timer.began_at) > timedelta(minutes=limit_minutes),
        is_over_midnight=_day(timer.began_at, zone) != _day(ended_at, zone),
        asleep_seconds=slept if slept > _CLOCK_SLACK_SECONDS and not is_rebooted else 0,
        is_rebooted=is_rebooted,
    )


def _day(at: datetime, zone: ZoneInfo) -> object:
    return at.astimezone(zone).date()
