"""`mailtriage summary`: what to do, on one screen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock

if TYPE_CHECKING:
    import argparse

    from mailtriage.adapters.terminal.capabilities import Capabilities
    from mailtriage.config import Config
    from mailtriage.summary import Summary

_DESCRIPTION = """\
Whom to call, what to look at, what waits for you; then what was handled. Mail is not fetched: this shows what the last
poll found. In a pipe it is plain text, one sentence per item.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `summary`."""
    parser = subparsers.add_parser(
        "summary", help="what to do, on one screen (also: mailtriage alone)", description=_DESCRIPTION
    )
    parser.add_argument(
        "--since", metavar="WHEN", help='how far back, as in "yesterday", "3 days", "20 Nov" (default: 14 days)'
    )
    parser.add_argument("--names", action="store_true", help="show names beside codes")
    parser.add_argument("--all", dest="everything", action="store_true", help="list what is otherwise cut short")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help="one sentence per item, for a screen reader or mail")
    form.add_argument("--json", action="store_true", help="a JSON document; docs/summary.md describes it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the summary."""
    from mailtriage.cli.wiring import open_config

    summary = _summary(open_config(arguments), arguments.since)
    if arguments.json:
        from mailtriage.adapters.terminal.document import document

        print(json.dumps(document(summary, names=arguments.names), indent=2))
        return 0
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.pager import page

    able = capabilities()
    # What is most pressing stands at the top, where a summary longer than the window must begin to be read.
    page(_text(summary, able, arguments), able)
    return 0


def _summary(config: Config, since_text: str | None) -> Summary:
    from mailtriage.cli.proposing import Proposing
    from mailtriage.cli.since import since
    from mailtriage.cli.wiring import ledger_of
    from mailtriage.ledger import MailboxHealth
    from mailtriage.summary import LOOK_BACK, summarise

    now, zone = read_clock(), config.practice.timezone
    start = since(since_text, now=now, zone=zone) if since_text else now - LOOK_BACK
    with ledger_of(config) as ledger:
        health = {known.mailbox: known for known in ledger.mailbox_health()}
        proposing = Proposing(ledger, config, now)
        messages = ledger.messages(start, proposing.terms.free_minutes * 60)
        return summarise(
            messages,
            ledger.clients(),
            ledger.quarantined(),
            [health.get(mailbox.name, MailboxHealth(mailbox.name, checked_at=None)) for mailbox in config.mailboxes],
            ledger.scan_health(),
            now=now,
            zone=zone,
            since=start,
            work=proposing.work(messages),
        )


def _text(summary: Summary, able: Capabilities, arguments: argparse.Namespace) -> str:
    if arguments.plain or able.plain:
        from mailtriage.adapters.terminal.plain import plain

        return able.text(plain(summary, names=arguments.names, everything=arguments.everything))
    from mailtriage.adapters.terminal.screen import screen

    return screen(summary, able, names=arguments.names, everything=arguments.everything)
