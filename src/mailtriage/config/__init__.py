"""The configuration: `parse` turns TOML into the frozen values that everything else is built from."""

from mailtriage.config.reader import parse
from mailtriage.config.values import (
    Alert,
    Answers,
    Billing,
    Config,
    Credentials,
    Fingerprint,
    ImapMailbox,
    LedgerFile,
    Log,
    Mailbox,
    MaildirMailbox,
    Poll,
    Practice,
    Triage,
    Watch,
)

__all__ = [
    "Alert",
    "Answers",
    "Billing",
    "Config",
    "Credentials",
    "Fingerprint",
    "ImapMailbox",
    "LedgerFile",
    "Log",
    "Mailbox",
    "MaildirMailbox",
    "Poll",
    "Practice",
    "Triage",
    "Watch",
    "parse",
]
