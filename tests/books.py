"""A practice whose time is recorded and charged by typed commands, each at its own time. All mail is invented."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ledgers import received
from mailtriage.errors import EX_USAGE
from practice_folder import NOW

if TYPE_CHECKING:
    from datetime import datetime

    import pytest

    from mailtriage.ledger import KeptMessage
    from mailtriage.model.work import TimeEntry
    from practice_folder import PracticeFolder

BILLING = """
[billing]
prices = ["20.00"]
"""
DAY = "2026-11-23"


@dataclass(frozen=True, slots=True)
class Books:
    """`type` is a command line and what it printed; `at` is the clock, today's in London."""

    practice: PracticeFolder
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def type(self, line: str, at: str = "") -> str:
        status, out, err = self.typed(line, at)
        assert (status, err) == (0, ""), f"{line}: {status} {err}"
        return out

    def refused(self, line: str, at: str = "") -> str:
        """What was said against it; nothing else was printed."""
        status, out, err = self.typed(line, at)
        assert (status, out) == (EX_USAGE, ""), f"{line}: {status} {out}"
        return err

    def typed(self, line: str, at: str = "") -> tuple[int, str, str]:
        if at:
            self.monkeypatch.setenv("MAILTRIAGE_NOW", f"{at if ' ' in at else f'{DAY} {at}'}:00+00:00")
        status = self.practice.run(*shlex.split(line))
        said = self.capsys.readouterr()
        return status, said.out, said.err

    def message(self, number: int) -> KeptMessage:
        with self.practice.ledger() as ledger:
            message = ledger.message(number)
        assert message
        return message

    def entries(self, number: int) -> tuple[TimeEntry, ...]:
        with self.practice.ledger() as ledger:
            return ledger.billing.time_entries(number)

    def receive(self, name: str, at: datetime = NOW, **changes: object) -> int:
        """The number of one more message from J.T., kept as a poll would."""
        plain = received(name, sender="jo@home.example", clients=("J.T.",), received_at=at, sent_at=at)
        with self.practice.ledger() as ledger:
            return ledger.add_received(replace(plain, **changes))  # type: ignore[arg-type]

    def due(self, code: str = "J.T.") -> list[tuple[int, int, str]]:
        """(message, units, price) of each charge on no statement."""
        with self.practice.ledger() as ledger:
            settled = [due.decision.settlement for due in ledger.billing.due(code)]
            numbers = [due.decision.number for due in ledger.billing.due(code)]
        return [(n, s.units, str(s.price)) for n, s in zip(numbers, settled, strict=True) if s]
