"""The words of the domain. Frozen values only; nothing here reads a clock, a file or a socket.

What every poll needs stands here; `money`, `duration`, `work` and `statements` are imported where time and charges are.
"""

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
