"""The summary on a terminal, drawn by rich. Text objects only: no string of ours or of a mail is read as markup."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mailtriage.adapters.terminal import frame
from mailtriage.adapters.terminal.plain import SENDERS_AT_MOST
from mailtriage.adapters.terminal.words import TITLES, Wording
from mailtriage.summary import CLOSED, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from mailtriage.adapters.terminal.capabilities import Capabilities
    from mailtriage.ledger import Quarantined
    from mailtriage.summary import Item, Summary

_STYLES: Mapping[Section, str] = {
    Section.CALL: "bold red",
    Section.LOOK: "bold yellow",
    Section.DECIDE: "bold magenta",
    Section.DIARY: "bold cyan",
}
# How many messages of a section are listed: what fits an ordinary day, and what is left of it in a window too low.
_ROOMY: Mapping[Section, int] = {Section.FORWARDED: 5, Section.WAITING: 6, Section.UNKNOWN: 4}
_TIGHT: Mapping[Section, int] = {Section.FORWARDED: 2, Section.WAITING: 3, Section.UNKNOWN: 2}
_NARROW_COLUMNS = 60
_WHO_COLUMNS = {False: 14, True: 22}
"""Room for a sender, without and with names."""


def screen(summary: Summary, capabilities: Capabilities, *, names: bool = False, everything: bool = False) -> str:
    """The summary as the lines of a terminal, with colour codes where it has colours; ends with a line end.

    `everything` lists what is otherwise cut to a few lines a section. Calls, looks, decisions and diary are never cut.
    """
    wording = Wording(summary.now, summary.zone, names)
    if everything:
        return drawn(_Drawing(summary, wording, capabilities, None).parts(), capabilities)
    roomy = drawn(_Drawing(summary, wording, capabilities, _ROOMY).parts(), capabilities)
    if roomy.count("\n") < capabilities.rows:
        return roomy
    return drawn(_Drawing(summary, wording, capabilities, _TIGHT).parts(), capabilities)


def drawn(parts: Iterator[RenderableType], capabilities: Capabilities) -> str:
    """What rich makes of these parts, line by line, without trailing blanks."""
    console = Console(
        file=io.StringIO(),
        width=capabilities.columns,
        force_terminal=True,
        color_system="standard" if capabilities.colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part)
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


@dataclass(frozen=True, slots=True)
class _Drawing:
    """`at_most`: how many messages of a section are listed; None for all of all sections."""

    summary: Summary
    wording: Wording
    capabilities: Capabilities
    at_most: Mapping[Section, int] | None

    def parts(self) -> Iterator[RenderableType]:
        yield self._text(frame.headline(self.summary), "dim")
        if warning := frame.warning(self.summary):
            yield self._text(warning, "bold red")
        if nothing := frame.nothing(self.summary):
            yield self._text(nothing)
        for section in Section:
            items = self.summary.section(section)
            quarantined = self.summary.quarantined if section is Section.LOOK else ()
            if items or quarantined:
                yield self._text(
                    f"{TITLES[section].upper()} ({len(items) + len(quarantined)})", _STYLES.get(section, "bold")
                )
                yield from self._section(section, items)
        if unlisted := frame.unlisted(self.summary):
            yield self._text(unlisted, "dim")
        yield from self._footer()

    def _section(self, section: Section, items: Sequence[Item]) -> Iterator[RenderableType]:
        if section in CLOSED and self.at_most is not None:
            senders = self.wording.short(items)
            shown = "; ".join(senders[:SENDERS_AT_MOST])
            yield self._indented(shown + self._rest(len(senders) - SENDERS_AT_MOST, "; ", " senders"))
            return
        shown_items = items[: (self.at_most or {}).get(section, len(items))]
        yield self._rows(shown_items, self.summary.quarantined if section is Section.LOOK else ())
        if rest := self._rest(len(items) - len(shown_items)):
            yield self._indented(rest)

    def _rest(self, more: int, joint: str = "", what: str = "") -> str:
        return f"{joint}and {more} more{what}: mailtriage summary --all" if more > 0 else ""

    def _rows(self, items: Sequence[Item], quarantined: Sequence[Quarantined]) -> Table:
        """One row a message. Senders have a column unless one of them is too wide for it; then they lead the words."""
        narrow = self.capabilities.columns < _NARROW_COLUMNS
        merged = narrow or any(
            self._columns(self.wording.who(item)) > _WHO_COLUMNS[self.wording.names] for item in items
        )
        table = self._grid()
        if not narrow:
            table.add_column(width=self._when_columns, no_wrap=True)
        if not merged:
            table.add_column(width=self._who_columns)
        table.add_column(ratio=1, overflow="fold")
        for item in items:
            number, when = self._text(str(item.number), "bold"), self._text(self.wording.when(item), "dim")
            who, told = self._text(self.wording.who(item), "bold"), self._told(item)
            if narrow:
                table.add_row(number, Text.assemble(when, "  ", who, "\n", told))
            elif merged:
                table.add_row(number, when, Text.assemble(who, "  ", told))
            else:
                table.add_row(number, when, who, told)
        for found in quarantined:
            when, told = self._text(self.wording.found(found), "dim"), self._text(self.wording.quarantined(found))
            cells = [Text.assemble(when, "\n", told)] if narrow else [when, told] if merged else [when, "", told]
            table.add_row(self._text("?"), *cells)
        return table

    def _grid(self) -> Table:
        """Columns whose first is as wide as the widest number."""
        table = Table.grid(padding=(0, 1), pad_edge=False, expand=True)
        table.add_column(justify="right", width=self._number_columns, no_wrap=True)
        return table

    def _told(self, item: Item) -> Text:
        told = self._text("; ".join(self.wording.facts(item)))
        contact = self.wording.contact(item)
        return Text.assemble(told, "\n", self._text(contact, "bold")) if contact else told

    def _footer(self) -> Iterator[RenderableType]:
        *checks, (promise, _) = frame.footer(self.summary)
        yield from (self._text(sentence, "bold red") for sentence, is_loud in checks if is_loud)
        if quiet := " ".join(sentence for sentence, is_loud in checks if not is_loud):
            yield self._text(quiet, "dim")
        yield self._text(promise)
        yield self._text("Next: " + " \u00b7 ".join(frame.commands(self.summary)))

    @property
    def _number_columns(self) -> int:
        return max((len(str(item.number)) for item in self.summary.items), default=1) + 1

    @property
    def _who_columns(self) -> int:
        widths = [self._columns(self.wording.who(item)) for item in self.summary.items]
        return max((width for width in widths if width <= _WHO_COLUMNS[self.wording.names]), default=1)

    @property
    def _when_columns(self) -> int:
        found = [self.wording.found(found) for found in self.summary.quarantined]
        return max(map(self._columns, [*found, *(self.wording.when(item) for item in self.summary.items)]), default=1)

    def _columns(self, words: str) -> int:
        return self._text(words).cell_len

    def _text(self, words: str, style: str = "") -> Text:
        return Text(self.capabilities.text(words), style)

    def _indented(self, words: str) -> Table:
        table = self._grid()
        table.add_column(ratio=1, overflow="fold")
        table.add_row("", self._text(words, "dim"))
        return table
