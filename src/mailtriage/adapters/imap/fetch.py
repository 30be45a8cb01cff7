"""UIDs -> messages: headers and structure of a batch, then its text parts. Every answer is checked item by item.

Attachments are never asked for. A message whose answer is broken is asked for alone, and then given up.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from mailtriage.adapters.imap.answers import internal_date
from mailtriage.adapters.imap.checking import HANGS_UP, IncompleteError, checked
from mailtriage.adapters.imap.structure import Structure
from mailtriage.ledger import Location
from mailtriage.mail.mime import CONTENT_LIMIT_BYTES, HEADER_LIMIT_BYTES, HEADER_NAMES, filtered, split, wanted
from mailtriage.mail.raw import RawMessage, RawPart
from mailtriage.poll.batches import Fetched, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from mailtriage.adapters.imap.connection import Connection

FIRST_BYTES = 65_536
"""Of each text part, at first: nearly all are shorter."""
TEXT_PARTS_LIMIT = 100
"""Text parts of one message that are asked for, and at once of several."""
MESSAGE_LIMIT_BYTES = 8_000_000
"""Of all text parts of one message."""
PORTION_LIMIT_BYTES = 8_000_000
"""Of the texts that are held at a time: long letters are kept a few at a time, so that no mailbox fills the memory."""

_WHOLE_AT_ONCE = 10
_ENCODINGS = frozenset({"base64", "quoted-printable"})
_HEAD_ITEMS = (
    "FLAGS",
    "INTERNALDATE",
    "RFC822.SIZE",
    "BODYSTRUCTURE",
    f"BODY.PEEK[HEADER.FIELDS ({' '.join(name.upper() for name in HEADER_NAMES)})]<0.{HEADER_LIMIT_BYTES + 1}>",
)


@dataclass(frozen=True, slots=True)
class _Head:
    """What the first answer says of a message."""

    seen: bool
    received_at: datetime
    raw: RawMessage


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of some messages: those that could be read, and those that could not.

    Attributes:
        uids: those that were asked for, in order; one that is in neither of the others is there no more.
    """

    uids: tuple[int, ...]
    fetched: tuple[Fetched, ...]
    unreadable: tuple[Unreadable, ...]


def read_messages(connection: Connection, folder: str, uidvalidity: int, uids: Sequence[int]) -> Iterator[Reading]:
    """Messages of the open folder, in the order of `uids`, ascending; together the readings hold each UID once.

    What is long is read in several readings, so that one holds `PORTION_LIMIT_BYTES` of text, or a single message.

    Raises:
        TemporaryError: if the server is silent, or hangs up on each of several messages.
    """
    heads, problems = _heads(connection, uids)
    _check_for_a_pattern(connection, heads, problems)
    for portion in _portions(uids, {uid: _bytes_to_come(head) for uid, head in heads.items()}):
        some_heads = {uid: heads.pop(uid) for uid in portion if uid in heads}
        some_problems = {uid: problems[uid] for uid in portion if uid in problems}
        _add_texts(connection, some_heads, some_problems)
        _check_for_a_pattern(connection, some_heads, some_problems)
        place = partial(_place, connection.mailbox.name, folder, uidvalidity)
        yield Reading(
            tuple(portion),
            tuple(Fetched(place(uid), head.received_at, head.seen, head.raw) for uid, head in some_heads.items()),
            tuple(Unreadable(place(uid), some_problems[uid]) for uid in sorted(some_problems)),
        )


def _place(mailbox: str, folder: str, uidvalidity: int, uid: int) -> Location:
    return Location(mailbox, folder, uidvalidity, str(uid))


def _check_for_a_pattern(connection: Connection, heads: Mapping[int, _Head], problems: Mapping[int, str]) -> None:
    """Raise TemporaryError if the server hung up on all of several messages: then it is not the messages."""
    if len(problems) > 1 and not heads and set(problems.values()) == {HANGS_UP}:
        raise connection.keeps_hanging_up()


def _portions(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """All UIDs in order, in runs whose sizes come to `PORTION_LIMIT_BYTES` at most, or that are one UID."""
    portion: list[int] = []
    held = 0
    for uid in uids:
        size = sizes.get(uid, 0)
        if portion and held + size > PORTION_LIMIT_BYTES:
            yield portion
            portion, held = [], 0
        portion.append(uid)
        held += size
    yield portion


def _bytes_to_come(head: _Head) -> int:
    """How much text is still to be fetched of a message, as far as the server tells."""
    if _seems_bodiless(head):
        return min(head.raw.size_bytes, CONTENT_LIMIT_BYTES)
    sizes = [min(part.size_bytes or 0, CONTENT_LIMIT_BYTES) for part in head.raw.parts if wanted(part)]
    return min(sum(sizes[:TEXT_PARTS_LIMIT]), MESSAGE_LIMIT_BYTES)


def _add_texts(connection: Connection, heads: dict[int, _Head], problems: dict[int, str]) -> None:
    """Fill in the texts; a message whose text cannot be read moves from heads to problems."""
    heads.update(_read_whole(connection, {uid: head for uid, head in heads.items() if _seems_bodiless(head)}))
    for sections, members in _by_sections(heads).items():
        contents, unread = _texts(connection, members, sections)
        problems.update(unread)
        for uid in unread:
            del heads[uid]
        for uid, content in contents.items():
            heads[uid] = replace(heads[uid], raw=_filled(heads[uid].raw, content))


def _seems_bodiless(head: _Head) -> bool:
    return not any(part.size_bytes for part in head.raw.parts)


def _read_whole(connection: Connection, heads: Mapping[int, _Head]) -> dict[int, _Head]:
    """Messages that the server finds empty, split by ourselves: a damaged header can hide a body, but no attachment."""
    read = {uid: replace(head, raw=split(b"")) for uid, head in heads.items() if not head.raw.size_bytes}
    uids = [uid for uid, head in heads.items() if 0 < head.raw.size_bytes <= CONTENT_LIMIT_BYTES]
    for start in range(0, len(uids), _WHOLE_AT_ONCE):
        members = uids[start : start + _WHOLE_AT_ONCE]
        items = [f"BODY.PEEK[]<0.{CONTENT_LIMIT_BYTES}>"]
        answers, _ = checked(connection, members, items, lambda answer: _section(answer, ""))
        for uid, content in answers.items():
            read[uid] = replace(heads[uid], raw=replace(split(content), size_bytes=heads[uid].raw.size_bytes))
    return read


def read_seen(connection: Connection, uids: Sequence[int]) -> dict[int, bool]:
    r"""The present state of `\Seen`; what has no readable answer is left out and asked for at the next poll."""
    answers, _ = checked(connection, uids, ["FLAGS"], _seen)
    return answers


def _heads(connection: Connection, uids: Sequence[int]) -> tuple[dict[int, _Head], dict[int, str]]:
    """Heads by UID, and problems by UID. Explicit UIDs may be holes: those without an answer are looked for."""
    heads, problems = checked(connection, uids, _HEAD_ITEMS, _head)
    silent = [uid for uid in uids if uid not in heads and uid not in problems]
    if silent:
        there = set(connection.search("UID", ",".join(map(str, silent))))
        again = [uid for uid in silent if uid in there]
        late, late_problems = checked(connection, again, _HEAD_ITEMS, _head, alone=True)
        heads.update(late)
        problems.update(late_problems)
        missing = dict.fromkeys(again, "the server lists it but does not hand it over")
        problems.update({uid: text for uid, text in missing.items() if uid not in heads and uid not in problems})
    return heads, problems


def _seen(answer: Mapping[bytes, Any]) -> bool:
    flags = answer.get(b"FLAGS")
    if not isinstance(flags, tuple):
        raise IncompleteError("flags")
    return any(isinstance(flag, bytes) and flag.lower() == b"\\seen" for flag in flags)


def _head(answer: Mapping[bytes, Any]) -> _Head:
    """The head in one answer. Raises IncompleteError or what the parser of structures raises."""
    received_at = internal_date(answer.get(b"INTERNALDATE"))
    if received_at is None:
        raise IncompleteError("date of arrival")
    size = answer.get(b"RFC822.SIZE")
    if not isinstance(size, int):
        raise IncompleteError("size")
    structure = answer.get(b"BODYSTRUCTURE")
    if not isinstance(structure, Structure):
        raise IncompleteError("structure")
    header, cut = filtered(_section(answer, "HEADER"))
    too_long = [f"the header is longer than {HEADER_LIMIT_BYTES:,} bytes; the rest was not read"] if cut else []
    defects = tuple(dict.fromkeys([*structure.defects, *too_long]))
    return _Head(_seen(answer), received_at, RawMessage(header, tuple(structure.parts), size, defects))


def _section(answer: Mapping[bytes, Any], section: str) -> bytes:
    """The bytes of a section. Some servers omit the origin, so keys are matched by prefix."""
    opening = f"BODY[{section}".encode()
    for key, content in answer.items():
        if key.startswith(opening + b"]") and isinstance(content, bytes):
            return content
    raise IncompleteError("header" if section.startswith("HEADER") else "text")


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
        some, unread = checked(
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
    rest, _ = checked(connection, [uid], items, lambda answer: _section(answer, section))
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
