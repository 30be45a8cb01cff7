"""The second reading against the examples on the model's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Message, Passage, PassageKind
from mailtriage.triage.implied.reading import implied
from mailtriage.triage.policy import ThreadContext

if TYPE_CHECKING:
    from mailtriage.triage.implied.model import Model


def self_test(model: Model) -> tuple[str, ...]:
    """A sentence for each example that the model does not read as its card says."""
    deaf = (f"the second reading does not hear {text!r}" for text in model.alarming if not _alarms(text, model))
    loud = (f"the second reading should stay quiet on {text!r}" for text in model.quiet if _alarms(text, model))
    return (*deaf, *loud)


def _alarms(text: str, model: Model) -> bool:
    return bool(implied(Message(passages=(Passage(PassageKind.OWN, text),)), model, ThreadContext()))
