"""Did the sender forward somebody else's mail? Evidence in order of weight; every decision leaves its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Flag, Forwarded, Passage, PrefixMeaning, QuoteOrigin, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.model import Attachment, Message
    from mailtriage.triage.policy import ThreadContext, TriagePolicy

_REDIRECTS = ("resent-from", "resent-to", "resent-date", "resent-message-id", "x-forwarded-to", "x-forwarded-for")
_NOTICES = {
    "multipart/report": "bounce",
    "message/delivery-status": "bounce",
    "message/disposition-notification": "bounce",
    "multipart/digest": "digest",
}
# Quotes that nothing but marks told of, and attached mail, which stands among the attachments too.
_UNTOLD = frozenset({QuoteOrigin.MARKS, QuoteOrigin.MARKUP, QuoteOrigin.ATTACHED})
_VS_REPLIES = frozenset({"fi", "et"})
_VS_FORWARDS = frozenset({"da", "no"})
_LABELS_AT_LEAST = 2
_TEXT_LIMIT = 300


def forwarded(message: Message, policy: TriagePolicy, context: ThreadContext) -> tuple[Forwarded, tuple[Reason, ...]]:
    """Whether this is a forward, with the reasons for it and for what was set aside.

    The order of evidence is told in docs/forwarded.md. Without the practice's own addresses a quoted sender cannot be
    recognised as ours, and without the ledger no thread can: both only ever turn `no` into `possible`.
    """
    if "auto-forwarded" in " ".join(message.headers.get("auto-submitted", ())).lower():
        return Forwarded.NO, (_transport("Auto-Submitted: auto-forwarded"),)
    reasons = [_transport(f"{name.title()} is set") for name in _REDIRECTS if message.headers.get(name)][:1]
    outcome, found = _by_content(message, policy, context)
    return outcome, (*reasons, *found)


def _by_content(message: Message, policy: TriagePolicy, context: ThreadContext) -> tuple[Forwarded, tuple[Reason, ...]]:
    attached = [a for a in message.attachments if _is_mail(a)]
    quotes = [(at, p) for at, p in enumerate(message.passages) if p.quote and p.quote.origin not in _UNTOLD]
    reasons: list[Reason] = []
    outcomes = [Forwarded.NO]
    for outcome, found in (
        _by_attachment(message, attached),
        _by_subject(message, policy, context, quotes),
        *(_by_passage(message, policy, context, at, passage) for at, passage in quotes),
    ):
        outcomes.append(outcome)
        reasons.extend(found)
    return max(outcomes, key=(Forwarded.NO, Forwarded.POSSIBLE, Forwarded.FORWARD).index), tuple(reasons)


def _by_attachment(message: Message, attached: Sequence[Attachment]) -> tuple[Forwarded, list[Reason]]:
    if not attached:
        return Forwarded.NO, []
    notice = _notice(message)
    if notice:
        return Forwarded.NO, [_reason(f"forward.set-aside.{notice}", f"a {notice}: mail is attached by a mail system")]
    name = attached[0].name or "without a name"
    return Forwarded.FORWARD, [_reason("forward.attached", f"a mail is attached: {name}")]


def _notice(message: Message) -> str:
    """Which notice of a mail system this is, "" if it is none; those attach mail that nobody forwarded."""
    found = (kind for media_type, kind in _NOTICES.items() if media_type in (message.media_type, *message.part_types))
    return next(found, "")


def _is_mail(attachment: Attachment) -> bool:
    return attachment.media_type == "message/rfc822" or attachment.name.lower().endswith((".eml", ".msg"))


def _by_subject(
    message: Message, policy: TriagePolicy, context: ThreadContext, quotes: Sequence[tuple[int, Passage]]
) -> tuple[Forwarded, list[Reason]]:
    prefix = message.subject_prefixes[0] if message.subject_prefixes else None
    if prefix is None or prefix.meaning is PrefixMeaning.REPLY:
        return Forwarded.NO, []
    if prefix.meaning is PrefixMeaning.FORWARD:
        return Forwarded.FORWARD, [_in_subject("forward.subject", message.subject, prefix.text)]
    if _is_finnish_reply(message):
        return Forwarded.NO, [_in_subject("forward.set-aside.finnish-reply", message.subject, prefix.text)]
    if not any(p.quote and not _why_reply(message, policy, context, p.quote.sender) for _, p in quotes):
        return Forwarded.NO, [_in_subject("forward.set-aside.subject", message.subject, prefix.text)]
    return Forwarded.FORWARD, [_in_subject("forward.subject", message.subject, prefix.text)]


def _in_subject(rule: str, subject: str, text: str) -> Reason:
    start = max(0, subject.find(text))
    return Reason(rule, Flag.FORWARDED, text, "subject", start=start, end=start + len(text))


def _is_finnish_reply(message: Message) -> bool:
    """True if the outermost prefix is VS: and means a reply, as in Finnish and Estonian.

    In Danish and Norwegian it means a forward. The quoted labels tell; where they are of neither, the thread does.
    """
    if not message.subject_prefixes or message.subject_prefixes[0].text.lower() != "vs":
        return False
    languages = {p.quote.language for p in message.passages if p.quote}
    if languages & (_VS_REPLIES | _VS_FORWARDS):
        return bool(languages & _VS_REPLIES)
    return bool(message.in_reply_to or message.references)


def _by_passage(
    message: Message, policy: TriagePolicy, context: ThreadContext, at: int, passage: Passage
) -> tuple[Forwarded, list[Reason]]:
    quote = passage.quote
    if quote is None:
        return Forwarded.NO, []
    separated = quote.origin is QuoteOrigin.FORWARD_SEPARATOR
    if separated and len(quote.labels) >= _LABELS_AT_LEAST:
        return Forwarded.FORWARD, [_placed("forward.separator", at, passage)]
    aside = _why_reply(message, policy, context, quote.sender)
    kind = "attribution" if quote.origin is QuoteOrigin.ATTRIBUTION else "block"
    if kind == "attribution" and not aside and not (quote.sender and policy.own_addresses):
        aside = "unnamed"
    if kind == "attribution" and not aside and (message.in_reply_to or message.references):
        aside = "thread"
    if aside:
        return Forwarded.NO, [_placed(f"forward.set-aside.{aside}", at, passage)]
    return Forwarded.POSSIBLE, [_placed("forward.separator" if separated else f"forward.{kind}", at, passage)]


def _why_reply(message: Message, policy: TriagePolicy, context: ThreadContext, sender: str) -> str:
    """What proves that quoting this sender is answering, "" if nothing does."""
    replies = message.subject_prefixes and message.subject_prefixes[0].meaning is PrefixMeaning.REPLY
    if replies or _is_finnish_reply(message):
        return "reply"
    if context.answers_own_mail:
        return "answers-own-mail"
    if message.sender and sender == message.sender.email:
        return "same-person"
    return "own-mail" if sender in policy.own_addresses else ""


def _transport(sentence: str) -> Reason:
    return _reason("forward.transport", f"forwarded by the mail system, not by the client ({sentence})")


def _reason(rule: str, text: str) -> Reason:
    return Reason(rule, Flag.FORWARDED, text)


def _placed(rule: str, at: int, passage: Passage) -> Reason:
    """A reason that shows the lines which opened the passage."""
    text = passage.text[:_TEXT_LIMIT].split("\n\n", 1)[0]
    return Reason(rule, Flag.FORWARDED, text, passage.kind.value, passage=at, start=0, end=len(text))
