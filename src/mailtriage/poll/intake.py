"""A fetched message as the ledger keeps it: read, and triaged with what the ledger knows of its thread."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.ledger import Quoting, Received, Sent
from mailtriage.mail.message import read
from mailtriage.mail.subject import bare_subject
from mailtriage.triage.policy import ThreadContext
from mailtriage.triage.senders import canonical, clients_of

if TYPE_CHECKING:
    from mailtriage.model import Message, Verdict
    from mailtriage.poll.batches import Fetched
    from mailtriage.poll.ports import Triager
    from mailtriage.poll.run import MailboxRun

BACKLOG_AGE = timedelta(days=2)
"""Mail older than this when its mailbox is first polled is listed, not rung."""


def received(fetched: Fetched, run: MailboxRun) -> Received:
    """A received message with its verdict. Quoted words that alarm are compared with what came before."""
    message = read(fetched.raw)
    clients = clients_of(message, run.roster)
    answers = message.in_reply_to + message.references
    context = ThreadContext(
        sender_is_client=bool(clients), answers_own_mail=bool(answers and run.ledger.sent_ids(answers))
    )
    verdict = run.triager(message, context)
    fingerprints = _fingerprints(verdict)
    # A quoted alarm may be our own words, or words already triaged, coming back: only the ledger can tell.
    if verdict.quoted_alarm:
        known = run.ledger.known_fingerprints(fingerprints, quoting(message))
        verdict = run.triager(message, replace(context, known_fingerprints=known))
    return Received(
        identity=message.identity,
        message_id=message.message_id,
        location=fetched.location,
        received_at=fetched.received_at,
        sent_at=message.sent_at,
        sender=message.sender.email if message.sender else "",
        clients=tuple(client.code for client in clients),
        answers=answers,
        thread=thread_of(message.subject),
        seen=fetched.seen,
        backlog=run.first and fetched.received_at < run.begun_at - BACKLOG_AGE,
        verdict=verdict,
        fingerprints=fingerprints,
    )


def quoting(message: Message) -> Quoting:
    """The message as one whose quoted words are looked up."""
    sender = message.sender.email if message.sender else ""
    return Quoting(message.identity, sender, message.in_reply_to + message.references)


def sent(fetched: Fetched, triager: Triager) -> Sent:
    """A mail of the practice's own, with the fingerprints of its wording: quoted back, it is no alarm."""
    message = read(fetched.raw)
    verdict = triager(message, ThreadContext(is_sent=True))
    return Sent(
        identity=message.identity,
        message_id=message.message_id,
        location=fetched.location,
        sent_at=message.sent_at or fetched.received_at,
        recipients=tuple(dict.fromkeys(address.email for address in message.to + message.cc)),
        answers=message.in_reply_to + message.references,
        thread=thread_of(message.subject),
        words=verdict.words,
        fingerprints=_fingerprints(verdict),
    )


def copy_of_sent(fetched: Fetched, run: MailboxRun) -> Sent | None:
    """The mail as one of the practice's own, if it is a copy of one in Sent; else None.

    Gmail's All Mail holds what was sent, and some programs put an answer beside what it answers. But a form on the
    practice's website is sent by the practice, too, and may be an emergency: only what went to clients, or to other
    domains, is taken for a copy, and only with as many words.
    """
    message = read(fetched.raw)
    words = run.ledger.sent_words(message.identity)
    if words is None or message.sender is None:
        return None
    copy = sent(fetched, run.triager)
    clients = {canonical(address) for client in run.roster for address in client.addresses}
    home = _domain(message.sender.email)
    is_away = all(canonical(address) in clients or _domain(address) != home for address in copy.recipients)
    return copy if copy.recipients and is_away and copy.words == words else None


def _domain(address: str) -> str:
    return canonical(address).rpartition("@")[2]


def thread_of(subject: str) -> str:
    """A hash of the subject without its prefixes, to guess which mail another answers; "" for an empty subject."""
    bare = " ".join(bare_subject(subject).casefold().split())
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest() if bare else ""


def _fingerprints(verdict: Verdict) -> tuple[str, ...]:
    return tuple(dict.fromkeys(reason.fingerprint for reason in verdict.reasons if reason.fingerprint))
