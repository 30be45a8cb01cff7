"""The report: a table with bars in a terminal, a sentence for each row elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.filling import filled
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.billing.report import sum_of
from mailtriage.model.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.adapters.terminal.capabilities import Capabilities
    from mailtriage.billing.report import Row

_HEADING = ("MONTH", "CLIENT", "MEASURED", "CHARGED", "FOR", "WAIVED", "SAVED", "OPEN", "FREE")
_LEFT = 2
_GAP = "  "
_SHORTEST_BAR, _LONGEST_BAR = 4, 30
_NOBODY = "?"
NOTHING = "No time was recorded, and nothing charged, in this period.\n"


def report_text(rows: Sequence[Row], currency: str, able: Capabilities, *, plain: bool = False) -> str:
    """The rows and their sum."""
    if not rows:
        return NOTHING
    everything = [*rows, sum_of(rows, None, "", currency)] if len(rows) > 1 else [*rows]
    if plain or able.plain:
        return able.text("".join(map(_sentence, everything)) + _rounding(everything[-1]))
    shown = _table(everything, able) or "".join(filled(_sentence(row), able.columns) for row in everything)
    return able.text(shown + filled(_rounding(everything[-1]), able.columns))


def _rounding(row: Row) -> str:
    """How much more is charged, as units are begun, than was measured; "" for nothing."""
    if row.charged_minutes * 60 <= row.billed:
        return ""
    return f"The units charged make {spoken(row.charged_minutes * 60)}, for {spoken(row.billed)} of measured time.\n"


def _sentence(row: Row) -> str:
    whose = f"{row.month}, {_client(row)}" if row.month else "In all"
    charged = f"{spoken(row.billed)} charged ({row.charged})"
    rest = ((row.waived, "waived"), (row.saved, "saved"), (row.open, "not settled"), (row.free, "free"))
    facts = (f"{spoken(row.measured)} measured", charged, *(f"{spoken(seconds)} {word}" for seconds, word in rest))
    return f"{whose}: {', '.join(facts)}.\n"


def _table(rows: Sequence[Row], able: Capabilities) -> str:
    """Aligned columns, with bars where there is room for them; "" if the columns alone are wider than the screen."""
    from rich.cells import cell_len

    cells = [_HEADING, *map(_cells, rows)]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    room = able.columns - sum(widths) - len(_GAP) * len(widths)
    if room + len(_GAP) < 0:
        return ""
    most = max(row.measured for row in rows if row.month or len(rows) == 1)
    bars = ["", *(_bar(row, most, min(room, _LONGEST_BAR), able) if row.month else "" for row in rows)]
    lines = [_GAP.join((*_padded(row, widths), bar)).rstrip() for row, bar in zip(cells, bars, strict=True)]
    note = "Times are minutes and seconds"
    note += "; the filled part of a bar is charged." if room >= _SHORTEST_BAR else "."
    return "\n".join((*lines, note)) + "\n"


def _padded(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    from rich.cells import cell_len

    gaps = [" " * (width - cell_len(cell)) for cell, width in zip(cells, widths, strict=True)]
    return [
        f"{cell}{gap}" if at < _LEFT else f"{gap}{cell}" for at, (cell, gap) in enumerate(zip(cells, gaps, strict=True))
    ]


def _cells(row: Row) -> tuple[str, ...]:
    return (
        str(row.month) if row.month else "in all",
        _client(row) if row.month else "",
        _clock(row.measured),
        _clock(row.billed),
        str(row.charged),
        *map(_clock, (row.waived, row.saved, row.open, row.free)),
    )


def _bar(row: Row, most: int, width: int, able: Capabilities) -> str:
    """The measured time as a share of the longest, at least one mark where there is any."""
    if width < _SHORTEST_BAR or not row.measured:
        return ""
    full, empty = ("\u2588", "\u2591") if able.letters else ("#", ".")
    length = max(row.measured * width // most, 1)
    filled = row.billed * length // row.measured
    return full * filled + empty * (length - filled)


def _client(row: Row) -> str:
    return one_line(row.client) or _NOBODY


def _clock(seconds: int) -> str:
    """Minutes and seconds, never rounded: "5:01"."""
    return f"{seconds // 60}:{seconds % 60:02}"
