"""Agreements to charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.decisions import require_message
from mailtriage.adapters.ledger.times import instant, instant_or_none, seconds
from mailtriage.ledger.refusals import refuse_consent, refuse_withdrawal
from mailtriage.model.money import Money
from mailtriage.model.work import Consent, NewConsent

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database, Row

_SELECT = """
SELECT c.id, c.client, c.message, c.given_at, c.how, c.price_minor, c.currency, c.policy, c.recorded_at,
    (SELECT min(w.withdrawn_at) FROM consent_withdrawal w WHERE w.consent = c.id)
FROM consent c
"""
_INSERT = """
INSERT INTO consent (client, message, given_at, how, price_minor, currency, policy, recorded_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""


class ConsentsPart:
    """`Consents`."""

    _database: Database

    def consents(self, client: str | None = None) -> tuple[Consent, ...]:
        """All ever recorded, of one client or of all, by client and then in the order they were recorded."""
        if client is None:
            return tuple(map(_consent, self._database.rows(f"{_SELECT} ORDER BY c.client, c.id")))
        return tuple(map(_consent, self._database.rows(f"{_SELECT} WHERE c.client = ? ORDER BY c.id", client)))

    def add_consent(self, consent: NewConsent, recorded_at: datetime) -> Consent:
        """Append it.

        Raises:
            UsageError: if `given_at` is after `recorded_at`, or its message does not exist.
        """
        refuse_consent(consent, recorded_at)
        with self._database.transaction():
            if consent.number is not None:
                require_message(self._database, consent.number)
            consent_id = self._database.insert(
                _INSERT,
                *(consent.client, consent.number, seconds(consent.given_at), consent.how),
                *(consent.price.minor, consent.price.currency, consent.policy, seconds(recorded_at)),
            )
            return _consent(self._database.rows(f"{_SELECT} WHERE c.id = ?", consent_id)[0])

    def withdraw_consent(self, consent_id: int, withdrawn_at: datetime, recorded_at: datetime) -> Consent:
        """Append that it ended; it keeps covering what was worked before. Of several withdrawals the earliest counts.

        Raises:
            UsageError: if there is no such consent, it had ended by then already, or `withdrawn_at` is after
                `recorded_at`.
        """
        with self._database.transaction():
            row = self._database.row(f"{_SELECT} WHERE c.id = ?", consent_id)
            refuse_withdrawal(_consent(row) if row else None, consent_id, withdrawn_at, recorded_at)
            self._database.run(
                "INSERT INTO consent_withdrawal (consent, withdrawn_at, recorded_at) VALUES (?, ?, ?)",
                *(consent_id, seconds(withdrawn_at), seconds(recorded_at)),
            )
            return _consent(self._database.rows(f"{_SELECT} WHERE c.id = ?", consent_id)[0])


def _consent(row: Row) -> Consent:
    consent_id, client, number, given_at, how, price_minor, currency, policy, recorded_at, withdrawn_at = row
    terms = NewConsent(client, number, instant(given_at), how, Money(price_minor, currency), policy)
    return Consent(consent_id, terms, instant(recorded_at), instant_or_none(withdrawn_at))
