"""All flags together: Message -> Verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Automatic, Flag, Reason, Verdict
from mailtriage.triage.automatic import automatic
from mailtriage.triage.diary import calendar_wish, diary
from mailtriage.triage.emergency import emergency, finding_of
from mailtriage.triage.forwarded import forwarded
from mailtriage.triage.implied import implied
from mailtriage.triage.length import length

if TYPE_CHECKING:
    from mailtriage.model import Diary, Message
    from mailtriage.triage.emergency import EmergencyFinding, EmergencyRules
    from mailtriage.triage.implied.model import Model
    from mailtriage.triage.policy import ThreadContext, TriagePolicy


def triage(
    message: Message, policy: TriagePolicy, rules: EmergencyRules, context: ThreadContext, model: Model | None = None
) -> Verdict:
    """The verdict on a message: every flag, with the reasons of all of them in one list.

    Automatic mail is never long, and but for calendar answers never asks for the diary; its wording is scanned as
    `emergency` says. With a `model`, received mail for which no rule raises an alarm is read a second time.
    """
    found = automatic(message)
    kind = found[0] if found else None
    outcome, forward_reasons = forwarded(message, policy, context)
    finding = _emergency(message, rules, context, None if context.is_sent else model, kind)
    count, reading, long_reasons = length(message, policy)
    wishes, diary_reasons = _wishes(message, kind)
    return Verdict(
        forwarded=outcome,
        emergency=finding.tier,
        quoted_alarm=finding.quoted_alarm,
        long=bool(long_reasons) and kind is None,
        words=count,
        reading=reading,
        diary=wishes,
        automatic=kind,
        not_scanned=message.not_scanned,
        reasons=(
            *finding.reasons,
            *forward_reasons,
            *(long_reasons if kind is None else ()),
            *diary_reasons,
            *((found[1],) if found else ()),
            *(Reason("not-scanned", Flag.NOT_SCANNED, reason) for reason in message.not_scanned),
        ),
    )


def _emergency(
    message: Message, rules: EmergencyRules, context: ThreadContext, model: Model | None, kind: Automatic | None
) -> EmergencyFinding:
    """What the rules find; where they raise no alarm over the sender's own words, also what a second reading finds."""
    finding = emergency(message, rules, context, kind)
    if model is None or (finding.tier.is_alarm and not finding.quoted_alarm):
        return finding
    return finding_of((*finding.reasons, *implied(message, model, context, kind)), message)


def _wishes(message: Message, kind: Automatic | None) -> tuple[tuple[Diary, ...], tuple[Reason, ...]]:
    """What the message wants of the diary, with reasons."""
    if kind is Automatic.CALENDAR:
        return calendar_wish(message)
    return diary(message) if kind is None else ((), ())
