"""`mailtriage client`: the roster. Names are asked for: typed into the command, the shell would keep them."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.former import refuse_used, remove, still_owed
from mailtriage.cli.saying import say
from mailtriage.errors import UsageError
from mailtriage.ledger.roster import addresses_in, found, postal_in, problems_of, shared, tidied
from mailtriage.model import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from mailtriage.adapters.ledger import SqlLedger

_DESCRIPTION = """\
The roster: who your clients are, under a code or initials. It stands in the encrypted ledger and nowhere else.
An address that several clients share makes a message "one of J.T., R.S.?" until you say whose it is
(`mailtriage assign N CODE`).
"""
_KEEP = "Enter keeps what stands there, - empties it."


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `client` with its commands."""
    parser = subparsers.add_parser(
        "client",
        help="the roster: add, list, edit, remove, import",
        description=_DESCRIPTION,
    )
    commands = parser.add_subparsers(metavar="add|list|edit|remove|import", required=True)
    add = _command(commands, "add", "add a client; asks for the name and what else is known", _run_add)
    edit = _command(commands, "edit", "change an entry; shows what stands there", _run_edit)
    _add_entry(add, no_input="ask nothing; the name stays empty")
    _add_entry(edit, no_input="ask nothing; the name stays as it is")
    add.add_argument("--again", action="store_true", help="the same person who had this code before")
    remove = _command(commands, "remove", "take a client off the roster", _run_remove)
    remove.add_argument("code", metavar="CODE")
    remove.add_argument("-y", "--yes", action="store_true", help="do not ask")
    listing = _command(commands, "list", "everybody on the roster", _run_list)
    form = listing.add_mutually_exclusive_group()
    form.add_argument("--plain", action="store_true", help="one sentence a client, for a screen reader")
    form.add_argument("--json", action="store_true", help="a JSON document; docs/roster.md describes it")
    importing = _command(commands, "import", "add or replace entries from a CSV file", _run_import)
    importing.add_argument(
        "file", metavar="FILE.csv", type=Path, help="columns: code,name,addresses,phone,contact[,postal]"
    )
    importing.add_argument("--again", action="store_true", help="codes used before are the same persons")


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


def _add_entry(parser: argparse.ArgumentParser, *, no_input: str) -> None:
    parser.add_argument("code", metavar="CODE", help='a code or initials, as in "J.T."')
    parser.add_argument("--address", metavar="ADDRESS", action="append", help="an address; may be repeated; - for none")
    parser.add_argument("--phone", metavar="NUMBER", help="where to call")
    parser.add_argument("--contact", metavar="TEXT", help='how, as in "no voicemail"')
    parser.add_argument("--postal", metavar="LINES", help='for statements, as in "1 High Street; Town; AB1 2CD"')
    parser.add_argument("--no-input", action="store_true", help=no_input)


def _run_add(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.wiring import ledger_of, open_config

    config = open_config(arguments)
    with ledger_of(config) as ledger:
        known = found(arguments.code, ledger.clients())
        if known:
            raise UsageError(
                f"there is a client {known.code} already", f"To change the entry: mailtriage client edit {known.code}"
            )
        is_back = refuse_used(ledger, [arguments.code], again=arguments.again)
        client = _given(Client(arguments.code.strip()), arguments)
        own_addresses = config.triage_policy.own_addresses
        _refuse(client, own_addresses)
        if not arguments.no_input:
            client = _asked(client, own_addresses, _is_given(arguments))
        ledger.save_client(client, read_clock())
        addresses = f"{len(client.addresses)} address" + ("" if len(client.addresses) == 1 else "es")
        say(f"{client.code} is on the roster, with {addresses}.")
        if is_back:
            say("Consents ended when the client left: work since then needs a new one to be charged.")
        _say_shared(ledger, client.addresses)
    return 0


def _run_edit(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.wiring import ledger_of, open_config

    config = open_config(arguments)
    with ledger_of(config) as ledger:
        before = _found(ledger, arguments.code)
        client = _given(before, arguments)
        own_addresses = config.triage_policy.own_addresses
        _refuse(client, own_addresses)
        if not arguments.no_input and not _is_given(arguments):
            print(f"{before.code}: {_KEEP}")
            client = _asked(client, own_addresses, frozenset())
        if client == before:
            print(f"{client.code} is as it was.")
            return 0
        ledger.save_client(client, read_clock())
        print(f"{client.code} is changed.")
        _say_shared(ledger, client.addresses)
    return 0


def _run_remove(arguments: argparse.Namespace) -> int:
    from mailtriage.cli.wiring import ledger_of, open_config

    with ledger_of(open_config(arguments)) as ledger:
        client = _found(ledger, arguments.code)
        for sentence in still_owed(ledger.billing, client.code):
            say(sentence)
        if not arguments.yes:
            say(f"What was recorded of the messages of {client.code} stays; new mail will be of an unknown sender.")
            question = f"Take {client.code} off the roster? [y/N] "
            if _ask(question, "Nothing was changed; -y takes it off without asking.").lower() not in ("y", "yes"):
                print("Nothing was changed.")
                return 0
        ended = remove(ledger, client.code, read_clock())
        say(f"{client.code} is off the roster.{ended}")
    return 0


def _run_list(arguments: argparse.Namespace) -> int:
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.roster import roster_document, roster_text
    from mailtriage.cli.wiring import ledger_of, open_config

    with ledger_of(open_config(arguments)) as ledger:
        clients = ledger.clients()
    if arguments.json:
        print(json.dumps(roster_document(clients), indent=2))
    else:
        sys.stdout.write(roster_text(clients, capabilities(), plain=arguments.plain))
    return 0


def _run_import(arguments: argparse.Namespace) -> int:
    from mailtriage.adapters.roster_file import read_roster
    from mailtriage.cli.wiring import ledger_of, open_config

    config = open_config(arguments)
    with ledger_of(config) as ledger, ledger.transaction():
        before = {client.code: client for client in ledger.clients()}
        entries = read_roster(arguments.file, tuple(before.values()), config.triage_policy.own_addresses)
        changed = [client for client in entries if client != before.get(client.code)]
        refuse_used(ledger, [client.code for client in changed if client.code not in before], again=arguments.again)
        for client in changed:
            ledger.save_client(client, read_clock())
        new = sum(client.code not in before for client in changed)
        print(f"{new} added, {len(changed) - new} changed, {len(entries) - len(changed)} as they were.")
        _say_shared(ledger, [address for client in entries for address in client.addresses])
    return 0


def _found(ledger: SqlLedger, code: str) -> Client:
    client = found(code, ledger.clients())
    if client is None:
        raise UsageError(f"there is no client {code}", "`mailtriage client list` shows the codes.")
    return client


def _is_given(arguments: argparse.Namespace) -> frozenset[str]:
    """Which fields stand on the command line."""
    options = {
        "addresses": arguments.address,
        "phone": arguments.phone,
        "contact": arguments.contact,
        "postal": arguments.postal,
    }
    return frozenset(name for name, value in options.items() if value is not None)


def _given(client: Client, arguments: argparse.Namespace) -> Client:
    """The entry with what stands on the command line; addresses there replace all there were."""
    addresses = client.addresses if arguments.address is None else _addresses(arguments.address)
    phone = client.phone if arguments.phone is None else arguments.phone
    contact = client.contact if arguments.contact is None else arguments.contact
    postal = client.postal if arguments.postal is None else postal_in(arguments.postal)
    return tidied(replace(client, addresses=addresses, phone=phone, contact=contact, postal=postal))


def _addresses(typed: Sequence[str]) -> tuple[str, ...]:
    """The addresses on the command line; a single - is none. Raises UsageError for an empty one."""
    if not all(text.strip() for text in typed):
        raise UsageError("--address is empty", "To leave no address: --address -; nothing was changed.")
    return () if [text.strip() for text in typed] == ["-"] else addresses_in(" ".join(typed))


def _refuse(client: Client, own_addresses: Collection[str]) -> None:
    problems = problems_of(client, own_addresses)
    if problems:
        raise UsageError("; ".join(problems), "Nothing was changed.")


def _asked(client: Client, own_addresses: Collection[str], given: Collection[str]) -> Client:
    """The entry with the answers to what was not given; a field is asked again until it is sound."""
    questions: tuple[tuple[str, str, str], ...] = (
        ("name", "Name", client.name),
        ("addresses", "E-mail addresses (apart by blanks)", " ".join(client.addresses)),
        ("phone", "Telephone", client.phone),
        ("contact", 'How to contact (as in "no voicemail")', client.contact),
        ("postal", "Postal address for statements (lines apart by semicolons)", client.postal.replace("\n", "; ")),
    )
    for field, question, present in questions:
        if field not in given:
            shown = f" [{_shown(present)}]" if present else ""
            client = _answered(client, field, f"{question}{shown}: ", own_addresses)
    return client


def _answered(client: Client, field: str, prompt: str, own_addresses: Collection[str]) -> Client:
    while True:
        answer = _ask(prompt)
        if not answer:
            return client
        changed = tidied(_with(client, field, "" if answer == "-" else answer))
        problems = problems_of(changed, own_addresses)
        if not problems:
            return changed
        print(f"  {'; '.join(problems)}. Again, please.")


def _with(client: Client, field: str, text: str) -> Client:
    match field:
        case "addresses":
            return replace(client, addresses=addresses_in(text))
        case "name":
            return replace(client, name=text)
        case "postal":
            return replace(client, postal=postal_in(text))
        case "phone":
            return replace(client, phone=text)
        case _:
            return replace(client, contact=text)


def _ask(prompt: str, hint: str = "Nothing was changed; see --no-input.") -> str:
    try:
        return input(prompt).strip()
    except EOFError:
        print()
        raise UsageError("the input ended before all was answered", hint) from None


def _shown(text: str) -> str:
    from mailtriage.adapters.terminal.safe import safe

    return safe(text)


def _say_shared(ledger: SqlLedger, addresses: Sequence[str]) -> None:
    several = shared(ledger.clients())
    for address in dict.fromkeys(addresses):
        if address in several:
            codes = several[address]
            say(f'{_shown(address)} is shared: mail from it is "one of {", ".join(codes)}?" until you assign it.')
