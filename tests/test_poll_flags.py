r"""Flags on the server as a run sees them: kept with the message, written behind everything else, tried again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from fakes import FakeLedger
from mailtriage.errors import EX_TEMPFAIL, DeadlineError, TemporaryError, ThrottledError
from mailtriage.ledger import ScanHealth
from mailtriage.model import Automatic, Diary, Emergency, Forwarded, Message, Verdict
from mailtriage.poll import MailboxAccess, PollReport, poll
from mailtriage.poll.flags import flags_of
from sources import UIDVALIDITY, MemorySource, Stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mailtriage.poll import Source
    from mailtriage.triage.policy import ThreadContext

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("verdict", "flags"),
    [
        (Verdict(), ()),
        (Verdict(emergency=Emergency.MENTION), ()),
        (Verdict(emergency=Emergency.URGENT), ("\\Flagged",)),
        (Verdict(emergency=Emergency.CRISIS, quoted_alarm=True), ("\\Flagged",)),
        (Verdict(forwarded=Forwarded.POSSIBLE), ("$MailtriageForward",)),
        (Verdict(long=True), ("$MailtriageLong",)),
        (Verdict(long=True, automatic=Automatic.LIST), ()),
        (
            Verdict(emergency=Emergency.CRISIS, diary=(Diary.CANCEL,), not_scanned=("encrypted",)),
            ("\\Flagged", "$MailtriageDiary", "$MailtriageNotScanned"),
        ),
    ],
)
def test_a_verdict_has_its_flags(verdict: Verdict, flags: tuple[str, ...]) -> None:
    assert flags_of(verdict) == flags


@dataclass(slots=True)
class WritableSource(MemorySource):
    """A mailbox in memory that takes flags, or refuses them, or fails."""

    refusal: str = ""
    write_failure: Exception | None = None
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    writes: int = 0

    def write_flags(self, folder: str, uidvalidity: int, wanted: Mapping[str, Sequence[str]]) -> str:
        assert (folder in self.folders_by_name, uidvalidity) == (True, UIDVALIDITY)
        self.writes += 1
        if self.write_failure:
            raise self.write_failure
        if not self.refusal:
            self.flags.update({key: tuple(flags) for key, flags in wanted.items()})
        return self.refusal


class PlainTriager:
    """Every "alarm" is one."""

    def __call__(self, message: Message, context: ThreadContext) -> Verdict:  # noqa: ARG002 - the port's own
        return Verdict(emergency=Emergency.CRISIS) if "alarm" in message.own_text else Verdict()

    def health(self, last: ScanHealth | None, now: datetime) -> ScanHealth:
        return ScanHealth(now, last.rules_count if last else 1, "digest")


def inbox(*bodies: str) -> WritableSource:
    def stored(number: int, body: str) -> Stored:
        header = f"From: anna@client.example\r\nMessage-ID: <m{number}@client.example>\r\nSubject: {number}\r\n"
        text = f"{header}Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n{body}\r\n"
        return Stored(text.encode(), NOW - timedelta(hours=1))

    mails = [stored(number, body) for number, body in enumerate(bodies, 1)]
    return WritableSource(folders_by_name={"INBOX": mails}, batch_size=10)


def run(ledger: FakeLedger, source: MemorySource, *, flag: bool = True) -> PollReport:
    def open_source() -> Source:
        return source

    access = [MailboxAccess(source.name, open_source, flag_on_server=flag)]
    return poll(access, ledger, (), PlainTriager(), now=NOW, first_poll=timedelta(days=30))


def problem(ledger: FakeLedger) -> str:
    return ledger.mailbox_health()[0].flags_problem


def test_what_has_no_flag_has_nothing_written() -> None:
    ledger, source = FakeLedger(), inbox("thanks", "alarm")
    run(ledger, source)
    run(ledger, source)
    assert (source.flags, source.writes) == ({"2": ("\\Flagged",)}, 1)


def test_nothing_is_written_or_remembered_unless_it_is_asked_for() -> None:
    ledger, source = FakeLedger(), inbox("alarm")
    run(ledger, source, flag=False)
    run(ledger, source)
    assert source.writes == 0


@pytest.mark.parametrize("failure", [TemporaryError("the server went away"), DeadlineError("over"), SystemExit()])
def test_a_run_that_ends_between_triage_and_flagging_leaves_that_to_the_next(failure: BaseException) -> None:
    ledger, source = FakeLedger(), inbox("alarm")
    source.write_failure = failure  # type: ignore[assignment]
    try:
        run(ledger, source)
    except SystemExit:
        assert isinstance(failure, SystemExit)
    source.write_failure = None
    run(ledger, source)
    assert source.flags == {"1": ("\\Flagged",)}
    assert len(ledger.alarms()) == 1


def test_a_server_that_goes_away_over_flags_does_not_make_the_mailbox_unchecked() -> None:
    ledger, source = FakeLedger(), inbox("alarm")
    source.write_failure = TemporaryError("the server went away")
    assert run(ledger, source).failures == []
    assert ledger.mailbox_health()[0].checked_at == NOW


def test_a_server_that_wants_to_be_left_alone_over_flags_is_and_the_mailbox_counts_as_checked() -> None:
    ledger, source = FakeLedger(), inbox("alarm")
    source.write_failure = ThrottledError("it asks to be left alone", "", 600)
    assert run(ledger, source).failures == []
    (health,) = ledger.mailbox_health()
    assert (health.checked_at, health.failing_since, health.wait_until) == (NOW, None, NOW + timedelta(minutes=10))
    source.write_failure = None
    (failure,) = run(ledger, source).failures
    assert (source.writes, failure.error.EXIT_STATUS) == (1, EX_TEMPFAIL)


def test_what_a_server_refuses_is_remembered_and_not_tried_for_ever() -> None:
    ledger, source = FakeLedger(), inbox("alarm")
    source.refusal = "it keeps none"
    for _ in range(3):
        assert run(ledger, source).failures == []
    assert (source.writes, problem(ledger)) == (1, "it keeps none")
    source.refusal = ""
    source.folders_by_name["INBOX"] += inbox("x", "alarm").folders_by_name["INBOX"][1:]
    run(ledger, source)
    assert (source.writes, problem(ledger)) == (2, "")


def test_a_mailbox_that_takes_no_flags_is_polled_all_the_same() -> None:
    ledger = FakeLedger()
    plain = MemorySource(folders_by_name=inbox("alarm").folders_by_name)
    assert run(ledger, plain).received == 1
