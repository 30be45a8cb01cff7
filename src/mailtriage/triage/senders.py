"""Who on the roster a message may be from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.model import Client, Message

_GMAIL = frozenset({"gmail.com", "googlemail.com"})


def clients_of(message: Message, roster: Sequence[Client]) -> tuple[Client, ...]:
    """The clients with the From address, in the roster's order: none for an unknown sender, several if it is shared."""
    if message.sender is None:
        return ()
    sender = canonical(message.sender.email)
    return tuple(client for client in roster if sender in map(canonical, client.addresses))


def canonical(email: str) -> str:
    """An address in the form in which two spellings of one mailbox are equal: case, +tags, and Gmail's dots and names.

    >>> canonical("Anna.B+therapy@GoogleMail.com")
    'annab@gmail.com'
    """
    local, _, domain = email.strip().lower().rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in _GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
