"""What every ledger must do with settlements: when one holds, what waits for one, and what of it is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bills import LATER, LONG, PRICE, charge, charged_message, credit_of, issued_to, typed, worked_message
from ledgers import HOUR, NOON, Ledger, broken_group, numbers_of, received, sent
from mailtriage.errors import UsageError
from mailtriage.model import Automatic, Client, Decision, DecisionKind, Emergency, Settlement, Verdict
from mailtriage.model.money import Money

if TYPE_CHECKING:
    from mailtriage.ledger import KeptMessage

WAIVE = Settlement(DecisionKind.WAIVE, note="a kindness")
SAVE = Settlement(DecisionKind.SAVE, "J.T.", skimmed=True)


def _kept(ledger: Ledger, number: int) -> KeptMessage:
    kept = ledger.message(number)
    assert kept is not None
    return kept


def _due(ledger: Ledger, client: str | None = None) -> list[int]:
    return [due.decision.id for due in ledger.billing.due(client)]


# ---------------------------------------------------------------- settling


@pytest.mark.parametrize(
    "settlement",
    [
        Settlement(DecisionKind.CONFIRM, "J.T.", 631, 2, PRICE),
        Settlement(DecisionKind.CONFIRM, "J.T.", 300),
        Settlement(DecisionKind.ADJUST, "J.T.", 540, 1, Money(1850, "EUR"), "shorter, for once"),
        WAIVE,
        SAVE,
        replace(SAVE, skimmed=False),
        Settlement(DecisionKind.SAVE),
    ],
)
def test_a_settlement_comes_back_as_it_was_decided(ledger: Ledger, settlement: Settlement) -> None:
    number = worked_message(ledger)
    decision = ledger.billing.settle(number, settlement, LATER)
    assert decision == ledger.decisions(number)[-1]
    assert (decision.number, decision.kind, decision.decided_at) == (number, settlement.kind, LATER)
    assert (decision.client, decision.seconds) == (settlement.client, settlement.seconds)
    assert decision.settlement == settlement
    assert _kept(ledger, number).settlement == decision


def test_a_settlement_needs_a_message(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no message 4"):
        ledger.billing.settle(4, WAIVE, LATER)


def test_a_charge_needs_a_client_and_not_another_than_was_assigned(ledger: Ledger) -> None:
    number = worked_message(ledger)
    with pytest.raises(UsageError, match="needs a client"):
        ledger.billing.settle(number, charge(""), LATER)
    ledger.decide(number, DecisionKind.ASSIGN, LATER, "R.S.")
    with pytest.raises(UsageError, match=r"is R\.S\.'s and cannot be charged to J\.T\."):
        ledger.billing.settle(number, charge("J.T."), LATER)
    assert ledger.billing.settle(number, charge("R.S."), LATER).client == "R.S."


@pytest.mark.parametrize(
    "settlement",
    [
        pytest.param(replace(charge(), price=None), id="units without a price"),
        pytest.param(replace(charge(), units=0), id="a price without units"),
        pytest.param(replace(WAIVE, client="J.T.", units=1, price=PRICE), id="waived and charged"),
        pytest.param(replace(SAVE, units=1, price=PRICE), id="saved and charged"),
        pytest.param(replace(charge(), units=-1), id="units below zero"),
        pytest.param(replace(WAIVE, seconds=-1), id="seconds below zero"),
        pytest.param(Settlement(DecisionKind.DONE), id="no settlement"),
    ],
)
def test_what_contradicts_itself_is_no_settlement(ledger: Ledger, settlement: Settlement) -> None:
    number = worked_message(ledger)
    before = ledger.decisions(number)
    with pytest.raises(ValueError, match=r"settles nothing|a price stands"):
        ledger.billing.settle(number, settlement, LATER)
    assert ledger.decisions(number) == before


@pytest.mark.parametrize("kind", [DecisionKind.LOG, DecisionKind.UNDO, DecisionKind.CONFIRM, DecisionKind.SAVE])
def test_time_and_settlements_are_not_decided_without_their_terms(ledger: Ledger, kind: DecisionKind) -> None:
    number = ledger.add_received(received())
    with pytest.raises(ValueError, match=kind.value):
        ledger.decide(number, kind, LATER)


# ---------------------------------------------------------------- holding and reopening


def test_time_added_reopens_and_taking_it_back_closes_again(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    number = confirm.number
    for is_added in (True, False, True):
        if is_added and len(ledger.decisions(number)) == 2:
            ledger.billing.log_time(number, [typed(60)], LATER)
        else:
            ledger.undo(LATER, number)
        kept = _kept(ledger, number)
        assert kept.is_reopened == is_added
        assert kept.settlement == (None if is_added else confirm)
        assert ledger.billing.open_work() == ((number,) if is_added else ())
        assert _due(ledger) == ([] if is_added else [confirm.id])


def test_reopening_takes_back_every_settlement_and_an_undo_brings_back_the_last(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    number = confirm.number
    ledger.billing.settle(number, WAIVE, LATER)
    last = ledger.billing.settle(number, charge(units=1), LATER)
    undos = ledger.billing.reopen(number, LATER)
    assert [undo.undoes for undo in undos] == [confirm.id, confirm.id + 1, last.id]
    assert (_kept(ledger, number).settlement, _kept(ledger, number).is_reopened) == (None, False)
    assert ledger.billing.open_work() == (number,)
    assert _due(ledger) == []
    assert ledger.billing.reopen(number, LATER) == ()
    ledger.undo(LATER, number)
    assert _kept(ledger, number).settlement == last
    ledger.undo(LATER, number)
    assert _kept(ledger, number).settlement is None


def test_reopening_leaves_what_stands_on_a_statement_until_it_is_credited(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    original = issued_to(ledger).statement
    last = ledger.billing.settle(confirm.number, charge(units=1), LATER)
    assert [undo.undoes for undo in ledger.billing.reopen(confirm.number, LATER)] == [last.id]
    assert _kept(ledger, confirm.number).settlement == confirm
    assert _due(ledger) == []
    ledger.billing.issue(credit_of(original, *original.lines, number=2), b"", LATER)
    assert [undo.undoes for undo in ledger.billing.reopen(confirm.number, LATER)] == [confirm.id]


def test_only_a_message_that_is_there_is_reopened(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no message 4"):
        ledger.billing.reopen(4, LATER)


def test_time_taken_back_reopens(ledger: Ledger) -> None:
    number = worked_message(ledger)
    second = ledger.billing.log_time(number, [typed(60)], LATER)
    confirm = ledger.billing.settle(number, charge(), LATER)
    ledger.billing.undo_decision(second.id, LATER)
    assert (_kept(ledger, number).settlement, _kept(ledger, number).is_reopened) == (None, True)
    assert ledger.billing.open_work() == (number,)
    assert _due(ledger) == []
    ledger.undo(LATER)
    assert _kept(ledger, number).settlement == confirm


def test_another_client_reopens(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    ledger.decide(confirm.number, DecisionKind.ASSIGN, LATER, "R.S.")
    assert _kept(ledger, confirm.number).is_reopened
    assert _due(ledger) == []
    ledger.undo(LATER)
    assert _due(ledger) == [confirm.id]


def test_the_last_of_several_settlements_counts(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    ledger.billing.settle(confirm.number, WAIVE, LATER)
    assert _due(ledger) == []
    ledger.undo(LATER)
    assert _due(ledger) == [confirm.id]


# ---------------------------------------------------------------- undo


def test_any_decision_can_be_taken_back_wherever_it_stands(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    called = ledger.decide(number, DecisionKind.CALLED, NOON)
    ledger.decide(number, DecisionKind.DONE, NOON)
    undo = ledger.billing.undo_decision(called.id, LATER)
    assert (undo.kind, undo.number, undo.undoes, undo.decided_at) == (DecisionKind.UNDO, number, called.id, LATER)
    assert (_kept(ledger, number).called_at, _kept(ledger, number).done_at) == (None, NOON)


def test_a_decision_that_came_back_can_be_taken_back_again_and_again(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    called = ledger.decide(number, DecisionKind.CALLED, NOON)
    for _ in range(3):
        ledger.billing.undo_decision(called.id, LATER)
        assert _kept(ledger, number).called_at is None
        with pytest.raises(UsageError, match=f"decision {called.id} is taken back already"):
            ledger.billing.undo_decision(called.id, LATER)
        ledger.undo(LATER)
        assert _kept(ledger, number).called_at == NOON


def test_an_undo_can_be_undone_by_its_id(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    ledger.decide(number, DecisionKind.CALLED, NOON)
    undo = ledger.undo(LATER)
    assert undo is not None
    ledger.decide(number, DecisionKind.DONE, NOON)
    ledger.billing.undo_decision(undo.id, LATER)
    assert _kept(ledger, number).called_at == NOON


def test_what_was_never_decided_cannot_be_undone(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no decision 7"):
        ledger.billing.undo_decision(7, LATER)


def _charged_and_issued(ledger: Ledger) -> tuple[Decision, Decision, Decision]:
    """The ASSIGN, the LOG and the CONFIRM on statement 1."""
    number = ledger.add_received(received(verdict=LONG))
    assign = ledger.decide(number, DecisionKind.ASSIGN, LATER, "J.T.")
    log = ledger.billing.log_time(number, [typed()], LATER)
    confirm = ledger.billing.settle(number, charge(), LATER)
    issued_to(ledger)
    return assign, log, confirm


@pytest.mark.parametrize("which", [0, 1, 2])
def test_nothing_that_an_issued_line_stands_on_can_be_taken_back(ledger: Ledger, which: int) -> None:
    decision = _charged_and_issued(ledger)[which]
    before = ledger.decisions(decision.number)
    with pytest.raises(UsageError, match="stands on statement 1") as refused:
        ledger.billing.undo_decision(decision.id, LATER)
    assert "statement credit 1" in refused.value.hint
    assert ledger.decisions(decision.number) == before


def test_the_plain_undo_is_refused_as_well(ledger: Ledger) -> None:
    _, _, confirm = _charged_and_issued(ledger)
    for number in (None, confirm.number):
        with pytest.raises(UsageError, match="stands on statement 1"):
            ledger.undo(LATER, number)


def test_a_settlement_that_holds_by_an_undo_of_its_undo_is_locked_just_so(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    ledger.undo(LATER)
    ledger.undo(LATER)
    issued_to(ledger)
    with pytest.raises(UsageError, match="stands on statement 1"):
        ledger.undo(LATER)
    with pytest.raises(UsageError, match="stands on statement 1"):
        ledger.billing.undo_decision(confirm.id, LATER)


def test_what_came_after_the_issue_can_be_taken_back(ledger: Ledger) -> None:
    _, _, confirm = _charged_and_issued(ledger)
    for _ in range(2):
        added = ledger.billing.log_time(confirm.number, [typed(60)], LATER)
        ledger.decide(confirm.number, DecisionKind.ASSIGN, LATER, "R.S.")
        ledger.undo(LATER)
        ledger.billing.undo_decision(added.id, LATER)
    assert _kept(ledger, confirm.number).settlement == confirm


def test_time_that_was_taken_back_before_the_settlement_is_free_to_come_back(ledger: Ledger) -> None:
    number = worked_message(ledger)
    ledger.billing.log_time(number, [typed(60)], LATER)
    undo = ledger.undo(LATER)
    assert undo is not None
    ledger.billing.settle(number, charge(), LATER)
    issued_to(ledger)
    ledger.billing.undo_decision(undo.id, LATER)
    assert _kept(ledger, number).is_reopened


# ---------------------------------------------------------------- what waits


def test_long_mail_and_mail_with_time_wait_until_they_are_settled_or_done(ledger: Ledger) -> None:
    long = ledger.add_received(received("long", verdict=LONG))
    ledger.add_received(received("short"))
    ledger.add_received(received("automatic", verdict=replace(LONG, automatic=Automatic.LIST)))
    worked = ledger.add_received(received("worked", verdict=Verdict(automatic=Automatic.LIST)))
    ledger.billing.log_time(worked, [typed()], LATER)
    assert ledger.billing.open_work() == (long, worked)
    ledger.billing.settle(long, SAVE, LATER)
    ledger.decide(worked, DecisionKind.DONE, LATER)
    assert ledger.billing.open_work() == ()
    ledger.undo(LATER)
    assert ledger.billing.open_work() == (worked,)
    ledger.undo(LATER, long)
    assert ledger.billing.open_work() == (long, worked)


def test_of_older_messages_with_time_only_those_over_a_limit_are_asked_for(ledger: Ledger) -> None:
    numbers = [ledger.add_received(received(name)) for name in ("under", "over", "reopened", "settled")]
    under, over, reopened, settled = numbers
    long = ledger.add_received(received("long", verdict=LONG))
    for number in numbers:
        ledger.billing.log_time(number, [typed(900 if number == over else 300)], LATER)
    for number in (reopened, settled):
        ledger.billing.settle(number, WAIVE, LATER)
    ledger.decide(reopened, DecisionKind.ASSIGN, LATER, "R.S.")

    def asked_for(over_seconds: int) -> list[int]:
        return [message.number for message in ledger.messages(LATER, over_seconds)]

    for seconds in (0, 299, 300, 899, 900):
        assert ledger.billing.open_work(seconds) == tuple(asked_for(seconds))
    assert asked_for(0) == asked_for(299) == numbers_of(ledger, LATER) == [under, over, reopened, long]
    assert asked_for(300) == asked_for(899) == [over, reopened, long]
    assert asked_for(900) == [reopened, long]


def test_a_call_settles_no_time(ledger: Ledger) -> None:
    number = worked_message(ledger)
    ledger.decide(number, DecisionKind.CALLED, LATER)
    assert ledger.billing.open_work() == (number,)


def test_older_messages_that_wait_are_shown_whatever_the_window(ledger: Ledger) -> None:
    late = ledger.add_received(received("late", received_at=NOON + 2 * HOUR))
    waiting = [ledger.add_received(received(name, received_at=NOON + HOUR, verdict=LONG)) for name in "ab"]
    first = worked_message(ledger, "first")
    ledger.add_received(received("handled"))
    assert numbers_of(ledger, NOON + 2 * HOUR) == [first, *waiting, late]
    ledger.billing.settle(first, WAIVE, LATER)
    assert numbers_of(ledger, NOON + 2 * HOUR) == [*waiting, late]
    assert numbers_of(ledger, NOON + HOUR) == [*waiting, late]


def test_a_quoted_alarm_that_is_answered_still_shows_while_its_time_waits(ledger: Ledger) -> None:
    verdict = Verdict(emergency=Emergency.CRISIS, quoted_alarm=True, long=True)
    number = ledger.add_received(received(verdict=verdict))
    ledger.add_sent(sent(answers=("a@example.org",)))
    assert ledger.alarms() == ()
    assert numbers_of(ledger, NOON + HOUR) == [number]
    ledger.billing.settle(number, WAIVE, LATER)
    assert numbers_of(ledger, NOON + HOUR) == []


def test_a_failed_group_leaves_what_waits_as_it_was(ledger: Ledger) -> None:
    number = worked_message(ledger)
    with broken_group(ledger):
        ledger.add_received(received("b", verdict=LONG))
        ledger.billing.settle(number, charge(), LATER)
        assert ledger.billing.open_work() == (2,)
        assert len(ledger.billing.due()) == 1
        issued_to(ledger)
    assert ledger.billing.open_work() == (number,)
    assert ledger.billing.due() == ()
    assert ledger.billing.all_issued() == ()
    assert _kept(ledger, number).settlement is None


# ---------------------------------------------------------------- due and charged


def test_charges_are_due_by_client_and_time(ledger: Ledger) -> None:
    confirms = []
    for name, client, hours in (("a", "R.S.", 0), ("b", "J.T.", 2), ("c", "J.T.", 1)):
        number = ledger.add_received(received(name, verdict=LONG))
        ledger.billing.log_time(number, [typed(600, NOON + hours * HOUR)], LATER)
        confirms.append(ledger.billing.settle(number, charge(client), LATER))
    rosa, late, early = confirms
    assert [due.decision for due in ledger.billing.due()] == [early, late, rosa]
    assert [due.decision for due in ledger.billing.due("J.T.")] == [early, late]
    assert [due.worked_at for due in ledger.billing.due("R.S.")] == [NOON + timedelta(seconds=600)]
    assert ledger.billing.due("nobody") == ()
    end = NOON + HOUR + timedelta(seconds=600)
    assert [due.decision for due in ledger.billing.due(before=end)] == [rosa]
    assert [due.decision for due in ledger.billing.due(before=end + timedelta(microseconds=1))] == [early, rosa]
    assert [due.decision for due in ledger.billing.due("J.T.", end)] == []


def test_a_charge_belongs_to_the_end_of_the_last_work_in_force(ledger: Ledger) -> None:
    number = ledger.add_received(received(verdict=LONG))
    ledger.billing.log_time(number, [typed(600, NOON + 5 * HOUR), typed(60, NOON)], LATER)
    ledger.billing.log_time(number, [typed(60, NOON + 9 * HOUR)], LATER)
    ledger.undo(LATER)
    ledger.billing.settle(number, charge(), LATER)
    assert [due.worked_at for due in ledger.billing.due()] == [NOON + 5 * HOUR + timedelta(seconds=600)]


def test_a_charge_without_time_belongs_to_when_it_was_decided(ledger: Ledger) -> None:
    number = ledger.add_received(received(verdict=LONG))
    ledger.billing.settle(number, replace(charge(), kind=DecisionKind.ADJUST), LATER)
    assert [due.worked_at for due in ledger.billing.due()] == [LATER]


def test_what_charges_no_unit_is_not_due(ledger: Ledger) -> None:
    for name, settlement in (("a", Settlement(DecisionKind.CONFIRM, "J.T.", 300)), ("b", WAIVE), ("c", SAVE)):
        ledger.billing.settle(worked_message(ledger, name), settlement, LATER)
    assert ledger.billing.due() == ()


def test_a_charge_of_a_message_that_is_done_is_due_all_the_same(ledger: Ledger) -> None:
    confirm = charged_message(ledger)
    ledger.decide(confirm.number, DecisionKind.DONE, LATER)
    assert _due(ledger) == [confirm.id]


# ---------------------------------------------------------------- saved


def test_saved_messages_are_kept_for_their_clients_session_until_they_are_done(ledger: Ledger) -> None:
    ours, theirs, done = (worked_message(ledger, name) for name in "abc")
    for number, client in ((ours, "J.T."), (theirs, "R.S."), (done, "J.T.")):
        ledger.billing.settle(number, replace(SAVE, client=client), LATER)
    assert ledger.billing.saved("J.T.") == (ours, done)
    ledger.decide(done, DecisionKind.DONE, LATER)
    assert ledger.billing.saved("J.T.") == (ours,)
    ledger.billing.log_time(ours, [typed()], LATER)
    assert ledger.billing.saved("J.T.") == ()
    ledger.undo(LATER)
    assert ledger.billing.saved("J.T.") == (ours,)
    ledger.billing.settle(ours, WAIVE, LATER)
    assert ledger.billing.saved("J.T.") == ()
    assert ledger.billing.saved("R.S.") == (theirs,)


def test_what_is_saved_for_nobody_is_its_only_clients(ledger: Ledger) -> None:
    number = worked_message(ledger)
    ledger.billing.settle(number, replace(SAVE, client=""), LATER)
    assert ledger.billing.saved("J.T.") == ()
    ledger.save_client(Client("J.T.", addresses=("jo@example.org",)), NOON)
    assert ledger.billing.saved("J.T.") == (number,)
    ledger.save_client(Client("R.S.", addresses=("jo@example.org",)), NOON)
    assert ledger.billing.saved("J.T.") == ledger.billing.saved("R.S.") == ()
    assert ledger.billing.saved("") == ()
