"""The desk that commands about messages work at: an open ledger, the roster, the words for what is done."""

from __future__ import annotations

import difflib
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.numbers import numbers
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.billing.assessment import Assessment, Covering
    from mailtriage.config import Config
    from mailtriage.ledger import KeptMessage
    from mailtriage.ledger.work import BillingLedger
    from mailtriage.model import Client, DecisionKind
    from mailtriage.model.work import Terms

NUMBERS = 'message numbers and ranges, as in "3 5-7"'
"""What a command says of the numbers that it takes."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An open ledger and the words for what is done at it."""

    ledger: SqlLedger
    config: Config
    now: datetime
    wording: Wording
    roster: Mapping[str, Client]
    said: list[str]

    @property
    def billing(self) -> BillingLedger:
        """The part of the ledger that keeps time and charges."""
        return self.ledger.billing

    @property
    def zone(self) -> ZoneInfo:
        """Where the practice is."""
        return self.config.practice.timezone

    @property
    def terms(self) -> Terms:
        """How the practice charges."""
        from mailtriage.config.terms import terms_of

        return terms_of(self.config.billing)

    def messages(self, words: Sequence[str], *, to_read: bool = False) -> tuple[KeptMessage, ...]:
        """The messages of these numbers. Raises UsageError, before anything is decided, if one is unknown."""
        asked = numbers(words)
        found = {number: self.ledger.message(number) for number in asked}
        if missing := [number for number in asked if found[number] is None]:
            listed = ", ".join(map(str, missing[:10])) + (", …" if len(missing) > 10 else "")  # noqa: PLR2004 - enough to see
            there_is = "there are no messages" if len(missing) > 1 else "there is no message"
            unchanged = "" if to_read else "; nothing was changed"
            raise UsageError(f"{there_is} {listed}{unchanged}", "`mailtriage` shows the numbers.")
        return tuple(message for message in found.values() if message)

    def client(self, typed: str) -> Client:
        """The client of a code, whatever its case and dots. Raises UsageError naming the nearest."""
        by_letters: dict[str, list[Client]] = {}
        for client in self.roster.values():
            by_letters.setdefault(_letters(client.code), []).append(client)
        fitting = [self.roster[typed]] if typed in self.roster else by_letters.get(_letters(typed), [])
        if len(fitting) == 1:
            return fitting[0]
        near = [c.code for c in fitting] or _near(_letters(typed), by_letters)
        advice = f"Did you mean {' or '.join(near)}? " if near else ""
        if typed.isdecimal():
            advice = "The code comes last: mailtriage assign N CODE; "
        raise UsageError(f"no client has the code {ascii(typed)[:40]}", f"{advice}`mailtriage client list` shows all.")

    def one(self, word: str) -> KeptMessage:
        """The one message of a number. Raises UsageError for several, or an unknown one."""
        found = self.messages([word])
        if len(found) > 1:
            raise UsageError(f"{word} names {len(found)} messages; one at a time here", "Nothing was changed.")
        return found[0]

    def covering(self, message: KeptMessage) -> Covering:
        """What decides whether time on this message can be charged: nothing, while it is not one client's."""
        from mailtriage.cli.proposing import covering_of

        return covering_of(self.billing, message, self.terms, self.zone)

    def assessment(self, message: KeptMessage) -> Assessment:
        """The recorded time of this message, and what of it may be charged."""
        from mailtriage.billing.assessment import assess

        return assess(message.number, self.billing.time_entries(message.number), self.covering(message))

    def decide(self, message: KeptMessage, kind: DecisionKind, client: str = "") -> None:
        """Record it of this message."""
        self.ledger.decide(message.number, kind, self.now, client)

    def name(self, message: KeptMessage) -> str:
        """The message, said: "Message 3 from J.T."."""
        from mailtriage.summary import item_of

        return f"Message {message.number} from {self.wording.who(item_of(message, self.roster))}"

    def when(self, at: datetime) -> str:
        """An instant, said in the practice's zone."""
        from mailtriage.adapters.terminal.moments import moment

        return moment(at, self.now, self.config.practice.timezone)

    def instant(self, typed: str | None) -> datetime:
        """The past instant that was typed; now if nothing was. Raises UsageError for what is none."""
        from mailtriage.cli.when import instant

        return self.now if typed is None else instant(typed, now=self.now, zone=self.zone)

    def say(self, sentence: str) -> None:
        """Say it when everything is kept, and not before."""
        self.said.append(sentence)


@contextmanager
def desk_of(arguments: argparse.Namespace, *, writes: bool = True) -> Iterator[Desk]:
    """The ledger, open; all decisions are kept together or, after an error, none. What was said is printed then."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe
    from mailtriage.adapters.terminal.sentences import sentences
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.cli.wiring import ledger_of, open_config

    config, now = open_config(arguments), read_clock()
    said: list[str] = []
    with ledger_of(config) as ledger, ledger.transaction() if writes else nullcontext():
        roster = {client.code: client for client in ledger.clients()}
        yield Desk(ledger, config, now, Wording(now, config.practice.timezone), roster, said)
    able = capabilities()
    for sentence in said:
        print(sentences(safe(sentence), able))


def _near(letters: str, by_letters: Mapping[str, Sequence[Client]]) -> list[str]:
    """Codes that have at least half of the letters."""
    near = difflib.get_close_matches(letters, by_letters, n=3, cutoff=0.5)
    return [client.code for found in near for client in by_letters[found]]


def _letters(code: str) -> str:
    return "".join(letter for letter in code.casefold() if letter.isalnum())
