"""UIDs -> messages: headers and structure of a batch, then its text parts. Every answer is checked item by item.

Attachments are never asked for. A message whose answer is broken is asked for alone, and then given up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from mailtriage.adapters.imap.answers import internal_date
from mailtriage.adapters.imap.connection import BrokenAnswerError
from mailtriage.adapters.imap.failures import PARSER_ERRORS
from mailtriage.adapters.imap.structure import structure_of
from mailtriage.ledger import Location
from mailtriage.mail.mime import CONTENT_LIMIT_BYTES, HEADER_LIMIT_BYTES, HEADER_NAMES, filtered, split, wanted
from mailtriage.mail.raw import RawMessage, RawPart
from mailtriage.poll.ports import Fetched, Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from mailtriage.adapters.imap.connection import Connection

FIRST_BYTES = 65_536
"""Of each text part, at first: nearly all are shorter."""
TEXT_PARTS_LIMIT = 100
"""Text parts of one message that are asked for, and at once of several."""
MESSAGE_LIMIT_BYTES = 8_000_000
"""Of all text parts of one message."""

_WHOLE_AT_ONCE = 10
_HANGS_UP = "the server hangs up when it is asked for it"
_ENCODINGS = frozenset({"base64", "quoted-printable"})
_HEAD_ITEMS = (
    "FLAGS",
    "INTERNALDATE",
    "RFC822.SIZE",
    "BODYSTRUCTURE",
    f"BODY.PEEK[HEADER.FIELDS ({' '.join(name.upper() for name in HEADER_NAMES)})]<0.{HEADER_LIMIT_BYTES + 1}>",
)


class _IncompleteError(Exception):
    """An item is missing or of the wrong kind; the text names the item."""


_UNREADABLE = (_IncompleteError, OverflowError, *PARSER_ERRORS)
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Head:
    """What the first answer says of a message."""

    seen: bool
    received_at: datetime
    raw: RawMessage


@dataclass(frozen=True, slots=True)
class Reading:
    """The messages of a batch that could be read, those that could not; a UID in neither is there no more."""

    fetched: tuple[Fetched, ...]
    unreadable: tuple[Unreadable, ...]


def read_messages(connection: Connection, folder: str, uidvalidity: int, uids: Sequence[int]) -> Reading:
    """Messages of the open folder, in the order of `uids`.

    Raises:
        TemporaryError: if the server is silent, or hangs up on each of several messages.
    """
    heads, problems = _heads(connection, uids)
    heads.update(_read_whole(connection, {uid: head for uid, head in heads.items() if _seems_bodiless(head)}))
    for sections, members in _by_sections(heads).items():
        contents, unread = _texts(connection, members, sections)
        problems.update(unread)
        for uid in unread:
            del heads[uid]
        for uid, content in contents.items():
            heads[uid] = replace(heads[uid], raw=_filled(heads[uid].raw, content))

    if len(problems) > 1 and not heads and set(problems.values()) == {_HANGS_UP}:
        raise connection.keeps_hanging_up()

    def place(uid: int) -> Location:
        return Location(connection.mailbox.name, folder, uidvalidity, str(uid))

    return Reading(
        tuple(Fetched(place(uid), heads[uid].received_at, heads[uid].seen, heads[uid].raw) for uid in sorted(heads)),
        tuple(Unreadable(place(uid), problems[uid]) for uid in sorted(problems)),
    )


def _seems_bodiless(head: _Head) -> bool:
    return not any(part.size_bytes for part in head.raw.parts)


def _read_whole(connection: Connection, heads: Mapping[int, _Head]) -> dict[int, _Head]:
    """Messages that the server finds empty, split by ourselves: a damaged header can hide a body, but no attachment."""
    read = {uid: replace(head, raw=split(b"")) for uid, head in heads.items() if not head.raw.size_bytes}
    uids = [uid for uid, head in heads.items() if 0 < head.raw.size_bytes <= CONTENT_LIMIT_BYTES]
    for start in range(0, len(uids), _WHOLE_AT_ONCE):
        members = uids[start : start + _WHOLE_AT_ONCE]
        items = [f"BODY.PEEK[]<0.{CONTENT_LIMIT_BYTES}>"]
        answers, _ = _checked(connection, members, items, lambda answer: _section(answer, ""))
        for uid, content in answers.items():
            read[uid] = replace(heads[uid], raw=replace(split(content), size_bytes=heads[uid].raw.size_bytes))
    return read


def read_seen(connection: Connection, uids: Sequence[int]) -> dict[int, bool]:
    r"""The present state of `\Seen`; what has no readable answer is left out and asked for at the next poll."""
    answers, _ = _checked(connection, uids, ["FLAGS"], _seen)
    return answers


def _heads(connection: Connection, uids: Sequence[int]) -> tuple[dict[int, _Head], dict[int, str]]:
    """Heads by UID, and problems by UID. Explicit UIDs may be holes: those without an answer are looked for."""
    heads, problems = _checked(connection, uids, _HEAD_ITEMS, _head)
    silent = [uid for uid in uids if uid not in heads and uid not in problems]
    if silent:
        there = set(connection.search("UID", ",".join(map(str, silent))))
        again = [uid for uid in silent if uid in there]
        late, late_problems = _checked(connection, again, _HEAD_ITEMS, _head, alone=True)
        heads.update(late)
        problems.update(late_problems)
        missing = dict.fromkeys(again, "the server lists it but does not hand it over")
        problems.update({uid: text for uid, text in missing.items() if uid not in heads and uid not in problems})
    return heads, problems


def _checked(
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
        return _merged(_checked(connection, half, items, read) for half in (uids[:middle], uids[middle:]))
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
            return {}, {uid: _HANGS_UP}
        return {}, {uid: "the server's answer cannot be read"}
    except _IncompleteError as missing:
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


def _seen(answer: Mapping[bytes, Any]) -> bool:
    flags = answer.get(b"FLAGS")
    if not isinstance(flags, tuple):
        raise _IncompleteError("flags")
    return any(isinstance(flag, bytes) and flag.lower() == b"\\seen" for flag in flags)


def _head(answer: Mapping[bytes, Any]) -> _Head:
    """The head in one answer. Raises _IncompleteError or what the parser of structures raises."""
    received_at = internal_date(answer.get(b"INTERNALDATE"))
    if received_at is None:
        raise _IncompleteError("date of arrival")
    size = answer.get(b"RFC822.SIZE")
    if not isinstance(size, int):
        raise _IncompleteError("size")
    body = answer.get(b"BODYSTRUCTURE")
    if not isinstance(body, tuple):
        raise _IncompleteError("structure")
    structure = structure_of(body)
    header, cut = filtered(_section(answer, "HEADER"))
    if cut:
        structure.defects.append(f"the header is longer than {HEADER_LIMIT_BYTES:,} bytes; the rest was not read")
    defects = tuple(dict.fromkeys(structure.defects))
    return _Head(_seen(answer), received_at, RawMessage(header, tuple(structure.parts), size, defects))


def _section(answer: Mapping[bytes, Any], section: str) -> bytes:
    """The bytes of a section. Some servers omit the origin, so keys are matched by prefix."""
    opening = f"BODY[{section}".encode()
    for key, content in answer.items():
        if key.startswith(opening + b"]") and isinstance(content, bytes):
            return content
    raise _IncompleteError("header" if section.startswith("HEADER") else "text")


def _by_sections(heads: Mapping[int, _Head]) -> dict[tuple[str, ...], list[int]]:
    """UIDs by the text parts that are to be fetched of them: most mail has the same one or two."""
    groups: dict[tuple[str, ...], list[int]] = {}
    for uid, head in heads.items():
        missing = [part.section for part in head.raw.parts if wanted(part) and part.content is None]
        sections = tuple(missing[:TEXT_PARTS_LIMIT])
        if sections:
            groups.setdefault(sections, []).append(uid)
    return groups


def _texts(
    connection: Connection, uids: Sequence[int], sections: tuple[str, ...]
) -> tuple[dict[int, dict[str, bytes]], dict[int, str]]:
    """Contents by UID and section, and problems by UID."""
    contents: dict[int, dict[str, bytes]] = {}
    problems: dict[int, str] = {}
    step = max(1, TEXT_PARTS_LIMIT // len(sections))
    for start in range(0, len(uids), step):
        members = uids[start : start + step]
        some, unread = _checked(
            connection,
            members,
            [f"BODY.PEEK[{section}]<0.{FIRST_BYTES}>" for section in sections],
            lambda answer: {section: _section(answer, section) for section in sections},
        )
        contents.update(some)
        problems.update(unread)
    for uid, content in contents.items():
        for section in [section for section, text in content.items() if len(text) >= FIRST_BYTES]:
            if sum(map(len, content.values())) + CONTENT_LIMIT_BYTES <= MESSAGE_LIMIT_BYTES:
                content[section] = _continued(connection, uid, section, content[section])
    return contents, problems


def _continued(connection: Connection, uid: int, section: str, beginning: bytes) -> bytes:
    """A long part up to the limit; only its beginning, if the server has no more to say of it."""
    items = [f"BODY.PEEK[{section}]<{FIRST_BYTES}.{CONTENT_LIMIT_BYTES + 1 - FIRST_BYTES}>"]
    rest, _ = _checked(connection, [uid], items, lambda answer: _section(answer, section))
    return beginning + rest.get(uid, b"")


def _filled(raw: RawMessage, contents: Mapping[str, bytes]) -> RawMessage:
    """The message with its texts.

    A text part that was not asked for, there being too many, counts as cut; so does one within an attached message
    that is encoded, which no MIME mail may do (RFC 2046, 5.2.1), and which servers therefore cannot look into.
    """
    shut = {part.section for part in raw.parts if part.media_type == "message/rfc822" and part.encoding in _ENCODINGS}
    parts = (_with_content(part, contents) for part in raw.parts)
    shown = (
        replace(part, cut=True) if part.content is not None and shut & {*part.container_ids} else part for part in parts
    )
    return replace(raw, parts=tuple(shown))


def _with_content(part: RawPart, contents: Mapping[str, bytes]) -> RawPart:
    if part.section not in contents:
        return replace(part, content=b"", cut=True) if wanted(part) and part.content is None else part
    content = contents[part.section]
    longer = len(content) >= FIRST_BYTES and len(content) < (part.size_bytes or 0)
    cut = longer or len(content) > CONTENT_LIMIT_BYTES
    return replace(part, content=content[:CONTENT_LIMIT_BYTES], cut=cut)
