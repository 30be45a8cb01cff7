"""What is proposed for messages, asked of the ledger: only for those that wait for a decision about their time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.before import Prospect
from mailtriage.billing.assessment import Covering, is_agreed_now, price_now
from mailtriage.billing.proposal import Known, barred, proposal
from mailtriage.billing.speeds import COMPOSING, LEARNED_AT_MOST, READING, Paces, learned, usually
from mailtriage.config.terms import terms_of
from mailtriage.ledger.standing import standing
from mailtriage.model.work import TimeKind
from mailtriage.summary import Work, waits_for_settlement

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.billing.proposal import Proposal
    from mailtriage.config import Config
    from mailtriage.ledger import KeptMessage
    from mailtriage.ledger.work import BillingLedger
    from mailtriage.model.work import Terms


def covering_of(billing: BillingLedger, message: KeptMessage, terms: Terms, zone: ZoneInfo) -> Covering:
    """What decides whether time on this message can be charged: nothing, while it is not one client's."""
    if len(message.clients) != 1:
        return Covering((), (), terms, zone)
    code = message.clients[0]
    return Covering(billing.consents(code), billing.client_prices(code), terms, zone)


@dataclass(frozen=True)
class Proposing:
    """A ledger that is asked for what a proposal needs. What is the same for several messages is asked once."""

    ledger: SqlLedger
    config: Config
    now: datetime

    @cached_property
    def terms(self) -> Terms:
        """How the practice charges."""
        return terms_of(self.config.billing)

    @cached_property
    def paces(self) -> Paces:
        """How fast she reads and writes: learned, or else as configured and published."""
        published = usually(self.config.triage.reading_words_per_minute, READING)
        speeds = self.ledger.billing.speeds
        return Paces(
            learned(speeds(TimeKind.READING, LEARNED_AT_MOST), published),
            learned(speeds(TimeKind.REPLY, LEARNED_AT_MOST), COMPOSING),
        )

    def proposal(self, message: KeptMessage) -> Proposal:
        """What is proposed to become of this message's time."""
        number, billing = message.number, self.ledger.billing
        decided = standing(self.ledger.decisions(number)) if message.is_reopened else None
        known = Known(
            message,
            billing.time_entries(number) if message.logged_seconds else (),
            billing.replies(number) if message.answered_at else (),
            self.ledger.seen_interval(number) if message.answered_at else None,
            covering_of(billing, message, self.terms, self.config.practice.timezone),
            self.paces,
            decided.lapsed if decided else None,
            decided.added_seconds if decided else 0,
            is_credited=decided is not None and decided.is_credited,
        )
        return proposal(known, self.now)

    def prospect(self, message: KeptMessage) -> Prospect:
        """What time on this message would come to if it were worked now."""
        covering = covering_of(self.ledger.billing, message, self.terms, self.config.practice.timezone)
        return Prospect(
            bar=barred(message),
            is_agreed=is_agreed_now(message.number, covering, self.now),
            price=price_now(message.number, covering, self.now),
            terms=self.terms,
        )

    def work(self, messages: Sequence[KeptMessage]) -> Work:
        """What a summary of these messages needs of time and charges."""
        free, billing = self.terms.free_minutes, self.ledger.billing
        waiting = [message for message in messages if waits_for_settlement(message, free)]
        settled = [message.number for message in messages if message.settlement or message.is_reopened]
        return Work(
            proposals={message.number: self.proposal(message) for message in waiting},
            charged=frozenset(charged.number for charged in billing.charged(settled)),
            timer=billing.timer(),
            free_minutes=free,
        )
