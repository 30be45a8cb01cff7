"""`mailtriage check`: is everything set up and working? Each line says ok, warn or FAIL, and what to do."""

from __future__ import annotations

import json
import shlex
import shutil
import stat
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.safe import one_line
from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.saying import say
from mailtriage.errors import EX_CONFIG, EX_IOERR, MailtriageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.config import Config, Mailbox
    from mailtriage.poll import Source

_DESCRIPTION = """\
Check the configuration, file permissions, every mailbox (login, folders, certificate), the ledger, the wording rules
with their own examples, and the clock. Nothing is changed. Exit status: 0 if nothing failed, else that of the first
failure.
"""
CERTIFICATE_WARNING_DAYS = 14
NUMBERS_WARNING_DAYS = 366


class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARN = "warn"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check. `advice` says what to do, `exit_status` is that of a failure."""

    level: Level
    subject: str
    text: str
    advice: str = ""
    exit_status: int = 0


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `check`."""
    parser = subparsers.add_parser("check", help="is everything set up and working?", description=_DESCRIPTION)
    parser.add_argument("--json", action="store_true", help="a JSON document; docs/set-up.md describes it")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the findings as they are made; as JSON, when all are."""
    if arguments.json:
        return _print_document(list(_findings(arguments)))
    status = 0
    for finding in _findings(arguments):
        text = finding.text.replace("\n", "\n    ")
        say(f"{finding.level:<5} {one_line(finding.subject)}: {text}")
        if finding.advice:
            say(f"      {one_line(finding.advice)}")
        status = status or finding.exit_status
    return status


def _print_document(findings: Sequence[Finding]) -> int:
    status = next((finding.exit_status for finding in findings if finding.exit_status), 0)
    told = [
        {"level": each.level.value.lower(), "subject": each.subject, "text": each.text, "advice": each.advice}
        for each in findings
    ]
    print(json.dumps({"version": 1, "exit_status": status, "findings": told}, indent=2))
    return status


def _findings(arguments: argparse.Namespace) -> Iterator[Finding]:
    from mailtriage.cli.wiring import config_path, ledger_of, open_config

    path = config_path(arguments)
    try:
        config = open_config(arguments)
    except MailtriageError as error:
        yield _failure("configuration", error)
        return
    yield Finding(Level.OK, "configuration", f"{path}, {_counted(len(config.mailboxes), 'mailbox', 'mailboxes')}")
    yield from _permissions(path)
    yield from _rules(config)
    yield from _alert(config)
    yield from _log(config)
    yield _answers(config.answers.checked_on, read_clock().date())
    yield from _kept_texts()
    for mailbox in config.mailboxes:
        yield from _mailbox(mailbox)
    try:
        with ledger_of(config) as ledger:
            yield from _ledger(config, ledger)
    except MailtriageError as error:
        yield _failure("ledger", error)


def _failure(subject: str, error: MailtriageError) -> Finding:
    return Finding(Level.FAIL, subject, error.message, error.hint, error.EXIT_STATUS)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _permissions(path: Path) -> Iterator[Finding]:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o022:
        yield Finding(Level.WARN, "configuration", "others may change this file", f"chmod 600 {shlex.quote(str(path))}")


def _rules(config: Config) -> Iterator[Finding]:
    from mailtriage.cli.wiring import triager_of

    try:
        health = triager_of(config).health(None, read_clock())
    except MailtriageError as error:
        yield _failure("wording rules", error)
        return
    if health.self_test_problem:
        yield Finding(
            Level.FAIL,
            "wording rules",
            f"{health.rules_count} loaded; {health.self_test_problem}",
            "Mend that rule or its file, named in [triage] rules_files; `mailtriage rules` shows what is in use.",
            EX_CONFIG,
        )
    else:
        reading = "on" if config.triage.second_reading else "switched off"
        held = f"{health.rules_count} loaded, all their own examples hold; second reading {reading}"
        yield Finding(Level.OK, "wording rules", held)


def _alert(config: Config) -> Iterator[Finding]:
    if not config.alert.command:
        yield Finding(
            Level.WARN,
            "alert",
            "no alert command; poll only prints its line",
            "cron's mail seldom reaches a laptop's owner: set [alert] command, see docs/set-up.md.",
        )
    elif shutil.which(config.alert.command[0]) is None:
        yield Finding(
            Level.FAIL, "alert", f"there is no program {config.alert.command[0]}", "See [alert] command.", EX_CONFIG
        )
    else:
        yield Finding(Level.OK, "alert", config.alert.command[0])


def _log(config: Config) -> Iterator[Finding]:
    if config.log.path:
        from mailtriage.adapters.run_log import check_writable

        try:
            check_writable(config.log.path)
        except MailtriageError as error:
            yield _failure("log", error)
        else:
            yield Finding(Level.OK, "log", str(config.log.path))


def _answers(checked_on: date, today: date) -> Finding:
    text = f"the telephone numbers in your answer text were checked on {checked_on:%d %b %Y}"
    if (today - checked_on).days > NUMBERS_WARNING_DAYS:
        return Finding(Level.WARN, "answers", text, "Check them again, then set [answers] checked_on.")
    return Finding(Level.OK, "answers", text)


def _mailbox(mailbox: Mailbox) -> Iterator[Finding]:
    from mailtriage.adapters.imap import ImapSource
    from mailtriage.cli.wiring import source_of

    subject = f"mailbox {mailbox.name}"
    try:
        with source_of(mailbox) as source:
            # A server is asked to open each folder; a Maildir's are looked at when they are listed.
            described = source.describe() if isinstance(source, ImapSource) else None
            found = described.folders if described else source.folders()
            folders = ", ".join(f"{folder.name} ({folder.role})" for folder in found)
            drafts = described.drafts_folder if described else _drafts_of_maildir(source)
            expires_at = source.certificate_expires_at()
    except MailtriageError as error:
        yield _failure(subject, error)
        return
    yield Finding(Level.OK, subject, f"can be read; folders: {folders}")
    yield _drafts(subject, drafts)
    if expires_at is not None:
        yield _certificate(subject, expires_at, read_clock())


def _kept_texts() -> Iterator[Finding]:
    from mailtriage.adapters.private_file import kept_texts

    for file in kept_texts():
        advice = f"mailtriage reply N --text {shlex.quote(str(file))} goes on with it; else remove it."
        yield Finding(Level.WARN, "answers", f"an answer that could not be put into Drafts is kept in {file}", advice)


def _drafts_of_maildir(source: Source) -> str:
    from mailtriage.adapters.maildir import MaildirSource

    return source.drafts_folder if isinstance(source, MaildirSource) else ""


def _drafts(subject: str, folder: str) -> Finding:
    if not folder:
        text = "no folder for drafts can be told, so `reply` and `draft` cannot put anything there"
        return Finding(Level.WARN, subject, text, "Make one in your mail program, or set drafts_folder in [[mailbox]].")
    return Finding(Level.OK, subject, f"your drafts go into {folder}")


def _certificate(subject: str, expires_at: datetime, now: datetime) -> Finding:
    text = f"the server's certificate is valid until {expires_at:%d %b %Y}"
    if (expires_at - now).days < CERTIFICATE_WARNING_DAYS:
        return Finding(Level.WARN, subject, text, "Your provider should renew it; polling stops when it has expired.")
    return Finding(Level.OK, subject, text)


def _ledger(config: Config, ledger: SqlLedger) -> Iterator[Finding]:
    from mailtriage.cli.wiring import ledger_path

    problems = ledger.verify()
    if problems:
        advice = "Restore the ledger from your backup; keep the damaged file."
        yield Finding(Level.FAIL, "ledger", "; ".join(problems[:3]), advice, EX_IOERR)
        return
    if config.ledger.encryption == "none":
        text = f"{ledger_path(config)} is not encrypted"
        yield Finding(Level.WARN, "ledger", text, 'Is the whole disk? Else set [ledger] encryption = "sqlcipher".')
    else:
        yield Finding(Level.OK, "ledger", f"{ledger_path(config)}, encrypted, intact")
    clients = len(ledger.clients())
    if clients:
        yield Finding(Level.OK, "roster", _counted(clients, "client", "clients"))
    else:
        yield Finding(
            Level.WARN, "roster", "no clients", "Until there are, every sender is unknown: mailtriage client add CODE"
        )
    yield from _flags(config, ledger)
    for quarantined in ledger.quarantined():
        where = f"{quarantined.location.mailbox}/{quarantined.location.folder}, message {quarantined.location.key}"
        yield Finding(Level.WARN, "unreadable", f"{where}: {quarantined.problem}", "Look at it in your mail program.")
    yield from _clock(ledger, read_clock())


def _flags(config: Config, ledger: SqlLedger) -> Iterator[Finding]:
    """What servers refused of the flags that they were to be given."""
    wanted = {mailbox.name for mailbox in config.mailboxes if getattr(mailbox, "flag_on_server", False)}
    for health in ledger.mailbox_health():
        if health.mailbox in wanted and health.flags_problem:
            advice = "Set flag_on_server = false in [[mailbox]], or ask the provider. Polling goes on all the same."
            yield Finding(Level.WARN, f"mailbox {health.mailbox}", health.flags_problem, advice)


def _clock(ledger: SqlLedger, now: datetime) -> Iterator[Finding]:
    latest = max((health.checked_at for health in ledger.mailbox_health() if health.checked_at), default=None)
    if latest is not None and latest > now:
        text = f"the last poll says {latest:%d %b %Y %H:%M} UTC, which is later than now"
        yield Finding(Level.WARN, "clock", text, "Is this computer's clock right?")
    else:
        yield Finding(Level.OK, "clock", f"{now:%d %b %Y %H:%M} UTC")
