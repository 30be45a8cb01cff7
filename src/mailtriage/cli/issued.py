"""`statement show`, `print` and `list`: what was issued, from the bytes and the content that were kept."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage.cli.accounts import accounts_of, client_of, month_in, office_of, remark_drafts
from mailtriage.cli.desk import desk_of
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mailtriage.cli.desk import Desk
    from mailtriage.model.statements import Issued, Statement

_ALWAYS = ("json", "csv")
"""Formats for programs, which get an empty document where there is nothing."""


def run_show(arguments: argparse.Namespace) -> int:
    """Print the statements of a month, and previews of what would be issued."""
    from mailtriage.billing.issuing import drafts, refuse_early

    with desk_of(arguments, writes=False) as desk:
        month, office, code = month_in(arguments.month), office_of(desk.config), client_of(desk, arguments.client)
        refuse_early(month, desk.now, office.zone, so_far=True)
        kept = desk.billing.all_issued(code, month)
        previews = drafts(accounts_of(desk, office), office, desk.roster, month, desk.now, code)
        _deliver(arguments, kept, [draft.statement for draft in previews if draft.statement.lines])
        remark_drafts(desk, previews, office, month, code)
    return 0


def run_print(arguments: argparse.Namespace) -> int:
    """Print one statement or credit, as it was issued."""
    with desk_of(arguments, writes=False) as desk:
        _deliver(arguments, [kept_of(desk, arguments.number)], [])
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Print what was issued."""
    from mailtriage.adapters.terminal.accounts import issued_text
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.pager import page
    from mailtriage.billing.months import day_in
    from mailtriage.billing.statement import left_to_pay
    from mailtriage.documents.data import issued_document

    with desk_of(arguments, writes=False) as desk:
        month = month_in(arguments.month) if arguments.month is not None else None
        issued = desk.billing.all_issued(client_of(desk, arguments.client), month)
        today = day_in(desk.zone, desk.now)
        is_first = desk.billing.next_statement_number() == 1
    if arguments.unpaid:
        issued = tuple(each for each in issued if left_to_pay(each).minor)
    if arguments.json:
        print(json.dumps(issued_document(issued), indent=2))
        return 0
    able = capabilities()
    if is_first:
        page("No statement was issued yet. `mailtriage statement show` shows what can be.\n", able)
    else:
        page(issued_text(issued, today, replace(able, plain=able.plain or arguments.plain)), able)
    return 0


def kept_of(desk: Desk, number: int) -> Issued:
    """What was issued under a number. Raises UsageError if nothing was."""
    issued = desk.billing.issued(number)
    if issued is None:
        raise UsageError(f"there is no statement {number}", "`mailtriage statement list` shows what was issued.")
    return issued


def _deliver(arguments: argparse.Namespace, kept: Sequence[Issued], previews: Sequence[Statement]) -> None:
    """Write it where it is wanted; the text of what was issued is never made anew."""
    from mailtriage.adapters.output_file import write_output

    form = arguments.format
    if form == "xero" and not kept:
        raise UsageError("nothing of that is issued yet, and previews do not belong into the books", "Issue it first.")
    if not kept and not previews and form not in _ALWAYS:
        print("Nothing of that is issued, and nothing is due: no document was made.", file=sys.stderr)
        return
    content = _text(kept, previews) if form == "text" else _made(form, kept, previews)
    if arguments.output is not None:
        write_output(arguments.output, content, replace=arguments.force)
        print(f"Written to {arguments.output}.", file=sys.stderr)
    else:
        _show(content)


def _text(kept: Sequence[Issued], previews: Sequence[Statement]) -> bytes:
    from mailtriage.documents.text import BETWEEN, as_text

    pages = [*(each.text for each in kept), *(as_text([preview]).encode("utf-8") for preview in previews)]
    return BETWEEN.encode("utf-8").join(pages)


def _made(form: str, kept: Sequence[Issued], previews: Sequence[Statement]) -> bytes:
    from mailtriage.documents import FORMATS

    return FORMATS[form]([*(each.statement for each in kept), *previews]).encode("utf-8")


def _show(content: bytes) -> None:
    """The very bytes into a pipe; on a terminal what it can show of them."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.pager import page
    from mailtriage.adapters.terminal.safe import safe
    from mailtriage.documents.text import with_room_for_codes

    if sys.stdout.isatty():
        able = capabilities()
        shown = safe(content.decode("utf-8"), multiline=True)
        page(able.text(shown if able.letters else with_room_for_codes(shown)), able)
        return
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()
