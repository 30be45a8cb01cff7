"""Text as rows that a screen can wrap and plain text can print: a prefix, runs of words, some of them marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console
    from rich.text import Text

    from mailtriage.adapters.terminal.capabilities import Capabilities

_STYLES: Mapping[str, str] = {"head": "bold", "loud": "bold red", "quiet": "dim", "": ""}
_MARKED = "bold underline"
_LEAST_COLUMNS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One line before wrapping.

    Attributes:
        parts: words, each with whether they are to stand out. Safe, without line breaks.
        prefix: repeated before each line that the row is wrapped into.
        tone: "head", "loud", "quiet" or "". It only repeats what the words and the prefix say.
    """

    parts: tuple[tuple[str, bool], ...]
    prefix: str = ""
    tone: str = ""


def row(words: str, tone: str = "", prefix: str = "") -> Row:
    """A row of safe words, none of them marked."""
    return Row(((words, False),), prefix, tone)


def marked_rows(text: str, spans: Sequence[tuple[int, int]], prefix: str = "", tone: str = "") -> tuple[Row, ...]:
    """The lines of a text from a mail, made safe, with the words in `spans` marked.

    `spans` are half-open offsets into `text`, in any order; they may overlap, and what lies outside is ignored.
    """
    lines: list[list[tuple[str, bool]]] = [[]]
    for piece, marked in _pieces(text, spans):
        first, *others = safe(piece, multiline=True).split("\n")
        lines[-1].append((first, marked))
        lines += [[(other, marked)] for other in others]
    return tuple(Row(tuple(part for part in line if part[0]), prefix, tone) for line in lines)


def plain_rows(rows: Iterable[Row]) -> str:
    """The rows as text, unwrapped, marked words in [[double brackets]]; ends with a line end."""
    return "".join(f"{row.prefix}{_bracketed(row)}".rstrip() + "\n" for row in rows)


def drawn_rows(rows: Iterable[Row], capabilities: Capabilities) -> str:
    """The rows wrapped to the terminal, marked words underlined, or in brackets where there are no colours."""
    from rich.color import ColorSystem
    from rich.console import Console

    # Rendered line by line, not printed: a console's printing is ten times as slow, and mail has many lines.
    console = Console(width=capabilities.columns, force_terminal=True)
    colours = ColorSystem.STANDARD if capabilities.colour else None
    drawn = []
    for one in rows:
        for line in _wrapped(one, console, capabilities):
            line.rstrip()
            pieces = line.render(console)
            drawn.append("".join(p.style.render(p.text, color_system=colours) if p.style else p.text for p in pieces))
    return "".join(line.rstrip() + "\n" for line in drawn)


def _wrapped(one: Row, console: Console, capabilities: Capabilities) -> Iterator[Text]:
    from rich.text import Text

    style = _STYLES[one.tone]
    if capabilities.colour:
        words = Text.assemble(*((capabilities.text(text), _MARKED if marked else "") for text, marked in one.parts))
    else:
        words = Text(capabilities.text(_bracketed(one)))
    prefix = capabilities.text(one.prefix)
    width = max(capabilities.columns - len(prefix), _LEAST_COLUMNS)
    lines = [words] if words.cell_len <= width else words.wrap(console, width, overflow="fold")
    for line in lines:
        yield Text.assemble(prefix, line, style=style, end="")


def _bracketed(one: Row) -> str:
    return "".join(f"[[{text}]]" if marked else text for text, marked in one.parts)


def _pieces(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text cut at the edges of the spans, each piece with whether it lies in one."""
    at = 0
    for start, end in _merged(spans, len(text)):
        yield text[at:start], False
        yield text[start:end], True
        at = end
    yield text[at:], False


def _merged(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The spans in order, cut to the text, those that overlap or touch made one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, length)) for start, end in spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif start < end:
            merged.append((start, end))
    return merged
