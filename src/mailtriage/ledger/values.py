"""What is kept of mail, as values. Times are kept to the second."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.model import Decision, Emergency, Flag, Verdict


@dataclass(frozen=True, slots=True)
class Location:
    """The transport key of a message: where its bytes lie. `key` is a UID, or a Maildir's unique name."""

    mailbox: str
    folder: str
    uidvalidity: int
    key: str


@dataclass(frozen=True, slots=True)
class KeptReason:
    """What may be kept of a reason: never its text."""

    rule: str
    flag: Flag
    where: str
    guard: str
    tier: Emergency


@dataclass(frozen=True, slots=True)
class Received:
    """A triaged message, ready to be kept.

    Attributes:
        identity: `Message.identity`.
        received_at: when the server took it (INTERNALDATE, a Maildir file's time), UTC.
        sent_at: its Date header, UTC.
        sender: the From address, "" if there is none.
        clients: codes of the roster entries with that address; two or more for a shared address.
        answers: Message-IDs in In-Reply-To and References.
        thread: hash of the normalised subject, for guessing answers that lack References.
        backlog: true for mail that was older than two days when its folder was first polled: listed, not rung.
        seen: whether it was read already when it was found.
        fingerprints: hashes of emergency clauses, to recognise them when they come back quoted.
    """

    identity: str
    message_id: str
    location: Location
    received_at: datetime
    sent_at: datetime | None
    sender: str
    clients: tuple[str, ...]
    answers: tuple[str, ...]
    thread: str
    seen: bool
    backlog: bool
    verdict: Verdict
    fingerprints: tuple[str, ...] = ()


UNKNOWN_SENDER = "?"
"""Who wrote a mail without a From address: nobody that another mail could be from, and never the practice ("")."""


@dataclass(frozen=True, slots=True)
class Quoting:
    """A mail whose quoted words are compared with what came before.

    Only words of its own thread count: a short sentence of somebody else must not hide a forwarded goodbye.
    """

    identity: str
    sender: str
    answers: tuple[str, ...]

    def may_quote(self, identity: str, sender: str, message_id: str) -> bool:
        """True for an earlier mail of the practice (`sender` ""), of this sender, or one that this mail answers."""
        return identity != self.identity and (sender in ("", self.sender) or message_id in self.answers)


@dataclass(frozen=True, slots=True)
class Sent:
    """A mail of the practice's own: which messages it may answer, and how many words she wrote."""

    identity: str
    message_id: str
    location: Location
    sent_at: datetime
    recipients: tuple[str, ...]
    answers: tuple[str, ...]
    thread: str
    words: int
    fingerprints: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be read, named by its place; `problem` is plain English without mail text.

    Attributes:
        tried_with: `ScanHealth.rules_digest` of the poll that last tried it; "" if that is not known.
    """

    location: Location
    problem: str
    found_at: datetime
    tried_with: str = ""


@dataclass(frozen=True, slots=True)
class SeenChange:
    r"""The state of `\Seen` at a known place, as this poll found it."""

    location: Location
    seen: bool
    noticed_at: datetime


@dataclass(frozen=True, slots=True)
class SeenInterval:
    """When a message was first read: after `unseen_at` (known unread, or it had not come yet) and by `seen_at`."""

    unseen_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message as the ledger knows it.

    Attributes:
        number: its own, given once, never reused.
        clients: the code that an ASSIGN decision names; else those of the roster's entries that have the sender's
            address now, in any spelling (`triage.senders.canonical`); else those of `Received.clients` that the
            roster did not have when the message was kept.
        answered_at: when the practice's first answer was sent, None while it waits.
        answer_is_guess: the answer was matched by subject and person, not by References.
        called_at: when `called` was decided (and not undone); done_at likewise.
        logged_seconds: reading and reply that she typed or timed, in force.
        settlement: what she decided about that time, while it holds; None if she has not, or if it was reopened.
        is_reopened: since she settled it, time was added or taken away, the client changed, or a charge was credited.
        is_begun: it answers a mail with which the therapist herself began.
        verdict: flags and counts; its reasons are in `reasons`, without their text.
    """

    number: int
    identity: str
    message_id: str
    received_at: datetime
    sent_at: datetime | None
    sender: str
    clients: tuple[str, ...]
    backlog: bool
    verdict: Verdict
    reasons: tuple[KeptReason, ...]
    answered_at: datetime | None = None
    answer_is_guess: bool = False
    called_at: datetime | None = None
    done_at: datetime | None = None
    logged_seconds: int = 0
    settlement: Decision | None = None
    is_reopened: bool = False
    is_begun: bool = False


def kept_reasons(verdict: Verdict) -> tuple[KeptReason, ...]:
    """What may be kept of a verdict's reasons, in their order, each once."""
    return tuple(
        dict.fromkeys(
            KeptReason(reason.rule, reason.flag, reason.where, reason.guard, reason.tier) for reason in verdict.reasons
        )
    )


def identity_beside(received: Received, kept: Verdict) -> str:
    """The identity under which a mail is kept, where one with its identity and the verdict `kept` is there already.

    The same, but for a mail that is more pressing: that is another mail, whatever its header says, or else it would
    never be heard of.
    """
    pressing = _pressing(received.verdict)
    if pressing <= _pressing(kept):
        return received.identity
    return hashlib.sha256(f"{received.identity} {pressing}".encode()).hexdigest()


def _pressing(verdict: Verdict) -> int:
    """0 without an alarm; an alarm in own words above any in quoted ones."""
    rank = verdict.emergency.rank if verdict.emergency.is_alarm else 0
    return rank if verdict.quoted_alarm else rank * 10
