"""What a client owes: due charges, less what statements charge already, by day and price."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from mailtriage.billing.units import units
from mailtriage.model.statements import Line, Month

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from mailtriage.ledger.work import Charged
    from mailtriage.model.money import Money
    from mailtriage.model.work import Terms


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge of one message that holds.

    Attributes:
        number: the message's.
        decision: the id of the settlement; None where it stands on a statement already.
        worked_on: the day of the last work, in the practice's zone.
        seconds: those that the settlement settles.
        units: those that the settlement decided, at least 1.
        price: of one unit.
        charged: what statements in force charge of the message already.
    """

    number: int
    decision: int | None
    client: str
    worked_on: date
    seconds: int
    units: int
    price: Money
    charged: tuple[Charged, ...] = ()

    @property
    def new_units(self) -> int:
        """The units that no statement charges yet; never so many that more is paid than was decided."""
        return _left(self.units, self.price, self.charged)


@dataclass(frozen=True, slots=True)
class Day:
    """The due charges of a client, a day and a price, counted both ways.

    Attributes:
        charges: the due ones, by message.
        apart: what they make message by message, less what is charged already.
        together: what the time of that day makes in one, less what is charged already; only messages that each passed
            the free minutes are in it.
    """

    client: str
    worked_on: date
    price: Money
    charges: tuple[Charge, ...]
    apart: int
    together: int


@dataclass(frozen=True, slots=True)
class Doubt:
    """A charge that must be confirmed again before it goes onto a statement, and why."""

    number: int
    client: str
    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What one client owes that stands on no statement yet, and what is in doubt."""

    client: str
    days: tuple[Day, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def days_of(due: Iterable[Charge], charged: Sequence[Charge], terms: Terms) -> tuple[Day, ...]:
    """The days of due charges, by client, day and price; two prices on one day are two of them.

    Args:
        due: charges that hold and stand on no statement.
        charged: those of the same days that do; their time counts where a day's time is counted together.
        terms: the practice's.
    """
    ordered = sorted(due, key=_group)
    return tuple(_day(tuple(charges), charged, terms) for _, charges in groupby(ordered, lambda each: _group(each)[:3]))


def lines_of(day: Day, month: Month, terms: Terms) -> tuple[Line, ...]:
    """The lines of a day on a month's statement; none where nothing is left to charge.

    One for each message, or with `pool = "day"` one for all of them, with the lower of both counts.
    """
    wanted: list[tuple[tuple[Charge, ...], int]] = [(day.charges, min(day.apart, day.together))]
    if terms.pool == "message":
        wanted = [((charge,), charge.new_units) for charge in day.charges]
    return tuple(_line(day, charges, count, month, terms) for charges, count in wanted if count)


def _line(day: Day, charges: tuple[Charge, ...], count: int, month: Month, terms: Terms) -> Line:
    return Line(
        worked_on=day.worked_on,
        units=count,
        unit_minutes=terms.increment_minutes,
        price=day.price,
        vat_percent=terms.vat_percent,
        messages=tuple(charge.number for charge in charges),
        decisions=tuple(sorted(charge.decision for charge in charges if charge.decision is not None)),
        is_late=Month(day.worked_on.year, day.worked_on.month) < month,
    )


def _group(charge: Charge) -> tuple[str, date, int, int]:
    return charge.client, charge.worked_on, charge.price.minor, charge.number


def _day(charges: tuple[Charge, ...], charged: Sequence[Charge], terms: Terms) -> Day:
    first = charges[0]
    beside = [each for each in charged if _group(each)[:3] == _group(first)[:3]]
    seconds = sum(charge.seconds for charge in (*charges, *beside))
    lines = {
        (each.statement, each.position): each for charge in (*charges, *beside) for each in charge.charged
    }  # a line that charges several messages counts once
    return Day(
        client=first.client,
        worked_on=first.worked_on,
        price=first.price,
        charges=charges,
        apart=sum(charge.new_units for charge in charges),
        together=_left(units(seconds, terms), first.price, tuple(lines.values())),
    )


def _left(count: int, price: Money, charged: Sequence[Charged]) -> int:
    """How many of these units are not charged yet, neither by their count nor by what was paid for them."""
    by_count = count - sum(each.units for each in charged)
    if by_count <= 0 or not price.minor:
        return max(by_count, 0)
    open_minor = price.minor * count - sum(each.price.minor * each.units for each in charged)
    return max(min(by_count, open_minor // price.minor), 0)
