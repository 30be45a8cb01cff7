"""Questions about several messages, whose answers are checked one by one: what breaks an answer is found alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from mailtriage.adapters.imap.connection import BrokenAnswerError
from mailtriage.adapters.imap.failures import PARSER_ERRORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mailtriage.adapters.imap.connection import Connection

HANGS_UP = "the server hangs up when it is asked for it"
Answer = TypeVar("Answer")


class IncompleteError(Exception):
    """An item is missing or of the wrong kind; the text names the item."""


_UNREADABLE = (IncompleteError, OverflowError, *PARSER_ERRORS)


def checked(
    connection: Connection,
    uids: Sequence[int],
    items: Sequence[str],
    read: Callable[[Mapping[bytes, Any]], Answer],
    *,
    alone: bool = False,
) -> tuple[dict[int, Answer], dict[int, str]]:
    """Answers and problems by UID; a UID that is in neither has no answer, which a hole in the numbers has not either.

    An answer that is refused or cannot be read is asked for again in halves, until what breaks it is alone.
    """
    if alone or len(uids) <= 1:
        return _merged(_single(connection, uid, items, read) for uid in uids)
    try:
        answer = connection.fetch(uids, items)
    except BrokenAnswerError:
        middle = len(uids) // 2
        return _merged(checked(connection, half, items, read) for half in (uids[:middle], uids[middle:]))
    good: dict[int, Answer] = {}
    again: list[int] = []
    for uid in uids:
        if uid in answer:
            try:
                good[uid] = read(answer[uid])
            except _UNREADABLE:
                again.append(uid)
    return _merged([(good, {}), *(_single(connection, uid, items, read) for uid in again)])


def _single(
    connection: Connection, uid: int, items: Sequence[str], read: Callable[[Mapping[bytes, Any]], Answer]
) -> tuple[dict[int, Answer], dict[int, str]]:
    try:
        answer = connection.fetch([uid], items)
        return ({uid: read(answer[uid])}, {}) if uid in answer else ({}, {})
    except BrokenAnswerError as broken:
        if broken.hung_up:
            connection.ensure_alive(uid)
            return {}, {uid: HANGS_UP}
        return {}, {uid: "the server's answer cannot be read"}
    except IncompleteError as missing:
        return {}, {uid: f"the server hands it over without its {missing}"}
    except _UNREADABLE:
        return {}, {uid: "the server describes its parts in a way that cannot be read"}


def _merged(
    results: Iterable[tuple[dict[int, Answer], dict[int, str]]],
) -> tuple[dict[int, Answer], dict[int, str]]:
    answers: dict[int, Answer] = {}
    problems: dict[int, str] = {}
    for some_answers, some_problems in results:
        answers.update(some_answers)
        problems.update(some_problems)
    return answers, problems
