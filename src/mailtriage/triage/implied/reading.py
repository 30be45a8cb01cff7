"""A second reading of the sender's own words, for what they imply and no wording rule names."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from mailtriage.model import Automatic, Emergency, Flag, PassageKind, Reason
from mailtriage.triage.implied.windows import sentences, windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
        passage: number of the passage it stands in.
        log_odds: natural logarithm of the odds that the text is from, or about, somebody in danger, as the model has
            them from its invented letters; not a measure of anybody's risk.
        pieces: how many word pieces the window has.
        is_whole: whether the window is the whole passage.
        start: offset of the sentence that adds most to them; `end` is exclusive.
    """

    passage: int
    log_odds: float
    pieces: int
    is_whole: bool
    start: int
    end: int


def implied(
    message: Message, model: Model, context: ThreadContext, automatic: Automatic | None = None
) -> tuple[Reason, ...]:
    """A reason of tier urgent for each own passage that reads like a letter from somebody in danger.

    Its words are the sentence that says so most. Unless their sender is a client, left out are list and bulk mail and
    bounces, as with the wording rules, and answers to what somebody else wrote. Of a message without end the first 200
    windows are looked at, more than 20,000 words, and the six that promise most are read.
    """
    if not context.sender_is_client and (automatic in _SKIPPED or _is_a_discussion(message, context)):
        return ()
    own = [(index, p.text) for index, p in enumerate(message.passages) if p.kind is PassageKind.OWN]
    strongest: dict[int, Reading] = {}
    for found in _readings(own, model):
        is_known = context.sender_is_client and found.is_whole
        loud_enough = found.log_odds >= model.least_log_odds(found.pieces, is_known=is_known)
        known = strongest.get(found.passage)
        if loud_enough and (known is None or found.log_odds > known.log_odds):
            strongest[found.passage] = found
    return tuple(_reason(found, message.passages[index].text) for index, found in sorted(strongest.items()))


def readings_of(text: str, model: Model) -> list[Reading]:
    """What the windows of a text say that are worth reading at first sight, the more promising first."""
    return list(_readings([(0, text)], model))


def _is_a_discussion(message: Message, context: ThreadContext) -> bool:
    """Whether a mail answers other words than the practice's, without which a reply in a debate reads like anything."""
    return not context.answers_own_mail and any(p.kind is PassageKind.QUOTED for p in message.passages)


def _readings(texts: Iterable[tuple[int, str]], model: Model) -> Iterator[Reading]:
    """The readings of the most promising windows of these texts, each with the number it came with."""
    found = ((index, list(sentences(text, model.vocabulary))) for index, text in texts)
    runs = ((index, run, len(run) == len(whole)) for index, whole in found for run in windows(whole))
    seen = [(model.encoder.glanced(_numbers(run[1])), run) for run in islice(runs, _MOST_GLANCES)]
    promising = [pair for pair in seen if pair[0] >= model.glance_threshold]
    for _, (index, run, is_whole) in sorted(promising, key=lambda pair: -pair[0])[:_MOST_READINGS]:
        yield _reading(index, run, model, is_whole=is_whole)


def _numbers(run: Sequence[Sentence]) -> list[int]:
    return [number for sentence in run for number in sentence.numbers]


def _reading(passage: int, run: Sequence[Sentence], model: Model, *, is_whole: bool) -> Reading:
    numbers = _numbers(run)
    shares = iter(model.encoder.shares([model.vocabulary.number("[CLS]"), *numbers]).tolist())
    weighed = [(sum(islice(shares, len(sentence.numbers))), sentence) for sentence in run]
    most = max(weighed, key=lambda pair: pair[0])[1]
    return Reading(passage, sum(share for share, _ in weighed), len(numbers), is_whole, most.start, most.end)


def _reason(found: Reading, text: str) -> Reason:
    return Reason(
        rule=IMPLIED,
        flag=Flag.EMERGENCY,
        text=text[found.start : found.end],
        where=PassageKind.OWN.value,
        tier=Emergency.URGENT,
        passage=found.passage,
        start=found.start,
        end=found.end,
    )
