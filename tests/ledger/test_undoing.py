"""Whatever was decided and undone: a decision is taken back when it may be, and a charge never loses its ground."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.errors import UsageError
from mailtriage.ledger.refusals import undo_target
from mailtriage.ledger.standing import in_force
from mailtriage.model import Decision, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

AT = datetime(2026, 3, 2, tzinfo=UTC)
_KINDS = (DecisionKind.LOG, DecisionKind.ASSIGN, DecisionKind.CONFIRM, DecisionKind.DONE)
# A kind to decide, or which of the decisions so far to take back.
_steps = st.lists(st.sampled_from(_KINDS) | st.integers(0, 20), min_size=1, max_size=14)


def _ids(decisions: Sequence[Decision]) -> set[int]:
    return {decision.id for decision in decisions}


def _undo(history: list[Decision], target: int) -> list[Decision]:
    return [*history, Decision(len(history) + 1, 1, DecisionKind.UNDO, AT, undoes=target)]


def _history(steps: Sequence[DecisionKind | int]) -> list[Decision]:
    history: list[Decision] = []
    for step in steps:
        if isinstance(step, DecisionKind):
            history.append(Decision(len(history) + 1, 1, step, AT, client="J.T."))
        elif history and (decision := history[step % len(history)]).id in _ids(in_force(history)):
            history = _undo(history, undo_target(history, decision.id, {}))
    return history


def _ground(history: Sequence[Decision], charged: Collection[int]) -> set[int]:
    """What must stay in force: charges, with the time and the last client that were in force when they were decided."""
    ground = set(charged)
    for charge in charged:
        then = in_force([decision for decision in history if decision.id <= charge])
        ground |= {decision.id for decision in then if decision.kind is DecisionKind.LOG}
        assigned = [decision.id for decision in then if decision.kind is DecisionKind.ASSIGN]
        ground |= set(assigned[-1:])
    return ground


@given(steps=_steps)
def test_what_is_in_force_can_be_taken_back_and_comes_back_when_that_is_undone(
    steps: list[DecisionKind | int],
) -> None:
    history = _history(steps)
    now = _ids(in_force(history))
    assert len({decision.undoes for decision in history if decision.undoes}) == sum(
        decision.undoes is not None for decision in history
    )
    for decision in history:
        if decision.id not in now:
            continue
        after = _undo(history, undo_target(history, decision.id, {}))
        assert decision.id not in _ids(in_force(after))
        again = _undo(after, len(after))
        assert {d.id for d in in_force(again) if d.kind is not DecisionKind.UNDO} == {
            d.id for d in in_force(history) if d.kind is not DecisionKind.UNDO
        }


@given(steps=_steps, which=st.integers(0, 13))
def test_a_charge_on_a_statement_never_loses_what_it_was_decided_on(
    steps: list[DecisionKind | int], which: int
) -> None:
    history = _history(steps)
    now = _ids(in_force(history))
    charges = [decision.id for decision in in_force(history) if decision.kind is DecisionKind.CONFIRM]
    charged = dict.fromkeys(charges[which % (len(charges) + 1) :], 1)
    ground = _ground(history, charged) & now
    for decision in history:
        if decision.id not in now:
            continue
        loses = ground - _ids(in_force(_undo(history, undo_target(history, decision.id, {}))))
        try:
            undo_target(history, decision.id, charged)
        except UsageError:
            assert loses
        else:
            assert not loses
