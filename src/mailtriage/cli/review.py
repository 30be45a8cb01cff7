"""`review`: one message after the other with single keys; in a pipe, the list with the commands to type."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage.cli.desk import NUMBERS, desk_of
from mailtriage.cli.questions import can_ask

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from mailtriage.cli.desk import Desk
    from mailtriage.summary import Item

_DESCRIPTION = """\
Decide one message after the other, in the order of the summary: those that ask for a call first, the gravest of them
before the others, then those whose time waits for a decision. Each key is a command, too: c confirm, a adjust, w waive,
s save, t log, d done, k called, u undo. In a pipe it prints the list with the commands to type. No flag does not mean
no emergency.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `review`."""
    parser = subparsers.add_parser(
        "review", help="decide one message after the other, with single keys", description=_DESCRIPTION
    )
    parser.add_argument("numbers", metavar="N", nargs="*", help=f"{NUMBERS} (default: all that wait)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--next", action="store_true", help="print the next one and its commands; press no keys")
    form.add_argument("--list", action="store_true", help="print all of them and their commands; press no keys")
    form.add_argument("--json", action="store_true", help="a JSON document; docs/billing.md describes it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Go through the messages, or list them."""
    with desk_of(arguments, writes=False) as desk:
        waiting = (
            [message.number for message in desk.messages(arguments.numbers, to_read=True)]
            if arguments.numbers
            else _all(desk)
        )
        shown = waiting[:1] if arguments.next else waiting
        if arguments.json:
            from mailtriage.adapters.terminal.cards import card_document

            items = items_to_decide(desk, shown)
            print(json.dumps({"version": 1, "messages": list(map(card_document, items))}, indent=2))
        elif not shown:
            desk.say("Nothing waits for a decision.")
        elif arguments.next or arguments.list or not can_ask():
            _list(desk, shown)
        else:
            from mailtriage.adapters.terminal.keystrokes import Keyboard
            from mailtriage.cli.reviewing import Review

            with Keyboard() as keyboard:
                Review(desk, shown, keyboard).run()
    return 0


def items_to_decide(desk: Desk, numbers: Sequence[int]) -> Iterator[Item]:
    """Messages with what is proposed for their time."""
    from mailtriage.cli.proposing import Proposing
    from mailtriage.summary import item_of

    proposing = Proposing(desk.ledger, desk.config, desk.now)
    for number in numbers:
        message = desk.one(str(number))
        item = item_of(message, desk.roster, proposing.work([message]))
        yield item if item.proposal else replace(item, proposal=proposing.proposal(message))


def _all(desk: Desk) -> list[int]:
    """Those with an open alarm and those whose time waits for a decision, in the order of the summary."""
    from mailtriage.summary import Work, in_order, item_of

    free_minutes = desk.terms.free_minutes
    messages = {message.number: message for message in desk.ledger.alarms()}
    for number in desk.billing.open_work(free_minutes * 60):
        if number not in messages and (message := desk.ledger.message(number)):
            messages[number] = message
    work = Work(free_minutes=free_minutes)
    return [item.number for item in in_order(item_of(message, desk.roster, work) for message in messages.values())]


def _list(desk: Desk, numbers: Sequence[int]) -> None:
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.cards import listed
    from mailtriage.adapters.terminal.pager import page
    from mailtriage.adapters.terminal.rows import drawn_rows, plain_rows

    able = capabilities()
    rows = [one for item in items_to_decide(desk, numbers) for one in listed(item, desk.wording)]
    page(able.text(plain_rows(rows)) if able.plain else drawn_rows(rows, able), able)
