"""The part of the ledger that keeps the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage import model
from mailtriage.adapters.ledger.times import seconds
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database
    from mailtriage.model import Client

_SAVE = """
INSERT INTO client (code, name, phone, contact, postal, changed_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (code) DO UPDATE
SET name = excluded.name, phone = excluded.phone, contact = excluded.contact, postal = excluded.postal,
    changed_at = excluded.changed_at
"""
_END_CONSENTS = """
INSERT INTO consent_withdrawal (consent, withdrawn_at, recorded_at)
SELECT c.id, ?, ? FROM consent c
WHERE c.client = ? AND NOT EXISTS (SELECT 1 FROM consent_withdrawal w WHERE w.consent = c.id AND w.withdrawn_at <= ?)
"""
_CODES_USED = """
SELECT code FROM message_client UNION SELECT client FROM decision UNION SELECT client FROM consent
UNION SELECT client FROM client_price UNION SELECT client FROM statement
"""


class RosterPart:
    """`Roster`."""

    _database: Database

    def clients(self) -> tuple[Client, ...]:
        """All entries, in the order of their codes."""
        addresses: dict[str, list[str]] = {}
        for code, address in self._database.rows("SELECT code, address FROM client_address ORDER BY code, position"):
            addresses.setdefault(code, []).append(address)
        rows = self._database.rows("SELECT code, name, phone, contact, postal FROM client ORDER BY code")
        return tuple(
            model.Client(code, name, tuple(addresses.get(code, ())), phone, contact, postal)
            for code, name, phone, contact, postal in rows
        )

    def save_client(self, client: Client, changed_at: datetime) -> None:
        """Add or replace the entry with this code. Earlier mail from its addresses becomes this client's."""
        addresses = dict.fromkeys(address.lower() for address in client.addresses)
        with self._database.transaction():
            known = {canonical(address) for (address,) in self._database.rows("SELECT address FROM client_address")}
            if not known.issuperset(map(canonical, addresses)):
                # Junk that was a stranger's, and so not kept, may be this client's: the next poll looks again.
                self._database.run("DELETE FROM checkpoint")
            texts = (client.code, client.name, client.phone, client.contact, client.postal)
            self._database.run(_SAVE, *texts, seconds(changed_at))
            self._database.run("DELETE FROM client_address WHERE code = ?", client.code)
            self._database.run_many(
                "INSERT INTO client_address (code, position, address, mailbox) VALUES (?, ?, ?, ?)",
                ((client.code, position, address, canonical(address)) for position, address in enumerate(addresses)),
            )

    def remove_client(self, code: str, removed_at: datetime) -> bool:
        """False if there is no such code. What was recorded of messages stays; consents of this client end now."""
        at = seconds(removed_at)
        with self._database.transaction():
            is_known = self._database.run("DELETE FROM client WHERE code = ?", code) > 0
            if is_known:
                self._database.run(_END_CONSENTS, at, at, code, at)
            return is_known

    def codes_used(self) -> frozenset[str]:
        """Codes that something is recorded under, on the roster or not."""
        return frozenset(code for (code,) in self._database.rows(_CODES_USED) if code)
