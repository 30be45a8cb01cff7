"""`show` and `why`: a message fetched live, and why it was flagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.numbers import numbers
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.adapters.terminal.letter import Live
    from mailtriage.adapters.terminal.rows import Row
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.cli.proposing import Proposing
    from mailtriage.config import Config
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Client
    from mailtriage.summary import Work

_EXIT_GONE = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `show` and `why`."""
    show = subparsers.add_parser(
        "show",
        help="a message, fetched live",
        description="Fetch messages from the mailbox, without marking them as read, and show them. Flagged words are "
        "underlined or in [[brackets]]; attachments are only named. Exit status 1 if one is no longer there.",
    )
    show.set_defaults(run=run_show)
    why = subparsers.add_parser(
        "why",
        help="why a message was flagged, word by word",
        description="Fetch messages and say, for each reason, which words fired, where they stand, and what set them "
        "aside. Exit status 1 if one is no longer there.",
    )
    why.set_defaults(run=run_why)
    for parser in (show, why):
        parser.add_argument("numbers", metavar="N", nargs="+", help='message numbers and ranges, as in "3 5-7"')
        parser.add_argument("--names", action="store_true", help="show names beside codes")
        parser.add_argument("--plain", action="store_true", help="no colours, no wrapping, no pager")


def run_show(arguments: argparse.Namespace) -> int:
    """Show each message."""
    return _run(arguments, _letter)


def run_why(arguments: argparse.Namespace) -> int:
    """Say of each message why it was flagged."""
    return _run(arguments, _grounds)


def _letter(live: Live, wording: Wording, proposing: Proposing) -> Iterator[Row]:
    from mailtriage.adapters.terminal.before import before, learned
    from mailtriage.adapters.terminal.letter import letter

    rows = [*before(live.item, proposing.prospect(live.item.message)), *learned(live.item)]
    return letter(live, wording, rows)


def _grounds(live: Live, wording: Wording, proposing: Proposing) -> Iterator[Row]:  # noqa: ARG001 - as `_letter`
    from mailtriage.adapters.terminal.grounds import grounds

    return grounds(live, wording)


def _run(arguments: argparse.Namespace, told: Callable[[Live, Wording, Proposing], Iterator[Row]]) -> int:
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.letter import answer
    from mailtriage.adapters.terminal.pager import page
    from mailtriage.adapters.terminal.rows import drawn_rows, plain_rows, row
    from mailtriage.adapters.terminal.words import Wording
    from mailtriage.cli.proposing import Proposing
    from mailtriage.cli.wiring import ledger_of, open_config

    config, now = open_config(arguments), read_clock()
    wording = Wording(now, config.practice.timezone, arguments.names)
    rows: list[Row] = []
    is_gone = False
    with ledger_of(config) as ledger:
        roster = {client.code: client for client in ledger.clients()}
        proposing = Proposing(ledger, config, now)
        for kept in _messages(ledger, numbers(arguments.numbers)):
            live = live_of(config, ledger, kept, roster, proposing.work([kept]))
            is_gone = is_gone or live.message is None
            rows += [row(""), *told(live, wording, proposing)] if rows else told(live, wording, proposing)
            if kept.verdict.emergency.is_alarm:
                rows += answer(kept.number, config.answers.emergency_text, config.answers.checked_on)
    able = capabilities()
    is_plain = arguments.plain or able.plain
    page(able.text(plain_rows(rows)) if is_plain else drawn_rows(rows, able), able)
    return _EXIT_GONE if is_gone else 0


def _messages(ledger: SqlLedger, asked: tuple[int, ...]) -> list[KeptMessage]:
    found = {number: ledger.message(number) for number in asked}
    if missing := [str(number) for number, message in found.items() if message is None]:
        raise UsageError(f"there is no message {', '.join(missing[:10])}", "`mailtriage` shows the numbers.")
    return [message for message in found.values() if message]


def live_of(
    config: Config, ledger: SqlLedger, kept: KeptMessage, roster: Mapping[str, Client], work: Work | None = None
) -> Live:
    """The message fetched live, with its verdict as of now; without both if it is gone."""
    from mailtriage.adapters.terminal.letter import Live
    from mailtriage.cli.wiring import fetch_live, triage_of
    from mailtriage.mail.message import read
    from mailtriage.summary import NO_WORK, item_of

    item = item_of(kept, roster, work or NO_WORK)
    raw = fetch_live(config, ledger, kept.number)
    if raw is None:
        return Live(item, None, None)
    message = read(raw)
    return Live(item, message, triage_of(config, ledger, message))
