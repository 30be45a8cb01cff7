"""FETCH answers as imaplib collects them -> values by UID: linear, without recursion, and in C where it can be.

imapclient reads them byte by byte in Python, which was most of a first poll's time, and recurses on parentheses.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

DEPTH_LIMIT = 400

_TOKEN = re.compile(
    rb"""\s*+(?:
    (?P<open>\() | (?P<close>\)) |
    "(?P<quoted>(?:[^"\\]++|\\.)*+)" |
    (?P<literal>\{\d++\}\Z) |
    (?P<atom>(?:[^\s()"\[]|\[[^\]]*+\])++) |
    (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_MAY_CHANGE = frozenset({b"FLAGS", b"MODSEQ"})
"""Items that a server may tell anew while it answers; no other item of a message ever changes (RFC 9051, 2.3.1.1)."""
_ESCAPED = re.compile(rb'\\(["\\])')
_DATE = re.compile(rb"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)\Z")
_MONTHS = (b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec")


def fetch_answers(
    data: Sequence[bytes | tuple[bytes, bytes]], reduced: Mapping[bytes, Callable[[Any], Any]] | None = None
) -> dict[int, dict[bytes, Any]]:
    """Items by upper-case name, by UID; what has no UID was not asked for. Lists are tuples, NIL is None.

    Args:
        data: as `imaplib.IMAP4.uid("FETCH", …)` returns it: text, or text before a literal with that literal.
        reduced: what is made of some items as soon as they are read: as lists within lists, the structures of a
            hundred mails with thousands of parts would take half a gigabyte.

    Raises:
        ValueError: if it is no sequence of FETCH answers.
    """
    answers: dict[int, dict[bytes, Any]] = {}
    for message in _messages(data):
        values = _values(message)
        if len(values) % 2:
            raise ValueError("an answer without its items")
        for items in values[1::2]:
            named = _named(items, reduced or {})
            uid = named.get(b"UID")
            if isinstance(uid, int):
                _merge(answers.setdefault(uid, {}), named)
    return answers


def _messages(data: Sequence[bytes | tuple[bytes, bytes]]) -> Iterator[list[bytes | tuple[bytes, bytes]]]:
    """What is told of one message at a time: it ends with the first text that no literal follows."""
    message: list[bytes | tuple[bytes, bytes]] = []
    for piece in data:
        message.append(piece)
        if not isinstance(piece, tuple):
            yield message
            message = []
    if message:
        yield message


def _named(items: object, reduced: Mapping[bytes, Callable[[Any], Any]]) -> dict[bytes, Any]:
    if not isinstance(items, tuple) or len(items) % 2:
        raise ValueError("items without values")
    named = {_name(name): value for name, value in zip(items[::2], items[1::2], strict=True)}
    return {name: reduced[name](value) if name in reduced else value for name, value in named.items()}


def _merge(before: dict[bytes, Any], named: Mapping[bytes, Any]) -> None:
    if any(before.get(name, value) != value for name, value in named.items() if name not in _MAY_CHANGE):
        raise ValueError("two messages under one UID")
    before.update(named)


def internal_date(value: object) -> datetime | None:
    """An INTERNALDATE in UTC, None for what is none."""
    found = _DATE.match(value) if isinstance(value, bytes) else None
    if not found or found[2].lower() not in _MONTHS:
        return None
    year, day, hour, minute, second, hours, minutes = (int(found[number]) for number in (3, 1, 4, 5, 6, 8, 9))
    offset = timedelta(hours=hours, minutes=minutes)
    try:
        local = datetime(year, _MONTHS.index(found[2].lower()) + 1, day, hour, minute, second, tzinfo=UTC)
        return local - offset if found[7] == b"+" else local + offset
    except (ValueError, OverflowError):
        return None


def _values(data: Sequence[bytes | tuple[bytes, bytes]]) -> list[Any]:
    """All values in order, lists nested."""
    stack: list[list[Any]] = [[]]
    for piece in data:
        text, literal = piece if isinstance(piece, tuple) else (piece, None)
        position = 0
        while token := _TOKEN.match(text, position):
            position = token.end()
            kind = token.lastgroup
            if kind == "end":
                break
            if kind == "open":
                if len(stack) > DEPTH_LIMIT:
                    raise ValueError("lists are nested too deeply")
                stack.append([])
            elif kind == "close":
                closed = tuple(stack.pop())
                if not stack:
                    raise ValueError("a list that was never opened is closed")
                stack[-1].append(closed)
            else:
                stack[-1].append(_value(kind, token, literal))
        if token is None:
            raise ValueError("neither a list nor a string nor an atom")
    if len(stack) > 1:
        raise ValueError("a list is never closed")
    return stack[0]


def _value(kind: str | None, token: re.Match[bytes], literal: bytes | None) -> bytes | int | None:
    if kind == "quoted":
        quoted = token["quoted"]
        return _ESCAPED.sub(rb"\1", quoted) if b"\\" in quoted else quoted
    if kind == "literal":
        if literal is None:
            raise ValueError("a literal is announced that did not come")
        return literal
    atom = token["atom"]
    if atom.isdigit():
        return int(atom)
    return None if atom.upper() == b"NIL" else atom


def _name(name: object) -> bytes:
    """A name by which an item can be found: without the header names, which servers reorder and quote."""
    if not isinstance(name, bytes):
        raise ValueError("an item without a name")  # noqa: TRY004 - it is the answer that is wrong
    upper = name.upper()
    return b"BODY[HEADER]" if upper.startswith(b"BODY[HEADER.FIELDS") else upper
