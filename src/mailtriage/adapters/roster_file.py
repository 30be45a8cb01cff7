"""A roster in a CSV file, as a spreadsheet saves it; docs/roster.md describes it."""

from __future__ import annotations

import csv
import difflib
import io
from typing import TYPE_CHECKING

from mailtriage.errors import DataError
from mailtriage.ledger.roster import addresses_in, postal_in, problems_of, tidied
from mailtriage.model import Client

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

COLUMNS = ("code", "name", "addresses", "phone", "contact")
OPTIONAL_COLUMNS = ("postal",)

_SIZE_AT_MOST_BYTES = 4_000_000
_PROBLEMS_SHOWN = 20
_HINT = "Nothing was imported. docs/roster.md describes the file."


def read_roster(path: Path, roster: Sequence[Client] = (), own_addresses: Collection[str] = ()) -> tuple[Client, ...]:
    """The entries of a file, in its order.

    Args:
        path: UTF-8, with or without byte order mark; columns apart by commas, semicolons or tabs.
        roster: the present one: a code that differs from one of its codes by case alone is refused, and an entry whose
            file has no postal addresses keeps the one it has.
        own_addresses: the practice's own, which no client can have.

    Raises:
        DataError: if anything is wrong with the file; all problems at once, each with its line.
    """
    clients: list[Client] = []
    problems: list[str] = []
    before: set[str] = set()
    codes = {client.code.casefold(): client.code for client in roster}
    for line, entry in _entries(_text(path), {client.code: client.postal for client in roster}):
        if isinstance(entry, str):
            problems.append(f"line {line}: {entry}")
            continue
        wrong = (*problems_of(entry, own_addresses), *_code_taken(entry.code, before, codes))
        problems += [f"line {line}: {problem}" for problem in wrong]
        clients.append(entry)
        before.add(entry.code.casefold())
    if problems:
        shown = problems[:_PROBLEMS_SHOWN]
        if len(problems) > len(shown):
            shown.append(f"and {len(problems) - len(shown)} more")
        raise DataError(f"{path} has problems:\n  " + "\n  ".join(shown), _HINT)
    return tuple(clients)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_AT_MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}", _HINT) from error
    if len(content) > _SIZE_AT_MOST_BYTES:
        raise DataError(f"{path} is larger than {_SIZE_AT_MOST_BYTES // 1_000_000} MB: is it the right file?", _HINT)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(
            f"{path} is not UTF-8 text (line {line})", 'Save it as "CSV UTF-8" (Excel) or with the UTF-8 character set.'
        ) from error


def _entries(text: str, postals: Mapping[str, str]) -> Iterator[tuple[int, Client | str]]:
    """(line, entry), or (line, what is wrong). Nothing is read below a heading that does not fit.

    `postals` are the postal addresses to keep, by code, where the file has none.
    """
    heading = text.partition("\n")[0]
    # A spreadsheet in a country with decimal commas writes semicolons.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True)
    try:
        columns = [cell.strip().lower() for cell in next(reader, [])]
        if problem := _heading_problem(columns):
            yield 1, problem
            return
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _entry(columns, cells, postals)
    except csv.Error as error:
        yield reader.line_num, f"not readable as CSV: {error}"


def _heading_problem(columns: list[str]) -> str:
    named = [column for column in columns if column]
    unknown = [column for column in named if column not in COLUMNS + OPTIONAL_COLUMNS]
    missing = [column for column in COLUMNS if column not in named]
    if unknown:
        near = difflib.get_close_matches(unknown[0], missing or COLUMNS, n=1)
        advice = f'did you mean "{near[0]}"?' if near else f"the columns are {', '.join(COLUMNS)}"
        return f"the column {unknown[0][:40]!r} is unknown; {advice}"
    if missing:
        return f"the heading must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}"
    return "a column is named twice" if len(named) > len(set(named)) else ""


def _entry(columns: list[str], cells: list[str], postals: Mapping[str, str]) -> Client | str:
    if any(cell.strip() for cell in cells[len(columns) :]):
        return f"{len(cells)} cells, but the heading has {len(columns)}; quote a cell that holds the separator"
    row = dict(zip(columns, [*cells, *[""] * len(columns)], strict=False))
    postal = postal_in(row["postal"]) if "postal" in row else postals.get(row["code"].strip(), "")
    return tidied(
        Client(row["code"], row["name"], addresses_in(row["addresses"]), row["phone"], row["contact"], postal)
    )


def _code_taken(code: str, before: Collection[str], codes: Mapping[str, str]) -> Iterator[str]:
    if code and code.casefold() in before:
        yield f"the code {code!r} stands on an earlier line already"
    known = codes.get(code.casefold(), code)
    if known != code:
        yield f"the code {code!r} differs from {known} on the roster by capital letters alone"
