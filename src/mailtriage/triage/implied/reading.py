"""A second reading of the sender's own words, for what they imply and no wording rule names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from mailtriage.model import Automatic, Emergency, Flag, PassageKind, Reason
from mailtriage.triage.implied.windows import sentences, windows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mailtriage.model import Message
    from mailtriage.triage.implied.model import Model
    from mailtriage.triage.implied.windows import Sentence
    from mailtriage.triage.policy import ThreadContext

IMPLIED = "implied"
"""The id that stands for the second reading where others name a rule."""

_SKIPPED = frozenset({Automatic.BULK, Automatic.LIST, Automatic.BOUNCE})
_MOST_GLANCES = 200
_MOST_READINGS = 6  # some 1,000 words, and well under a second


@dataclass(frozen=True, slots=True)
class Reading:
    """What one window of a text says.

    Attributes:
        log_odds: natural logarithm of the odds that the text is from, or about, somebody in danger, as the model has
            them from its invented letters; not a measure of anybody's risk.
        pieces: how many word pieces the window has.
        start: offset of the sentence that adds most to them; `end` is exclusive.
    """

    log_odds: float
    pieces: int
    start: int
    end: int


def implied(
    message: Message, model: Model, context: ThreadContext, automatic: Automatic | None = None
) -> tuple[Reason, ...]:
    """A reason of tier urgent for each own passage that reads like a letter from somebody in danger.

    Its words are the sentence that says so most. Unless their sender is a client, left out are list and bulk mail and
    bounces, as with the wording rules, and answers to what somebody else wrote.
    """
    if not context.sender_is_client and (automatic in _SKIPPED or _is_a_discussion(message, context)):
        return ()
    own = [(index, p.text) for index, p in enumerate(message.passages) if p.kind is PassageKind.OWN]
    heard = ((index, text, alarming(text, model, is_client=context.sender_is_client)) for index, text in own)
    return tuple(_reason(found, text, index) for index, text, found in heard if found)


def _is_a_discussion(message: Message, context: ThreadContext) -> bool:
    """Whether a mail answers other words than the practice's, without which a reply in a debate reads like anything."""
    return not context.answers_own_mail and any(p.kind is PassageKind.QUOTED for p in message.passages)


def alarming(text: str, model: Model, *, is_client: bool = False) -> Reading | None:
    """The strongest reading of a text among those that alarm, None if none does."""
    alarms = (
        found
        for found in readings_of(text, model)
        if found.log_odds >= model.least_log_odds(found.pieces, is_client=is_client)
    )
    return max(alarms, key=lambda found: found.log_odds, default=None)


def readings_of(text: str, model: Model) -> Iterator[Reading]:
    """What the windows of a text say that are worth reading at first sight, the most promising six of them at most.

    Of an endless text the first 200 windows, more than 20,000 words, are looked at.
    """
    runs = islice(windows(list(sentences(text, model.vocabulary))), _MOST_GLANCES)
    seen = ((model.encoder.glanced(numbers), run, numbers) for run in runs for numbers in (_numbers(run),))
    promising = [found for found in seen if found[0] >= model.glance_threshold]
    for _, run, numbers in sorted(promising, key=lambda found: -found[0])[:_MOST_READINGS]:
        yield _reading(run, numbers, model)


def _numbers(run: Sequence[Sentence]) -> list[int]:
    return [number for sentence in run for number in sentence.numbers]


def _reading(run: Sequence[Sentence], numbers: Sequence[int], model: Model) -> Reading:
    shares = iter(model.encoder.shares([model.vocabulary.number("[CLS]"), *numbers]).tolist())
    weighed = [(sum(islice(shares, len(sentence.numbers))), sentence) for sentence in run]
    most = max(weighed, key=lambda pair: pair[0])[1]
    return Reading(sum(share for share, _ in weighed), len(numbers), most.start, most.end)


def _reason(found: Reading, text: str, passage: int) -> Reason:
    return Reason(
        rule=IMPLIED,
        flag=Flag.EMERGENCY,
        text=text[found.start : found.end],
        where=PassageKind.OWN.value,
        tier=Emergency.URGENT,
        passage=passage,
        start=found.start,
        end=found.end,
    )
