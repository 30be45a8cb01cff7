"""What the ledger in memory keeps of mail, decisions and charges, and the questions that both its parts ask."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mailtriage.ledger.issuing import credited_positions
from mailtriage.ledger.refusals import undo_target
from mailtriage.model import Decision, DecisionKind
from mailtriage.model.statements import Issued, StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from mailtriage.ledger import Received, Sent
    from mailtriage.model.work import Consent, PriceFrom, TimeEntry, Timer


@dataclass(slots=True)
class KeptBilling:
    """What a group of writes may have to take back, of this part."""

    received: dict[int, Received] = field(default_factory=dict)
    sent: dict[str, Sent] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    entries: list[TimeEntry] = field(default_factory=list)
    timer: Timer | None = None
    consents: dict[int, Consent] = field(default_factory=dict)
    prices: list[tuple[str, PriceFrom]] = field(default_factory=list)
    issued: dict[int, Issued] = field(default_factory=dict)
    paid_at: dict[int, datetime] = field(default_factory=dict)


def credited_lines(kept: KeptBilling, original: Issued) -> list[tuple[int, date, datetime]]:
    """The credited lines of a statement, by position, each with the day and the instant of its credit."""
    taken: list[tuple[int, date, datetime]] = []
    for credit in kept.issued.values():
        if credit.statement.credits == original.statement.number:
            gone = tuple(position for position, _, _ in taken)
            positions = credited_positions(credit.statement, replace(original, credited=gone))
            taken += [(position, credit.statement.issued_on, credit.issued_at) for position in positions]
    return taken


def undone(kept: KeptBilling, decision: Decision, decided_at: datetime) -> Decision:
    """The appended UNDO that takes a decision back; UsageError where it must not be."""
    history = [past for past in kept.decisions if past.number == decision.number]
    target = undo_target(history, decision.id, charged_of(kept, decision.number))
    return appended(kept, Decision(0, decision.number, DecisionKind.UNDO, decided_at, undoes=target))


def charged_of(kept: KeptBilling, number: int) -> dict[int, int]:
    """A message's settlements on issued lines that no credit took back, each with its statement."""
    return {
        past.id: issued.statement.number
        for past in kept.decisions
        for issued in kept.issued.values()
        for position, line in enumerate(issued.statement.lines)
        if issued.statement.kind is StatementKind.STATEMENT
        and past.number == number
        and past.id in line.decisions
        and position not in issued.credited
    }


def codes_in(kept: KeptBilling) -> frozenset[str]:
    """Codes that something is recorded under, besides mail."""
    codes = {decision.client for decision in kept.decisions}
    codes |= {consent.terms.client for consent in kept.consents.values()} | {code for code, _ in kept.prices}
    return frozenset(codes | {issued.statement.client for issued in kept.issued.values()}) - {""}


def appended(kept: KeptBilling, decision: Decision) -> Decision:
    """The decision with its id, kept."""
    kept.decisions.append(replace(decision, id=len(kept.decisions) + 1))
    return kept.decisions[-1]


def named_by(sent: Sent, received: Received) -> bool:
    """True if a mail of the practice's that came later names a message."""
    since = min(received.received_at, received.sent_at or received.received_at)
    return bool(received.message_id) and received.message_id in sent.answers and sent.sent_at > since


def guessed_from(sent: Sent, received: Received) -> bool:
    """True if a mail of the practice's may answer a message, by subject and person."""
    same = sent.thread == received.thread != "" and received.sender in sent.recipients
    return same and sent.sent_at > received.received_at


def first(mails: Iterable[Sent]) -> datetime | None:
    """When the first of these mails was sent."""
    return min((sent.sent_at for sent in mails), default=None)
