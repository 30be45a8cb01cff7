"""`statement issue`, `credit` and `paid`: what cannot be taken back is shown, and asked about, before it is done."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mailtriage.cli.accounts import accounts_of, client_of, month_in, office_of, refuse_incomplete, remark_drafts, tell
from mailtriage.cli.desk import desk_of
from mailtriage.cli.issued import kept_of
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mailtriage.billing.issuing import Draft
    from mailtriage.billing.statement import Office
    from mailtriage.cli.desk import Desk
    from mailtriage.model.statements import Issued, Month, Statement


def run_issue(arguments: argparse.Namespace) -> int:
    """Issue the statements of a month: all of them, or, after an error, none."""
    from mailtriage.adapters.terminal.accounts import lacking, plan
    from mailtriage.billing.issuing import issue, refuse_early
    from mailtriage.documents import document

    with desk_of(arguments, writes=False) as desk:
        month, office, code = month_in(arguments.month), office_of(desk.config), client_of(desk, arguments.client)
        refuse_early(month, desk.now, office.zone, so_far=arguments.so_far)
        refuse_incomplete(office)
        planned = _drafts(desk, office, month, code)
        remark_drafts(desk, planned, office, month, code)
        wanted = [draft for draft in planned if draft.statement.lines]
        if not wanted:
            desk.say(f"Nothing is due for {month}: nothing was issued, and no number was used.")
            return 0
        tell(lacking(draft.statement for draft in wanted))
        if not _is_wanted(plan(wanted), _counted(len(wanted)), "issued", yes=arguments.yes):
            desk.say("Nothing was issued.")
            return 0
        # Asked before, written now: a question that waits must not keep a poll from writing.
        with desk.ledger.transaction():
            if _drafts(desk, office, month, code) != planned:
                raise UsageError("what is due changed while you were asked; nothing was issued", "Type it once more.")
            statements = [draft.statement for draft in wanted]
            for issued in issue(desk.billing, statements, document, desk.now):
                known = issued.statement
                desk.say(
                    f"Statement {known.number} for {known.client}, {known.month}: {known.total}. "
                    f"To print it: mailtriage statement print {known.number}"
                )
    return 0


def run_credit(arguments: argparse.Namespace) -> int:
    """Issue a credit on a statement."""
    from mailtriage.adapters.terminal.accounts import plan
    from mailtriage.billing.account import Account
    from mailtriage.billing.issuing import Draft, issue
    from mailtriage.billing.months import day_in
    from mailtriage.billing.statement import credit_of
    from mailtriage.documents import document

    why = " ".join(arguments.why.split())
    if not why:
        raise UsageError("a credit needs a reason", 'Say it as in --why "charged by mistake".')
    with desk_of(arguments, writes=False) as desk:
        positions = [line - 1 for line in arguments.line]
        today = day_in(desk.zone, desk.now)
        credit = credit_of(kept_of(desk, arguments.number), positions, why, today)
        shown = plan([Draft(credit, Account(credit.client))])
        if not _is_wanted(shown, f"a credit on statement {arguments.number}", "credited", yes=arguments.yes):
            desk.say("Nothing was credited.")
            return 0
        with desk.ledger.transaction():
            (issued,) = issue(desk.billing, [credit], document, desk.now)
        number = issued.statement.number
        desk.say(
            f"Credit {number} on statement {arguments.number} for {credit.client}: {credit.total}. "
            f"To print it: mailtriage statement print {number}"
        )
        _say_what_is_owed(desk, arguments.number)
        _say_what_is_spent(desk, credit)
    return 0


def run_paid(arguments: argparse.Namespace) -> int:
    """Note that a statement was paid, or that it was not."""
    from mailtriage.billing.months import day_in
    from mailtriage.cli.since import since
    from mailtriage.model.statements import StatementKind

    with desk_of(arguments) as desk:
        zone = desk.zone
        paid_at = desk.now if arguments.on is None else since(arguments.on, now=desk.now, zone=zone)
        before = kept_of(desk, arguments.number)
        paid_on = None if arguments.is_not else day_in(zone, paid_at)
        if before.paid_on == paid_on and before.statement.kind is StatementKind.STATEMENT:
            as_it_is = f"paid on {paid_on:%-d %b %Y} already" if paid_on else "not paid, as it was"
            desk.say(f"Statement {arguments.number} is {as_it_is}.")
            return 0
        issued = desk.billing.pay(arguments.number, paid_on, desk.now)
        whom = f"Statement {arguments.number} for {issued.statement.client}"
        if paid_on is None:
            desk.say(f"{whom} is not paid.")
        else:
            desk.say(
                f"{whom} is paid, on {paid_on:%-d %b %Y}. Not so: mailtriage statement paid {arguments.number} --not"
            )
    return 0


def _drafts(desk: Desk, office: Office, month: Month, code: str | None) -> tuple[Draft, ...]:
    from mailtriage.billing.issuing import drafts

    return drafts(accounts_of(desk, office), office, desk.roster, month, desk.now, code)


def _say_what_is_owed(desk: Desk, number: int) -> None:
    """What the client has paid for and was credited."""
    from mailtriage.billing.statement import owed_back

    issued = kept_of(desk, number)
    if issued.paid_on and issued.owed_back:
        desk.say(
            f"Statement {number} was paid on {issued.paid_on:%-d %b %Y}: {owed_back(issued)} is owed back to "
            f"{issued.statement.client}; once it is given back: mailtriage statement paid {number} --not"
            f"{_and_paid_again(issued)}"
        )


def _and_paid_again(issued: Issued) -> str:
    """Where some of it stays paid, how to say so."""
    if len(issued.credited) == len(issued.statement.lines):
        return ""
    return f", then for the rest: mailtriage statement paid {issued.statement.number}"


def _say_what_is_spent(desk: Desk, credit: Statement) -> None:
    """What was confirmed of these messages until now charges nothing any more; how to charge it after all."""
    from mailtriage.ledger.issuing import messages_of

    messages = messages_of(credit)
    listed = ", ".join(map(str, messages))
    which = f"message {listed}" if len(messages) == 1 else f"messages {listed}"
    desk.say(
        f"Whatever you confirmed of {which} before this credit is not charged any more. To charge again, confirm anew: "
        f"mailtriage confirm {' '.join(map(str, messages))}. It goes onto the next statement."
    )


def _counted(count: int) -> str:
    return "1 statement" if count == 1 else f"{count} statements"


def _is_wanted(shown: Sequence[str], what: str, done: str, *, yes: bool) -> bool:
    """Whether to go on: she said so beforehand, or says so now, having seen it.

    Raises:
        UsageError: in a pipe, where nobody can be asked.
    """
    from mailtriage.cli.questions import ask_yes_or_no, can_ask

    tell(shown)
    if yes:
        return True
    if not can_ask():
        raise UsageError(
            f"nothing was {done}: nobody can be asked here", f"To have it {done} without a question, say -y."
        )
    sys.stderr.flush()
    return ask_yes_or_no(f"Issue {what}? It cannot be changed afterwards, only credited.")
