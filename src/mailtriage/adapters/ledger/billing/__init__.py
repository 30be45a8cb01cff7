"""The part of the ledger that keeps time, settlements, consents, prices and statements; a poll imports none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.billing.consents import ConsentsPart
from mailtriage.adapters.ledger.billing.prices import PricesPart
from mailtriage.adapters.ledger.billing.replies import RepliesPart
from mailtriage.adapters.ledger.billing.settlements import SettlementsPart
from mailtriage.adapters.ledger.billing.statements import StatementsPart
from mailtriage.adapters.ledger.billing.time_log import TimeLogPart
from mailtriage.adapters.ledger.billing.timers import TimersPart

if TYPE_CHECKING:
    from mailtriage.adapters.ledger.database import Database

__all__ = ["SqlBilling"]


class SqlBilling(TimeLogPart, TimersPart, SettlementsPart, RepliesPart, ConsentsPart, PricesPart, StatementsPart):
    """`BillingLedger` over an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database
