"""One run, top to bottom.

Each mailbox in turn: the Sent folder first (so that an answer to our own mail is known as one), then the others; each
batch is read, triaged and kept in one transaction with its checkpoint, so that a kill at any point loses and repeats
nothing. A mailbox that fails never keeps the others from being polled.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError, DeadlineError, MailtriageError, ThrottledError
from mailtriage.ledger import FolderRole, MailboxHealth
from mailtriage.poll.flags import flags_of, write_due_flags
from mailtriage.poll.folders import MissingFolderError
from mailtriage.poll.leaving_alone import is_to_be_left_alone, left_alone, wait_until_of
from mailtriage.poll.retry import retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from mailtriage.ledger import Location, PollLedger
    from mailtriage.model import Client
    from mailtriage.poll.batches import Batch, Fetched
    from mailtriage.poll.ports import Folder, Source, Triager

    _Outcome = tuple[str | None, ThrottledError | None]


@dataclass(frozen=True, slots=True)
class MailboxAccess:
    """A mailbox by name, how to open it, and whether its server is to be given flags."""

    name: str
    open: Callable[[], Source]
    flag_on_server: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A mailbox that could not be polled. `since` is when it began to fail; `told_at` when the therapist last heard."""

    mailbox: str
    error: MailtriageError
    since: datetime
    told_at: datetime | None


@dataclass(slots=True)
class PollReport:
    """What a run did, in messages."""

    received: int = 0
    sent: int = 0
    unreadable: int = 0
    failures: list[Failure] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """True until the run has come to a message."""
        return not (self.received or self.sent or self.unreadable)


def poll(
    mailboxes: Iterable[MailboxAccess],
    ledger: PollLedger,
    roster: Sequence[Client],
    triager: Triager,
    *,
    now: datetime,
    first_poll: timedelta,
    progress: Callable[[str, Batch], None] = lambda _folder, _batch: None,
) -> PollReport:
    """What one run found. Everything new is in the ledger when it returns.

    Args:
        mailboxes: polled in this order.
        ledger: where everything is kept.
        roster: the clients, for matching senders.
        triager: what gives the verdicts.
        now: the time of this run, UTC.
        first_poll: how far back a mailbox is read that was never polled.
        progress: told of each batch before it is kept, with its folder's name.

    Raises:
        MailtriageError: if the ledger fails. What fails in a mailbox is in the report instead.
    """
    report = PollReport()
    health = {known.mailbox: known for known in ledger.mailbox_health()}
    heartbeat = triager.health(ledger.scan_health(), now)
    ledger.save_scan_health(heartbeat)
    for access in mailboxes:
        last = health.get(access.name, MailboxHealth(access.name, checked_at=None))
        if is_to_be_left_alone(last, now):
            since = last.failing_since or now
            report.failures.append(Failure(access.name, left_alone(last), since, last.failure_told_at))
            continue
        begun_at = _begun_at(last, now)
        run = MailboxRun(
            access,
            ledger,
            roster,
            triager,
            now,
            begun_at,
            # A folder that was renumbered is looked at from before its last check, however short the first look is.
            begun_at - (max(first_poll, timedelta(days=1)) if last.checked_at else first_poll),
            last.checked_at is None,
            heartbeat.rules_digest,
            report,
        )
        try:
            with access.open() as source:
                outcome = run.poll(source, progress)
        except Exception as failure:  # noqa: BLE001 - a fault of ours in one mailbox must not silence the others
            error = failure if isinstance(failure, MailtriageError) else _fault(failure)
            since = last.failing_since or now
            report.failures.append(Failure(access.name, error, since, last.failure_told_at))
            wait_until = wait_until_of(error, now)
            failed = replace(last, failing_since=since, problem=error.message, wait_until=wait_until)
            ledger.save_mailbox_health(failed)
        else:
            ledger.save_mailbox_health(_checked(last, now, *outcome))
    return report


def _checked(
    last: MailboxHealth, now: datetime, flags_problem: str | None, throttled: ThrottledError | None
) -> MailboxHealth:
    """A mailbox that was read; its server may want to be left alone all the same."""
    return MailboxHealth(
        last.mailbox,
        checked_at=now,
        problem=throttled.message if throttled else "",
        flags_problem=last.flags_problem if flags_problem is None else flags_problem,
        wait_until=wait_until_of(throttled, now) if throttled else None,
    )


def _begun_at(last: MailboxHealth, now: datetime) -> datetime:
    """From when on mail may have come that was not looked at: never later than `now`, whatever the clock once said."""
    return min(now, last.checked_at or last.failing_since or now)


def _fault(error: Exception) -> MailtriageError:
    """An error of our own making, without its text: that may quote a mail."""
    return MailtriageError(f"mailtriage failed on it ({type(error).__name__})", "Please report this.")


@dataclass(frozen=True, slots=True)
class MailboxRun:
    """One mailbox in one run.

    Attributes:
        begun_at: up to when the mailbox is known to have been looked after: its last check, or its first attempt.
        since: where a look at a whole folder begins.
        first: true if it was never polled to the end.
        rules_digest: of this run's heartbeat: with what a message was tried.
    """

    access: MailboxAccess
    ledger: PollLedger
    roster: Sequence[Client]
    triager: Triager
    now: datetime
    begun_at: datetime
    since: datetime
    first: bool
    rules_digest: str
    report: PollReport

    @property
    def mailbox(self) -> str:
        """Its name."""
        return self.access.name

    def poll(self, source: Source, progress: Callable[[str, Batch], None]) -> _Outcome:
        """Keep everything new in the mailbox, and what may have become readable; then set flags, if that is wanted.

        What the server refused of the flags is returned, "" for nothing, None if none were set; and what it said if it
        wants to be left alone then.

        Raises:
            ConfigError: if a folder is missing; the others are polled before that is told.
        """
        problem: ConfigError | None = None
        try:
            folders = source.folders()
        except MissingFolderError as missing:
            folders, problem = missing.found, missing
        for folder in sorted(folders, key=lambda folder: folder.role is not FolderRole.SENT):
            try:
                self._poll_folder(source, folder, progress)
            except ConfigError as error:
                problem = problem or error
        outcome = self._after_reading(source, folders)
        if problem:
            raise problem
        return outcome

    def _after_reading(self, source: Source, folders: Iterable[Folder]) -> _Outcome:
        try:
            retry(self, source, folders)
            return write_due_flags(self, source) if self.access.flag_on_server else None, None
        except ThrottledError as throttled:
            return None, throttled

    def _poll_folder(self, source: Source, folder: Folder, progress: Callable[[str, Batch], None]) -> None:
        checkpoint = self.ledger.checkpoint(self.mailbox, folder.name)
        known = self._known(folder)
        for batch in source.batches(folder, checkpoint, self.since, known, self._open_keys(folder)):
            progress(folder.name, batch)
            self._keep(folder, batch)

    def _known(self, folder: Folder) -> Callable[[int, Sequence[str]], frozenset[str]]:
        return lambda uidvalidity, keys: self.ledger.known_keys(self.mailbox, folder.name, uidvalidity, keys)

    def _open_keys(self, folder: Folder) -> Callable[[int], Sequence[str]]:
        return lambda uidvalidity: [
            location.key for location in self.ledger.open_locations(self.mailbox, folder.name, uidvalidity)
        ]

    def _keep(self, folder: Folder, batch: Batch) -> None:
        """A batch's rows and its checkpoint, in one transaction.

        When the deadline comes, what was read by then is kept without the checkpoint: else a batch that takes longer
        than a run would be read for ever, and never kept.
        """
        with self.ledger.transaction():
            for fetched in batch.fetched:
                try:
                    self.keep_message(folder, fetched)
                except DeadlineError as error:
                    over: DeadlineError = error
                    break
            else:
                self._keep_rest(folder, batch)
                return
        raise over

    def _keep_rest(self, folder: Folder, batch: Batch) -> None:
        from mailtriage.ledger import SeenChange

        for unreadable in batch.unreadable:
            self.quarantine(unreadable.location, unreadable.problem)
        for location, seen in batch.seen:
            self.ledger.add_seen(SeenChange(location, seen, self.now))
        self.ledger.save_checkpoint(self.mailbox, folder.name, batch.checkpoint)

    def keep_message(self, folder: Folder, fetched: Fetched) -> None:
        """A message, read and kept, or in quarantine.

        Raises:
            DeadlineError: when the run's time is over.
            MailtriageError: if the ledger fails.
        """
        from mailtriage.poll import intake

        is_first = self.report.is_empty
        try:
            with self.ledger.transaction():
                if folder.role is FolderRole.SENT:
                    self.ledger.add_sent(intake.sent(fetched, self.triager))
                    self.report.sent += 1
                    return
                if folder.role is FolderRole.OTHER and (copy := intake.copy_of_sent(fetched, self)):
                    self.ledger.add_sent(copy)
                    return
                kept = intake.received(fetched, self)
                if folder.role is not FolderRole.JUNK or kept.clients:
                    self.ledger.add_received(kept)
                    if self.access.flag_on_server and (flags := flags_of(kept.verdict)):
                        self.ledger.add_flags_due(kept.location, flags)
                    self.report.received += 1
                else:
                    self.ledger.release_quarantined(fetched.location)
        except DeadlineError:
            # It had the run to itself, and would have every run.
            if is_first:
                self.quarantine(fetched.location, "mailtriage did not finish reading it in the time of a whole run")
            raise
        except MailtriageError:
            raise
        except Exception as error:  # noqa: BLE001 - one message that breaks our code must never block the others
            self.quarantine(fetched.location, f"mailtriage could not read it ({type(error).__name__})")

    def quarantine(self, location: Location, problem: str) -> None:
        """A message that cannot be read, set aside for a human look."""
        from mailtriage.ledger import Quarantined

        self.ledger.add_quarantined(Quarantined(location, problem, self.now, self.rules_digest))
        self.report.unreadable += 1
