"""Mail in quarantine after an upgrade: read at last, still broken, or gone; never at the cost of new mail."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLedger
from mailtriage.errors import DeadlineError, TemporaryError
from mailtriage.ledger import FolderRole, Location, Quarantined, ScanHealth
from mailtriage.model import Emergency, Message, Verdict
from mailtriage.poll import MailboxAccess, PollReport, calls_due, poll
from mailtriage.poll.retry import RETRY_LIMIT
from sources import UIDVALIDITY, MemorySource, Stored

if TYPE_CHECKING:
    from mailtriage.poll import Source
    from mailtriage.triage.policy import ThreadContext

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Version:
    """A mailtriage by its digest. It breaks on mails that say so; `reads` are those that it came to."""

    digest: str
    breaks_on: str = "broken"
    breaks_with: type[BaseException] = RecursionError
    reads: list[str] = field(default_factory=list)

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:
        self.reads.append(message.subject)
        if self.breaks_on in message.own_text:
            raise self.breaks_with(f"over {context.sender_is_client}")
        return Verdict(emergency=Emergency.CRISIS) if "alarm" in message.own_text else Verdict()

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        return ScanHealth(now, last.rules_count if last else 1, self.digest)


OLD = Version("old")


def letter(number: int, body: str) -> Stored:
    header = f"From: anna@client.example\r\nMessage-ID: <m{number}@client.example>\r\nSubject: {number}\r\n"
    return Stored(f"{header}Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n{body}\r\n".encode(), NOW - HOUR)


def inbox(*bodies: str, folder: str = "INBOX", role: FolderRole = FolderRole.INBOX) -> MemorySource:
    mails = [letter(number, body) for number, body in enumerate(bodies, 1)]
    return MemorySource(folders_by_name={folder: mails}, roles={folder: role}, batch_size=10)


def run(ledger: FakeLedger, source: MemorySource, version: Version) -> PollReport:
    def open_source() -> Source:
        return source

    access = [MailboxAccess(source.name, open_source)]
    return poll(access, ledger, (), version, now=NOW, first_poll=timedelta(days=30))


def keys(ledger: FakeLedger) -> list[str]:
    return [quarantined.location.key for quarantined in ledger.quarantined()]


def test_what_broke_before_an_upgrade_is_read_after_it_and_rings() -> None:
    ledger, source = FakeLedger(), inbox("broken alarm", "thanks")
    run(ledger, source, OLD)
    assert keys(ledger) == ["1"]
    run(ledger, source, Version("new", breaks_on="nothing"))
    assert keys(ledger) == []
    (due,) = calls_due(ledger, now=NOW, remind=12 * HOUR, crisis_only=False)
    (message,) = ledger.alarms()
    assert (message.number, message.message_id) == (due.number, "m1@client.example")


def test_what_the_server_could_not_give_is_asked_for_again_too() -> None:
    ledger, source = FakeLedger(), inbox("thanks")
    source.folders_by_name["INBOX"][0] = Stored(None, NOW - HOUR)
    run(ledger, source, OLD)
    assert keys(ledger) == ["1"]
    source.folders_by_name["INBOX"][0] = letter(1, "alarm")
    run(ledger, source, Version("new"))
    assert keys(ledger) == []
    assert len(ledger.alarms()) == 1


def test_nothing_is_asked_again_while_version_and_rules_are_the_same() -> None:
    ledger, source = FakeLedger(), inbox("broken", "broken")
    for _ in range(3):
        run(ledger, source, OLD)
    assert source.asked_again == []
    assert keys(ledger) == ["1", "2"]


def test_what_is_still_broken_is_tried_once_for_each_version_and_told_no_more() -> None:
    ledger, source = FakeLedger(), inbox("broken")
    run(ledger, source, OLD)
    ledger.tell_quarantined(NOW)
    for _ in range(3):
        run(ledger, source, Version("new", breaks_with=KeyError))
    assert source.asked_again == ["1"]
    assert [quarantined.problem for quarantined in ledger.quarantined()] == ["mailtriage could not read it (KeyError)"]
    assert ledger.untold_quarantined_count() == 0


def test_a_message_that_is_gone_leaves_quarantine_without_a_word() -> None:
    ledger, source = FakeLedger(), inbox("broken")
    run(ledger, source, OLD)
    source.folders_by_name["INBOX"].clear()
    report = run(ledger, source, Version("new"))
    assert (keys(ledger), report.is_empty, report.failures) == ([], True, [])


def test_new_mail_is_read_before_old_mail_is_tried_again() -> None:
    ledger, source = FakeLedger(), inbox("broken")
    run(ledger, source, OLD)
    source.folders_by_name["INBOX"].append(letter(2, "alarm"))
    new = Version("new")
    run(ledger, source, new)
    assert new.reads == ["2", "1"]


def test_many_are_tried_over_several_runs() -> None:
    count = RETRY_LIMIT + 3
    ledger, source = FakeLedger(), inbox(*["broken"] * count)
    run(ledger, source, OLD)
    new = Version("new", breaks_on="nothing")
    run(ledger, source, new)
    assert len(ledger.quarantined()) == 3
    run(ledger, source, new)
    assert ledger.quarantined() == ()
    assert source.asked_again == [str(number) for number in range(1, count + 1)]


def test_a_server_that_fails_meanwhile_is_asked_again_by_the_next_run_and_the_mailbox_counts_as_checked() -> None:
    ledger, source = FakeLedger(), inbox("broken")
    run(ledger, source, OLD)
    before = ledger.quarantined()
    source.fetch_failure = TemporaryError("the server went away")
    assert run(ledger, source, Version("new")).failures == []
    assert ledger.quarantined() == before
    source.fetch_failure = None
    run(ledger, source, Version("new", breaks_on="nothing"))
    assert keys(ledger) == []


def test_a_message_that_ends_the_process_does_so_once() -> None:
    ledger, source = FakeLedger(), inbox("broken")
    run(ledger, source, OLD)
    with pytest.raises(SystemExit):
        run(ledger, source, Version("new", breaks_with=SystemExit))
    run(ledger, source, Version("new", breaks_with=SystemExit))
    assert source.asked_again == ["1"]
    assert keys(ledger) == ["1"]


def test_a_message_that_eats_a_whole_run_does_so_once_and_one_that_came_too_late_is_tried_again() -> None:
    ledger, source = FakeLedger(), inbox("broken")
    run(ledger, source, OLD)
    source.folders_by_name["INBOX"].append(letter(2, "thanks"))
    slow = Version("new", breaks_with=DeadlineError)
    for _ in range(3):
        run(ledger, source, slow)
    assert source.asked_again == ["1", "1"]
    assert "in the time of a whole run" in ledger.quarantined()[0].problem


def test_a_folder_that_is_polled_no_more_keeps_its_messages_listed_and_blocks_no_others() -> None:
    ledger, source = FakeLedger(), inbox("thanks")
    for number in range(RETRY_LIMIT):
        ledger.add_quarantined(Quarantined(Location("practice", "Old", UIDVALIDITY, f"{number}"), "broken", NOW))
    ledger.add_quarantined(Quarantined(Location("practice", "INBOX", UIDVALIDITY, "99"), "broken", NOW))
    for _ in range(2):
        assert run(ledger, source, OLD).failures == []
    assert source.asked_again == ["99"]
    assert len(ledger.quarantined()) == RETRY_LIMIT


def test_junk_of_a_stranger_leaves_quarantine_and_is_not_kept() -> None:
    ledger, source = FakeLedger(), inbox("broken", folder="Junk", role=FolderRole.JUNK)
    run(ledger, source, OLD)
    run(ledger, source, Version("new", breaks_on="nothing"))
    assert (keys(ledger), ledger.messages(NOW - 2 * HOUR)) == ([], ())


def test_mail_of_her_own_becomes_sent_mail() -> None:
    ledger, source = FakeLedger(), inbox("broken", folder="Sent", role=FolderRole.SENT)
    run(ledger, source, OLD)
    assert run(ledger, source, Version("new", breaks_on="nothing")).sent == 1
    assert ledger.sent_ids(["m1@client.example"])
