"""`agenda`: what was saved for the session with a client, fetched live."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mailtriage.cli.desk import desk_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mailtriage.adapters.terminal.letter import Live
    from mailtriage.cli.desk import Desk

_EXIT_GONE = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `agenda`."""
    parser = subparsers.add_parser(
        "agenda",
        help="what to go through with a client in the session",
        description="The messages of a client that you saved for the session: subject and own words, fetched from the "
        "mailbox without marking them as read. Exit status 1 if one is no longer there.",
    )
    parser.add_argument("client", metavar="CLIENT", help="the client's code")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help="no colours, no wrapping, no pager")
    form.add_argument("--json", action="store_true", help="a JSON document; docs/billing.md describes it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show the saved messages of a client."""
    from mailtriage.adapters.terminal.agenda import point_document
    from mailtriage.cli.show import live_of

    with desk_of(arguments, writes=False) as desk:
        client = desk.client(arguments.client)
        kept = [desk.one(str(number)) for number in desk.billing.saved(client.code)]
        points = [live_of(desk.config, desk.ledger, message, desk.roster) for message in kept]
        if arguments.json:
            document = {"version": 1, "client": client.code, "messages": list(map(point_document, points))}
            print(json.dumps(document, indent=2))
        else:
            _show(desk, client.code, points, plain=arguments.plain)
    return _EXIT_GONE if any(live.message is None for live in points) else 0


def _show(desk: Desk, code: str, points: Sequence[Live], *, plain: bool) -> None:
    from mailtriage.adapters.terminal.agenda import point
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.pager import page
    from mailtriage.adapters.terminal.rows import drawn_rows, plain_rows, row
    from mailtriage.adapters.terminal.words import ranges

    if not points:
        desk.say(f"Nothing is saved for the session with {code}: mailtriage save N")
        return
    rows = [row(f"For the session with {code}: {len(points)} saved", "head")]
    for live in points:
        rows += [row(""), *point(live, desk.wording)]
    gone_through = ranges(live.item.number for live in points)
    rows += [row(""), row(f"When you have gone through them: mailtriage done {gone_through}", "quiet")]
    able = capabilities()
    is_plain = plain or able.plain
    page(able.text(plain_rows(rows)) if is_plain else drawn_rows(rows, able), able)
