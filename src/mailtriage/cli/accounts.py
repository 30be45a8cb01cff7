"""What the commands about statements and the report share: the practice as it writes, months, clients, remarks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailtriage.billing.account import Account
    from mailtriage.billing.issuing import Accounts, Draft
    from mailtriage.billing.statement import Office
    from mailtriage.cli.desk import Desk
    from mailtriage.config import Config
    from mailtriage.model.statements import Month
    from mailtriage.model.work import Terms


def office_of(config: Config) -> Office:
    """The practice as it writes statements."""
    from mailtriage.billing.statement import Office
    from mailtriage.config.terms import terms_of
    from mailtriage.model.statements import Party

    return Office(
        practice=Party(config.practice.name, config.practice.postal),
        terms=terms_of(config.billing),
        zone=config.practice.timezone,
        vat_number=config.billing.vat_number,
        payment_days=config.billing.payment_days,
        payment=config.billing.payment,
    )


def refuse_incomplete(office: Office) -> None:
    """Raise ConfigError if a statement would lack who writes it, or, with VAT, under which number."""
    if not office.practice.name or not office.practice.postal:
        raise ConfigError(
            "a statement needs your name and address, and [practice] name or postal is empty",
            "Fill them in; `mailtriage statement show` shows how a statement will look.",
        )
    if office.terms.vat_percent is not None and not office.vat_number:
        raise ConfigError("[billing] vat is set, and vat_number is empty", "An invoice with VAT must name the number.")


def accounts_of(desk: Desk, office: Office) -> Accounts:
    """What clients owe, by this desk's ledger."""
    from mailtriage.billing.issuing import Accounts

    return Accounts(desk.billing, desk.ledger, office.terms, office.zone)


def month_in(text: str) -> Month:
    """The month that was typed. Raises UsageError for anything else."""
    from mailtriage.billing.months import parse_month

    try:
        return parse_month(text)
    except ValueError as error:
        raise UsageError(str(error)) from error


def client_of(desk: Desk, typed: str | None) -> str | None:
    """The code of the client that was typed, None for none; also of one who is no longer on the roster.

    Raises:
        UsageError: if nobody has, or had, that code.
    """
    if typed is None:
        return None
    billing = desk.billing
    if typed not in desk.roster and (billing.due(typed) or billing.all_issued(typed)):
        return typed
    return desk.client(typed).code


def remark(accounts: Sequence[Account], terms: Terms) -> None:
    """Tell her, beside the documents, how days were counted and what must be confirmed again."""
    from mailtriage.adapters.terminal.accounts import remarks

    tell(remarks(accounts, terms))


def remark_drafts(desk: Desk, drafts: Sequence[Draft], office: Office, month: Month, code: str | None) -> None:
    """Tell her, beside what would be issued: how days were counted, what is in doubt, charged anyway, or left out."""
    from mailtriage.adapters.terminal.accounts import charged_anyway, undecided
    from mailtriage.billing.months import begins_at, later
    from mailtriage.billing.waiting import waiting

    remark([draft.account for draft in drafts], office.terms)
    tell(charged_anyway(_barred(desk, drafts)))
    tell(undecided(waiting(desk.billing, desk.ledger, office.terms, begins_at(later(month, 1), office.zone), code)))


def _barred(desk: Desk, drafts: Sequence[Draft]) -> Iterator[tuple[int, str, str]]:
    """Number, client and ground of each message on these drafts that no charge is ever proposed for."""
    from mailtriage.billing.proposal import barred

    for draft in drafts:
        for number in sorted({number for line in draft.statement.lines for number in line.messages}):
            message = desk.ledger.message(number)
            if message and (ground := barred(message)):
                yield number, draft.statement.client, ground.value


def tell(sentences: Iterable[str]) -> None:
    """Say it on stderr, where it gets into no document."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe

    sys.stdout.flush()
    able = capabilities(sys.stderr)
    for sentence in sentences:
        print(able.text(safe(sentence)), file=sys.stderr)
