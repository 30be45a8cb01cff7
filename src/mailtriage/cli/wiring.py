"""From a configuration to the parts that a command needs. The only place that knows them all."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage import __version__
from mailtriage.config import ImapMailbox, parse
from mailtriage.errors import ConfigError, MailtriageError, UsageError
from mailtriage.ledger import ScanHealth
from mailtriage.poll import MailboxAccess
from mailtriage.triage.policy import ThreadContext

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.config import Config, Mailbox
    from mailtriage.drafts.ports import DraftStore
    from mailtriage.ledger import Location
    from mailtriage.mail.raw import RawMessage
    from mailtriage.model import Message, Verdict
    from mailtriage.poll import Source
    from mailtriage.triage.emergency import EmergencyRules
    from mailtriage.triage.implied.model import Model
    from mailtriage.triage.policy import TriagePolicy


def config_path(arguments: argparse.Namespace) -> Path:
    """The configuration file: `--config`, else MAILTRIAGE_CONFIG, else the XDG configuration folder."""
    named = arguments.config or os.environ.get("MAILTRIAGE_CONFIG")
    return Path(named).absolute() if named else _xdg("XDG_CONFIG_HOME", ".config") / "config.toml"


def open_config(arguments: argparse.Namespace) -> Config:
    """The parsed configuration.

    Raises:
        ConfigError: if it is missing, unreadable or wrong.
    """
    path = config_path(arguments)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            f"there is no configuration at {path}",
            "Copy config.example.toml there and fill it in, or type `mailtriage demo` to try it on made-up mail.",
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} cannot be read: {_reason(error)}", "It must be a UTF-8 text file that you can read."
        ) from error
    return parse(text, source=str(path), base=path.parent, home=Path.home())


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror or "unknown"


def ledger_path(config: Config) -> Path:
    """Where the ledger lies: as configured, else in the XDG data folder."""
    return config.ledger.path or _xdg("XDG_DATA_HOME", ".local/share") / "ledger.db"


def key_path(config: Config) -> Path:
    """The ledger's key file: as configured, else in the XDG configuration folder, apart from the ledger."""
    return config.ledger.key_file or _xdg("XDG_CONFIG_HOME", ".config") / "ledger.key"


def ledger_of(config: Config) -> SqlLedger:
    """The open ledger, to be used as a context manager; it is made at first use."""
    from mailtriage.adapters.keys import ledger_key
    from mailtriage.adapters.ledger import open_ledger

    path = ledger_path(config)
    key = None
    if config.ledger.encryption == "sqlcipher":
        key = ledger_key(config.ledger.key_command, key_path(config), ledger_exists=path.exists())
    return open_ledger(path, config.ledger.encryption, key)


def source_of(mailbox: Mailbox) -> Source:
    """The mailbox, not yet connected. Reads its password or token."""
    if isinstance(mailbox, ImapMailbox):
        from mailtriage.adapters.imap import ImapSource
        from mailtriage.adapters.secrets import read_secret

        return ImapSource(mailbox, read_secret(mailbox.credentials, mailbox.username))
    from mailtriage.adapters.maildir import MaildirSource

    return MaildirSource(mailbox)


def drafts_of(mailbox: Mailbox) -> DraftStore:
    """Where drafts of this mailbox go, not yet connected. Reads its password or token."""
    if isinstance(mailbox, ImapMailbox):
        from mailtriage.adapters.imap.drafts import ImapDrafts
        from mailtriage.adapters.secrets import read_secret

        return ImapDrafts(mailbox, read_secret(mailbox.credentials, mailbox.username))
    from mailtriage.adapters.maildir.drafts import MaildirDrafts

    return MaildirDrafts(mailbox)


def accesses(
    config: Config, names: Sequence[str] | None = None, *, read_only: bool = False
) -> tuple[MailboxAccess, ...]:
    """The configured mailboxes in their order, or those of them with these names.

    `read_only` sets no flags whatever the configuration says.

    Raises:
        UsageError: for a name that none has.
    """
    known = [mailbox.name for mailbox in config.mailboxes]
    for name in names or ():
        if name not in known:
            raise UsageError(f'there is no mailbox "{name}" in the configuration', f"There is: {', '.join(known)}.")
    return tuple(
        MailboxAccess(
            mailbox.name,
            partial(source_of, mailbox),
            flag_on_server=isinstance(mailbox, ImapMailbox) and mailbox.flag_on_server and not read_only,
        )
        for mailbox in config.mailboxes
        if names is None or mailbox.name in names
    )


def rules_texts(config: Config) -> dict[str, str]:
    """The wording rules as text by name: the bundled ones, then the practice's own files.

    Raises:
        ConfigError: if a file of her own cannot be read.
    """
    from mailtriage.triage.rule_texts import bundled_texts

    texts = dict(bundled_texts())
    for path in config.triage.rules_files:
        try:
            texts[str(path)] = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problem = f"the rules file {path} cannot be read: {_reason(error)}"
            raise ConfigError(problem, "See [triage] rules_files.") from error
    return texts


class RulesTriager:
    """Triage by these rule texts, and by a second reading; both are made ready when the first message comes."""

    def __init__(self, policy: TriagePolicy, texts: Mapping[str, str], *, second_reading: bool) -> None:
        self._policy = policy
        self._texts = texts
        self._second_reading = second_reading

    @cached_property
    def rules(self) -> EmergencyRules:
        """The compiled rules."""
        from mailtriage.triage.emergency import load_rules

        return load_rules(self._texts)

    @cached_property
    def model(self) -> Model | None:
        """The model of the second reading; None if it is switched off, or cannot be loaded, which `health` tells."""
        if not self._second_reading:
            return None
        try:
            from mailtriage.triage.implied.model import bundled_model

            return bundled_model()
        except (ImportError, OSError, ValueError, KeyError):  # the rules must go on without it
            return None

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:
        """What triage says of a message."""
        from mailtriage.triage.verdict import triage

        return triage(message, self._policy, self.rules, context, self.model)

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        """The heartbeat; the rules' own examples are run only when texts or version are not those of the last."""
        from mailtriage.triage.rule_texts import digest_of

        digest = digest_of({"mailtriage": f"{__version__} {self._second_reading}", **self._texts})
        if last and last.rules_digest == digest:
            return ScanHealth(now, last.rules_count, digest, last.self_test_problem)
        from mailtriage.triage.emergency import self_test

        problems = (*self.rules.problems, *self_test(self.rules), *self._reading_problems())
        return ScanHealth(now, self.rules.count, digest, "; ".join(problems[:3]))

    def _reading_problems(self) -> tuple[str, ...]:
        """What the self-test of the second reading finds, if it is switched on."""
        if not self._second_reading:
            return ()
        if self.model is None:
            return ("the second reading cannot be loaded: install mailtriage again",)
        from mailtriage.triage.implied.self_test import self_test

        return self_test(self.model)


def triager_of(config: Config) -> RulesTriager:
    """Triage as configured."""
    return RulesTriager(config.triage_policy, rules_texts(config), second_reading=config.triage.second_reading)


def fetch_live(config: Config, ledger: SqlLedger, number: int) -> RawMessage | None:
    """Message `number` as it lies in its mailbox now; None if it is in none of its known places.

    Raises:
        MailtriageError: if the only mailboxes that could have it cannot be read.
    """
    mailboxes = {mailbox.name: mailbox for mailbox in config.mailboxes}
    problem: MailtriageError | None = None
    for location in ledger.locations(number):
        if location.mailbox not in mailboxes:
            continue
        try:
            raw = _fetch(mailboxes[location.mailbox], location)
        except MailtriageError as error:
            problem = error
            continue
        if raw is not None:
            return raw
    if problem:
        raise problem
    return None


def _fetch(mailbox: Mailbox, location: Location) -> RawMessage | None:
    with source_of(mailbox) as source:
        return source.fetch(location)


def triage_of(config: Config, ledger: SqlLedger, message: Message) -> Verdict:
    """The verdict on a message fetched live, with what the ledger knows of its thread."""
    from mailtriage.poll.intake import quoting
    from mailtriage.triage.senders import clients_of

    answers: Sequence[str] = message.in_reply_to + message.references
    context = ThreadContext(
        sender_is_client=bool(clients_of(message, ledger.clients())),
        answers_own_mail=bool(answers and ledger.sent_ids(answers)),
    )
    triager = triager_of(config)
    verdict = triager(message, context)
    if verdict.quoted_alarm:
        known = ledger.known_fingerprints([reason.fingerprint for reason in verdict.reasons], quoting(message))
        verdict = triager(message, replace(context, known_fingerprints=known))
    return verdict


def _xdg(variable: str, default: str) -> Path:
    base = os.environ.get(variable)
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / default) / "mailtriage"
