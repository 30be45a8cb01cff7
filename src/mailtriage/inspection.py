"""The public Python API: bytes of a saved mail -> what triage says of it. Needs no account, configuration or ledger.

    from mailtriage.inspection import inspect
    verdict = inspect(open("letter.eml", "rb").read()).verdict

Everything here is pure; `mailtriage inspect` is this with files around it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from mailtriage.mail.message import read
from mailtriage.mail.mime import split
from mailtriage.triage.emergency import EmergencyRules, bundled_rules
from mailtriage.triage.implied.model import bundled_model
from mailtriage.triage.policy import ThreadContext, TriagePolicy
from mailtriage.triage.verdict import triage

if TYPE_CHECKING:
    from mailtriage.model import Message, Reason, Verdict


@dataclass(frozen=True, slots=True)
class Inspection:
    """A mail as it was read, and the verdict on it."""

    message: Message
    verdict: Verdict


def inspect(
    data: bytes,
    *,
    policy: TriagePolicy | None = None,
    rules: EmergencyRules | None = None,
    context: ThreadContext | None = None,
    second_reading: bool = True,
) -> Inspection:
    r"""What triage says of one mail.

    Args:
        data: the whole mail, RFC 5322, any line ends. Damage is reported in `message.defects`, never raised.
        policy: the practice's settings; by default no own addresses, 238 words a minute, long over 5 minutes.
        rules: wording rules; by default those that ship with mailtriage.
        context: what is known of the thread; by default nothing.
        second_reading: whether the bundled language model reads what the rules raise no alarm for.

    >>> found = inspect(b"From: a@client.example\nSubject: Fwd: news\n\nHello\n")
    >>> found.message.sender.email, found.message.own_text, found.verdict.emergency.value
    ('a@client.example', 'Hello', 'none')
    """
    message = read(split(data))
    chosen = rules if rules is not None else bundled_rules()
    model = bundled_model() if second_reading else None
    return Inspection(message, triage(message, policy or TriagePolicy(), chosen, context or ThreadContext(), model))


def as_json(path: str, inspection: Inspection) -> dict[str, Any]:
    """The object that `mailtriage inspect --json` prints for a file; values are plain JSON types."""
    message, verdict = inspection.message, inspection.verdict
    return {
        "path": path,
        "forwarded": verdict.forwarded.value,
        "emergency": verdict.emergency.value,
        "quoted_alarm": verdict.quoted_alarm,
        "reasons": [_reason(reason) for reason in verdict.reasons],
        "own_text": message.own_text,
        "signature_text": message.signature_text,
        "words": verdict.words,
        "reading_seconds": asdict(verdict.reading),
        "long": verdict.long,
        "diary": [wish.value for wish in verdict.diary],
        "automatic": verdict.automatic.value if verdict.automatic else None,
        "not_scanned": list(verdict.not_scanned),
        "attachments": [asdict(attachment) for attachment in message.attachments],
        "from": message.sender.email if message.sender else None,
        "subject": message.subject,
        "message_id": message.message_id,
        "date": message.sent_at.isoformat() if message.sent_at else None,
        "defects": list(message.defects),
    }


def _reason(reason: Reason) -> dict[str, str]:
    return {"rule": reason.rule, "kind": reason.flag.value, "text": reason.text, "guard": reason.guard}
