"""`price`: what a unit costs single clients. The practice's own prices stand in the configuration."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mailtriage.cli.consent import command, money_typed
from mailtriage.cli.desk import desk_of
from mailtriage.cli.taking_back import take_back_uncovered
from mailtriage.model.work import PriceFrom

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from datetime import date

    from mailtriage.cli.desk import Desk
    from mailtriage.model import Client
    from mailtriage.model.money import Money

_DESCRIPTION = """\
What a unit costs single clients. It comes before the practice's own prices, which stand in the configuration under
[billing] prices. Nobody is charged more than they agreed to: a price above that makes new work free.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `price` with its commands."""
    parser = subparsers.add_parser("price", help="prices of single clients: set, list", description=_DESCRIPTION)
    commands = parser.add_subparsers(metavar="set|list", required=True)
    setting = command(commands, "set", "set the price of a unit for a client", _run_set)
    setting.add_argument("amount", metavar="AMOUNT", help='as in "22.00"')
    setting.add_argument("--client", metavar="CODE", required=True, help="the client's code")
    setting.add_argument(
        "--from",
        dest="day",
        metavar="DAY",
        help='the first day, as in "2027-01-01"; or one to come (default: today)',
    )
    listing = command(commands, "list", "the prices of clients, and the practice's own", _run_list)
    listing.add_argument("client", metavar="CLIENT", nargs="?", help="the client's code (default: all clients)")
    listing.add_argument("--json", action="store_true", help="a JSON document; docs/billing.md describes it")


def _run_set(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.when import named_day

    with desk_of(arguments) as desk:
        client = desk.client(arguments.client)
        today = desk.now.astimezone(desk.zone).date()
        day = today if arguments.day is None else named_day(arguments.day, today=today)
        price = PriceFrom(money_typed(arguments.amount, desk, "AMOUNT"), day)
        before = _open_prices(desk, client, day)
        desk.billing.set_client_price(client.code, price, desk.now)
        desk.say(f"{client.code}: {_told(price)}.")
        _warn(desk, client, price)
        _say_changed(desk, before, _open_prices(desk, client, day))
        take_back_uncovered(desk, client.code)
    return 0


def _warn(desk: Desk, client: Client, price: PriceFrom) -> None:
    """Say where a price is above what the client agreed to: it voids the consent for new work."""
    agreed = [consent.terms for consent in desk.billing.consents(client.code) if consent.withdrawn_at is None]
    below = [terms for terms in agreed if terms.price.currency == price.price.currency and terms.price < price.price]
    for terms in below:
        scope = "" if terms.number is None else f" for message {terms.number}"
        desk.say(
            f"  {client.code} agreed to {terms.price}{scope}: from {price.from_on:%a %-d %b %Y} on that consent covers "
            "no work at this price, and new work is free until a new consent."
        )


def _open_prices(desk: Desk, client: Client, since: date) -> dict[int, Money | None]:
    """What a unit costs of each message worked on since a day that no charge is decided for; None where it is free."""
    from mailtriage.billing.months import day_begins_at
    from mailtriage.model import CHARGES

    numbers = desk.billing.worked_between(day_begins_at(since, desk.zone), desk.now + timedelta(seconds=1))
    billed = {each.number for each in desk.billing.charged(numbers)}
    messages = [desk.ledger.message(number) for number in numbers if number not in billed]
    return {
        message.number: desk.assessment(message).price
        for message in messages
        if message
        and message.clients == (client.code,)
        and not (message.settlement and message.settlement.kind in CHARGES)
    }


def _say_changed(desk: Desk, before: Mapping[int, Money | None], after: Mapping[int, Money | None]) -> None:
    """Say which work, recorded already, has another price than before."""
    for number, price in after.items():
        if price != before[number]:
            now = f"is at {price} a unit" if price else "stays free"
            then = f"not at {before[number]}" if before[number] else "and was free before"
            desk.say(f"  The time recorded for message {number} {now} now, {then}.")


def _run_list(arguments: argparse.Namespace) -> int:
    with desk_of(arguments, writes=False) as desk:
        codes = list(desk.roster) if arguments.client is None else [desk.client(arguments.client).code]
        prices = {code: desk.billing.client_prices(code) for code in codes}
        own = desk.terms.prices
        if arguments.json:
            print(json.dumps({"version": 1, **_document(own, prices)}, indent=2))
            return 0
        for price in own:
            desk.say(f"Practice: {_told(price)}.")
        if not own:
            desk.say("Practice: no price is configured ([billing] prices).")
        for code, of_client in prices.items():
            for price in of_client:
                desk.say(f"{code}: {_told(price)}.")
    return 0


def _told(price: PriceFrom) -> str:
    since = f" from {price.from_on:%a %-d %b %Y}" if price.from_on else ""
    return f"{price.price} a unit{since}"


def _document(own: Sequence[PriceFrom], prices: dict[str, tuple[PriceFrom, ...]]) -> dict[str, Any]:
    """The prices as JSON values: amounts as text with two decimals, days as ISO 8601, null for always."""
    return {
        "practice": list(map(_values, own)),
        "clients": {code: list(map(_values, of_client)) for code, of_client in prices.items() if of_client},
    }


def _values(price: PriceFrom) -> dict[str, Any]:
    return {
        "price": price.price.plain,
        "currency": price.price.currency,
        "from": price.from_on.isoformat() if price.from_on else None,
    }
