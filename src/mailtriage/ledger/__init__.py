"""What is kept, as values and ports. Append-only where time and decisions are concerned; every write is idempotent.

Nothing of a client's words is kept: ids, times, counts, rule ids, and who wrote. One suite of contract tests holds for
every implementation (tests/contracts).
"""

from mailtriage.ledger.ports import (
    Alarms,
    Checkpoints,
    Decisions,
    KnownMail,
    MailboxHealths,
    Messages,
    NewMail,
    PollLedger,
    Quarantine,
    ReviewLedger,
    Roster,
    ScanHealths,
    SeenFlags,
    Transactions,
)
from mailtriage.ledger.values import (
    Checkpoint,
    FolderRole,
    KeptMessage,
    KeptReason,
    Location,
    MailboxHealth,
    Quarantined,
    Received,
    ScanHealth,
    SeenChange,
    SeenInterval,
    Sent,
    kept_reasons,
)

__all__ = [
    "Alarms",
    "Checkpoint",
    "Checkpoints",
    "Decisions",
    "FolderRole",
    "KeptMessage",
    "KeptReason",
    "KnownMail",
    "Location",
    "MailboxHealth",
    "MailboxHealths",
    "Messages",
    "NewMail",
    "PollLedger",
    "Quarantine",
    "Quarantined",
    "Received",
    "ReviewLedger",
    "Roster",
    "ScanHealth",
    "ScanHealths",
    "SeenChange",
    "SeenFlags",
    "SeenInterval",
    "Sent",
    "Transactions",
    "kept_reasons",
]
