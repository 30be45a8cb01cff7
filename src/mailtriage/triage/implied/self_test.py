"""The second reading against the examples on the model's card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.triage.implied.reading import alarming

if TYPE_CHECKING:
    from mailtriage.triage.implied.model import Model


def self_test(model: Model) -> tuple[str, ...]:
    """A sentence for each example that the model does not read as its card says."""
    deaf = (f"the second reading does not hear {text!r}" for text in model.alarming if not alarming(text, model))
    loud = (f"the second reading should stay quiet on {text!r}" for text in model.quiet if alarming(text, model))
    return (*deaf, *loud)
