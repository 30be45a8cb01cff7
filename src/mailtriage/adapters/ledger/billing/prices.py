"""Prices of single clients."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.times import seconds
from mailtriage.model.money import Money
from mailtriage.model.work import PriceFrom

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.adapters.ledger.database import Database

# Of a group, SQLite takes the bare columns from the row that has the maximum. NULL, always, comes first.
_PRICES = """
SELECT price_minor, currency, from_on, max(id) FROM client_price WHERE client = ? GROUP BY from_on ORDER BY from_on
"""


class PricesPart:
    """`ClientPrices`."""

    _database: Database

    def client_prices(self, client: str) -> tuple[PriceFrom, ...]:
        """All that hold for this client by their days; of two for one day the one that was set last."""
        return tuple(
            PriceFrom(Money(minor, currency), date.fromisoformat(from_on) if from_on else None)
            for minor, currency, from_on, _ in self._database.rows(_PRICES, client)
        )

    def set_client_price(self, client: str, price: PriceFrom, set_at: datetime) -> None:
        """Append a price."""
        from_on = price.from_on.isoformat() if price.from_on else None
        self._database.run(
            "INSERT INTO client_price (client, price_minor, currency, from_on, set_at) VALUES (?, ?, ?, ?, ?)",
            *(client, price.price.minor, price.price.currency, from_on, seconds(set_at)),
        )
