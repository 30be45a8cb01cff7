"""A practice in a folder that charges for its mail: what was worked and decided is put straight into its ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ledgers import received
from mailtriage.billing.assessment import Covering, assess
from mailtriage.billing.settling import adjusted, confirmed, saved, waived
from mailtriage.cli import main
from mailtriage.cli.wiring import ledger_of
from mailtriage.config import parse
from mailtriage.config.terms import terms_of
from mailtriage.ledger import Location
from mailtriage.model import Client, DecisionKind
from mailtriage.model.money import Money
from mailtriage.model.work import Evidence, NewConsent, TimeKind, Worked

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.billing.assessment import Assessment
    from mailtriage.config import Config
    from mailtriage.model import Settlement

JO = Client("J.T.", "Jo Tarn", ("jo@home.example",), postal="2 Long Road\nYork")
ALMA = Client("A.B.", "Alma Birch", ("alma@home.example",), postal="3 Elm Grove\nLeeds")
TWENTY = Money(2000, "GBP")
AGREED_AT = datetime(2026, 1, 2, 9, tzinfo=UTC)
_CONFIG = """\
[practice]
addresses = ["therapist@practice.example"]
name = "Dr Ada Hale"
postal = ["1 Quiet Lane", "London N1 1AA"]

[[mailbox]]
name = "practice"
type = "maildir"
path = "Maildir"

[ledger]
path = "ledger.db"
key_file = "ledger.key"
encryption = "{encryption}"

[billing]
prices = ["20.00"]
"""


def at(day: int, hour: int = 10, month: int = 10) -> datetime:
    """An instant in 2026, UTC."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ChargedPractice:
    """A practice; `run` types a command at it, at the time that `set_clock` set."""

    path: Path
    patch: pytest.MonkeyPatch

    def run(self, *words: str) -> int:
        return main(["--config", str(self.path / "config.toml"), *words])

    def set_clock(self, now: datetime) -> None:
        self.patch.setenv("MAILTRIAGE_NOW", now.isoformat())

    def configure(self, **texts: str) -> None:
        """Set keys of [billing], written as in TOML."""
        kept = [line for line in self._text().splitlines() if line.split(" =")[0] not in texts]
        (self.path / "config.toml").write_text(
            "\n".join([*kept, *(f"{key} = {text}" for key, text in texts.items())]) + "\n", "utf-8"
        )

    def config(self) -> Config:
        return parse(self._text(), source="config.toml", base=self.path, home=self.path)

    def ledger(self) -> SqlLedger:
        return ledger_of(self.config())

    def agree(self, client: str = "J.T.", price: Money = TWENTY, given_at: datetime = AGREED_AT) -> int:
        with self.ledger() as ledger:
            terms = NewConsent(client, None, given_at, "signed agreement", price, "")
            return ledger.billing.add_consent(terms, given_at).id

    def withdraw(self, consent: int, withdrawn_at: datetime, recorded_at: datetime) -> None:
        with self.ledger() as ledger:
            ledger.billing.withdraw_consent(consent, withdrawn_at, recorded_at)

    def assign(self, number: int, client: str, decided_at: datetime) -> None:
        with self.ledger() as ledger:
            ledger.decide(number, DecisionKind.ASSIGN, decided_at, client)

    def work(self, ended_at: datetime, seconds: int = 400, client: Client = JO, number: int = 0) -> int:
        """Read a message of this client, a new one unless a number is given, until `ended_at`; its number."""
        with self.ledger() as ledger:
            if not number:
                name = f"{client.code} {ended_at.isoformat()} {seconds}"
                mail = received(
                    name,
                    sender=client.addresses[0],
                    clients=(client.code,),
                    received_at=ended_at - timedelta(days=1),
                    location=Location("practice", "INBOX", 0, name),
                )
                number = ledger.add_received(mail)
            began_at = ended_at - timedelta(seconds=seconds)
            ledger.billing.log_time(number, [Worked(TimeKind.READING, seconds, Evidence.TYPED, began_at)], ended_at)
            return number

    def confirm(self, number: int, decided_at: datetime, client: str = "J.T.") -> int:
        """The number, when its time is confirmed as far as it may be charged."""
        return self._settle(number, confirmed(self._assessment(number, client), client), decided_at)

    def charge(self, ended_at: datetime, seconds: int = 400, client: Client = JO) -> int:
        """A message that was worked on and confirmed at once."""
        return self.confirm(self.work(ended_at, seconds, client), ended_at, client.code)

    def adjust(self, number: int, seconds: int, decided_at: datetime, client: str = "J.T.") -> int:
        terms = terms_of(self.config().billing)
        settlement = adjusted(self._assessment(number, client), client, seconds, "her reason", terms)
        return self._settle(number, settlement, decided_at)

    def waive(self, number: int, decided_at: datetime, client: str = "J.T.") -> int:
        return self._settle(number, waived(client, "goodwill"), decided_at)

    def save(self, number: int, decided_at: datetime, client: str = "J.T.") -> int:
        return self._settle(number, saved(client, skimmed=True), decided_at)

    def _settle(self, number: int, settlement: Settlement, decided_at: datetime) -> int:
        with self.ledger() as ledger:
            ledger.billing.settle(number, settlement, decided_at)
        return number

    def _assessment(self, number: int, client: str) -> Assessment:
        config = self.config()
        with self.ledger() as ledger:
            covering = Covering(
                ledger.billing.consents(client),
                ledger.billing.client_prices(client),
                terms_of(config.billing),
                config.practice.timezone,
            )
            return assess(number, ledger.billing.time_entries(number), covering)

    def _text(self) -> str:
        return (self.path / "config.toml").read_text("utf-8")


def charged_practice(path: Path, patch: pytest.MonkeyPatch, encryption: str = "none") -> ChargedPractice:
    """A practice with two clients who agreed to 20.00 a unit. It is early in November 2026."""
    (path / "config.toml").write_text(_CONFIG.format(encryption=encryption), "utf-8")
    practice = ChargedPractice(path, patch)
    practice.set_clock(at(2, 9, 11))
    with practice.ledger() as ledger:
        for client in (JO, ALMA):
            ledger.save_client(client, AGREED_AT)
    practice.agree("J.T.")
    practice.agree("A.B.")
    return practice
