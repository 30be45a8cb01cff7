from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.ledger.standing import Standing, in_force, standing
from mailtriage.model import CHARGES, SETTLEMENTS, Decision, DecisionKind, Settlement
from timesheet import BEGAN, NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

LOG, CONFIRM, WAIVE, UNDO, ASSIGN, CREDITED = (
    DecisionKind.LOG,
    DecisionKind.CONFIRM,
    DecisionKind.WAIVE,
    DecisionKind.UNDO,
    DecisionKind.ASSIGN,
    DecisionKind.CREDITED,
)
Step = DecisionKind | tuple[DecisionKind, object]


def _history(*steps: Step) -> tuple[Decision, ...]:
    """Decisions of one message, ids from 1: a kind, or with it an UNDO's target, a LOG's seconds, an ASSIGN's code."""
    history = []
    for number, step in enumerate(steps, 1):
        kind, what = step if isinstance(step, tuple) else (step, None)
        history.append(
            Decision(
                number,
                NUMBER,
                kind,
                BEGAN + timedelta(minutes=number),
                client=str(what) if kind is ASSIGN else "",
                undoes=int(str(what)) if kind is UNDO else None,
                seconds=int(str(what or 600)) if kind is LOG else 0,
                settlement=Settlement(kind) if kind in SETTLEMENTS else None,
            )
        )
    return tuple(history)


def _settled(*steps: Step) -> tuple[int | None, bool]:
    now = standing(_history(*steps))
    return now.settlement.id if now.settlement else None, now.is_reopened


def test_a_message_without_decisions_has_no_standing() -> None:
    assert standing(()) == Standing()


# ---------------------------------------------------------------- settlements


@pytest.mark.parametrize("kind", sorted(SETTLEMENTS))
def test_a_settlement_holds_until_time_is_added_or_taken_back(kind: DecisionKind) -> None:
    assert _settled(LOG, kind) == (2, False)
    assert _settled(LOG, kind, LOG) == (None, True)
    assert _settled(LOG, kind, (UNDO, 1)) == (None, True)


def test_taking_back_what_reopened_it_closes_it_again() -> None:
    assert _settled(LOG, CONFIRM, LOG, (UNDO, 3)) == (2, False)
    assert _settled(LOG, CONFIRM, (UNDO, 1), (UNDO, 3)) == (2, False)
    assert _settled(LOG, CONFIRM, LOG, (UNDO, 3), (UNDO, 4)) == (None, True)


def test_other_time_of_the_same_length_does_not_close_it() -> None:
    assert _settled(LOG, CONFIRM, LOG, (UNDO, 1)) == (None, True)


def test_another_client_reopens_it_and_the_first_one_closes_it_again() -> None:
    assert _settled((ASSIGN, "A.B."), LOG, CONFIRM, (ASSIGN, "J.T.")) == (None, True)
    assert _settled((ASSIGN, "A.B."), LOG, CONFIRM, (ASSIGN, "J.T."), (UNDO, 4)) == (3, False)
    assert _settled((ASSIGN, "A.B."), LOG, CONFIRM, (ASSIGN, "A.B.")) == (3, False)


def test_a_call_and_done_do_not_reopen_it() -> None:
    assert _settled(LOG, CONFIRM, DecisionKind.CALLED, DecisionKind.DONE) == (2, False)


def test_a_new_settlement_closes_it_and_its_undo_opens_it() -> None:
    assert _settled(LOG, CONFIRM, LOG, CONFIRM) == (4, False)
    assert _settled(LOG, CONFIRM, LOG, CONFIRM, (UNDO, 4)) == (None, True)


def test_an_earlier_settlement_comes_back_when_the_later_one_is_taken_back() -> None:
    assert _settled(LOG, CONFIRM, WAIVE) == (3, False)
    assert _settled(LOG, CONFIRM, WAIVE, (UNDO, 3)) == (2, False)
    assert _settled(LOG, CONFIRM, WAIVE, (UNDO, 3), (UNDO, 2)) == (None, False)


def test_a_settlement_that_comes_back_after_more_time_is_reopened() -> None:
    assert _settled(LOG, CONFIRM, (UNDO, 2), LOG, (UNDO, 3)) == (None, True)


def test_what_came_since_is_known() -> None:
    more = standing(_history((LOG, 400), CONFIRM, (LOG, 180)))
    assert (more.logged_seconds, more.added_seconds, more.lapsed and more.lapsed.id) == (580, 180, 2)
    less = standing(_history((LOG, 400), (LOG, 100), CONFIRM, (UNDO, 1)))
    assert (less.logged_seconds, less.added_seconds, less.logs) == (100, -400, (2,))
    holds = standing(_history((LOG, 400), CONFIRM))
    assert (holds.added_seconds, holds.lapsed) == (0, None)


@pytest.mark.parametrize("kind", sorted(SETTLEMENTS))
def test_a_credit_ends_every_charge_decided_before_it_and_none_after(kind: DecisionKind) -> None:
    is_charge = kind in CHARGES
    before = standing(_history(LOG, kind, CREDITED))
    assert (before.settlement is None, before.is_reopened, before.is_credited) == (is_charge,) * 3
    assert before.added_seconds == 0
    after = standing(_history(LOG, CONFIRM, CREDITED, kind))
    assert (after.settlement and after.settlement.id, after.is_reopened, after.is_credited) == (4, False, False)
    assert standing(_history(LOG, CONFIRM, WAIVE, CREDITED, (UNDO, 3))).settlement is None


# ---------------------------------------------------------------- any history

_KINDS = st.sampled_from([kind for kind in DecisionKind if kind is not UNDO])


@st.composite
def _histories(draw: st.DrawFn) -> tuple[Decision, ...]:
    """Any history that a ledger may keep: an UNDO takes back a decision in force, wherever it stands."""
    history: tuple[Decision, ...] = ()
    steps: list[Step] = []
    for _ in range(draw(st.integers(0, 14))):
        holding = [decision.id for decision in in_force(history)]
        target = draw(st.just(0) | st.sampled_from(holding or [0]))
        if target:
            steps.append((UNDO, target))
        else:
            kind = draw(_KINDS)
            steps.append((kind, draw(st.integers(1, 900)) if kind is LOG else draw(st.sampled_from("AB"))))
        history = _history(*steps)
    return history


def _undo(history: Sequence[Decision], target: Decision) -> tuple[Decision, ...]:
    return (*history, Decision(len(history) + 1, NUMBER, UNDO, BEGAN, undoes=target.id))


def _without_undos(history: Sequence[Decision]) -> tuple[Decision, ...]:
    return tuple(decision for decision in in_force(history) if decision.kind is not UNDO)


@given(_histories())
def test_an_undo_is_undone_by_an_undo_as_if_neither_had_been(history: tuple[Decision, ...]) -> None:
    for target in in_force(history):
        undone = _undo(history, target)
        again = _undo(undone, undone[-1])
        assert standing(again) == standing(history)
        assert _without_undos(again) == _without_undos(history)


@given(_histories())
def test_what_is_taken_back_is_as_if_it_had_never_been_decided(history: tuple[Decision, ...]) -> None:
    for target in in_force(history):
        if target.kind is not UNDO:
            assert _without_undos(_undo(history, target)) == tuple(
                decision for decision in _without_undos(history) if decision != target
            )


@given(_histories())
def test_every_prefix_of_a_history_says_what_was_in_force_then(history: tuple[Decision, ...]) -> None:
    """By asking of each decision by itself whether an UNDO that is in force names it."""
    for length in range(len(history) + 1):
        prefix = history[:length]

        def holds(decision: Decision, prefix: tuple[Decision, ...] = prefix) -> bool:
            return not any(holds(each) for each in prefix if each.undoes == decision.id)

        assert in_force(prefix) == tuple(filter(holds, prefix))
        now = standing(prefix)
        logs = [each for each in prefix if holds(each) and each.kind is LOG]
        assert now.logs == tuple(each.id for each in logs)
        assert now.logged_seconds == sum(each.seconds for each in logs)
        assert not (now.settlement and now.is_reopened)
        settled = [each for each in prefix if holds(each) and each.kind in SETTLEMENTS]
        assert (now.settlement or now.lapsed) == (settled[-1] if settled else None)


@given(_histories())
def test_a_settlement_that_was_just_decided_holds(history: tuple[Decision, ...]) -> None:
    settled = Decision(len(history) + 1, NUMBER, CONFIRM, BEGAN, settlement=Settlement(CONFIRM))
    now = standing((*history, settled))
    assert now.settlement == settled
    assert not now.is_reopened
