"""Statements as hledger's timedot: the time that was charged, a dot for each quarter of an hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.documents.words import title

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.model.statements import Line, Statement

_DOT_MINUTES = 15
_DOTS_AT_MOST = 16


def as_timedot(statements: Sequence[Statement]) -> str:
    """The file. Units of another length, many units and credits are written as minutes ("30m", "-15m")."""
    return "\n".join("\n".join(_entries(statement)) + "\n" for statement in statements)


def _entries(statement: Statement) -> Iterator[str]:
    yield f"# {title(statement)}, {statement.issued_on.isoformat()}, {statement.currency} {statement.total.plain}"
    for line in statement.lines:
        yield line.worked_on.isoformat()
        yield f"email:{_account(statement.client)}  {_quantity(line)}"


def _account(client: str) -> str:
    """The code as one part of an account's name: two blanks would end it, a colon divide it."""
    return " ".join(one_line(client).replace(":", "-").split())


def _quantity(line: Line) -> str:
    if line.unit_minutes != _DOT_MINUTES or not 0 < line.units <= _DOTS_AT_MOST:
        return f"{line.units * line.unit_minutes}m"
    dots = "." * line.units
    return " ".join(dots[at : at + 4] for at in range(0, len(dots), 4))
