"""What an entry of the roster must be, and which addresses several entries share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Client

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_CODE_AT_MOST = 16
_TEXT_AT_MOST = 200
_ADDRESS_AT_MOST = 254
_NOT_IN_CODES = frozenset(",;\"'")
_NOT_IN_ADDRESSES = frozenset('<>()[]\\,;:"')


def tidied(client: Client) -> Client:
    """The entry with runs of white space folded, addresses in lower case and each once, and no empty postal line."""
    return Client(
        code=client.code.strip(),
        name=" ".join(client.name.split()),
        addresses=tuple(dict.fromkeys(address.strip().lower() for address in client.addresses)),
        phone=" ".join(client.phone.split()),
        contact=" ".join(client.contact.split()),
        postal="\n".join(filter(None, (" ".join(line.split()) for line in client.postal.splitlines()))),
    )


def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in a line, apart by semicolons, commas or blanks.

    >>> addresses_in("jo@home.example; jo@work.example")
    ('jo@home.example', 'jo@work.example')
    """
    return tuple(text.replace(";", " ").replace(",", " ").split())


def postal_in(text: str) -> str:
    r"""The postal address in a line, as the lines of `Client.postal`: they stand apart by semicolons.

    >>> postal_in("1 High Street; Town;; AB1 2CD")
    '1 High Street\nTown\nAB1 2CD'
    """
    return "\n".join(filter(None, (line.strip() for line in text.split(";"))))


def problems_of(client: Client, own_addresses: Collection[str] = ()) -> tuple[str, ...]:
    """What is wrong with a tidied entry, as half sentences; () if nothing is. `own_addresses` are the practice's."""
    problems = [_code_problem(client.code)]
    problems += [_address_problem(address, own_addresses) for address in client.addresses]
    texts = (("name", client.name), ("phone", client.phone), ("contact", client.contact))
    for label, text in (*texts, *(("postal address", line) for line in client.postal.splitlines())):
        if len(text) > _TEXT_AT_MOST:
            problems.append(f"the {label} is longer than {_TEXT_AT_MOST} characters")
        elif not text.isprintable():
            problems.append(f"the {label} has characters that cannot be shown")
    return tuple(problem for problem in problems if problem)


def found(code: str, roster: Iterable[Client]) -> Client | None:
    """The entry with this code in any case; None if there is none."""
    wanted = code.strip().casefold()
    return next((client for client in roster if client.code.casefold() == wanted), None)


def shared(roster: Sequence[Client]) -> dict[str, tuple[str, ...]]:
    """Each address that stands on several entries, with their codes in the roster's order."""
    codes: dict[str, list[str]] = {}
    for client in roster:
        for address in client.addresses:
            codes.setdefault(address, []).append(client.code)
    return {address: tuple(several) for address, several in codes.items() if len(several) > 1}


def _code_problem(code: str) -> str:
    if not code:
        return "the code is empty"
    if len(code) > _CODE_AT_MOST:
        return f"the code is longer than {_CODE_AT_MOST} characters"
    if not code.isprintable() or " " in code or _NOT_IN_CODES & set(code) or code.startswith("-"):
        return f"the code {code!r} must be letters, digits and dots, without blanks"
    return ""


def _address_problem(address: str, own_addresses: Collection[str]) -> str:
    local, at, domain = address.partition("@")
    is_sound = local and at and domain and "@" not in domain and address.isprintable()
    if not is_sound or " " in address or len(address) > _ADDRESS_AT_MOST or _NOT_IN_ADDRESSES & set(address):
        return f"{address[:60]!r} is no e-mail address"
    return f"{address} is the practice's own address" if address in own_addresses else ""
