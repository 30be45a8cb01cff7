"""`mailtriage report`: where the time on e-mail went."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.cli.accounts import accounts_of, client_of, month_in, office_of, remark
from mailtriage.cli.desk import desk_of
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mailtriage.billing.report import Period, Row
    from mailtriage.cli.desk import Desk

_DESCRIPTION = """\
Measured and charged time, what was waived and saved, and what nobody pays for: a row for each month and client. A
message counts in the month in which it was last worked on. Without --month or --since: this month and the five before.
"""
_MONTHS_BACK = 5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `report`."""
    parser = subparsers.add_parser("report", help="where the time on e-mail went", description=_DESCRIPTION)
    period = parser.add_mutually_exclusive_group()
    period.add_argument("--month", metavar="MONTH", help='as in "2026-10"')
    period.add_argument("--since", metavar="WHEN", help='how far back, as in "3 months", "1 Sep"')
    parser.add_argument("--client", metavar="CODE", help="only this client's")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help="one sentence a row, for a screen reader")
    form.add_argument("--json", action="store_true", help="a JSON document; docs/statements.md describes it")
    form.add_argument("--csv", action="store_true", help="for a spreadsheet")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    from mailtriage.billing.report import report

    with desk_of(arguments, writes=False) as desk:
        office, code, period = office_of(desk.config), client_of(desk, arguments.client), _period(desk, arguments)
        accounts = accounts_of(desk, office).due(period.end, code)
        rows = report(desk.billing, desk.ledger, accounts, office.terms, period)
        rows = tuple(row for row in rows if code in (None, row.client))
    _print(rows, period, office.terms.currency, arguments)
    remark(accounts, office.terms)
    return 0


def _period(desk: Desk, arguments: argparse.Namespace) -> Period:
    from mailtriage.billing.months import begins_at, day_in, later, month_of
    from mailtriage.billing.report import Period
    from mailtriage.cli.since import since

    now, zone = desk.now, desk.zone
    end = now + timedelta(seconds=1)  # half open: what ended just now is in it
    if arguments.since is not None:
        return Period(since(arguments.since, now=now, zone=zone), end, zone)
    if arguments.month is None:
        return Period(begins_at(later(month_of(day_in(zone, now)), -_MONTHS_BACK), zone), end, zone)
    month = month_in(arguments.month)
    if begins_at(month, zone) > now:
        raise UsageError(f"{month} has not begun", "A report tells what was.")
    return Period(begins_at(month, zone), min(begins_at(later(month, 1), zone), end), zone)


def _print(rows: Sequence[Row], period: Period, currency: str, arguments: argparse.Namespace) -> None:
    from mailtriage.documents.report import report_csv, report_document

    if arguments.json:
        print(json.dumps(report_document(rows, period, currency), indent=2))
    elif arguments.csv:
        sys.stdout.write(report_csv(rows))
    else:
        from mailtriage.adapters.terminal.capabilities import capabilities
        from mailtriage.adapters.terminal.pager import page
        from mailtriage.adapters.terminal.report import report_text

        able = capabilities()
        page(report_text(rows, currency, able, plain=arguments.plain), able)
