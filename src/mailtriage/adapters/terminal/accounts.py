"""What would be issued, and what was, in sentences and as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.filling import filled
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.billing.statement import left_to_pay, owed_back, taken_back
from mailtriage.model.duration import spoken
from mailtriage.model.money import total
from mailtriage.model.statements import StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from mailtriage.adapters.terminal.capabilities import Capabilities
    from mailtriage.billing.account import Account, Day
    from mailtriage.billing.issuing import Draft
    from mailtriage.billing.waiting import Waiting
    from mailtriage.model.money import Money
    from mailtriage.model.statements import Issued, Statement
    from mailtriage.model.work import Terms

_HEADING = ("NUMBER", "ISSUED", "MONTH", "CLIENT", "TOTAL", "STATE")
_RIGHT = (0, 4)
_GAP = "  "
_SHOWN = 10
"""So many numbers of messages are enough to see."""


def remarks(accounts: Sequence[Account], terms: Terms) -> tuple[str, ...]:
    """What she should know of accounts and no client needs to: how days were counted, and what is in doubt."""
    counted = [_counted(day, terms) for account in accounts for day in account.days if len(day.charges) > 1]
    doubted = [
        f"Message {each.number} of {one_line(each.client)} must be confirmed again, and is not charged: "
        f"{each.reason}. mailtriage confirm {each.number}"
        for account in accounts
        for each in account.doubts
    ]
    return (*counted, *doubted)


def undecided(waiting: Sequence[Waiting]) -> tuple[str, ...]:
    """What is not charged since it waits for her: by client, and what a credit made her decide anew by message."""
    again = [
        f"Message {each.number} of {one_line(each.client)} is not charged: it was confirmed before statement "
        f"{each.credited} was credited. To charge it, confirm it again: mailtriage confirm {each.number}; to charge "
        f"nothing: mailtriage waive {each.number}"
        for each in waiting
        if each.credited
    ]
    clients = sorted({each.client for each in waiting if not each.credited})
    return (*again, *(_undecided(code, [each for each in waiting if each.client == code]) for code in clients))


def charged_anyway(grounds: Iterable[tuple[int, str, str]]) -> tuple[str, ...]:
    """What she confirmed though it is never proposed: number, client and ground of each message."""
    return tuple(
        f"Message {number} of {one_line(client)} is charged although it is not meant to be ({ground})."
        for number, client, ground in grounds
    )


def lacking(statements: Iterable[Statement]) -> tuple[str, ...]:
    """What the roster does not say of those whom statements are made out to."""
    return tuple(
        f"{one_line(each.client)} has no postal address on the roster: "
        f'mailtriage client edit {one_line(each.client)} --postal "2 Long Road; York"'
        for each in statements
        if not each.recipient.postal
    )


def plan(drafts: Sequence[Draft]) -> tuple[str, ...]:
    """What would be issued, a sentence for each client and line."""
    return tuple(sentence for draft in drafts for sentence in _planned(draft.statement))


def issued_text(issued: Sequence[Issued], today: date, able: Capabilities) -> str:
    """The statements and credits: a table, or where it is too wide a sentence for each; then what is left to pay."""
    if not issued:
        return "No statement fits that.\n"
    sentences = [*(_sentence(each, today) for each in issued), _left(issued)]
    if able.plain:
        return able.text("\n".join(sentences) + "\n")
    table = [*_table(issued, today)]
    if max(map(len, table)) > able.columns:
        return able.text("".join(filled(sentence, able.columns) for sentence in sentences))
    return able.text("\n".join(table) + "\n" + filled(_left(issued), able.columns))


def state(issued: Issued, today: date) -> str:
    """What became of it: "unpaid", "paid 3 Nov 2026", "credited"."""
    known, back = issued.statement, taken_back(issued)
    if known.kind is StatementKind.CREDIT:
        return f"credit on {known.credits}"
    owed = f", {owed_back(issued)} owed back" if issued.owed_back else ""
    owed = " and owed back" if issued.owed_back == issued.credited and owed else owed
    if len(issued.credited) == len(known.lines):
        return "credited" if issued.paid_on is None else f"paid {_day(issued.paid_on)}, credited{owed}"
    part = f", {back} of it credited" if issued.credited else ""
    if issued.paid_on:
        return f"paid {_day(issued.paid_on)}{part}{owed}"
    late = known.due_on is not None and known.due_on < today
    return f"unpaid, due {_day(known.due_on)}{part}" if late and known.due_on else f"unpaid{part}"


def _undecided(client: str, waiting: Sequence[Waiting]) -> str:
    open_ones = [each for each in waiting if not each.credited]
    time = spoken(sum(each.seconds for each in open_ones))
    counted = "1 message" if len(open_ones) == 1 else f"{len(open_ones)} messages"
    wait = "waits" if len(open_ones) == 1 else "wait"
    numbers = ", ".join(str(each.number) for each in open_ones[:_SHOWN])
    more = ", \u2026" if len(open_ones) > _SHOWN else ""
    return (
        f"{one_line(client)}: {counted} with {time} recorded {wait} for your decision, not charged yet "
        f"({numbers}{more}): mailtriage review"
    )


def _counted(day: Day, terms: Terms) -> str:
    both = f"{_units(day.apart)} message by message, {_units(day.together)} together"
    chosen = min(day.apart, day.together) if terms.pool == "day" else day.apart
    return f"{one_line(day.client)}, {_day(day.worked_on)}: {both}; {_units(chosen)} charged."


def _units(count: int) -> str:
    return f"{count} unit" if count == 1 else f"{count} units"


def _planned(statement: Statement) -> Iterator[str]:
    vat = f", {statement.vat} of it VAT" if statement.vat.minor else ""
    whom = one_line(statement.recipient.name)
    whom = f" ({whom})" if whom != one_line(statement.client) else ""
    yield f"{one_line(statement.client)}{whom}: {statement.total}{vat}"
    for line in statement.lines:
        late = ", late" if line.is_late else ""
        numbers = ", ".join(map(str, line.messages))
        messages = f"message {numbers}" if len(line.messages) == 1 else f"messages {numbers}"
        yield f"  {_day(line.worked_on)}{late}: {line.units} x {line.price} = {line.net} ({messages})"


def _sentence(issued: Issued, today: date) -> str:
    known = issued.statement
    return (
        f"{known.kind.value.capitalize()} {known.number} of {_day(known.issued_on)} for {one_line(known.client)}, "
        f"{known.month}: {known.total}, {state(issued, today)}."
    )


def _table(issued: Sequence[Issued], today: date) -> Iterator[str]:
    from rich.cells import cell_len

    rows = [_HEADING, *(_cells(each, today) for each in issued)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        gaps = [" " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        cells = [
            f"{gap}{cell}" if at in _RIGHT else f"{cell}{gap}"
            for at, (cell, gap) in enumerate(zip(row, gaps, strict=True))
        ]
        yield _GAP.join(cells).rstrip()


def _cells(issued: Issued, today: date) -> tuple[str, ...]:
    known = issued.statement
    when, whose = _day(known.issued_on), one_line(known.client)
    return (str(known.number), when, str(known.month), whose, str(known.total), state(issued, today))


def _left(issued: Sequence[Issued]) -> str:
    """What clients owe, and what is owed to them."""
    unpaid, owed = _summed(map(left_to_pay, issued)), _summed(map(owed_back, issued))
    left = f"Left to pay: {unpaid}." if unpaid else "Nothing of these is left to pay."
    return f"{left} Owed back to clients: {owed}." if owed else left


def _summed(amounts: Iterable[Money]) -> str:
    """Amounts above nothing, as a sum on so many statements; "" for none."""
    found = [amount for amount in amounts if amount.minor]
    if not found:
        return ""
    count = "1 statement" if len(found) == 1 else f"{len(found)} statements"
    return f"{total(tuple(found), found[0].currency)} on {count}"


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"
