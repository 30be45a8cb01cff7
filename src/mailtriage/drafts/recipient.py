"""To whom an answer goes: to the one who wrote, and to nobody else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.errors import UsageError
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.model import Address, Client, Message

_USABLE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{0,63}@[A-Za-z0-9.-]{1,253}")
_SHOWN_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Recipient:
    """The one address of an answer, and what should be known of it before it is sent.

    Attributes:
        email: ASCII; the domain of an internationalised one is written as the network writes it ("xn--...").
        words: sentences without a full stop, from the mail and not yet made safe for a screen.
    """

    email: str
    words: tuple[str, ...] = ()


def recipient(message: Message, clients: Sequence[Client], own_addresses: Sequence[str]) -> Recipient:
    """The sender's address, as the roster spells it where it is a client's, with a word where others were named.

    Args:
        message: the one that is answered.
        clients: whose it is said to be: one, several for a shared address, none for a stranger.
        own_addresses: the practice's.

    Raises:
        UsageError: if the sender has no address that mail can be sent to.
    """
    sender = message.sender.email if message.sender else ""
    spelled = {canonical(address): address for client in clients for address in client.addresses}
    known = spelled.get(canonical(sender), "")
    email = _ascii(known or sender)
    if not is_usable(email):
        raise UsageError(
            "this message has no sender's address that an answer can go to", "Answer it in your mail program."
        )
    words = (*_who(clients, known=bool(known)), *_others(message, sender, own_addresses))
    return Recipient(email, words)


def is_usable(email: str) -> bool:
    """True for an address that can stand in a header field as it is."""
    return _USABLE.fullmatch(email) is not None


def _ascii(email: str) -> str:
    """The address with its domain in ASCII; as it is where that cannot be."""
    local, at, domain = email.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return email


def _who(clients: Sequence[Client], *, known: bool) -> Iterator[str]:
    codes = ", ".join(client.code for client in clients)
    if not clients:
        yield "The sender is not on the roster: do not say who is a client of yours"
    elif len(clients) > 1:
        yield f"{codes} share this address: any of them may read the answer"
    elif not known:
        yield f"This address does not stand on {codes}'s entry: the answer goes to whoever wrote from it"


def _others(message: Message, sender: str, own_addresses: Sequence[str]) -> Iterator[str]:
    own = {canonical(address) for address in (*own_addresses, sender)}
    for label, addresses in (("asked for answers to", message.reply_to), ("was also sent to", _copied(message))):
        others = list(dict.fromkeys(a.email for a in addresses if canonical(a.email) not in own))
        if others:
            more = f" and {len(others) - _SHOWN_AT_MOST} more" if len(others) > _SHOWN_AT_MOST else ""
            yield f"The message {label} {', '.join(others[:_SHOWN_AT_MOST])}{more}; the draft leaves them out"


def _copied(message: Message) -> tuple[Address, ...]:
    return (*message.to, *message.cc)
