"""`consent`: what clients agreed to. Only work that was done while a consent was in force can be charged."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from mailtriage.cli.desk import desk_of
from mailtriage.errors import UsageError
from mailtriage.model.money import parse_money

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailtriage.cli.desk import Desk
    from mailtriage.model import Client
    from mailtriage.model.money import Money
    from mailtriage.model.work import Consent

_HOW_CHARACTERS = 200
_DESCRIPTION = """\
What clients agreed to. Only work that was done while a consent was in force can be charged, at no more than the price
agreed to. A day alone does not say when: a consent given on a past day holds from the end of that day, one withdrawn
on a day ends at its beginning. Name the hour to be exact: --given "2026-03-03 10:00".
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `consent` with its commands."""
    parser = subparsers.add_parser(
        "consent", help="what clients agreed to: add, withdraw, list", description=_DESCRIPTION
    )
    commands = parser.add_subparsers(metavar="add|withdraw|list", required=True)
    add = command(commands, "add", "record that a client agrees to charges", _run_add)
    add.add_argument("client", metavar="CLIENT", help="the client's code")
    add.add_argument("--message", metavar="N", help="for this message alone (default: for all, until withdrawn)")
    add.add_argument("--given", metavar="WHEN", required=True, help='as in "2026-03-03" or "2026-03-03 10:00"')
    add.add_argument("--how", metavar="TEXT", required=True, help='as in "signed agreement" or "by e-mail"')
    add.add_argument("--price", metavar="AMOUNT", required=True, help='the price of a unit agreed to, as in "20.00"')
    add.add_argument("--policy", metavar="VERSION", help="which version of your policy (default: [billing] policy)")
    withdraw = command(commands, "withdraw", "record that a client agrees no longer", _run_withdraw)
    withdraw.add_argument("client", metavar="CLIENT", help="the client's code")
    withdraw.add_argument("--message", metavar="N", help="only the consent for this message (default: every one)")
    withdraw.add_argument("--on", metavar="WHEN", help='as in "2026-03-03" or "16:05" (default: now)')
    listing = command(commands, "list", "what was agreed to, and when", _run_list)
    listing.add_argument("client", metavar="CLIENT", nargs="?", help="the client's code (default: all clients)")
    listing.add_argument("--json", action="store_true", help="a JSON document; docs/billing.md describes it")


def command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    text: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    """The parser of one command of a family."""
    parser = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
    parser.add_argument("--config", metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.set_defaults(run=run)
    return parser


def _run_add(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.when import held_from
    from mailtriage.model.work import NewConsent

    with desk_of(arguments) as desk:
        client = desk.client(arguments.client)
        terms = NewConsent(
            client.code,
            _message_of(desk, client, arguments.message),
            held_from(arguments.given, now=desk.now, zone=desk.zone),
            _text("--how", arguments.how),
            money_typed(arguments.price, desk, "--price"),
            desk.config.billing.policy if arguments.policy is None else _text("--policy", arguments.policy),
        )
        consent = desk.billing.add_consent(terms, desk.now)
        policy = f", policy {terms.policy}" if terms.policy else ""
        desk.say(f"{client.code}: {_scope(consent)} to {terms.price} a unit is recorded: {terms.how}{policy}.")
        desk.say(f"  It holds from {_exactly(desk, terms.given_at)}; work done before stays free.")
        _say_asked_price(desk, client, terms.price)
        desk.say(f"  Take it back: mailtriage consent withdraw {client.code}")
    return 0


def _run_withdraw(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.when import held_until

    with desk_of(arguments) as desk:
        client = desk.client(arguments.client)
        number = None if arguments.message is None else desk.one(arguments.message).number
        at = desk.now if arguments.on is None else held_until(arguments.on, now=desk.now, zone=desk.zone)
        consents = [
            consent
            for consent in desk.billing.consents(client.code)
            if consent.withdrawn_at is None and number in (None, consent.terms.number)
        ]
        if not consents:
            about = f" for message {number}" if number else ""
            raise UsageError(
                f"{client.code} has no consent{about} that is in force",
                f"`mailtriage consent list {client.code}` shows what was agreed to.",
            )
        for consent in consents:
            desk.billing.withdraw_consent(consent.id, at, desk.now)
            desk.say(f"{client.code}: {_scope(consent)} to {consent.terms.price} a unit is withdrawn.")
        desk.say(f"  It ends {_exactly(desk, at)}; work that was over by then stays covered.")
        take_back_uncovered(desk, client)
    return 0


def _run_list(arguments: argparse.Namespace) -> int:
    with desk_of(arguments, writes=False) as desk:
        code = None if arguments.client is None else desk.client(arguments.client).code
        consents = desk.billing.consents(code)
        if arguments.json:
            print(json.dumps({"version": 1, "consents": list(map(_document, consents))}, indent=2))
            return 0
        for consent in consents:
            desk.say(_told(desk, consent))
        if not consents:
            desk.say("No consent is recorded: nothing can be charged.")
    return 0


def take_back_uncovered(desk: Desk, client: Client) -> None:
    """Undo every charge on no statement yet that could not be decided now, and say so; call it in a transaction."""
    from mailtriage.billing.doubts import doubt

    for due in desk.billing.due(client.code):
        settlement = due.decision.settlement
        message = desk.one(str(due.decision.number))
        if settlement and (reason := doubt(settlement, message.clients, desk.assessment(message), desk.terms)):
            desk.billing.undo_decision(due.decision.id, desk.now)
            desk.say(
                f"  The charge for message {message.number} is taken back: {reason}. "
                f"Decide again: mailtriage confirm {message.number}"
            )


def money_typed(typed: str, desk: Desk, option: str) -> Money:
    """An amount above zero. Raises UsageError for anything else."""
    try:
        amount = parse_money(typed, desk.terms.currency)
    except ValueError as error:
        raise UsageError(f"{option}: {error}", "Nothing was changed.") from error
    if not amount.minor:
        raise UsageError(f"{option}: a unit for nothing is no charge", "`mailtriage waive N` charges nothing.")
    return amount


def _message_of(desk: Desk, client: Client, typed: str | None) -> int | None:
    if typed is None:
        return None
    message = desk.one(typed)
    if client.code not in message.clients:
        raise UsageError(
            f"{desk.name(message)} is not {client.code}'s; nothing was changed",
            f"`mailtriage assign {message.number} {client.code}` says that it is.",
        )
    return message.number


def _text(option: str, typed: str) -> str:
    text = " ".join(typed.split())
    if not text or len(text) > _HOW_CHARACTERS or not text.isprintable():
        raise UsageError(
            f"{option} must be 1 to {_HOW_CHARACTERS} characters that can be shown", "Nothing was changed."
        )
    return text


def _say_asked_price(desk: Desk, client: Client, agreed: Money) -> None:
    """Say where what is asked for today is more than was agreed to."""
    from mailtriage.billing.prices import price_on

    today = desk.now.astimezone(desk.zone).date()
    asked = price_on(today, desk.billing.client_prices(client.code), desk.terms.prices)
    if asked and agreed < asked:
        desk.say(
            f"  Today's price is {asked}, above that: work stays free until the price is no more than {agreed}, "
            f"as by `mailtriage price set {agreed.plain} --client {client.code}`."
        )


def _scope(consent: Consent) -> str:
    return "a standing consent" if consent.terms.number is None else f"a consent for message {consent.terms.number}"


def _exactly(desk: Desk, at: datetime) -> str:
    from mailtriage.adapters.terminal.moments import stamp

    return stamp(at, desk.zone)


def _told(desk: Desk, consent: Consent) -> str:
    terms = consent.terms
    policy = f", policy {terms.policy}" if terms.policy else ""
    end = f" until {_exactly(desk, consent.withdrawn_at)}, withdrawn" if consent.withdrawn_at else ""
    return (
        f"{terms.client}: {_scope(consent)} to {terms.price} a unit, from {_exactly(desk, terms.given_at)}{end}; "
        f"{terms.how}{policy}."
    )


def _document(consent: Consent) -> dict[str, Any]:
    """A consent as JSON values; instants are ISO 8601 in UTC."""
    terms = consent.terms
    return {
        "id": consent.id,
        "client": terms.client,
        "message": terms.number,
        "given_at": terms.given_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
        "how": terms.how,
        "price": terms.price.plain,
        "currency": terms.price.currency,
        "policy": terms.policy,
        "recorded_at": consent.recorded_at.isoformat(),
    }
