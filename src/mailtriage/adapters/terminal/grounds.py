"""Why a message was flagged, as rows: each reason in plain English, with the words that fired in their context."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.letter import PLACES, gone, headline
from mailtriage.adapters.terminal.rows import Row, marked_rows, row
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.model import Emergency, Flag, Forwarded
from mailtriage.triage.implied import IMPLIED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
_CONTEXT_CHARACTERS = 300
_GROUPS_AT_MOST = 40


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
    groups = _grouped(verdict.reasons)
    for number, group in enumerate(groups[:_GROUPS_AT_MOST], 1):
        yield row("")
        yield row(f"{number}. {_sentence(group, verdict)}", "head")
        yield from _context(group[0], live.message)
    yield row("")
    if len(groups) > _GROUPS_AT_MOST:
        yield row(f"and {len(groups) - _GROUPS_AT_MOST} more reasons of these kinds.")
    yield from _figures(verdict)
    yield row(NOTHING_MEANS_NOTHING, "quiet")


def _grouped(reasons: Sequence[Reason]) -> list[list[Reason]]:
    """Reasons of one flag and one fate whose words overlap, together, the graver first; groups as the reasons come."""
    groups: dict[tuple[object, ...], list[list[Reason]]] = {}
    for reason in sorted(reasons, key=lambda each: -each.tier.rank):
        alike = groups.setdefault((reason.flag, reason.where, reason.passage, reason.guard), [])
        fitting = next((group for group in alike if _overlap(group[0], reason)), None)
        if fitting is None:
            alike.append([reason])
        else:
            fitting.append(reason)
    return [group for alike in groups.values() for group in alike]


def _overlap(one: Reason, other: Reason) -> bool:
    return 0 <= one.start < other.end and 0 <= other.start < one.end


def _sentence(group: Sequence[Reason], verdict: Verdict) -> str:
    reason = group[0]
    place = PLACES.get(reason.where, one_line(reason.where))
    ids = dict.fromkeys(one_line(each.rule) for each in group)
    rules = f"({'rule' if len(ids) == 1 else 'rules'} {', '.join(ids)})"
    if reason.flag is Flag.FORWARDED and verdict.forwarded is Forwarded.NO:
        return f"It could look forwarded, but that was set aside: {place} {rules}"
    if reason.flag is Flag.NOT_SCANNED:
        return f"{_FLAGS[reason.flag]} {rules}"
    if reason.flag is not Flag.EMERGENCY:
        return f"{_FLAGS[reason.flag]}: {place} {rules}"
    if reason.rule == IMPLIED:
        return "No rule names it, but this reads as if somebody were in danger (second reading)"
    guard = f', set aside because of the guard "{one_line(reason.guard)}"' if reason.guard else ""
    return f"{_TIERS[reason.tier].capitalize()} {place}{guard} {rules}"


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
    words = text[reason.start : min(reason.end, reason.start + _CONTEXT_CHARACTERS)]
    shown = "\n".join([f"{opening}{words}{after[0]}", *rest])
    return marked_rows(shown, [(len(opening), len(opening) + len(words))], "     ")


def _figures(verdict: Verdict) -> Iterator[Row]:
    low, mid, high = (_time(seconds) for seconds in (verdict.reading.low, verdict.reading.mid, verdict.reading.high))
    yield row(f"It has {verdict.words:,} words of the sender's own: {mid} to read (fast {low}, slow {high}).")
    if not verdict.reasons:
        yield row("Nothing in it fired any rule.")


def _time(seconds: int) -> str:
    """A reading time in words.

    >>> _time(48), _time(310), _time(7500)
    ('48 s', '5 min 10 s', '2 h 5 min')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
