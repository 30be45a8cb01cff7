from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.model import Automatic, Client, Diary, Emergency, Forwarded, Verdict
from mailtriage.summary import STALE_AFTER, MailboxState, Section, section_of
from practice import CRISIS, HARD, HEALTHY, LONG, NOW, ORDINARY, QUARANTINED, answered, kept, set_aside, summary_of

if TYPE_CHECKING:
    from mailtriage.ledger import KeptMessage, MailboxHealth

NOT_SCANNED = Verdict(not_scanned=("encrypted",))
QUOTED = Verdict(emergency=Emergency.CRISIS, quoted_alarm=True)


@pytest.mark.parametrize("emergency", [Emergency.CRISIS, Emergency.URGENT])
def test_an_alarm_is_called_about_first_even_after_an_answer(emergency: Emergency) -> None:
    message = kept(1, "J.T.", verdict=Verdict(emergency=emergency, long=True, diary=(Diary.MOVE,)))
    assert section_of(message) is Section.CALL
    assert section_of(answered(message, 1)) is Section.CALL


def test_an_alarm_that_was_called_moves_to_what_else_it_is() -> None:
    assert section_of(replace(CRISIS, called_at=NOW)) is Section.DECIDE
    assert section_of(replace(kept(1, verdict=Verdict(emergency=Emergency.URGENT)), called_at=NOW)) is Section.HANDLED


def test_a_mention_is_no_call() -> None:
    assert section_of(kept(1, "J.T.", verdict=Verdict(emergency=Emergency.MENTION))) is Section.WAITING


@pytest.mark.parametrize("verdict", [NOT_SCANNED, QUOTED])
def test_what_needs_a_look_stays_until_an_answer_that_certainly_belongs_to_it(verdict: Verdict) -> None:
    message = kept(1, "J.T.", verdict=verdict)
    assert section_of(message) is Section.LOOK
    assert section_of(replace(answered(message, 1), answer_is_guess=True)) is Section.LOOK
    assert section_of(answered(message, 1)) is Section.HANDLED
    assert section_of(replace(message, called_at=NOW)) is Section.HANDLED


def test_a_bounce_of_her_own_mail_needs_a_look() -> None:
    message = kept(1, verdict=Verdict(automatic=Automatic.BOUNCE))
    assert [item.section for item in summary_of(message).items] == [Section.LOOK]


def test_long_mail_waits_for_a_decision_even_when_answered() -> None:
    assert section_of(answered(kept(1, "J.T.", verdict=LONG), 1)) is Section.DECIDE


@pytest.mark.parametrize(
    ("verdict", "section"),
    [
        (Verdict(diary=(Diary.CANCEL,), forwarded=Forwarded.FORWARD), Section.DIARY),
        (Verdict(forwarded=Forwarded.POSSIBLE), Section.FORWARDED),
        (Verdict(), Section.WAITING),
    ],
)
def test_a_clients_open_mail_stands_in_its_most_pressing_section(verdict: Verdict, section: Section) -> None:
    message = kept(1, "J.T.", verdict=verdict)
    assert section_of(message) is section
    assert section_of(answered(message, 1)) is Section.HANDLED


@pytest.mark.parametrize("message", [*ORDINARY, *HARD])
def test_done_ends_it_wherever_it_stood(message: KeptMessage) -> None:
    assert section_of(replace(message, done_at=NOW)) is Section.HANDLED


def test_a_stranger_stands_under_unknown_senders() -> None:
    assert section_of(kept(1)) is Section.UNKNOWN


def test_a_call_that_nobody_answered_stands_before_one_that_got_an_answer() -> None:
    crisis = Verdict(emergency=Emergency.CRISIS)
    old = answered(kept(1, "J.T.", hours=200, verdict=crisis), 190)
    new = kept(2, "J.T.", hours=3, verdict=crisis)
    urgent = kept(3, "J.T.", hours=300, verdict=Verdict(emergency=Emergency.URGENT))
    assert [item.number for item in summary_of(old, new, urgent).section(Section.CALL)] == [2, 1, 3]


def test_automatic_mail_is_counted_not_listed() -> None:
    bulk = [kept(n, verdict=Verdict(automatic=Automatic.BULK)) for n in (1, 2)]
    notice = kept(3, verdict=Verdict(automatic=Automatic.SOCIAL, not_scanned=("image only",)))
    summary = summary_of(notice, *bulk)
    assert summary.items == ()
    assert summary.automatic == ((Automatic.BULK, 2), (Automatic.SOCIAL, 1))
    assert summary.automatic_not_scanned == 1


def test_automatic_mail_with_an_alarm_is_listed() -> None:
    summary = summary_of(kept(1, verdict=Verdict(automatic=Automatic.LIST, emergency=Emergency.URGENT)))
    assert [item.section for item in summary.items] == [Section.CALL]


def test_an_invitation_that_a_client_declines_is_listed() -> None:
    declined = Verdict(automatic=Automatic.CALENDAR, diary=(Diary.CANCEL,))
    assert [i.number for i in summary_of(kept(1, "J.T.", verdict=declined)).section(Section.DIARY)] == [1]
    assert summary_of(kept(1, verdict=declined)).items == ()


def test_automatic_mail_from_a_client_that_was_not_scanned_is_listed() -> None:
    summary = summary_of(kept(1, "J.T.", verdict=replace(NOT_SCANNED, automatic=Automatic.AUTO_REPLY)))
    assert [item.section for item in summary.items] == [Section.LOOK]


def test_every_message_is_listed_once_or_counted() -> None:
    messages = (*ORDINARY, *HARD)
    summary = summary_of(*messages)
    numbers = [item.number for item in summary.items]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) + sum(count for _, count in summary.automatic) == len(messages)


def test_graver_calls_come_first_then_who_waited_longest() -> None:
    urgent = Verdict(emergency=Emergency.URGENT)
    crisis = Verdict(emergency=Emergency.CRISIS)
    messages = [kept(1, hours=9, verdict=urgent), kept(2, hours=2, verdict=crisis), kept(3, hours=5, verdict=crisis)]
    assert [item.number for item in summary_of(*messages).items] == [3, 2, 1]


def test_a_shared_address_names_everybody_it_may_be() -> None:
    (item,) = summary_of(kept(1, "J.T.", "R.S.")).items
    assert [client.code for client in item.clients] == ["J.T.", "R.S."]


def test_a_code_that_left_the_roster_is_still_shown() -> None:
    (item,) = summary_of(kept(1, "Z.Z.")).items
    assert item.clients == (Client("Z.Z."),)


def test_guards_are_named_once_each() -> None:
    reasons = (set_aside("negated"), set_aside("past"), set_aside("negated"))
    (item,) = summary_of(kept(1, "J.T.", reasons=reasons)).items
    assert item.guards == ("negated", "past")


@pytest.mark.parametrize(
    ("health", "state"),
    [
        (HEALTHY, MailboxState.CURRENT),
        (replace(HEALTHY, checked_at=NOW - STALE_AFTER), MailboxState.CURRENT),
        (replace(HEALTHY, checked_at=NOW - STALE_AFTER - timedelta(seconds=1)), MailboxState.STALE),
        (replace(HEALTHY, checked_at=None), MailboxState.NEVER),
        (replace(HEALTHY, failing_since=NOW), MailboxState.FAILING),
    ],
)
def test_a_mailbox_that_was_not_checked_is_not_called_current(health: MailboxHealth, state: MailboxState) -> None:
    (line,) = summary_of(mailboxes=(health,)).mailboxes
    assert line.state is state


def test_what_could_not_be_read_is_passed_on() -> None:
    assert summary_of(quarantined=QUARANTINED).quarantined == QUARANTINED


def test_a_mailbox_checked_in_the_future_is_not_current() -> None:
    lines = summary_of(mailboxes=(replace(HEALTHY, checked_at=NOW + timedelta(days=1)),)).mailboxes
    assert [line.state for line in lines] == [MailboxState.STALE]


@pytest.mark.parametrize("claimed", [Automatic.BULK, Automatic.LIST])
def test_what_a_client_sends_as_bulk_or_list_mail_is_listed(claimed: Automatic) -> None:
    assert [item.section for item in summary_of(kept(1, "J.T.", verdict=Verdict(automatic=claimed))).items] == [
        Section.WAITING
    ]
