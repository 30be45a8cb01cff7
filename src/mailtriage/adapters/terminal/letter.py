"""A message fetched live, as rows that show it as it reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.frame import PROMISE
from mailtriage.adapters.terminal.moments import stamp
from mailtriage.adapters.terminal.rows import Row, marked_rows, row
from mailtriage.adapters.terminal.safe import one_line, safe
from mailtriage.model import Flag, PassageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.model import Address, Attachment, Message, Passage, Verdict
    from mailtriage.summary import Item

PLACES: Mapping[str, str] = {
    "subject": "in the subject",
    "own": "in the sender's own words",
    "quoted": "in quoted text",
    "forwarded": "in forwarded text",
    "signature": "in the signature",
    "footer": "in the footer",
    "header": "in the header",
}
_PREFIXES: Mapping[PassageKind, str] = {PassageKind.QUOTED: "> ", PassageKind.FORWARDED: "| "}
_HEADLINE_CHARACTERS = 1000
_MARKED_FLAGS = (Flag.EMERGENCY, Flag.DIARY)


@dataclass(frozen=True, slots=True)
class Live:
    """A message of the ledger with what was fetched of it just now; None for both if it is gone."""

    item: Item
    message: Message | None
    verdict: Verdict | None


def letter(live: Live, wording: Wording, before: Iterable[Row] = ()) -> Iterator[Row]:
    """The message as it reads: headers, body with flagged words marked, quotes prefixed, attachments by name.

    The rows of `before` stand between its headline and all the rest.
    """
    yield from headline(live.item, wording)
    yield from before
    if live.message is None or live.verdict is None:
        yield from gone(live.item)
        return
    message = live.message
    yield from _headers(message, live.verdict, wording)
    for index, passage in enumerate(message.passages):
        yield row("")
        yield from _passage(passage, _spans(live.verdict, index))
    if not any(passage.text.strip() for passage in message.passages):
        yield from (row(""), row("(no text)", "quiet"))
    yield row("")
    yield from (row(_attachment(attachment), "quiet") for attachment in message.attachments)
    yield from (row(f"Damaged: {one_line(defect)}", "quiet") for defect in message.defects)
    yield row(f"mailtriage why {live.item.number} says why. {PROMISE}", "quiet")


def answer(number: int, text: str, checked_on: date) -> Iterator[Row]:
    """Text of the practice's own to copy into an answer, and when its telephone numbers were checked."""
    yield row("")
    yield row(f"To copy into an answer (numbers checked {checked_on:%d %b %Y}; mailtriage sends nothing):", "quiet")
    yield row(safe(text, multiline=True))
    yield row(f"mailtriage draft {number} --emergency puts it into Drafts.", "quiet")


def headline(item: Item, wording: Wording) -> Iterator[Row]:
    """Whose message this is, what is known of it, and how to reach the person."""
    yield row(f"Message {item.number} from {wording.who(item)}, received {wording.when(item)}", "head")
    if facts := wording.facts(item):
        yield row("; ".join(facts) + ".")
    if contact := wording.contact(item):
        yield row(f"{contact}.", "head")


def gone(item: Item) -> Iterator[Row]:
    """What can be said of a message that is in none of its known places any more."""
    yield row("It is no longer where it was read: moved elsewhere or deleted. Its words are not kept here.", "loud")
    for reason in item.message.reasons:
        guard = f", set aside: {one_line(reason.guard)}" if reason.guard else ""
        where = PLACES.get(reason.where, one_line(reason.where))
        yield row(f"Rule that fired: {one_line(reason.rule)} ({reason.flag.value}, {where}{guard})")
    yield row(PROMISE, "quiet")


def _headers(message: Message, verdict: Verdict, wording: Wording) -> Iterator[Row]:
    yield row("")
    yield row(_cut(f"From: {_address(message.sender) if message.sender else '(nobody)'}"))
    for label, addresses in (("Reply to", message.reply_to), ("To", message.to), ("Cc", message.cc)):
        if addresses:
            yield row(_cut(f"{label}: {', '.join(map(_address, addresses))}"))
    if message.sent_at:
        yield row(f"Sent: {stamp(message.sent_at, wording.zone)}")
    elif message.date_header:
        yield row(_cut(f"Sent: {one_line(message.date_header)} (no date that can be read)"))
    spans = [
        (reason.start, reason.end)
        for reason in verdict.reasons
        if reason.where == "subject" and reason.start >= 0 and reason.flag in _MARKED_FLAGS
    ]
    subject = marked_rows(message.subject[:_HEADLINE_CHARACTERS].replace("\n", " "), spans)[0]
    yield Row((("Subject: ", False), *(subject.parts or (("(none)", False),))), tone="head")
    if message.not_scanned:
        yield row(f"NOT SCANNED: {', '.join(map(one_line, message.not_scanned))}", "loud")


def _passage(passage: Passage, spans: Sequence[tuple[int, int]]) -> tuple[Row, ...]:
    text = passage.text.strip("\n")
    lead = len(passage.text) - len(passage.text.lstrip("\n"))
    moved = [(start - lead, end - lead) for start, end in spans]
    tone = "" if passage.kind is PassageKind.OWN else "quiet"
    rows = marked_rows(text, moved, _PREFIXES.get(passage.kind, ""), tone)
    title = _title(passage)
    return (row(title, "quiet"), *rows) if title else rows


def _title(passage: Passage) -> str:
    """What a passage is, where the words alone would not say it."""
    sender = f" from {one_line(passage.quote.sender)}" if passage.quote and passage.quote.sender else ""
    return {
        PassageKind.OWN: "",
        PassageKind.QUOTED: f"[quoted{sender}]",
        PassageKind.FORWARDED: f"[forwarded{sender}]",
        PassageKind.SIGNATURE: "[signature]",
        PassageKind.FOOTER: "[footer]",
    }[passage.kind]


def _spans(verdict: Verdict, passage: int) -> list[tuple[int, int]]:
    return [
        (reason.start, reason.end)
        for reason in verdict.reasons
        if reason.passage == passage and reason.start >= 0 and reason.flag in _MARKED_FLAGS
    ]


def _attachment(attachment: Attachment) -> str:
    name = _cut(one_line(attachment.name)) or "(no name)"
    size = "" if attachment.size_bytes is None else f", {_size(attachment.size_bytes)}"
    return f"Attachment, not fetched: {name} ({one_line(attachment.media_type)}{size})"


def _size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:  # noqa: PLR2004 - a megabyte
        return f"{max(1, round(size_bytes / 1000))} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _address(address: Address) -> str:
    name = one_line(address.name)
    return f"{name} <{one_line(address.email)}>" if name else one_line(address.email)


def _cut(text: str) -> str:
    return text if len(text) <= _HEADLINE_CHARACTERS else f"{text[:_HEADLINE_CHARACTERS]}... (cut)"
