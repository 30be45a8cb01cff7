"""Why a message was flagged, as rows: each reason in plain English, with the words that fired in their context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.letter import gone, headline
from mailtriage.adapters.terminal.rows import Row, marked_rows, row
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.model import Emergency, Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailtriage.adapters.terminal.letter import Live
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.model import Message, Reason, Verdict

NOTHING_MEANS_NOTHING = (
    "No flag does not mean no emergency: this matches wording. It does not understand mail, and assesses nobody."
)
_TIERS: Mapping[Emergency, str] = {
    Emergency.CRISIS: "crisis wording",
    Emergency.URGENT: "urgent wording",
    Emergency.MENTION: "emergency wording that is only mentioned",
    Emergency.NONE: "emergency wording that counts for nothing here",
}
_FLAGS: Mapping[Flag, str] = {
    Flag.FORWARDED: "It looks forwarded",
    Flag.LONG: "It is long",
    Flag.DIARY: "It is about the diary",
    Flag.AUTOMATIC: "No person typed it to you",
    Flag.NOT_SCANNED: "Something in it was not scanned",
}
_PLACES: Mapping[str, str] = {
    "subject": "in the subject",
    "own": "in the sender's own words",
    "quoted": "in quoted text",
    "forwarded": "in forwarded text",
    "signature": "in the signature",
    "footer": "in the footer",
    "header": "in the header",
}
_CONTEXT_CHARACTERS = 300
_REASONS_AT_MOST = 40


def grounds(live: Live, wording: Wording) -> Iterator[Row]:
    """Every reason: what it speaks for, where the words stand (with the line before and after), its rule and guard."""
    yield from headline(live.item, wording)
    if live.message is None or live.verdict is None:
        yield from gone(live.item)
        return
    verdict = live.verdict
    if verdict.emergency is not live.item.message.verdict.emergency:
        then, now = live.item.message.verdict.emergency.value, verdict.emergency.value
        yield row(f"When it was polled its emergency flag was {then}; by the present rules it is {now}.", "loud")
    for number, reason in enumerate(verdict.reasons[:_REASONS_AT_MOST], 1):
        yield row("")
        yield row(f"{number}. {_sentence(reason)}", "head")
        yield from _context(reason, live.message)
    yield row("")
    if len(verdict.reasons) > _REASONS_AT_MOST:
        yield row(f"and {len(verdict.reasons) - _REASONS_AT_MOST} more reasons of these kinds.")
    yield from _figures(verdict)
    yield row(NOTHING_MEANS_NOTHING, "quiet")


def _sentence(reason: Reason) -> str:
    place = _PLACES.get(reason.where, one_line(reason.where))
    rule = f"(rule {one_line(reason.rule)})"
    if reason.flag is not Flag.EMERGENCY:
        return f"{_FLAGS[reason.flag]}: {place} {rule}"
    said = f"{_TIERS[reason.tier].capitalize()} {place}"
    return (
        f'{said}, set aside because of the guard "{one_line(reason.guard)}" {rule}'
        if reason.guard
        else f"{said} {rule}"
    )


def _context(reason: Reason, message: Message) -> tuple[Row, ...]:
    """The line that fired with its words marked, between one line before and one after."""
    text = message.subject if reason.where == "subject" else ""
    if 0 <= reason.passage < len(message.passages):
        text = message.passages[reason.passage].text
    if not 0 <= reason.start < reason.end <= len(text):
        return marked_rows(reason.text[:_CONTEXT_CHARACTERS], (), "     ") if reason.text else ()
    before = text[max(0, reason.start - _CONTEXT_CHARACTERS) : reason.start].split("\n")
    after = text[reason.end : reason.end + _CONTEXT_CHARACTERS].split("\n")
    lead = [line for line in before[:-1] if line.strip()][-1:]
    rest = [line for line in after[1:] if line.strip()][:1]
    opening = "\n".join([*lead, before[-1]])
    words = text[reason.start : reason.end]
    shown = "\n".join([f"{opening}{words}{after[0]}", *rest])
    return marked_rows(shown, [(len(opening), len(opening) + len(words))], "     ")


def _figures(verdict: Verdict) -> Iterator[Row]:
    low, mid, high = verdict.reading.low, verdict.reading.mid, verdict.reading.high
    yield row(f"It has {verdict.words:,} words of the sender's own: {mid} s to read (fast {low} s, slow {high} s).")
    if not verdict.reasons:
        yield row("Nothing in it fired any rule.")
