"""The one timer that may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.decisions import require_message
from mailtriage.adapters.ledger.times import instant, seconds
from mailtriage.errors import UsageError
from mailtriage.model.work import Awake, Evidence, TimeKind, Timer

if TYPE_CHECKING:
    from mailtriage.adapters.ledger.database import Database

_INSERT = """
INSERT INTO timer (id, message, kind, began_at, boot, asleep_seconds, evidence) VALUES (1, ?, ?, ?, ?, ?, ?)
"""


class TimersPart:
    """`Timers`."""

    _database: Database

    def timer(self) -> Timer | None:
        """The running timer."""
        row = self._database.row("SELECT message, kind, began_at, boot, asleep_seconds, evidence FROM timer")
        if row is None:
            return None
        number, kind, began_at, boot, asleep_seconds, evidence = row
        return Timer(number, TimeKind(kind), instant(began_at), Awake(boot, asleep_seconds), Evidence(evidence))

    def start_timer(self, timer: Timer) -> None:
        """Keep it.

        Raises:
            UsageError: if one runs already, or there is no such message.
        """
        with self._database.transaction():
            require_message(self._database, timer.number)
            if running := self.timer():
                raise UsageError(
                    f"a timer runs already, for message {running.number}", "`mailtriage stop` ends and logs it."
                )
            self._database.run(
                _INSERT,
                *(timer.number, timer.kind.value, seconds(timer.began_at)),
                *(timer.awake.boot, timer.awake.asleep_seconds, timer.evidence.value),
            )

    def stop_timer(self) -> Timer | None:
        """Forget the running timer and hand it back; None if none runs."""
        with self._database.transaction():
            timer = self.timer()
            self._database.run("DELETE FROM timer")
        return timer
