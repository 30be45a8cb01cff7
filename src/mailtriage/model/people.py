"""The people on the roster, and what the therapist decided about their messages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.model.money import Money


@dataclass(frozen=True, slots=True)
class Client:
    """A person on the roster, known by a code or initials. Contact is free text ("no voicemail", "phone only").

    `postal` is the address that a statement is made out to, its lines apart by line feeds; "" if none is known.
    """

    code: str
    name: str = ""
    addresses: tuple[str, ...] = ()
    phone: str = ""
    contact: str = ""
    postal: str = ""


class DecisionKind(StrEnum):
    """What the therapist decided; appended, never overwritten. UNDO names the decision it takes back.

    LOG brings time entries. CONFIRM, ADJUST, WAIVE and SAVE settle what becomes of the time (see `SETTLEMENTS`).
    CREDITED is appended to each message of a credit's lines: no charge decided before it holds. It cannot be undone.
    """

    CALLED = "called"
    DONE = "done"
    ASSIGN = "assign"
    UNDO = "undo"
    LOG = "log"
    CONFIRM = "confirm"
    ADJUST = "adjust"
    WAIVE = "waive"
    SAVE = "save"
    CREDITED = "credited"


SETTLEMENTS = frozenset({DecisionKind.CONFIRM, DecisionKind.ADJUST, DecisionKind.WAIVE, DecisionKind.SAVE})
CHARGES = frozenset({DecisionKind.CONFIRM, DecisionKind.ADJUST})


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is decided about the time of a message, before and after it is kept.

    Attributes:
        kind: one of `SETTLEMENTS`.
        client: whose time it is, the code; must be known for a charge.
        seconds: the seconds that it settles: what may be charged for CONFIRM, what she says for ADJUST, 0 else.
        units: increments to be charged, 0 for WAIVE, SAVE and whatever stays under the free minutes.
        price: of one unit; None exactly where `units` is 0.
        note: her reason in her own words; "" if she gave none.
        skimmed: for SAVE, whether she skimmed the message for anything urgent; None if she was not asked.
    """

    kind: DecisionKind
    client: str = ""
    seconds: int = 0
    units: int = 0
    price: Money | None = None
    note: str = ""
    skimmed: bool | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One appended decision.

    Attributes:
        client: set for ASSIGN and for settlements.
        undoes: the id of the decision that an UNDO takes back.
        seconds: for LOG the seconds of all its entries; for a settlement those of `Settlement`.
        settlement: what a decision of `SETTLEMENTS` settles; None for all others.
    """

    id: int
    number: int
    kind: DecisionKind
    decided_at: datetime
    client: str = ""
    undoes: int | None = None
    seconds: int = 0
    settlement: Settlement | None = None
