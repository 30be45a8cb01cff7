"""`read`: a message fetched live and shown until it is left; how long that took is kept as reading time."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.desk import desk_of
from mailtriage.cli.opening import opened
from mailtriage.cli.questions import ask, ask_yes_or_no, can_ask
from mailtriage.cli.timing import begin, finish, refuse_running
from mailtriage.errors import UsageError
from mailtriage.model.work import TimeKind

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mailtriage.adapters.terminal.rows import Row
    from mailtriage.cli.opening import Opened

_EXIT_GONE = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `read`."""
    parser = subparsers.add_parser(
        "read",
        help="read a message, and keep how long it took",
        description="Fetch a message, without marking it as read, say first how long it is and whether a consent "
        "covers it, and show it. The time until you leave it is kept. In a pipe it is only printed, and nothing is "
        "kept. Exit status 1 if it is no longer there.",
    )
    parser.add_argument("number", metavar="N", help="the message's number")
    parser.set_defaults(run=run_read)


def run_read(arguments: argparse.Namespace) -> int:
    """Show the message, and keep the time."""
    is_timed = can_ask()
    with desk_of(arguments, writes=False) as desk:
        kept = desk.one(arguments.number)
        if is_timed:
            refuse_running(desk, kept.number)
        found = opened(desk, kept)
    if found.live.message is None or not is_timed:
        _shown(found.whole)
        return _EXIT_GONE if found.live.message is None else 0
    rows = _agreed_to(found)
    if rows is None:
        return 0
    timer = begin(arguments, kept.number, TimeKind.READING)
    if not _shown(rows):
        # Whoever ends the question in any way has left the message, too.
        with suppress(KeyboardInterrupt, UsageError):
            ask("Enter when you have read it: ")
    finish(arguments, timer, read_clock())
    return 0


def _agreed_to(found: Opened) -> tuple[Row, ...] | None:
    """What is to be shown; None if she would rather not read it now. Nothing urgent is asked about."""
    from mailtriage.adapters.terminal.before import is_unpaid_length

    if not is_unpaid_length(found.live.item, found.prospect):
        return found.whole
    print(_drawn([*found.head, *found.before]), end="")
    return found.body if ask_yes_or_no("Read it now?") else None


def _shown(rows: Sequence[Row]) -> bool:
    """True if it was shown in a pager that she left."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.pager import page_until_left

    return page_until_left(_drawn(rows), capabilities())


def _drawn(rows: Sequence[Row]) -> str:
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.rows import drawn_rows, plain_rows

    able = capabilities()
    return able.text(plain_rows(rows)) if able.plain else drawn_rows(rows, able)
