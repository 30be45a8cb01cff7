"""What can be configured, a dataclass a table. Defaults stand here and on the domain's own values.

`config.example.toml` shows every key with its default, and a test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path  # noqa: TC003 - the reader resolves the annotations at run time
from typing import Literal, NewType
from zoneinfo import ZoneInfo

from mailtriage.triage.policy import TriagePolicy

Fingerprint = NewType("Fingerprint", str)
"""The SHA-256 of a certificate in DER as 64 hexadecimal digits in lower case; "" for none."""


@dataclass(frozen=True, slots=True)
class Practice:
    """`[practice]`: who she is. The first address is the one she usually writes from.

    `name` and the lines of `postal` head a statement.
    """

    addresses: tuple[str, ...] = ()
    name: str = ""
    postal: tuple[str, ...] = ()
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to log in: exactly one of the two commands (an argv, no shell), the file, and the system's keyring.

    `keyring_service` is the name under which the keyring holds the password for the mailbox's username.
    """

    password_command: tuple[str, ...] = ()
    password_file: Path | None = None
    keyring_service: str = ""
    token_command: tuple[str, ...] = ()
    token_mechanism: Literal["xoauth2", "oauthbearer"] = "xoauth2"  # noqa: S105 - a mechanism's name

    @property
    def given(self) -> tuple[str, ...]:
        """The names of the keys that were set."""
        return tuple(
            name
            for name in ("password_command", "password_file", "keyring_service", "token_command")
            if getattr(self, name) not in ((), None, "")
        )


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """A `[[mailbox]]` of type "imap". `port` 0 means 993 for tls and 143 for starttls.

    `fingerprint_sha256` trusts one certificate, whoever signed it and whatever name stands in it; not with `ca_file`.
    `sent_folder`, `junk_folder` and `drafts_folder` are only needed where the server does not mark them; "" finds them
    by SPECIAL-USE.
    """

    name: str
    host: str
    username: str
    credentials: Credentials
    port: int = field(default=0, metadata={"least": 0, "most": 65535})
    security: Literal["tls", "starttls"] = "tls"
    ca_file: Path | None = None
    fingerprint_sha256: Fingerprint = Fingerprint("")
    folders: tuple[str, ...] = ("INBOX",)
    sent_folder: str = ""
    junk_folder: str = ""
    drafts_folder: str = ""
    timeout_seconds: int = field(default=30, metadata={"least": 1, "most": 600})
    flag_on_server: bool = False

    @property
    def port_number(self) -> int:
        """The TCP port to connect to."""
        return self.port or (993 if self.security == "tls" else 143)


@dataclass(frozen=True, slots=True)
class MaildirMailbox:
    """A `[[mailbox]]` of type "maildir": a folder kept by mbsync or offlineimap; "INBOX" is `path` itself."""

    name: str
    path: Path
    folders: tuple[str, ...] = ("INBOX",)
    sent_folder: str = ""
    junk_folder: str = ""
    drafts_folder: str = ""


Mailbox = ImapMailbox | MaildirMailbox


@dataclass(frozen=True, slots=True)
class Poll:
    """`[poll]`: how far the first poll looks back, how long a run may take, when a silent server is told."""

    first_poll_days: int = field(default=30, metadata={"least": 0, "most": 3650})
    deadline_seconds: int = field(default=240, metadata={"least": 10, "most": 3600})
    alarm_after_hours: int = field(default=6, metadata={"least": 0, "most": 168})


@dataclass(frozen=True, slots=True)
class Watch:
    """`[watch]`: how often `mailtriage watch` polls anyhow, and when it asks whether a connection is still there.

    IDLE hears one folder, so `idle_connections` is how many folders of a mailbox are heard; some providers allow few.
    RFC 2177 wants IDLE renewed within 29 minutes, many home routers forget a silent connection after ten, and a laptop
    that changed its network is to be heard of before that.
    """

    every_seconds: int = field(default=300, metadata={"least": 5, "most": 86_400})
    renew_seconds: int = field(default=240, metadata={"least": 5, "most": 1_680})
    idle_connections: int = field(default=3, metadata={"least": 1, "most": 10})


@dataclass(frozen=True, slots=True)
class Triage:
    """`[triage]`: reading speed and the limit for long mail; rule files of the practice's own; the second reading."""

    reading_words_per_minute: int = field(
        default=TriagePolicy().reading_words_per_minute, metadata={"least": 50, "most": 1000}
    )
    long_minutes: int = field(default=TriagePolicy().long_minutes, metadata={"least": 1, "most": 120})
    rules_files: tuple[Path, ...] = ()
    second_reading: bool = True


@dataclass(frozen=True, slots=True)
class Alert:
    """`[alert]`: what poll runs when a message needs a call. `tier` narrows the alert, never the summary."""

    command: tuple[str, ...] = ()
    tier: Literal["urgent", "crisis"] = "urgent"
    remind_hours: int = field(default=12, metadata={"least": 1, "most": 168})


@dataclass(frozen=True, slots=True)
class Log:
    """`[log]`: a file that gets a line a run, with counts and times only; "" for none."""

    path: Path | None = None


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """`[ledger]`: where it lies and how it is encrypted. "" means the user's data folder and a key file beside it."""

    path: Path | None = None
    encryption: Literal["sqlcipher", "none"] = "sqlcipher"
    key_command: tuple[str, ...] = ()
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """`[answers]`: text to copy into an answer, never sent. `checked_on` is when its numbers were checked."""

    emergency_text: str = (
        "I cannot be sure to read e-mail quickly, so please do not wait for my answer. If your life or somebody's is "
        "in danger, call 999 or go to A&E. For urgent mental-health help call NHS 111 and choose option 2. Samaritans "
        "listen day and night on 116 123; or text SHOUT to 85258."
    )
    checked_on: date = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Billing:
    """`[billing]`: how time becomes charges, as texts; `config.terms` makes `Terms` of them.

    `prices` are texts as "20.00" or "22.00 from 2027-01-01"; `vat` is "none" or a rate as "20%". `policy` is the
    version of the policy that clients agree to, `policy_text` what it says, to quote in an answer. `payment_days` 0
    sets no day by which to pay; `payment` says how.
    """

    free_minutes: int = field(default=5, metadata={"least": 0, "most": 120})
    increment_minutes: int = field(default=15, metadata={"least": 1, "most": 120})
    basis: Literal["whole", "excess"] = "whole"
    pool: Literal["message", "day"] = "message"
    currency: str = "GBP"
    prices: tuple[str, ...] = ()
    vat: str = "none"
    vat_number: str = ""
    payment_days: int = field(default=30, metadata={"least": 0, "most": 365})
    payment: str = ""
    timer_minutes: int = field(default=30, metadata={"least": 1, "most": 480})
    policy: str = ""
    policy_text: str = (
        "If e-mail outside of our sessions takes me more than five minutes to read and answer, I may charge for my "
        "time in units of 15 minutes. Please tell me whether you agree to that. Otherwise I will keep your message, so "
        "that we can go through it together in your next session."
    )


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that was configured. Use cases take parts of it, never the whole."""

    practice: Practice
    mailboxes: tuple[Mailbox, ...]
    poll: Poll = Poll()
    watch: Watch = Watch()
    triage: Triage = Triage()
    alert: Alert = Alert()
    log: Log = Log()
    ledger: LedgerFile = LedgerFile()
    answers: Answers = Answers()
    billing: Billing = Billing()

    @property
    def triage_policy(self) -> TriagePolicy:
        """What triage needs of it."""
        return TriagePolicy(
            own_addresses=frozenset(address.lower() for address in self.practice.addresses),
            reading_words_per_minute=self.triage.reading_words_per_minute,
            long_minutes=self.triage.long_minutes,
        )
