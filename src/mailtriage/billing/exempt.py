"""Mail that is never proposed for charging."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Emergency, Forwarded

if TYPE_CHECKING:
    from mailtriage.ledger import KeptMessage


def never_charged(message: KeptMessage) -> tuple[str, ...]:
    """Why the message is not meant to be charged, as half sentences; () if it may be.

    The clients' policy asks for phone calls in an emergency, for changes of appointments in time, and for no forwards:
    none of them is billed for it. What the therapist began is not the client's to pay for.
    """
    verdict = message.verdict
    reasons = [
        (verdict.emergency in (Emergency.CRISIS, Emergency.URGENT), "it reads like an emergency"),
        (bool(verdict.diary), "it is about the diary"),
        (verdict.forwarded is not Forwarded.NO, "it is, or may be, a forwarded mail"),
        (message.is_begun, "you began the exchange"),
        (verdict.automatic is not None, "it was sent automatically"),
    ]
    return tuple(reason for holds, reason in reasons if holds)
