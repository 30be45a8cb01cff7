"""`mailtriage poll`: one run, made for cron. Silent unless a human is needed."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext, suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.errors import EX_TEMPFAIL, MailtriageError, TemporaryError
from mailtriage.poll import PollReport, calls_due, failures_due, poll

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path
    from typing import TextIO

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.cli.run_log import RunNote
    from mailtriage.config import Config
    from mailtriage.poll import Batch, Failure

_BROKEN = "mail is not being checked; type: mailtriage check"

_HANGS_AFTER = 10
_GRACE_SECONDS = 120
"""Deadlines: a laptop that slept in the middle of a run is given time to end it."""

_DESCRIPTION = """\
Look for new mail in every configured mailbox, triage it, and keep what the summary needs. Made for cron: it says
nothing unless a human is needed, and then one line without a name. The mailbox is not changed, unless flag_on_server
in [[mailbox]] asks for flags.

Exit status: 0 done (or another poll is running), 75 try again later (the network, the server), 69 the server's
certificate has expired, 77 a login was refused, 78 the configuration is wrong, 74 the ledger cannot be written.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `poll`."""
    parser = subparsers.add_parser("poll", help="look for new mail; made for cron", description=_DESCRIPTION)
    parser.add_argument("-v", "--verbose", action="store_true", help="say what is done, with a progress bar")
    parser.add_argument("--dry-run", action="store_true", help="read and count, but keep nothing and ring nobody")
    parser.add_argument("--mailbox", metavar="NAME", action="append", help="only this one; may be repeated")
    parser.add_argument("--wait", action="store_true", help="wait for another poll to end, instead of leaving")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Poll once; the worst exit status of what went wrong."""
    from mailtriage.adapters.deadline import last_resort
    from mailtriage.adapters.lock import only_one
    from mailtriage.cli.run_log import noted
    from mailtriage.cli.wiring import ledger_path, open_config

    config = open_config(arguments)
    path = ledger_path(config)
    lock = path.with_name(path.name + ".lock")
    with only_one(lock, wait_seconds=longest_run_seconds(config) if arguments.wait else 0) as alone:
        if not alone:
            return _other_poll(config, lock, arguments)
        try:
            with noted(config, is_kept=not arguments.dry_run) as note, last_resort(longest_run_seconds(config)):
                note.status = _poll(config, arguments, note)
        except Exception as error:
            # Whatever it was: reminders and the alert command must not depend on a run that goes well.
            if not arguments.dry_run and not isinstance(error, TemporaryError):
                ring_of_failure(config, lock.with_suffix(".told"))
            raise
        return note.status


def longest_run_seconds(config: Config) -> float:
    """How long a poll can take: one that has not ended by then ends itself."""
    return config.poll.deadline_seconds + _GRACE_SECONDS


def _other_poll(config: Config, lock: Path, arguments: argparse.Namespace) -> int:
    """Leave quietly, unless the other poll should have ended long ago: while it hangs, no mail is checked."""
    held_seconds = read_clock().timestamp() - lock.stat().st_mtime
    if held_seconds > _HANGS_AFTER * config.poll.deadline_seconds:
        ring_of_failure(config, lock.with_suffix(".told"))
        raise TemporaryError(
            f"another poll has been running for {held_seconds / 3600:.1f} hours", "It may hang: end it, or log out."
        )
    if arguments.verbose:
        print("Another poll is running; nothing to do.")
    return EX_TEMPFAIL if arguments.wait else 0


def _poll(config: Config, arguments: argparse.Namespace, note: RunNote) -> int:
    from mailtriage.adapters.deadline import deadline
    from mailtriage.cli.wiring import accesses, ledger_of, triager_of

    now = read_clock()
    with ledger_of(config) as ledger, ledger.rehearsal() if arguments.dry_run else nullcontext():
        try:
            with _progress(verbose=arguments.verbose) as progress, deadline(config.poll.deadline_seconds):
                report = poll(
                    accesses(config, arguments.mailbox, read_only=arguments.dry_run),
                    ledger,
                    ledger.clients(),
                    triager_of(config),
                    now=now,
                    first_poll=timedelta(days=config.poll.first_poll_days),
                    progress=progress,
                )
        except Exception:
            # What earlier mailboxes or runs brought rings all the same.
            if not arguments.dry_run:
                _ring(config, ledger, now, PollReport())
            raise
        note.report = report
        status = max((failure.error.EXIT_STATUS for failure in report.failures), default=0)
        if not arguments.dry_run:
            # Outside of the deadline, which must not end an alert, and before anything that could fail.
            rung = _ring(config, ledger, now, report)
            status = status or rung
        if arguments.verbose:
            _say(report, dry_run=arguments.dry_run)
    return status


def _ring(config: Config, ledger: SqlLedger, now: datetime, report: PollReport) -> int:
    """Tell by the alert command, and on stdout, that somebody needs a call; once, and again every `remind_hours`.

    An alert command that fails is said, and tried again by the next poll: the messages count as told only after it.
    What could not be read is told with it, once; so are mailboxes that are not checked.
    """
    remind = timedelta(hours=config.alert.remind_hours)
    due = calls_due(ledger, now=now, remind=remind, crisis_only=config.alert.tier == "crisis")
    alarm_after = timedelta(hours=config.poll.alarm_after_hours)
    failures = failures_due(report.failures, now=now, alarm_after=alarm_after, remind=remind)
    calls = sum(not alarm.is_quoted for alarm in due)
    line = _line(calls, len(due), ledger.untold_quarantined_count())
    problem = _alert(config, "; ".join(filter(None, (line, _unchecked(len(failures))))))
    if line:
        _print(line, sys.stdout)
    for failure in failures:
        _print(_sentence(config, failure), sys.stderr)
    if problem:
        _print(f"mailtriage: {problem}", sys.stderr)
        return EX_TEMPFAIL
    with ledger.transaction():
        ledger.save_told((alarm.number for alarm in due), now)
        ledger.tell_quarantined(now)
        for failure in failures:
            ledger.tell_failure(failure.mailbox, now)
    return 0


def _alert(config: Config, line: str) -> MailtriageError | None:
    """Hand the line to the alert command; what went wrong, if anything did."""
    from mailtriage.adapters.alert import alert

    if line and config.alert.command:
        try:
            alert(config.alert.command, line)
        except MailtriageError as error:
            return error
    return None


def ring_of_failure(config: Config, marker: Path) -> None:
    """Hand a run that failed altogether to the alert command, every `remind_hours`: no ledger can say when it did.

    The error itself goes to stderr; cron's mail of it may be read by nobody.
    """
    now = read_clock().timestamp()
    try:
        age_seconds = now - marker.stat().st_mtime
    except OSError:
        age_seconds = -1.0
    if not 0 <= age_seconds < config.alert.remind_hours * 3600 and _alert(config, _BROKEN) is None:
        with suppress(OSError):
            marker.touch(mode=0o600)
            os.utime(marker, (now, now))


def _print(sentence: str, stream: TextIO | None) -> None:
    """Say it, if anybody can hear: a full disk or a closed pipe behind the stream must not end the run."""
    from mailtriage.adapters.terminal.safe import safe

    with suppress(OSError, ValueError):
        print(safe(sentence, multiline=True), file=stream, flush=True)


def _unchecked(mailboxes: int) -> str:
    """How many mailboxes are not read, naming none; "" for none."""
    if not mailboxes:
        return ""
    return (
        "mail of 1 mailbox is not being checked"
        if mailboxes == 1
        else f"mail of {mailboxes} mailboxes is not being checked"
    )


def _line(calls: int, total: int, unreadable: int) -> str:
    """One line that names nobody: how many need a call, and how many a look; "" if none does."""
    parts = (
        (calls, "a phone call"),
        (total - calls, "a look at quoted or forwarded words"),
        (unreadable, "a look in your mail program, mailtriage could not read it"),
    )
    return "; ".join(f"{n} message needs {what}" if n == 1 else f"{n} messages need {what}" for n, what in parts if n)


def _sentence(config: Config, failure: Failure) -> str:
    since = failure.since.astimezone(config.practice.timezone)
    return f"mailtriage: mail of “{failure.mailbox}” is not checked since {since:%d %b %H:%M}: {failure.error}"


def _say(report: PollReport, *, dry_run: bool) -> None:
    from mailtriage.adapters.terminal.safe import safe

    for failure in report.failures:
        print(safe(f"mailtriage: {failure.mailbox}: {failure.error}", multiline=True), file=sys.stderr)
    kept = "would be kept (nothing was, this was a dry run)" if dry_run else "kept"
    print(f"{report.received} received and {report.sent} sent messages {kept}.")
    if report.unreadable:
        print(f"{report.unreadable} could not be read; the summary lists them for a human look.")


def _progress(*, verbose: bool) -> AbstractContextManager[Callable[[str, Batch], None]]:
    """Called with each batch: a progress bar in a terminal, a line a batch in a pipe, nothing for cron."""
    if not verbose:
        return nullcontext(lambda _folder, _batch: None)
    if sys.stderr.isatty():
        from mailtriage.adapters.terminal.progress import Bar

        return Bar()
    return nullcontext(_print_batch)


def _print_batch(folder: str, batch: Batch) -> None:
    from mailtriage.adapters.terminal.safe import safe

    print(f"{safe(folder)}: {batch.done} of {batch.total}", file=sys.stderr)
