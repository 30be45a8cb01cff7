"""`consent`: what clients agreed to. Only work that was done while a consent was in force can be charged."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from mailtriage.cli.desk import desk_of
from mailtriage.cli.questions import ask_yes_or_no, can_ask
from mailtriage.cli.taking_back import take_back_uncovered
from mailtriage.errors import UsageError
from mailtriage.model.money import parse_money

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mailtriage.cli.desk import Desk
    from mailtriage.model import Client
    from mailtriage.model.money import Money
    from mailtriage.model.work import Consent, NewConsent

_HOW_CHARACTERS = 200
_DESCRIPTION = """\
What clients agreed to. Only work that was done while a consent was in force can be charged, at no more than the price
agreed to. A day alone does not say when: a consent given on a past day holds from the end of that day, one withdrawn
on a day ends at its beginning. Name the hour to be exact: --given "2026-03-03 10:00".
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `consent` with its commands."""
    parser = subparsers.add_parser(
        "consent", help="what clients agreed to: add, withdraw, void, list", description=_DESCRIPTION
    )
    commands = parser.add_subparsers(metavar="add|withdraw|void|list", required=True)
    add = command(commands, "add", "record that a client agrees to charges", _run_add)
    add.add_argument("client", metavar="CLIENT", help="the client's code")
    add.add_argument("--message", metavar="N", help="for this message alone (default: for all, until withdrawn)")
    add.add_argument("--given", metavar="WHEN", required=True, help='as in "2026-03-03" or "2026-03-03 10:00"')
    add.add_argument("--how", metavar="TEXT", required=True, help='as in "signed agreement" or "by e-mail"')
    add.add_argument("--price", metavar="AMOUNT", required=True, help='the price of a unit agreed to, as in "20.00"')
    add.add_argument("--policy", metavar="VERSION", help="which version of your policy (default: [billing] policy)")
    add.add_argument(
        "-y", "--yes", action="store_true", help="do not ask, even where it covers time after a withdrawal"
    )
    withdraw = command(commands, "withdraw", "record that a client agrees no longer", _run_withdraw)
    withdraw.add_argument("client", metavar="CLIENT", help="the client's code")
    withdraw.add_argument("--message", metavar="N", help="only the consent for this message (default: every one)")
    withdraw.add_argument("--on", metavar="WHEN", help='as in "2026-03-03" or "16:05" (default: now)')
    withdraw.add_argument("--consent", metavar="K", help="only consent K, as `mailtriage consent list` numbers them")
    void = command(
        commands, "void", "take back a consent that was recorded by mistake: it counts as never given", _run_void
    )
    void.add_argument("consent", metavar="K", help="the consent's number; `mailtriage consent list` shows it")
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

    with desk_of(arguments, writes=False) as desk:
        client = desk.client(arguments.client)
        terms = NewConsent(
            client.code,
            _message_of(desk, client, arguments.message),
            held_from(arguments.given, now=desk.now, zone=desk.zone),
            _text("--how", arguments.how),
            money_typed(arguments.price, desk, "--price"),
            desk.config.billing.policy if arguments.policy is None else _text("--policy", arguments.policy),
        )
        warning = "" if arguments.yes else _warning(desk, terms)
        if warning:
            _ask(terms.client, warning)
        with desk.ledger.transaction():
            if not arguments.yes and _warning(desk, terms) != warning:
                raise UsageError(f"a consent of {terms.client} was withdrawn meanwhile", "Nothing was changed.")
            _add(desk, client, terms)
    return 0


def _add(desk: Desk, client: Client, terms: NewConsent) -> None:
    same = [each.id for each in desk.billing.consents(client.code) if each.terms == terms and not each.withdrawn_at]
    consent = desk.billing.add_consent(terms, desk.now)
    policy = f", policy {terms.policy}" if terms.policy else ""
    desk.say(f"{client.code}: {_scope(consent)} to {terms.price} a unit is recorded: {terms.how}{policy}.")
    desk.say(f"  It holds from {_exactly(desk, terms.given_at)}; work done before stays free.")
    if same:
        desk.say(f"  Consent {same[0]} says the very same and holds already: one of them is enough.")
    _say_asked_price(desk, client, terms.price)
    desk.say(f"  If it is a mistake: mailtriage consent void {consent.id}")


def _warning(desk: Desk, terms: NewConsent) -> str:
    """What a consent to be recorded covers after a withdrawal, since it is said to be older than that; "" for none."""
    ended = [
        (each.withdrawn_at, each.id)
        for each in desk.billing.consents(terms.client)
        if each.withdrawn_at and not each.is_void and terms.given_at < each.withdrawn_at
        if None in (terms.number, each.terms.number) or terms.number == each.terms.number
    ]
    if not ended:
        return ""
    withdrawn_at, consent_id = min(ended)
    return (
        f"{terms.client} withdrew consent {consent_id}, {_exactly(desk, withdrawn_at)}. One that was given "
        "before would make work since then chargeable"
    )


def _ask(code: str, warning: str) -> None:
    """Ask whether the client agreed to that. Raises UsageError if the answer is no, or nobody can answer."""
    hint = "Nothing was changed. If the client agreed anew, give the time of that: --given"
    if not can_ask():
        raise UsageError(warning, f"{hint}; if to all of the time since, too: --yes")
    if not ask_yes_or_no(f"{warning}.\nDid {code} agree to that?"):
        raise UsageError(f"the consent of {code} is not recorded", hint)


def _run_withdraw(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.when import held_until

    with desk_of(arguments) as desk:
        client = desk.client(arguments.client)
        number = None if arguments.message is None else desk.one(arguments.message).number
        at = desk.now if arguments.on is None else held_until(arguments.on, now=desk.now, zone=desk.zone)
        only = None if arguments.consent is None else _numbered(desk, arguments.consent).id
        consents = [
            consent
            for consent in desk.billing.consents(client.code)
            if not consent.ends_before(at) and number in (None, consent.terms.number) and only in (None, consent.id)
        ]
        if not consents:
            about = f" for message {number}" if number else ""
            which = f" {only}" if only else ""
            then = f" {_exactly(desk, at)} or later" if arguments.on is not None else ""
            raise UsageError(
                f"{client.code} has no consent{which}{about} that is in force{then}",
                f"`mailtriage consent list {client.code}` shows what was agreed to.",
            )
        ended = [(before, desk.billing.withdraw_consent(before.id, at, desk.now)) for before in consents]
        for before, consent in ended:
            desk.say(f"{_called(consent)}, is {_ended(before, consent)}.")
        if not all(consent.is_void for _, consent in ended):
            desk.say(f"  It ends {_exactly(desk, at)}; work that was over by then stays covered.")
        take_back_uncovered(desk, client.code)
    return 0


def _ended(before: Consent, consent: Consent) -> str:
    if consent.is_void:
        return "void: it would end before it began, so it covers nothing"
    return "withdrawn" if before.withdrawn_at is None else "withdrawn earlier than was recorded before"


def _run_void(arguments: argparse.Namespace) -> int:
    with desk_of(arguments) as desk:
        consent = _numbered(desk, arguments.consent)
        if consent.is_void:
            raise UsageError(f"consent {consent.id} is void already", "Nothing was changed.")
        desk.billing.withdraw_consent(consent.id, consent.terms.given_at, desk.now)
        desk.say(f"{_called(consent)}, is void: it counts as never given.")
        take_back_uncovered(desk, consent.terms.client)
        desk.say(f"  If it was right, record it again: mailtriage consent add {consent.terms.client}")
    return 0


def _numbered(desk: Desk, typed: str) -> Consent:
    """The consent of this number. Raises UsageError if there is none."""
    found = [consent for consent in desk.billing.consents() if str(consent.id) == typed.strip()]
    if not found:
        raise UsageError(f"there is no consent {ascii(typed)[1:21]}", "`mailtriage consent list` numbers them.")
    return found[0]


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


def _called(consent: Consent) -> str:
    """Which one: "J.T.: consent 3, a standing consent to £20.00 a unit"."""
    terms = consent.terms
    return f"{terms.client}: consent {consent.id}, {_scope(consent)} to {terms.price} a unit"


def _exactly(desk: Desk, at: datetime) -> str:
    from mailtriage.adapters.terminal.moments import stamp

    return stamp(at, desk.zone)


def _told(desk: Desk, consent: Consent) -> str:
    terms = consent.terms
    policy = f", policy {terms.policy}" if terms.policy else ""
    return f"{_called(consent)}, from {_exactly(desk, terms.given_at)}{_end(desk, consent)}; {terms.how}{policy}."


def _end(desk: Desk, consent: Consent) -> str:
    if consent.is_void:
        return ", void: it covers nothing"
    return f" until {_exactly(desk, consent.withdrawn_at)}, withdrawn" if consent.withdrawn_at else ""


def _document(consent: Consent) -> dict[str, Any]:
    """A consent as JSON values; instants are ISO 8601 in UTC."""
    terms = consent.terms
    return {
        "id": consent.id,
        "client": terms.client,
        "message": terms.number,
        "given_at": terms.given_at.isoformat(),
        "withdrawn_at": consent.withdrawn_at.isoformat() if consent.withdrawn_at else None,
        "is_void": consent.is_void,
        "how": terms.how,
        "price": terms.price.plain,
        "currency": terms.price.currency,
        "policy": terms.policy,
        "recorded_at": consent.recorded_at.isoformat(),
    }
