from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.model import SETTLEMENTS, Automatic, Client, DecisionKind, Diary, Emergency, Forwarded, Verdict
from mailtriage.summary import CLOSED, LOOK_BACK, STALE_AFTER, MailboxState, Section, Work, section_of
from practice import (
    CRISIS,
    HARD,
    HEALTHY,
    LONG,
    NOW,
    ORDINARY,
    QUARANTINED,
    TIMER,
    WORK,
    WORKING,
    answered,
    kept,
    set_aside,
    settled,
    summary_of,
)

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


# ---------------------------------------------------------------- time and charges

SHORT_MAIL = answered(kept(1, "A.B."), 1)
LONG_MAIL = answered(kept(1, "A.B.", verdict=LONG), 1)


@pytest.mark.parametrize(("seconds", "section"), [(300, Section.HANDLED), (301, Section.DECIDE)])
def test_recorded_time_waits_for_a_decision_only_where_it_is_over_the_limit(seconds: int, section: Section) -> None:
    assert section_of(replace(SHORT_MAIL, logged_seconds=seconds)) is section


def test_the_limit_is_the_practices_own() -> None:
    assert section_of(replace(SHORT_MAIL, logged_seconds=600), Work(free_minutes=10)) is Section.HANDLED
    assert section_of(replace(SHORT_MAIL, logged_seconds=601), Work(free_minutes=10)) is Section.DECIDE
    assert section_of(replace(SHORT_MAIL, logged_seconds=1), Work(free_minutes=0)) is Section.DECIDE


@pytest.mark.parametrize("kind", sorted(SETTLEMENTS))
def test_what_is_settled_leaves_decide(kind: DecisionKind) -> None:
    for message in (LONG_MAIL, replace(SHORT_MAIL, logged_seconds=680)):
        assert section_of(settled(message, kind)) in CLOSED


@pytest.mark.parametrize(
    ("kind", "units", "section"),
    [
        (DecisionKind.CONFIRM, 1, Section.CHARGED),
        (DecisionKind.ADJUST, 2, Section.CHARGED),
        (DecisionKind.CONFIRM, 0, Section.HANDLED),
        (DecisionKind.WAIVE, 0, Section.HANDLED),
        (DecisionKind.SAVE, 0, Section.SAVED),
    ],
)
def test_a_settled_message_stands_where_its_settlement_says(kind: DecisionKind, units: int, section: Section) -> None:
    assert section_of(settled(LONG_MAIL, kind, units)) is section
    ended = section if section is not Section.SAVED else Section.HANDLED
    assert section_of(replace(settled(LONG_MAIL, kind, units), done_at=NOW)) is ended


def test_what_was_reopened_waits_again_whatever_its_time() -> None:
    assert section_of(replace(SHORT_MAIL, is_reopened=True)) is Section.DECIDE


@pytest.mark.parametrize(
    "message",
    [
        replace(SHORT_MAIL, is_reopened=True, done_at=NOW),
        settled(SHORT_MAIL, DecisionKind.WAIVE),
        settled(SHORT_MAIL, DecisionKind.SAVE),
    ],
)
def test_what_a_statement_charges_is_never_listed_as_handled_without_charge(message: KeptMessage) -> None:
    assert section_of(message) is not Section.CHARGED
    assert section_of(message, Work(charged=frozenset({1}))) is Section.CHARGED


def test_saving_takes_a_message_off_the_waiting_list_but_not_off_the_diary() -> None:
    waiting = kept(1, "A.B.", verdict=LONG)
    assert section_of(settled(waiting, DecisionKind.SAVE)) is Section.SAVED
    moving = replace(waiting, verdict=replace(LONG, diary=(Diary.MOVE,)))
    assert section_of(settled(moving, DecisionKind.SAVE)) is Section.DIARY
    assert section_of(settled(waiting, DecisionKind.CONFIRM, units=1)) is Section.WAITING


def test_no_settlement_hides_a_call() -> None:
    for kind in SETTLEMENTS:
        assert section_of(settled(CRISIS, kind)) is Section.CALL


def test_a_call_comes_before_recorded_time_and_recorded_time_before_all_else() -> None:
    assert section_of(replace(CRISIS, logged_seconds=680)) is Section.CALL
    assert section_of(replace(kept(1, verdict=NOT_SCANNED), logged_seconds=680)) is Section.LOOK
    assert section_of(replace(kept(1), logged_seconds=680)) is Section.DECIDE


def test_automatic_mail_on_which_time_went_is_listed() -> None:
    bulk = replace(kept(1, verdict=Verdict(automatic=Automatic.BULK)), logged_seconds=680)
    assert [item.section for item in summary_of(bulk).items] == [Section.DECIDE]


def test_of_what_is_older_only_what_is_pressing_is_listed() -> None:
    old = LOOK_BACK.total_seconds() / 3600 + 1
    short = replace(kept(1, "A.B.", hours=old), logged_seconds=40)
    over = replace(kept(2, "A.B.", hours=old), logged_seconds=680)
    bulk = replace(kept(3, hours=old, verdict=Verdict(automatic=Automatic.BULK)), logged_seconds=40)
    summary = summary_of(short, over, bulk, kept(4, "A.B.", hours=old - 2))
    assert [item.number for item in summary.items] == [2, 4]
    assert summary.automatic == ()


def test_proposals_and_the_timer_are_passed_on() -> None:
    summary = summary_of(*WORKING, work=WORK)
    assert {item.number for item in summary.section(Section.DECIDE)} == set(WORK.proposals)
    assert all(item.proposal is WORK.proposals.get(item.number) for item in summary.items)
    assert summary.timer is TIMER
