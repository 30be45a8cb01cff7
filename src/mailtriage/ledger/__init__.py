"""What is kept, as values and ports. Append-only where time and decisions are concerned; every write is idempotent.

Nothing of a client's words is kept: ids, times, counts, rule ids, and who wrote. One suite of contract tests holds for
every implementation (tests/contracts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.on_demand import on_demand

if TYPE_CHECKING:
    from mailtriage.ledger.ports import (
        Alarms,
        Checkpoints,
        Decisions,
        FlagsDue,
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
    from mailtriage.ledger.state import Checkpoint, FolderRole, MailboxHealth, OpenAlarm, ScanHealth
    from mailtriage.ledger.values import (
        UNKNOWN_SENDER,
        KeptMessage,
        KeptReason,
        Location,
        Quarantined,
        Quoting,
        Received,
        SeenChange,
        SeenInterval,
        Sent,
        identity_beside,
        kept_reasons,
    )
else:
    __getattr__ = on_demand(
        __name__,
        {
            "ports": "Alarms Checkpoints Decisions FlagsDue KnownMail MailboxHealths Messages NewMail PollLedger "
            "Quarantine ReviewLedger Roster ScanHealths SeenFlags Transactions",
            "state": "Checkpoint FolderRole MailboxHealth OpenAlarm ScanHealth",
            "values": "UNKNOWN_SENDER KeptMessage KeptReason Location Quarantined Quoting Received SeenChange "
            "SeenInterval Sent identity_beside kept_reasons",
        },
    )

__all__ = [
    "UNKNOWN_SENDER",
    "Alarms",
    "Checkpoint",
    "Checkpoints",
    "Decisions",
    "FlagsDue",
    "FolderRole",
    "KeptMessage",
    "KeptReason",
    "KnownMail",
    "Location",
    "MailboxHealth",
    "MailboxHealths",
    "Messages",
    "NewMail",
    "OpenAlarm",
    "PollLedger",
    "Quarantine",
    "Quarantined",
    "Quoting",
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
    "identity_beside",
    "kept_reasons",
]
