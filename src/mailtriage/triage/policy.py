"""What triage takes beside the message: the practice's settings and what the ledger knows of the thread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TriagePolicy:
    """The settings of the practice that triage depends on.

    Attributes:
        own_addresses: the practice's addresses, lower case.
        reading_words_per_minute: Brysbaert 2019, silent reading of English non-fiction.
        long_minutes: a message is long when reading its own words takes strictly more than this.
    """

    own_addresses: frozenset[str] = frozenset()
    reading_words_per_minute: int = 238
    long_minutes: int = 5


@dataclass(frozen=True, slots=True)
class ThreadContext:
    """What only the ledger can know of a message.

    Attributes:
        sender_is_client: the From address stands on the roster.
        answers_own_mail: In-Reply-To or References names a mail the practice sent.
        is_sent: the message lies among what the practice sent. A form of its website comes from its address, too, and
            is not sent in this sense.
        known_fingerprints: those of the message's own clause fingerprints (`Reason.fingerprint`) that came before,
            in our own mail or in mail already triaged; a quoted hit among them is a mention.
    """

    sender_is_client: bool = False
    answers_own_mail: bool = False
    is_sent: bool = False
    known_fingerprints: frozenset[str] = frozenset()
