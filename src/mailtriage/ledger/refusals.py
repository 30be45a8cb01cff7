"""What no ledger keeps of time, settlements and consents, and what can be undone: rules on values.

Each raises a UsageError with the reason, before anything is written, or a ValueError where only a program can be wrong.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mailtriage.errors import UsageError
from mailtriage.ledger.standing import ground_of, in_force
from mailtriage.model import CHARGES, SETTLEMENTS, DecisionKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from mailtriage.model import Decision, Settlement
    from mailtriage.model.work import Consent, NewConsent, Worked

_LONGEST = timedelta(days=1)
_OWN_PORTS = frozenset({DecisionKind.LOG, DecisionKind.UNDO, DecisionKind.CREDITED, *SETTLEMENTS})


def refuse_unknown(number: int, *, is_kept: bool) -> None:
    """Raise UsageError where there is no message with this number."""
    if not is_kept:
        raise UsageError(f"there is no message {number}", "`mailtriage` shows the numbers.")


def refuse_decision(kind: DecisionKind) -> None:
    """Raise ValueError for a kind that brings more than a client: time, settlements and UNDO have their own ways."""
    if kind in _OWN_PORTS:
        raise ValueError(f"{kind} is not kept by decide()")


def refuse_time(worked: Sequence[Worked], decided_at: datetime) -> None:
    """Raise UsageError for time that is not over yet or longer than a day; ValueError for what is no time of hers."""
    if not worked or any(work.seconds < 1 or not work.evidence.can_be_charged for work in worked):
        raise ValueError("time has at least one entry, each typed or timed and at least a second long")
    if any(timedelta(seconds=work.seconds) > _LONGEST for work in worked):
        raise UsageError("a time entry is longer than a day", "Log each day's time by itself.")
    if any(work.ended_at > decided_at for work in worked):
        raise UsageError("the time ends in the future", "Only time that is over can be logged.")


def refuse_settlement(settlement: Settlement, assigned: str) -> None:
    """Raise for a charge without a client or a price, or to another client than the one that was assigned."""
    is_charge = settlement.kind in CHARGES
    if settlement.kind not in SETTLEMENTS or min(settlement.seconds, settlement.units) < 0:
        raise ValueError(f"{settlement.kind} settles nothing, or counts below zero")
    if (settlement.units > 0) != (settlement.price is not None) or (settlement.units and not is_charge):
        raise ValueError("a price stands exactly where units are charged")
    if settlement.units and not settlement.client:
        raise UsageError("a charge needs a client", "Say whose message it is: mailtriage assign N CODE")
    if settlement.units and assigned not in ("", settlement.client):
        raise UsageError(
            f"the message is {assigned}'s and cannot be charged to {settlement.client}",
            "`mailtriage assign N CODE` says whose it is.",
        )


def refuse_consent(consent: NewConsent, recorded_at: datetime) -> None:
    """Raise UsageError for a consent that is said to be given in the future."""
    if consent.given_at > recorded_at:
        raise UsageError("a consent cannot be given in the future", "Record it when it was given.")


def refuse_withdrawal(consent: Consent | None, consent_id: int, withdrawn_at: datetime, recorded_at: datetime) -> None:
    """Raise UsageError for a withdrawal of no consent, of one that had ended by then already, or in the future."""
    if consent is None:
        raise UsageError(f"there is no consent {consent_id}", "`mailtriage consent list` shows them.")
    if consent.withdrawn_at is not None and withdrawn_at >= consent.withdrawn_at:
        raise UsageError(
            f"consent {consent_id} is withdrawn already",
            "Its end can be moved to an earlier time, never to a later one.",
        )
    if withdrawn_at > recorded_at:
        raise UsageError("a consent cannot be withdrawn in the future", "Record it when it was withdrawn.")


def undo_target(history: Sequence[Decision], decision_id: int, charged: Mapping[int, int]) -> int:
    """The id that an UNDO must name so that this decision of a message's history is taken back.

    That is the decision itself, or, where an UNDO of it was undone, the last of those UNDOs.

    Args:
        history: all decisions of the message, oldest first.
        decision_id: one of them.
        charged: settlements on an issued line that no credit took back, each with its statement.

    Raises:
        UsageError: if it is taken back already, or a credit, or such a settlement, or the time or the client that it
            stands on, would be.
    """
    if any(decision.id == decision_id and decision.kind is DecisionKind.CREDITED for decision in history):
        raise UsageError(
            f"the credit on message {history[0].number} is issued, and cannot be undone",
            f"To charge it again: mailtriage confirm {history[0].number}",
        )
    undone_by = {decision.undoes: decision.id for decision in history if decision.undoes is not None}
    target = decision_id
    while target in undone_by:
        target = undone_by[target]
    if decision_id not in {decision.id for decision in in_force(history)}:
        raise UsageError(f"decision {decision_id} is taken back already", "`mailtriage history N` shows what holds.")
    gone = _taken_back_by(history, target)
    for settlement, statement in charged.items():
        if gone & {settlement, *ground_of(history, settlement)}:
            raise UsageError(
                f"what is to be taken back stands on statement {statement}, which is issued",
                f"`mailtriage statement credit {statement}` takes the charge back; then it can be undone.",
            )
    return target


def _taken_back_by(history: Sequence[Decision], target: int) -> frozenset[int]:
    """Ids of the decisions in force now that an UNDO of `target` would take back."""
    undo_chain, now = [target], {decision.id for decision in in_force(history)}
    by_id = {decision.id: decision for decision in history}
    while (undoes := by_id[undo_chain[-1]].undoes) is not None:
        undo_chain.append(undoes)
    return frozenset(undo_chain) & now
