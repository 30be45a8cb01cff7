"""What no ledger issues: rules on statements, credits and payments. Each raises a UsageError with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage.errors import UsageError
from mailtriage.model import CHARGES
from mailtriage.model.statements import StatementKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date, datetime

    from mailtriage.model import Decision
    from mailtriage.model.statements import Issued, Line, Statement

_LIST = "`mailtriage statement list` shows what was issued."
_SHOW = "Nothing was issued. `mailtriage statement show` shows what can be."


def refuse_statement(statement: Statement, next_number: int, currency: str | None) -> None:
    """Raise UsageError for a number that is not the next, no lines at all, or a second currency.

    `currency` is that of what was issued before, None if nothing was.
    """
    if statement.number != next_number:
        raise UsageError(f"the next statement is number {next_number}, not {statement.number}", _LIST)
    if not statement.lines:
        raise UsageError("a statement without lines is not issued", _SHOW)
    currencies = {
        statement.currency,
        *(line.price.currency for line in statement.lines),
        currency or statement.currency,
    }
    if len(currencies) > 1:
        raise UsageError(
            f"statements are in one currency, not in {' and '.join(sorted(currencies))}",
            "[billing] currency must stay that of the statements issued before.",
        )


def refuse_charges(statement: Statement, holding: Mapping[int, Decision], charged: Collection[int]) -> None:
    """Raise UsageError for a statement with a line that charges what is not decided, or more than is decided.

    Args:
        statement: of kind STATEMENT.
        holding: those of its lines' decisions that hold.
        charged: those that stand on a statement already, credited or not.
    """
    if statement.credits is not None:
        raise ValueError("only a credit names the statement that it takes back")
    seen = set(charged)
    for line in statement.lines:
        if not line.decisions:
            raise UsageError("a line stands on no decision", _SHOW)
        for decision_id in line.decisions:
            if decision_id in seen:
                raise UsageError(f"decision {decision_id} is charged on a statement already", _SHOW)
            seen.add(decision_id)
            _refuse_decision(statement, decision_id, holding.get(decision_id))
        _refuse_excess(line, [holding[decision_id] for decision_id in line.decisions])


def credited_positions(credit: Statement, original: Issued | None) -> tuple[int, ...]:
    """The positions of the lines of the original that a credit takes back; each of its lines is one of them, negated.

    Raises:
        UsageError: if there is no such statement, it is another client's, month's or itself a credit, or a line is not
            its own or is credited already.
    """
    if original is None or original.statement.kind is not StatementKind.STATEMENT:
        raise UsageError(f"there is no statement {credit.credits} to credit", _LIST)
    known = original.statement
    if (credit.client, credit.month) != (known.client, known.month):
        raise UsageError(f"statement {known.number} is of another client or another month", _LIST)
    taken = set(original.credited)
    positions = []
    for line in credit.lines:
        places = [place for place, own in enumerate(known.lines) if replace(own, units=-own.units) == line]
        if not places:
            raise UsageError(f"statement {known.number} has no such line", _LIST)
        position = next((place for place in places if place not in taken), None)
        if position is None:
            raise UsageError(f"line {places[0] + 1} of statement {known.number} is credited already", _LIST)
        taken.add(position)
        positions.append(position)
    return tuple(positions)


def messages_of(statement: Statement) -> tuple[int, ...]:
    """Numbers of the messages on its lines, each once, rising."""
    return tuple(sorted({number for line in statement.lines for number in line.messages}))


def refuse_payment(issued: Issued | None, number: int, paid_on: date | None) -> None:
    """Raise UsageError for a payment that cannot be, or, with None for the day, for one that cannot be taken back.

    Such is a payment of what does not exist, is a credit, is credited whole or paid already, or of a day before the
    statement was issued; and taking back what was credited whole and never paid.
    """
    if issued is None:
        raise UsageError(f"there is no statement {number}", _LIST)
    known = issued.statement
    if known.kind is StatementKind.CREDIT:
        raise UsageError(f"{number} is a credit, and credits are not paid", _LIST)
    if issued.paid_on is not None:
        if paid_on is not None:
            raise UsageError(
                f"statement {number} is paid already, on {issued.paid_on:%-d %b %Y}",
                f"If that is wrong, take it back first: mailtriage statement paid {number} --not",
            )
        return
    if len(issued.credited) == len(known.lines):
        raise UsageError(f"statement {number} is credited whole: there is nothing to pay", _LIST)
    if paid_on is not None and paid_on < known.issued_on:
        raise UsageError(
            f"statement {number} was issued on {known.issued_on:%-d %b %Y} and cannot be paid before, "
            f"on {paid_on:%-d %b %Y}",
            "Say the day on which it was paid: --on DAY.",
        )


def paid_for(
    credited: Iterable[tuple[int, date, datetime]], paid_on: date | None, recorded_at: datetime | None
) -> tuple[int, ...]:
    """The positions of credited lines that were paid for before: none of a statement that is not paid, rising.

    Args:
        credited: of each line its position, and the day and the instant at which its credit was issued.
        paid_on: the day of the payment.
        recorded_at: when that was noted. What was credited by then was not asked for any more, unless the payment was
            made on a day before.
    """
    if paid_on is None or recorded_at is None:
        return ()
    return tuple(sorted(at for at, on, issued_at in credited if on > paid_on or issued_at >= recorded_at))


def _refuse_decision(statement: Statement, decision_id: int, decision: Decision | None) -> None:
    if decision is None or decision.kind not in CHARGES:
        raise UsageError(f"decision {decision_id} charges nothing, or does not hold any more", _SHOW)
    if decision.client != statement.client:
        raise UsageError(f"decision {decision_id} is {decision.client}'s, not {statement.client}'s", _SHOW)


def _refuse_excess(line: Line, decisions: list[Decision]) -> None:
    settled = [decision.settlement for decision in decisions if decision.settlement]
    prices = [settlement.price for settlement in settled if settlement.price]
    is_dearer = any(price < line.price for price in prices if price.currency == line.price.currency)
    is_foreign = any(price.currency != line.price.currency for price in prices)
    if not 0 < line.units <= sum(settlement.units for settlement in settled) or is_dearer or is_foreign:
        raise UsageError("a line charges other than was decided", _SHOW)
    if not {decision.number for decision in decisions} <= set(line.messages):
        raise UsageError("a line does not name the messages that it charges", _SHOW)
