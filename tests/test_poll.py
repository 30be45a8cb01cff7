"""One run: what is kept, in which order, what a failure leaves behind, and whom to ring about."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLedger
from mailtriage.errors import PermissionProblemError, TemporaryError
from mailtriage.ledger import Checkpoint, FolderRole, ScanHealth
from mailtriage.model import Client, DecisionKind, Emergency, Message, Verdict
from mailtriage.poll import Failure, MailboxAccess, PollReport, calls_due, failures_due, poll
from mailtriage.poll.intake import thread_of
from mailtriage.triage.emergency import bundled_rules
from mailtriage.triage.policy import ThreadContext, TriagePolicy
from mailtriage.triage.verdict import triage
from sources import UIDVALIDITY, MemorySource, Stored

if TYPE_CHECKING:
    from mailtriage.ledger import KeptMessage
    from mailtriage.poll import Source

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OWN = "therapist@practice.example"
ANNA = Client("A.B.", "Anna", ("anna@client.example",))
CRISIS = "I am going to kill myself tonight."


def mail(number: int, body: str = "Thank you.", *, sender: str = "anna@client.example", more: str = "") -> bytes:
    return (
        f"From: {sender}\r\nTo: {OWN}\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n"
        f"Message-ID: <m{number}@client.example>\r\nSubject: letter {number}\r\n{more}\r\n{body}\r\n"
    ).encode()


def stored(number: int, body: str = "Thank you.", *, age: timedelta = HOUR, more: str = "") -> Stored:
    return Stored(mail(number, body, more=more), NOW - age)


@dataclass(slots=True)
class RealTriager:
    """Real triage with the bundled rules; `breaks_on` stands for a message that our own code cannot bear."""

    breaks_on: str = "\0"
    contexts: list[ThreadContext] = field(default_factory=list)

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:
        if message.message_id == self.breaks_on:
            raise RecursionError
        self.contexts.append(context)
        return triage(message, TriagePolicy(frozenset({OWN})), bundled_rules(), context)

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        return replace(last, scanned_at=now) if last else ScanHealth(now, 1, "digest")


def run(
    ledger: FakeLedger, *sources: MemorySource, triager: RealTriager | None = None, now: datetime = NOW
) -> PollReport:
    def access(source: MemorySource) -> MailboxAccess:
        def open_source() -> Source:
            return source

        return MailboxAccess(source.name, open_source)

    return poll(
        [access(source) for source in sources],
        ledger,
        ledger.clients(),
        triager or RealTriager(),
        now=now,
        first_poll=timedelta(days=30),
    )


def inbox(*mails: Stored) -> MemorySource:
    return MemorySource(folders_by_name={"INBOX": list(mails)})


def due(ledger: FakeLedger, now: datetime = NOW, *, crisis_only: bool = False) -> tuple[KeptMessage, ...]:
    numbers = {alarm.number for alarm in calls_due(ledger, now=now, remind=12 * HOUR, crisis_only=crisis_only)}
    return tuple(message for message in ledger.alarms() if message.number in numbers)


def test_every_message_is_kept_with_its_verdict_and_its_client() -> None:
    ledger = FakeLedger()
    ledger.save_client(ANNA, NOW)
    report = run(ledger, inbox(stored(1), stored(2, CRISIS), stored(3)))
    assert (report.received, report.sent, report.unreadable, report.failures) == (3, 0, 0, [])
    kept = ledger.messages(NOW - 30 * 24 * HOUR)
    assert [(m.clients, m.verdict.emergency) for m in kept] == [
        (("A.B.",), Emergency.NONE),
        (("A.B.",), Emergency.CRISIS),
        (("A.B.",), Emergency.NONE),
    ]


def test_a_second_poll_fetches_nothing() -> None:
    ledger, source = FakeLedger(), inbox(stored(1), stored(2))
    run(ledger, source)
    assert run(ledger, source).received == 0
    assert source.fetched_count == 2


def test_the_first_poll_looks_back_no_further_than_asked() -> None:
    ledger = FakeLedger()
    assert run(ledger, inbox(stored(1, age=timedelta(days=31)), stored(2, age=timedelta(days=29)))).received == 1


def test_what_was_kept_before_a_failure_stays_and_the_next_poll_goes_on_from_there() -> None:
    ledger, source = FakeLedger(), inbox(*(stored(n) for n in range(1, 6)))
    source.failure, source.breaks_after = TemporaryError("the server went away"), 1
    report = run(ledger, source)
    assert [failure.error.message for failure in report.failures] == ["the server went away"]
    assert ledger.checkpoint("practice", "INBOX") == Checkpoint(UIDVALIDITY, 3)
    source.failure = None
    assert run(ledger, source).received == 3
    assert [m.message_id for m in ledger.messages(NOW - 2 * HOUR)] == [f"m{n}@client.example" for n in range(1, 6)]


def test_one_mailbox_that_fails_does_not_keep_the_others_from_being_polled() -> None:
    ledger, broken, good = FakeLedger(), inbox(stored(1)), inbox(stored(2))
    broken.name, broken.failure, broken.breaks_after = "broken", TemporaryError("unreachable"), 0
    report = run(ledger, broken, good)
    assert report.received == 1
    health = {h.mailbox: h for h in ledger.mailbox_health()}
    assert (health["broken"].checked_at, health["broken"].failing_since) == (None, NOW)
    assert (health["practice"].checked_at, health["practice"].failing_since) == (NOW, None)


def test_failing_since_is_when_it_began_and_ends_with_success() -> None:
    ledger, source = FakeLedger(), inbox()
    source.failure, source.breaks_after = TemporaryError("unreachable"), 0
    run(ledger, source, now=NOW)
    report = run(ledger, source, now=NOW + HOUR)
    assert report.failures[0].since == NOW
    source.failure = None
    run(ledger, source, now=NOW + 2 * HOUR)
    assert ledger.mailbox_health()[0].failing_since is None


def test_a_message_that_breaks_our_code_is_quarantined_and_the_others_are_kept() -> None:
    ledger = FakeLedger()
    report = run(ledger, inbox(stored(1), stored(2), stored(3)), triager=RealTriager("m2@client.example"))
    assert (report.received, report.unreadable) == (2, 1)
    assert [q.problem for q in ledger.quarantined()] == ["mailtriage could not read it (RecursionError)"]


def test_a_message_that_the_server_cannot_give_is_quarantined() -> None:
    ledger = FakeLedger()
    run(ledger, inbox(Stored(None, NOW - HOUR), stored(2)))
    assert [q.location.key for q in ledger.quarantined()] == ["1"]


def test_a_failing_ledger_is_not_taken_for_a_broken_message() -> None:
    class FullDisk(FakeLedger):
        def sent_ids(self, message_ids: object) -> frozenset[str]:
            raise TemporaryError(f"disk full {bool(message_ids)}")

    source = inbox(stored(1, more="In-Reply-To: <x@practice.example>\r\n"))
    ledger = FullDisk()
    assert run(ledger, source).failures
    assert ledger.quarantined() == ()


def test_junk_is_kept_only_from_clients() -> None:
    ledger = FakeLedger()
    ledger.save_client(ANNA, NOW)
    stranger = Stored(mail(2, sender="prize@spam.example"), NOW - HOUR)
    source = MemorySource(folders_by_name={"Junk": [stored(1), stranger]}, roles={"Junk": FolderRole.JUNK})
    assert run(ledger, source).received == 1


def test_sent_mail_is_read_first_so_that_an_answer_to_it_is_known() -> None:
    ledger, triager = FakeLedger(), RealTriager()
    own = Stored(mail(1, sender=OWN).replace(b"m1@client", b"mine@practice"), NOW - 2 * HOUR)
    answer = stored(2, more="In-Reply-To: <mine@practice.example>\r\n")
    source = MemorySource(folders_by_name={"INBOX": [answer], "Sent": [own]}, roles={"Sent": FolderRole.SENT})
    report = run(ledger, source, triager=triager)
    assert (report.received, report.sent) == (1, 1)
    assert [context.answers_own_mail for context in triager.contexts] == [False, True]


def own(body: str, to: str, sender: str = OWN) -> Stored:
    return Stored(mail(7, body, sender=sender).replace(f"To: {OWN}".encode(), f"To: {to}".encode()), NOW - HOUR)


def everywhere(ledger: FakeLedger, sent: Stored, other: Stored, folder: str = "All Mail") -> PollReport:
    roles = {"Sent": FolderRole.SENT, folder: FolderRole.OTHER if folder != "INBOX" else FolderRole.INBOX}
    return run(ledger, MemorySource(folders_by_name={"Sent": [sent], folder: [other]}, roles=roles))


@pytest.mark.parametrize("to", ["anna@client.example", "x@colleague.example", "anna@practice.example"])
def test_a_copy_of_what_she_sent_lies_in_all_mail_and_is_no_letter_to_her(to: str) -> None:
    ledger = FakeLedger()
    ledger.save_client(Client("A.B.", "Anna", ("anna@practice.example",)), NOW)
    report = everywhere(ledger, own(CRISIS, to), own(CRISIS, to))
    assert (report.received, report.sent, due(ledger)) == (0, 1, ())
    assert everywhere(ledger, own(CRISIS, to), own(CRISIS, to)).received == 0


@pytest.mark.parametrize(
    ("sent", "other", "folder"),
    [
        (own("Hello.", "x@web.example"), own(CRISIS, "x@web.example"), "All Mail"),
        (own(CRISIS, OWN), own(CRISIS, OWN), "Website"),
        (own(CRISIS, "info@practice.example"), own(CRISIS, "info@practice.example"), "Website"),
        (own(CRISIS, "x@web.example"), own(CRISIS, "x@web.example", "anna@client.example"), "All Mail"),
        (own(CRISIS, "x@web.example"), own(CRISIS, "x@web.example"), "INBOX"),
    ],
)
def test_what_may_have_come_to_her_rings_though_it_looks_like_what_she_sent(
    sent: Stored, other: Stored, folder: str
) -> None:
    ledger = FakeLedger()
    assert everywhere(ledger, sent, other, folder).received == 1
    assert len(due(ledger)) == 1


def test_a_quoted_alarm_that_came_before_is_a_mention() -> None:
    quoted = (
        f"Is this what you meant?\r\n\r\nOn Fri, 20 Nov 2026 at 10:00, Anna <anna@client.example> wrote:\r\n> {CRISIS}"
    )
    fresh, known = FakeLedger(), FakeLedger()
    run(fresh, inbox(stored(2, quoted)))
    run(known, inbox(stored(1, CRISIS), stored(2, quoted)))
    assert fresh.messages(NOW - 2 * HOUR)[-1].verdict.emergency is Emergency.URGENT
    assert known.messages(NOW - 2 * HOUR)[-1].verdict.emergency is Emergency.MENTION


def test_a_forwarded_goodbye_is_not_hidden_by_the_same_sentence_of_somebody_else() -> None:
    separator = "---------- Forwarded message ---------"
    forwarded = f"My son.\r\n\r\n{separator}\r\nFrom: Sam <sam@son.example>\r\nSubject: x\r\n\r\n{CRISIS}"
    other = Stored(mail(2, forwarded, sender="mother@home.example"), NOW - HOUR)
    ledger = FakeLedger()
    run(ledger, inbox(stored(1, CRISIS), other))
    assert [m.verdict.emergency for m in due(ledger)] == [Emergency.CRISIS, Emergency.URGENT]


def test_an_alarm_rings_once_and_again_after_the_reminder_time() -> None:
    ledger = FakeLedger()
    run(ledger, inbox(stored(1, CRISIS)))
    (alarm,) = due(ledger)
    ledger.save_told([alarm.number], NOW)
    assert due(ledger, NOW + 11 * HOUR) == ()
    assert len(due(ledger, NOW + 12 * HOUR)) == 1


@pytest.mark.parametrize("kind", [DecisionKind.CALLED, DecisionKind.DONE])
def test_an_alarm_rings_until_it_is_called_or_done_and_rings_again_when_that_is_undone(kind: DecisionKind) -> None:
    ledger = FakeLedger()
    run(ledger, inbox(stored(1, CRISIS)))
    ledger.decide(1, kind, NOW)
    assert due(ledger) == ()
    ledger.undo(NOW)
    assert len(due(ledger)) == 1


def test_mail_older_than_two_days_at_the_first_poll_is_listed_but_not_rung() -> None:
    ledger = FakeLedger()
    run(ledger, inbox(stored(1, CRISIS, age=timedelta(days=2, seconds=1)), stored(2, CRISIS, age=timedelta(days=2))))
    assert [m.number for m in ledger.alarms()] == [1, 2]
    assert [m.number for m in due(ledger)] == [2]


def test_old_mail_of_a_later_poll_rings() -> None:
    ledger, source = FakeLedger(), inbox(stored(1))
    run(ledger, source)
    source.folders_by_name["INBOX"].append(stored(2, CRISIS, age=timedelta(days=3)))
    run(ledger, source)
    assert len(due(ledger)) == 1


def test_a_first_poll_that_broke_off_still_counts_as_the_first() -> None:
    ledger, source = FakeLedger(), inbox(*(stored(n, CRISIS, age=timedelta(days=3)) for n in range(1, 6)))
    source.failure, source.breaks_after = TemporaryError("the server went away"), 1
    run(ledger, source)
    source.failure = None
    run(ledger, source)
    assert len(ledger.alarms()) == 5
    assert due(ledger) == ()


def test_the_crisis_setting_narrows_what_rings_and_not_what_is_listed() -> None:
    ledger = FakeLedger()
    run(ledger, inbox(stored(1, CRISIS), stored(2, "I can't go on any more. Everyone would be better off without me.")))
    assert {m.verdict.emergency for m in ledger.alarms()} == {Emergency.CRISIS, Emergency.URGENT}
    assert [m.verdict.emergency for m in due(ledger, crisis_only=True)] == [Emergency.CRISIS]


@pytest.mark.parametrize(
    ("error", "age", "told", "expected"),
    [
        (TemporaryError("net"), 5 * HOUR, None, False),
        (TemporaryError("net"), 6 * HOUR, None, True),
        (TemporaryError("net"), 9 * HOUR, 1 * HOUR, False),
        (TemporaryError("net"), 30 * HOUR, 12 * HOUR, True),
        (PermissionProblemError("login"), 0 * HOUR, None, True),
        (PermissionProblemError("login"), 3 * HOUR, 3 * HOUR, False),
    ],
)
def test_silence_of_a_server_is_told_after_a_while_and_a_refused_login_at_once(
    error: TemporaryError | PermissionProblemError, age: timedelta, told: timedelta | None, *, expected: bool
) -> None:
    failure = Failure("practice", error, NOW - age, None if told is None else NOW - told)
    assert bool(failures_due([failure], now=NOW, alarm_after=6 * HOUR, remind=12 * HOUR)) is expected


def test_a_thread_is_its_subject_without_prefixes_case_and_spacing() -> None:
    assert thread_of("Re: Our  Thursday") == thread_of("our thursday") != thread_of("Friday")
    assert thread_of("") == thread_of("Re:") == ""
