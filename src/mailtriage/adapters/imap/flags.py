r"""Flags -> the server, where the therapist asks for it: the only place that opens a folder for writing.

Never `\Seen`. What was stored is read back: a server may say OK and keep nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.imap.connection import BrokenAnswerError, RefusedError
from mailtriage.errors import TemporaryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mailtriage.adapters.imap.connection import Connection

BATCH_SIZE = 100
_ANY_KEYWORD = "\\*"


def write_flags(connection: Connection, folder: str, uidvalidity: int, wanted: Mapping[int, Sequence[str]]) -> str:
    """What the server refused, in a sentence; "" if every message that is still there has its flags now.

    A folder that was renumbered is left alone. Flags that are there already stay as they are.

    Args:
        connection: logged in; it has the folder open for writing afterwards.
        folder: its name on the server.
        uidvalidity: what the UIDs count in.
        wanted: flags by UID.

    Raises:
        TemporaryError: if the server is silent, or its answers cannot be read.
    """
    host = connection.mailbox.host
    try:
        found, permanent = connection.select(folder)
    except RefusedError:
        return f'{host} lets no flags be set in the folder "{folder}"'
    if found.uidvalidity != uidvalidity:
        return ""
    writable = {uid: _permitted(flags, permanent) for uid, flags in wanted.items()}
    lacking = {flag for uid, flags in wanted.items() for flag in flags if flag not in writable[uid]}
    for flags, uids in _batches(writable):
        lacking.update(_refused(connection, uids, flags))
    listed = ", ".join(sorted(lacking))
    return f'{host} cannot keep these flags in the folder "{folder}": {listed}' if lacking else ""


def _permitted(flags: Sequence[str], permanent: frozenset[str]) -> tuple[str, ...]:
    r"""Those that the folder can keep (RFC 3501, 7.1): a new keyword only where `\*` is permitted."""
    return tuple(
        flag for flag in flags if flag.lower() in permanent or (_ANY_KEYWORD in permanent and not flag.startswith("\\"))
    )


def _batches(wanted: Mapping[int, Sequence[str]]) -> Iterator[tuple[Sequence[str], Sequence[int]]]:
    """Flags with the UIDs that are to have just these, some at a time."""
    by_flags: dict[tuple[str, ...], list[int]] = {}
    for uid, flags in sorted(wanted.items()):
        by_flags.setdefault(tuple(flags), []).append(uid)
    for flags, uids in by_flags.items():
        for start in range(0, len(uids) if flags else 0, BATCH_SIZE):
            yield flags, uids[start : start + BATCH_SIZE]


def _refused(connection: Connection, uids: Sequence[int], flags: Collection[str]) -> set[str]:
    """Those of the flags that the server did not keep for each of the messages."""
    try:
        connection.add_flags(uids, flags)
        answers = connection.fetch(uids, ["FLAGS"])
    except RefusedError:
        return set(flags)
    except BrokenAnswerError as error:
        raise TemporaryError(
            f"{connection.mailbox.host} does not say which flags it keeps", "The next run tries again."
        ) from error
    kept = [
        {flag.lower() for flag in answer.get(b"FLAGS") or () if isinstance(flag, bytes)} for answer in answers.values()
    ]
    return {flag for flag in flags if not all(flag.lower().encode() in there for there in kept)}
