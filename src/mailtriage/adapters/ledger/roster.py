"""The part of the ledger that keeps the roster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.times import seconds
from mailtriage.model import Client
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database

_SAVE = """
INSERT INTO client (code, name, phone, contact, postal, changed_at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (code) DO UPDATE
SET name = excluded.name, phone = excluded.phone, contact = excluded.contact, postal = excluded.postal,
    changed_at = excluded.changed_at
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
            Client(code, name, tuple(addresses.get(code, ())), phone, contact, postal)
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

    def remove_client(self, code: str, removed_at: datetime) -> bool:  # noqa: ARG002 - the roster keeps no history yet
        """False if there is no such code. What was recorded of messages stays."""
        return self._database.run("DELETE FROM client WHERE code = ?", code) > 0
