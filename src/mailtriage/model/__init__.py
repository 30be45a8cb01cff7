"""The words of the domain. Frozen values only; nothing here reads a clock, a file or a socket.

What mail and its triage need stands here, and is imported when it is asked for: a poll without new mail needs little of
it. `money`, `duration`, `work` and `statements` are imported where time and charges are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.on_demand import on_demand

if TYPE_CHECKING:
    from mailtriage.model.mail import (
        Address,
        Attachment,
        Message,
        Passage,
        PassageKind,
        PrefixMeaning,
        Quote,
        QuoteOrigin,
        SubjectPrefix,
    )
    from mailtriage.model.people import (
        CHARGES,
        SETTLEMENTS,
        Client,
        Decision,
        DecisionKind,
        Settlement,
    )
    from mailtriage.model.verdict import (
        Automatic,
        Diary,
        Emergency,
        Flag,
        Forwarded,
        ReadingTime,
        Reason,
        Verdict,
    )
else:
    __getattr__ = on_demand(
        __name__,
        {
            "mail": "Address Attachment Message Passage PassageKind PrefixMeaning Quote QuoteOrigin SubjectPrefix",
            "people": "CHARGES SETTLEMENTS Client Decision DecisionKind Settlement",
            "verdict": "Automatic Diary Emergency Flag Forwarded ReadingTime Reason Verdict",
        },
    )

__all__ = [
    "CHARGES",
    "SETTLEMENTS",
    "Address",
    "Attachment",
    "Automatic",
    "Client",
    "Decision",
    "DecisionKind",
    "Diary",
    "Emergency",
    "Flag",
    "Forwarded",
    "Message",
    "Passage",
    "PassageKind",
    "PrefixMeaning",
    "Quote",
    "QuoteOrigin",
    "ReadingTime",
    "Reason",
    "Settlement",
    "SubjectPrefix",
    "Verdict",
]
