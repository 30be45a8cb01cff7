"""The header of an answer, as values that can stand in a header field: one line, printable, bounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.drafts.recipient import is_usable
from mailtriage.errors import ConfigError
from mailtriage.mail.subject import subject_prefixes
from mailtriage.model import PrefixMeaning
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.drafts.recipient import Recipient
    from mailtriage.model import Message

SUBJECT_LIMIT = 250
"""Characters of a subject that are taken over."""
REFERENCES_LIMIT = 20
_USABLE_ID = re.compile(r"[!-;=?-~]{1,200}")
"""Printable ASCII without blanks or angle brackets."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the header of an answer says.

    Attributes:
        sender, recipient: addresses, ASCII.
        subject: one line, printable.
        answered_id: Message-ID of the answered mail without brackets, "" if it has none that can be repeated.
        references: the thread's Message-IDs, the oldest first, `answered_id` last.
        identity: `Message.identity` of the answered mail.
    """

    sender: str
    recipient: str
    subject: str
    answered_id: str
    references: tuple[str, ...]
    identity: str


def heading(message: Message, to: Recipient, own_addresses: Sequence[str]) -> Heading:
    """The header of an answer to a message, from the own address that it was written to, else from the first.

    Raises:
        ConfigError: if that address cannot stand in a mail.
    """
    answered_id = message.message_id if _USABLE_ID.fullmatch(message.message_id) else ""
    return Heading(
        sender=_written_to(message, own_addresses),
        recipient=to.email,
        subject=_subject(message.subject),
        answered_id=answered_id,
        references=tuple(_references(message, answered_id)),
        identity=message.identity,
    )


def _written_to(message: Message, own_addresses: Sequence[str]) -> str:
    written = {canonical(address.email) for address in (*message.to, *message.cc)}
    own_address = next((own for own in own_addresses if canonical(own) in written), own_addresses[0])
    if not is_usable(own_address):
        raise ConfigError(
            f"{ascii(own_address)[:80]} is no address that an answer can be written from",
            'Mend [practice] addresses: bare addresses, as in "you@practice.example".',
        )
    return own_address


def _subject(subject: str) -> str:
    """One "Re:" before the subject; characters that cannot be shown become blanks.

    All else stays, or the client's program would take the answer for another thread.
    """
    shown = "".join(character if character.isprintable() else " " for character in subject[: SUBJECT_LIMIT * 4])
    bare = _unprefixed(" ".join(shown.split()))[:SUBJECT_LIMIT].strip()
    return f"Re: {bare}" if bare else "Re: your message"


def _unprefixed(subject: str) -> str:
    """The subject without the reply prefixes that it begins with, in any language."""
    rest = subject
    while prefixes := subject_prefixes(rest):
        first = prefixes[0]
        if first.meaning is not PrefixMeaning.REPLY or not rest.startswith(first.text):
            break
        rest = rest[len(first.text) :].lstrip()[1:].lstrip()
    return rest


def _references(message: Message, answered_id: str) -> Iterator[str]:
    """The first one, which names the thread, and the newest (RFC 5322, 3.6.4; RFC 5537 on shortening)."""
    known = [found for found in message.references or message.in_reply_to[:1] if _USABLE_ID.fullmatch(found)]
    chain = list(dict.fromkeys(found for found in known if found != answered_id))
    if len(chain) >= REFERENCES_LIMIT:
        chain = [chain[0], *chain[-(REFERENCES_LIMIT - 2) :]]
    yield from chain
    if answered_id:
        yield answered_id
