"""What must not silence an alarm: faults of our own, a run's end, mails that look alike, and a wrong clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from fakes import FakeLedger
from mailtriage.errors import DeadlineError, PermissionProblemError, TemporaryError
from mailtriage.ledger import FolderRole, MailboxHealth, ScanHealth
from mailtriage.model import Client, Emergency, Message, Verdict
from mailtriage.poll import Failure, MailboxAccess, PollReport, calls_due, failures_due, poll
from sources import MemorySource, Stored

if TYPE_CHECKING:
    from mailtriage.triage.policy import ThreadContext

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def stored(number: int, body: str = "Thank you.", *, age: timedelta = HOUR) -> Stored:
    header = f"From: anna@client.example\r\nMessage-ID: <m{number}@client.example>\r\nSubject: letter {number}\r\n"
    return Stored(f"{header}Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n{body}\r\n".encode(), NOW - age)


def inbox(*mails: Stored, name: str = "practice") -> MemorySource:
    return MemorySource(name=name, folders_by_name={"INBOX": list(mails)}, batch_size=10)


@dataclass(slots=True)
class PlainTriager:
    """Every "alarm" in the own words is one; at the message `slow` the run's time is over."""

    slow: str = "none"

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:
        if message.message_id.partition("@")[0] == self.slow:
            raise DeadlineError(f"over {context.sender_is_client}")
        return Verdict(emergency=Emergency.CRISIS) if "alarm" in message.own_text else Verdict()

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        return ScanHealth(now, last.rules_count if last else 1, "digest")


def run(
    ledger: FakeLedger,
    *sources: MemorySource,
    slow: str = "none",
    now: datetime = NOW,
    first_poll: timedelta = timedelta(days=30),
) -> PollReport:
    access = [MailboxAccess(source.name, partial(lambda source: source, source)) for source in sources]
    return poll(access, ledger, ledger.clients(), PlainTriager(slow), now=now, first_poll=first_poll)


def due(ledger: FakeLedger, now: datetime = NOW) -> list[int]:
    return [message.number for message in calls_due(ledger, now=now, remind=12 * HOUR, crisis_only=False)]


def test_a_fault_of_our_own_in_one_mailbox_does_not_silence_the_others_and_is_told_without_its_text() -> None:
    ledger, broken = FakeLedger(), inbox(name="broken")
    broken.failure, broken.breaks_after = KeyError("xylophone"), 0
    report = run(ledger, broken, inbox(stored(1, "alarm")))
    assert due(ledger) == [1]
    (failure,) = report.failures
    assert "KeyError" in failure.error.message
    assert "xylophone" not in str(failure.error)
    assert failures_due([failure], now=NOW, alarm_after=6 * HOUR, remind=12 * HOUR) == (failure,)


def test_a_message_that_the_ledger_cannot_take_is_quarantined_alone() -> None:
    class Refusing(FakeLedger):
        def sent_ids(self, message_ids: object) -> frozenset[str]:
            raise OverflowError(f"{message_ids}")

    ledger = Refusing()
    answering = stored(1).data or b""
    bad = Stored(answering.replace(b"Date:", b"In-Reply-To: <x@y.example>\r\nDate:"), NOW - HOUR)
    report = run(ledger, inbox(bad, stored(2, "alarm")))
    assert (report.unreadable, due(ledger)) == (1, [1])


def test_what_was_read_before_the_deadline_is_kept_and_the_next_run_goes_on_from_there() -> None:
    ledger, source = FakeLedger(), inbox(stored(1), stored(2, "alarm"), stored(3), stored(4, "alarm"))
    report = run(ledger, source, slow="m3")
    assert (report.received, len(report.failures), due(ledger)) == (2, 1, [2])
    assert ledger.quarantined() == ()
    assert run(ledger, source).received == 2
    assert due(ledger) == [2, 4]


def test_a_message_that_takes_the_time_of_a_whole_run_is_set_aside_for_a_look_and_blocks_the_others_once() -> None:
    ledger, source = FakeLedger(), inbox(stored(1), stored(2, "alarm"))
    report = run(ledger, source, slow="m1")
    assert (report.received, report.unreadable) == (0, 1)
    assert [found.location.key for found in ledger.quarantined()] == ["1"]
    assert run(ledger, source, slow="m1").received == 1
    assert due(ledger) == [1]


def test_a_folder_that_is_renumbered_is_looked_at_from_the_last_check_however_short_the_first_look_is() -> None:
    ledger = FakeLedger()
    ledger.save_mailbox_health(MailboxHealth("practice", checked_at=NOW - 3 * DAY))
    run(ledger, inbox(stored(1, "alarm", age=2 * DAY)), first_poll=timedelta(0))
    assert due(ledger) == [1]


def test_mail_that_came_while_the_first_poll_kept_failing_rings() -> None:
    ledger, source = FakeLedger(), inbox()
    source.failure, source.breaks_after = TemporaryError("unreachable"), 0
    run(ledger, source, now=NOW - 5 * DAY)
    source.failure = None
    source.folders_by_name["INBOX"] += [stored(1, "alarm", age=8 * DAY), stored(2, "alarm", age=4 * DAY)]
    run(ledger, source)
    assert due(ledger) == [2]


def test_what_was_told_while_the_clock_was_ahead_is_told_again_and_then_as_ever() -> None:
    ledger = FakeLedger()
    run(ledger, inbox(stored(1, "alarm")))
    ledger.save_told([1], NOW + 300 * DAY)
    assert due(ledger) == [1]
    ledger.save_told([1], NOW)
    assert due(ledger, NOW + HOUR) == []
    assert due(ledger, NOW + 12 * HOUR) == [1]


def test_a_failure_whose_times_lie_ahead_is_told() -> None:
    ahead = NOW + 300 * DAY
    failures = [
        Failure("practice", TemporaryError("net"), ahead, None),
        Failure("other", PermissionProblemError("login"), NOW, ahead),
    ]
    assert len(failures_due(failures, now=NOW, alarm_after=6 * HOUR, remind=12 * HOUR)) == 2


def test_mails_without_message_id_and_date_are_told_apart_by_their_words() -> None:
    def bare(body: str) -> Stored:
        return Stored(f"From: anna@client.example\r\n\r\n{body}\r\n".encode(), NOW - HOUR)

    ledger = FakeLedger()
    run(ledger, inbox(bare("please call, alarm"), bare("where are you? alarm"), bare("please call, alarm")))
    assert due(ledger) == [1, 2]


def test_a_second_mail_with_the_header_of_the_first_rings() -> None:
    ledger = FakeLedger()
    run(ledger, inbox(stored(1), stored(1, "alarm"), stored(1, "alarm")))
    assert due(ledger) == [2]


def test_junk_of_a_client_who_joins_the_roster_later_rings() -> None:
    ledger = FakeLedger()
    source = MemorySource(folders_by_name={"Junk": [stored(1, "alarm")]}, roles={"Junk": FolderRole.JUNK})
    run(ledger, source)
    assert due(ledger) == []
    ledger.save_client(Client("A.B.", "", ("anna@client.example",)), NOW)
    run(ledger, source)
    assert due(ledger) == [1]
