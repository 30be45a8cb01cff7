"""Whether what is asked of statements line by line still says what was issued."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.billing.content import statement_of
from mailtriage.model.statements import StatementKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.adapters.ledger.database import Database, Row
    from mailtriage.model.statements import Statement

_LINES = "SELECT position, worked_on, units, price_minor FROM statement_line WHERE statement = ? ORDER BY position"


def statements_amiss(database: Database) -> Iterator[str]:
    """Sentences for a number that is missing, and for each statement whose lines are not those that were issued."""
    rows = database.rows("SELECT number, content FROM statement ORDER BY number")
    if [number for number, _ in rows] != list(range(1, len(rows) + 1)):
        yield "a statement's number is missing"
    messages = _by_line(database.rows("SELECT statement, position, message FROM statement_message"))
    decisions = _by_line(database.rows("SELECT statement, position, decision FROM statement_charge"))
    credited: dict[int, int] = dict(database.rows("SELECT credit, count(*) FROM credited_line GROUP BY credit"))
    for number, content in rows:
        try:
            statement = statement_of(content)
        except (ValueError, KeyError, TypeError):
            yield f"statement {number} cannot be read any more"
            continue
        is_credit = statement.kind is StatementKind.CREDIT
        expected = [] if is_credit else _lines(statement)
        actual = [
            (*line, messages.get((number, line[0]), set()), decisions.get((number, line[0]), set()))
            for line in database.rows(_LINES, number)
        ]
        if expected != actual or credited.get(number, 0) != (len(statement.lines) if is_credit else 0):
            yield f"the lines of statement {number} are not those that were issued"


def _lines(statement: Statement) -> list[tuple[object, ...]]:
    return [
        (
            *(position, line.worked_on.isoformat(), line.units, line.price.minor),
            *(set(line.messages), set(line.decisions)),
        )
        for position, line in enumerate(statement.lines)
    ]


def _by_line(rows: list[Row]) -> dict[tuple[int, int], set[int]]:
    found: dict[tuple[int, int], set[int]] = {}
    for statement, position, what in rows:
        found.setdefault((statement, position), set()).add(what)
    return found
