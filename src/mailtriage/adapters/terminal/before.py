"""What she should know before she reads or answers a message: how it may be answered, and whether time on it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.rows import Row, row
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.adapters.terminal.words import length
from mailtriage.drafts.contact import speaks_against_mail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.billing.proposal import Ground
    from mailtriage.model.money import Money
    from mailtriage.model.work import Terms
    from mailtriage.summary import Item


@dataclass(frozen=True, slots=True)
class Prospect:
    """What time on a message would come to if it were worked now.

    Attributes:
        bar: why no charge is ever proposed for it, None if one may be.
        is_agreed: a consent is in force, at whatever price.
        price: of one unit; None where time would be free.
    """

    bar: Ground | None
    is_agreed: bool
    price: Money | None
    terms: Terms


def before(item: Item, prospect: Prospect) -> Iterator[Row]:
    """Contact preferences, how long it is unless the headline says so, and what a charge could rest on."""
    for client in item.clients:
        if client.contact:
            against = speaks_against_mail(client.contact)
            yield row(
                f"{one_line(client.code)} may be contacted: {one_line(client.contact)}", "loud" if against else ""
            )
    verdict = item.message.verdict
    if verdict.words and not verdict.long:
        yield row(f"{length(verdict).capitalize()}.")
    yield row(f"{_charging(prospect)}{_advice(item, prospect)}")


def learned(item: Item) -> Iterator[Row]:
    """From how many messages of her own an estimate's speed was learned; nothing where it is a published one."""
    count = item.proposal.estimate.learned_from if item.proposal else 0
    if count:
        yield row(f"Estimated by your own speed, learned from {count} messages that you typed or timed.")


def is_unpaid_length(item: Item, prospect: Prospect) -> bool:
    """True for a long message that time may be spent on for nothing: better kept for the session."""
    return item.message.verdict.long and prospect.bar is None and prospect.price is None


def _charging(prospect: Prospect) -> str:
    terms = prospect.terms
    if prospect.bar:
        return f"No charge is proposed for it: {prospect.bar.value}."
    if prospect.price:
        over = f"over {terms.free_minutes} min" if terms.free_minutes else "from the first second"
        return f"A consent covers it: {over}, {prospect.price} for each begun {terms.increment_minutes} min."
    if prospect.is_agreed:
        return "The price of today is above the agreed one: time on it is free."
    return "No consent: time on it is free."


def _advice(item: Item, prospect: Prospect) -> str:
    if not is_unpaid_length(item, prospect):
        return ""
    number = item.number
    return f" Save it for the session: mailtriage save {number}; say so: mailtriage draft {number} --policy"
