"""Statements as one HTML page that loads nothing and prints a statement to a page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.documents.words import (
    description,
    lines_of,
    long_day,
    month_name,
    notes,
    percent,
    sum_name,
    title,
    vat_by_rate,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailtriage.model.statements import Line, Statement

_STYLE = """\
body { font: 11pt/1.45 Georgia, serif; color: #000; background: #fff }
body { max-width: 42em; margin: 2em auto; padding: 0 1em }
article + article { break-before: page; margin-top: 4em }
address { font-style: normal; margin-bottom: 1.5em }
h1 { font-size: 1.4em; margin: 0 }
table { width: 100%; border-collapse: collapse; margin: 1.5em 0 }
th, td { text-align: left; padding: .35em 0 }
th + th, td + td { text-align: right; font-variant-numeric: tabular-nums; padding-left: 1em }
thead th { border-bottom: 1px solid }
tfoot tr:first-child > * { border-top: 1px solid }
.total > * { font-weight: bold }
.preview h1 { color: #a00 }
@page { margin: 2cm }
@media print { body { margin: 0; max-width: none } }"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def as_html(statements: Sequence[Statement]) -> str:
    """The page, in UTF-8: no script, no picture, nothing from elsewhere."""
    articles = "\n".join("\n".join(_article(statement)) for statement in statements)
    heading = escape(", ".join(map(title, statements)) or "Statements")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{heading}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n{articles}\n</body>\n</html>\n"
    )


def _article(statement: Statement) -> Iterator[str]:
    yield "<article>" if statement.number else '<article class="preview">'
    vat_number = (f"VAT number {one_line(statement.vat_number)}",) if statement.vat_number else ()
    yield f"<address>{_broken((*lines_of(statement.practice), *vat_number))}</address>"
    yield f"<address>{_broken(lines_of(statement.recipient))}</address>"
    yield f"<h1>{escape(title(statement))}</h1>"
    dated = "As of" if not statement.number else "Date"
    facts = (
        month_name(statement.month),
        f"{dated} {long_day(statement.issued_on)}",
        f"Your reference {_code(statement)}",
    )
    yield f"<p>{_broken(facts)}</p>"
    yield "<table>"
    yield f"<thead><tr><th></th><th>units x price</th><th>amount ({escape(statement.currency)})</th></tr></thead>"
    yield "<tbody>"
    yield from map(_row, statement.lines)
    yield "</tbody>"
    yield "<tfoot>"
    yield from _sums(statement)
    yield "</tfoot>"
    yield "</table>"
    yield from (f"<p>{escape(note)}</p>" for note in notes(statement))
    yield "</article>"


def _row(line: Line) -> str:
    words = escape(description(line, " *" if line.is_late else ""))
    return f"<tr><td>{words}</td><td>{line.units} x {escape(str(line.price))}</td><td>{escape(str(line.net))}</td></tr>"


def _sums(statement: Statement) -> Iterator[str]:
    rates = vat_by_rate(statement)
    rows = [("Net", statement.net)] if rates else []
    rows += [(f"VAT {percent(rate)} on {net}", vat) for rate, net, vat in rates]
    for name, amount in rows:
        yield f"<tr><td>{escape(name)}</td><td></td><td>{escape(str(amount))}</td></tr>"
    total = escape(str(statement.total))
    yield f'<tr class="total"><td>{sum_name(statement)}</td><td></td><td>{total}</td></tr>'


def _code(statement: Statement) -> str:
    return one_line(statement.client)


def _broken(lines: Iterable[str]) -> str:
    return "<br>".join(map(escape, lines))
