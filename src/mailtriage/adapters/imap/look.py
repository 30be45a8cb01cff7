r"""A look at a folder in which something changed: first `\Seen`, then new messages in the order of their UIDs."""

from __future__ import annotations

from array import array
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.adapters.imap.fetch import read_messages, read_seen
from mailtriage.ledger import Checkpoint, Location
from mailtriage.poll.batches import Batch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from mailtriage.adapters.imap.connection import Connection, FolderState
    from mailtriage.adapters.imap.fetch import Reading

BATCH_SIZE = 100
FLAGS_BATCH_SIZE = 500
GAP_LIMIT = 1000
"""New UIDs up to so many are asked for without a SEARCH, holes included."""
UNFINISHED = -1
"""A checkpoint's modseq while the first look at a folder is not finished: `since` still bounds what is read."""


def resumed(checkpoint: Checkpoint | None, state: FolderState) -> Checkpoint | None:
    """The checkpoint, if UIDs still mean what they meant; None asks for the whole window again.

    A UIDNEXT that went back without a new UIDVALIDITY breaks the rules; a restored backup can do it.
    """
    if checkpoint is None or checkpoint.uidvalidity != state.uidvalidity or state.uidnext < checkpoint.uidnext:
        return None
    return checkpoint


class Look:
    """One look at one open folder."""

    def __init__(
        self, connection: Connection, folder: str, state: FolderState, start: Checkpoint | None, since: datetime
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._state = state
        self._start = start or Checkpoint(state.uidvalidity, 1, UNFINISHED)
        self._since = since
        self._first = self._start.modseq == UNFINISHED

    def batches(
        self,
        checkpoint: Checkpoint | None,
        known: Callable[[int, Sequence[str]], frozenset[str]],
        open_keys: Callable[[int], Sequence[str]],
    ) -> Iterator[Batch]:
        """What is new, as `poll.Source.batches` has it; at last the checkpoint, where nothing else carried it."""
        end = Checkpoint(self._state.uidvalidity, self._state.uidnext, self._state.modseq)
        reached = checkpoint
        for batch in self._seen_batches(known, open_keys):
            reached = batch.checkpoint
            yield batch
        for batch in self._new_batches(self._new_uids(known), end):
            reached = batch.checkpoint
            yield batch
        if reached != end:
            yield Batch((), (), (), end)

    def _seen_batches(
        self, known: Callable[[int, Sequence[str]], frozenset[str]], open_keys: Callable[[int], Sequence[str]]
    ) -> Iterator[Batch]:
        """Flag changes of messages kept before. Whoever is killed between two batches asks for all of them again."""
        before = self._start
        condstore = before.modseq > 0 and self._state.modseq > 0
        uids = self._changed(known) if condstore else self._open(open_keys)
        for start in range(0, len(uids), FLAGS_BATCH_SIZE):
            seen = read_seen(self._connection, uids[start : start + FLAGS_BATCH_SIZE])
            # Open messages are those not seen at the last poll: only the others are news.
            news = {uid: flag for uid, flag in seen.items() if flag or condstore}
            if news:
                yield Batch((), (), tuple((self._place(uid), flag) for uid, flag in news.items()), before)

    def _changed(self, known: Callable[[int, Sequence[str]], frozenset[str]]) -> list[int]:
        if self._state.modseq == self._start.modseq or self._start.uidnext <= 1:
            return []
        range_of_old = f"1:{self._start.uidnext - 1}"
        found = self._connection.search("UID", range_of_old, "MODSEQ", self._start.modseq + 1)
        return [uid for uid, is_known in self._asked(found, known) if is_known]

    def _open(self, open_keys: Callable[[int], Sequence[str]]) -> list[int]:
        return sorted(int(key) for key in open_keys(self._state.uidvalidity))

    def _asked(
        self, uids: Sequence[int], known: Callable[[int, Sequence[str]], frozenset[str]]
    ) -> Iterator[tuple[int, bool]]:
        """Each UID, and whether it is kept already. Some are asked for at a time: a mailbox may hold 100,000."""
        for start in range(0, len(uids), GAP_LIMIT):
            some = uids[start : start + GAP_LIMIT]
            kept = known(self._state.uidvalidity, [str(uid) for uid in some])
            yield from ((uid, str(uid) in kept) for uid in some)

    def _new_uids(self, known: Callable[[int, Sequence[str]], frozenset[str]]) -> array[int]:
        """Those that are not kept yet, ascending; eight bytes each."""
        first, last = self._start.uidnext, self._state.uidnext - 1
        found: Sequence[int]
        if first > last or not self._state.exists:
            return array("Q")
        if self._first:
            # The server compares its own local dates: a day more, and the exact time is looked at afterwards.
            found = self._connection.search("UID", f"{first}:{last}", "SINCE", (self._since - timedelta(days=1)).date())
        elif last - first < GAP_LIMIT:
            found = range(first, last + 1)
        else:
            found = self._connection.search("UID", f"{first}:{last}")
        return array("Q", (uid for uid, is_known in self._asked(found, known) if first <= uid <= last and not is_known))

    def _new_batches(self, uids: array[int], end: Checkpoint) -> Iterator[Batch]:
        for start in range(0, len(uids), BATCH_SIZE):
            done = start
            members = uids[start : start + BATCH_SIZE].tolist()
            for reading in read_messages(self._connection, self._folder, self._state.uidvalidity, members):
                done += len(reading.uids)
                yield self._batch(reading, done, len(uids), end)

    def _batch(self, reading: Reading, done: int, total: int, end: Checkpoint) -> Batch:
        fetched = tuple(item for item in reading.fetched if not self._first or item.received_at >= self._since)
        on_the_way = Checkpoint(end.uidvalidity, reading.uids[-1] + 1, UNFINISHED if self._first else end.modseq)
        return Batch(fetched, reading.unreadable, (), end if done == total else on_the_way, done, total)

    def _place(self, uid: int) -> Location:
        return Location(self._connection.mailbox.name, self._folder, self._state.uidvalidity, str(uid))
