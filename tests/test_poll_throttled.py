"""A server that asks to be left alone is, and its mailbox is told of like any other that cannot be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Self

import pytest

from fakes import FakeLedger
from mailtriage.adapters.imap.throttling import WAIT_LIMIT_SECONDS, wait_seconds
from mailtriage.errors import EX_TEMPFAIL, TemporaryError, ThrottledError
from mailtriage.ledger import ScanHealth
from mailtriage.model import Message, Verdict
from mailtriage.poll import Failure, MailboxAccess, failures_due, poll
from mailtriage.poll.leaving_alone import WAIT_LIMIT
from sources import MemorySource

if TYPE_CHECKING:
    from mailtriage.poll import Source
    from mailtriage.triage.policy import ThreadContext

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
THROTTLED = ThrottledError("imap.example asks to be left alone for 5 minutes", "Wait.", 300)


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("status failed: Request is throttled. Suggested Backoff Time: 299961 milliseconds", 300),
        ("NO [b'Backoff Time: 89117 milliseconds']", 90),
        ("Backoff Time: 20 seconds", 20),
        ("Backoff Time: 0 milliseconds", 1),
        ("Backoff Time: 999999999 milliseconds", WAIT_LIMIT_SECONDS),
        ("Backoff Time: 9999999999 milliseconds", None),
        ("Backoff Time: soon", None),
        ("[OVERQUOTA] Account exceeded command or bandwidth limits.", 900),
        ("[ALERT] Too many simultaneous connections. (Failure)", 300),
        ("[UNAVAILABLE] Maximum number of connections from user+IP exceeded", 300),
        ("[UNAVAILABLE] later", None),
        ("[LIMIT] too many parts", None),
        ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", None),
        ("unexpected response: b'and a mail says: Request is throttled'", None),
        ("x" * 600 + "Request is throttled", None),
        ("", None),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(words: str, seconds: int | None) -> None:
    assert wait_seconds(Exception(words)) == seconds


@pytest.mark.parametrize("code", ["UNAVAILABLE", "LIMIT"])
def test_a_login_that_is_not_possible_just_now_is_left_alone_for_a_while(code: str) -> None:
    assert wait_seconds(Exception(f"[{code}] later"), at_login=True) == 300


def test_no_server_is_left_alone_for_longer_than_a_poll_allows() -> None:
    assert timedelta(seconds=WAIT_LIMIT_SECONDS) == WAIT_LIMIT


@dataclass(slots=True)
class CountingSource(MemorySource):
    """A mailbox that counts how often it is connected to."""

    connections: int = 0

    def __enter__(self) -> Self:
        self.connections += 1
        MemorySource.__enter__(self)
        return self


class PlainTriager:
    """Nothing is anything."""

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:  # noqa: ARG002 - the port's own
        return Verdict()

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        return ScanHealth(now, last.rules_count if last else 1, "digest")


def throttled() -> CountingSource:
    return CountingSource(folders_by_name={"INBOX": []}, failure=THROTTLED, breaks_after=0)


def run(ledger: FakeLedger, source: CountingSource, now: datetime = NOW) -> list[Failure]:
    def open_source() -> Source:
        return source

    access = [MailboxAccess(source.name, open_source)]
    return poll(access, ledger, (), PlainTriager(), now=now, first_poll=timedelta(days=30)).failures


def test_nothing_connects_before_the_time_is_over_and_then_all_is_well() -> None:
    ledger, source = FakeLedger(), throttled()
    run(ledger, source)
    source.failure = None
    (failure,) = run(ledger, source, NOW + 4 * MINUTE)
    assert (failure.error.EXIT_STATUS, failure.since, source.connections) == (EX_TEMPFAIL, NOW, 1)
    assert failure.error.message.endswith("until 18:05 UTC no run connects")
    assert run(ledger, source, NOW + 5 * MINUTE) == []
    assert source.connections == 2
    (health,) = ledger.mailbox_health()
    assert (health.wait_until, health.failing_since, health.problem) == (None, None, "")


def test_another_mailbox_is_polled_meanwhile() -> None:
    ledger, source, other = FakeLedger(), throttled(), CountingSource(name="other", folders_by_name={"INBOX": []})
    run(ledger, source)
    assert run(ledger, other, NOW + MINUTE) == []


def test_a_server_that_is_left_alone_again_and_again_is_told_of_like_any_that_fails() -> None:
    ledger, source = FakeLedger(), throttled()
    told = []
    for minutes in range(0, 7 * 60, 3):
        now = NOW + minutes * MINUTE
        for failure in failures_due(run(ledger, source, now), now=now, alarm_after=6 * HOUR, remind=12 * HOUR):
            told.append(now)
            ledger.tell_failure(failure.mailbox, now)
    assert told == [NOW + 6 * HOUR]


def test_another_failure_forgets_the_time() -> None:
    ledger, source = FakeLedger(), throttled()
    run(ledger, source)
    source.failure = TemporaryError("the server went away")
    run(ledger, source, NOW + 5 * MINUTE)
    run(ledger, source, NOW + 6 * MINUTE)
    assert source.connections == 3


def test_a_time_that_a_wrong_clock_set_far_ahead_does_not_count() -> None:
    ledger, source = FakeLedger(), throttled()
    run(ledger, source, NOW + timedelta(days=300))
    source.failure = None
    assert run(ledger, source) == []
