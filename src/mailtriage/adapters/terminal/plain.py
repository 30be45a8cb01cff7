"""The summary as one sentence per item: for pipes, mail and screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal import frame
from mailtriage.adapters.terminal.words import TITLES, Wording
from mailtriage.summary import CLOSED, Section

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.summary import Item, Summary

SENDERS_AT_MOST = 8
"""How many senders of handled messages are named before it says how many more there are."""


def plain(summary: Summary, *, names: bool = False, everything: bool = False) -> str:
    """The summary as text, one item a line, without colour, columns or alignment; ends with a line end."""
    wording = Wording(summary.now, summary.zone, names)
    return "\n".join(_lines(summary, wording, everything=everything)) + "\n"


def _lines(summary: Summary, wording: Wording, *, everything: bool) -> Iterator[str]:
    yield f"{frame.headline(summary)}."
    if warning := frame.warning(summary):
        yield f"{warning}."
    if nothing := frame.nothing(summary):
        yield nothing
    for section in Section:
        items = summary.section(section)
        if section in CLOSED and not everything:
            yield from _closed(wording, section, items)
        else:
            yield from (_sentence(wording, item) for item in items)
        if section is Section.LOOK:
            for found in summary.quarantined:
                where = f"found {wording.found(found)} in {wording.quarantined(found)}"
                yield f"{TITLES[section]}: a message without a number, {where}."
    if unlisted := frame.unlisted(summary):
        yield f"{unlisted}."
    yield from (sentence for sentence, _ in frame.footer(summary))
    yield f"Next: {'; '.join(frame.commands(summary))}"


def _sentence(wording: Wording, item: Item) -> str:
    facts = "; ".join(wording.facts(item))
    contact = wording.contact(item)
    sentence = f"{TITLES[item.section]}: message {item.number} from {wording.who(item)}, received {wording.when(item)}"
    return f"{sentence}: {facts}." + (f" {contact}." if contact else "")


def _closed(wording: Wording, section: Section, items: tuple[Item, ...]) -> Iterator[str]:
    if items:
        senders = wording.short(items)
        more = len(senders) - SENDERS_AT_MOST
        rest = f"; and {more} more senders: mailtriage summary --all" if more > 0 else ""
        yield f"{TITLES[section]}, {len(items)}: {'; '.join(senders[:SENDERS_AT_MOST])}{rest}"
