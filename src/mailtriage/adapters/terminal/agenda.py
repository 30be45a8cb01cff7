"""What to go through with a client in the session: each saved message's subject and the client's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailtriage.adapters.terminal.letter import gone, headline
from mailtriage.adapters.terminal.rows import marked_rows, row
from mailtriage.adapters.terminal.safe import one_line, safe
from mailtriage.model import PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.adapters.terminal.letter import Live
    from mailtriage.adapters.terminal.rows import Row
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.model import Message, Settlement

_SUBJECT_CHARACTERS = 1000


def point(live: Live, wording: Wording) -> Iterator[Row]:
    """One saved message: whose and when, the note, subject and own words; what was quoted or forwarded is left out."""
    yield from headline(live.item, wording)
    saved = live.item.message.settlement
    if saved and saved.settlement:
        yield row(f"Saved {wording.at(saved.decided_at)}, {_skimmed(saved.settlement)}.", "quiet")
    if live.message is None:
        yield from gone(live.item)
        return
    yield row(f"Subject: {one_line(live.message.subject[:_SUBJECT_CHARACTERS]) or '(none)'}", "head")
    if live.message.not_scanned:
        yield row(f"NOT SCANNED: {', '.join(map(one_line, live.message.not_scanned))}", "loud")
    yield row("")
    words = own_words(live.message)
    yield from marked_rows(words, ()) if words else (row("(no words of the sender's own)", "quiet"),)


def own_words(message: Message) -> str:
    """The sender's own passages, a blank line between them; "" if there are none. Not yet safe."""
    own = [passage.text.strip() for passage in message.passages if passage.kind is PassageKind.OWN]
    return "\n\n".join(filter(None, own))


def point_document(live: Live) -> dict[str, Any]:
    """One saved message as JSON values; subject and words are null if it is gone. Instants are ISO 8601 in UTC."""
    kept, message = live.item.message, live.message
    saved = kept.settlement.settlement if kept.settlement else None
    return {
        "number": kept.number,
        "received_at": kept.received_at.isoformat(),
        "saved_at": kept.settlement.decided_at.isoformat() if kept.settlement else None,
        "skimmed": saved.skimmed if saved else None,
        "note": saved.note if saved else "",
        "subject": None if message is None else one_line(message.subject[:_SUBJECT_CHARACTERS]),
        "own_words": None if message is None else safe(own_words(message), multiline=True),
        "not_scanned": [] if message is None else list(map(one_line, message.not_scanned)),
    }


def _skimmed(saved: Settlement) -> str:
    skimmed = {True: "skimmed", False: "not skimmed", None: "not said whether skimmed"}[saved.skimmed]
    return f"{skimmed} ({one_line(saved.note)})" if saved.note else skimmed
