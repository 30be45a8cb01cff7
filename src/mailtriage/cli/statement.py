"""`mailtriage statement`: what clients are asked to pay for. What was issued is never changed, only credited."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.cli.issue import run_credit, run_issue, run_paid
from mailtriage.cli.issued import run_list, run_print, run_show

if TYPE_CHECKING:
    from collections.abc import Callable

_DESCRIPTION = """\
A statement asks a client to pay for the time that you confirmed. `show` shows what would be issued; `issue` gives it
the next number, and from then on it stays as it is: what is wrong on it is taken back by a `credit`. No document says
what a mail was about.
"""
_MOST_DIGITS = 9
_MONTH = 'as in "2026-10"'
_FORMATS = ("text", "csv", "json", "xero", "timedot", "html")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `statement` with its commands."""
    parser = subparsers.add_parser(
        "statement", help="statements: show, issue, credit, paid, list, print", description=_DESCRIPTION
    )
    commands = parser.add_subparsers(metavar="show|issue|credit|paid|list|print", required=True)
    show = _command(commands, "show", "the statements of a month, and what would be issued now", run_show)
    show.add_argument("month", metavar="MONTH", help=_MONTH)
    _add_client(show)
    _add_output(show)
    _add_issue(commands)
    _add_credit(commands)
    paid = _command(commands, "paid", "note that a statement was paid, or that it was not", run_paid)
    _add_number(paid, "the statement's number")
    when = paid.add_mutually_exclusive_group()
    when.add_argument("--on", metavar="DAY", help='as in "yesterday" or "3 Nov" (default: today)')
    when.add_argument("--not", dest="is_not", action="store_true", help="it was not paid after all")
    listing = _command(commands, "list", "what was issued, and what is left to pay", run_list)
    _add_client(listing)
    listing.add_argument("--month", metavar="MONTH", help=_MONTH)
    listing.add_argument("--unpaid", action="store_true", help="only statements that are not paid")
    form = listing.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help="one sentence a statement, for a screen reader")
    form.add_argument("--json", action="store_true", help="a JSON document; docs/statements.md describes it")
    printing = _command(commands, "print", "a statement or credit as it was issued", run_print)
    _add_number(printing, "its number")
    _add_output(printing)


def _add_issue(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    issue = _command(commands, "issue", "number the statements of a month and lock their lines", run_issue)
    issue.add_argument("month", metavar="MONTH", help=_MONTH)
    _add_client(issue)
    issue.add_argument(
        "--so-far", action="store_true", help="also a month that is not over: what is due until now, the rest later"
    )
    _add_yes(issue)


def _add_credit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    credit = _command(commands, "credit", "take a statement back, in whole or in part", run_credit)
    _add_number(credit, "the statement's number")
    credit.add_argument(
        "--line",
        metavar="K",
        type=_counted,
        action="append",
        default=[],
        help="only this line, counted from 1; may be repeated",
    )
    credit.add_argument("--why", metavar="TEXT", required=True, help="the reason; it stands on the credit")
    _add_yes(credit)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def _add_client(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--client", metavar="CODE", help="only this client's")


def _add_number(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument("number", metavar="N", type=_counted, help=text)


def _counted(typed: str) -> int:
    """A number that something can have."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= _MOST_DIGITS):
        raise argparse.ArgumentTypeError(f"{ascii(typed)[:40]} is no number of a statement or line")
    return int(typed)


def _file(typed: str) -> Path:
    """The file that was typed; an empty word, as an unset variable leaves it, is none."""
    if not typed.strip():
        raise argparse.ArgumentTypeError("no file is named")
    return Path(typed)


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-y", "--yes", action="store_true", help="do not ask")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    parser.add_argument("--output", metavar="FILE", type=_file, help="into a file that you alone can read")
    parser.add_argument("--force", action="store_true", help="replace that file")
