"""Which messages a mail of the practice's answers, and how its words are shared among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.model.work import Reply

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that came before a mail of the practice's which names it, or may answer it by subject and person.

    Attributes:
        words: the client's own.
        first_answer_at: when the first answer to it was sent; that may be this mail.
        is_guess: no mail answers it by References.
    """

    number: int
    received_at: datetime
    words: int
    first_answer_at: datetime
    is_guess: bool


def answered_by(sent_at: datetime, asked: Sequence[Asked]) -> tuple[Asked, ...]:
    """The messages that a mail sent then answers, by their numbers: those that waited until then.

    References name a whole thread, so that an answer to its last letter names all earlier ones, too; they were answered
    before. A mail that finds none waiting is one more answer to the last that it names.
    """
    waiting = [message for message in asked if message.first_answer_at == sent_at]
    named = [message for message in asked if not message.is_guess] or list(asked)
    last = [max(named, key=lambda message: (message.received_at, message.number))] if named else []
    return tuple(sorted(waiting or last, key=lambda message: message.number))


def reply_to(number: int, sent_at: datetime, words: int, answered: Sequence[Asked]) -> Reply | None:
    """The mail as an answer to one message; None if that is not among those it answers."""
    parts = shares(words, [message.words for message in answered])
    for message, part in zip(answered, parts, strict=True):
        if message.number == number:
            return Reply(sent_at, words, len(answered), part, message.is_guess)
    return None


def shares(whole: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Whole parts in proportion to the weights, which sum to the whole; equal parts where all weights are 0.

    What rounding down leaves goes to the largest remainders, the first of equal ones first.

    >>> shares(100, [1, 1, 1]), shares(7, [300, 100]), shares(5, [0, 0])
    ((34, 33, 33), (5, 2), (3, 2))
    """
    weights = weights if any(weights) else [1] * len(weights)
    total = sum(weights)
    parts = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(whole * weights[place] % total), place))
    for place in by_remainder[: whole - sum(parts)]:
        parts[place] += 1
    return tuple(parts)
