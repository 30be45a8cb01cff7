"""Mail that no person typed to her, by kind, from its headers and its sender's domain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.model import Automatic, Flag, Reason

if TYPE_CHECKING:
    from mailtriage.model import Message

_SOCIAL_DOMAINS = (
    "facebookmail.com", "facebook.com", "linkedin.com", "instagram.com", "mail.instagram.com", "twitter.com", "x.com",
    "tiktok.com", "pinterest.com", "snapchat.com", "nextdoor.com", "nextdoor.co.uk", "xing.com", "tumblr.com",
    "reddit.com", "redditmail.com", "quora.com", "whatsapp.com", "threads.net", "bsky.app", "meetup.com",
)  # fmt: skip
_SOCIAL_WORDS = (
    "friend request", "sent you a message", "wants to connect", "invitation to connect", "connection request",
    "started following you", "tagged you", "new follower", "accepted your invitation", "wants to be friends",
)  # fmt: skip
# RFC 5546; what is merely published is a file that a person attached.
_CALENDAR_METHODS = frozenset({"request", "reply", "add", "cancel", "refresh", "counter", "declinecounter"})
_BOUNCE_SENDERS = ("mailer-daemon", "postmaster")


def automatic(message: Message) -> tuple[Automatic, Reason] | None:
    """The kind of automatic mail with its reason, None for mail that a person sent.

    The first that holds of: bounce (RFC 3464), calendar, auto-reply (RFC 3834), social-network notice, mailing list
    (RFC 2919), bulk.
    """
    for kind, evidence in (
        (Automatic.BOUNCE, _bounce(message)),
        (Automatic.CALENDAR, _calendar(message)),
        (Automatic.AUTO_REPLY, _auto_reply(message)),
        (Automatic.SOCIAL, _social(message)),
        (Automatic.LIST, _list(message)),
        (Automatic.BULK, _bulk(message)),
    ):
        if evidence:
            rule = f"automatic.{kind.value.split()[0]}"
            return kind, Reason(rule, Flag.AUTOMATIC, evidence)
    return None


def _first(message: Message, name: str) -> str:
    return next(iter(message.headers.get(name, ())), "").strip().lower()


def _sender(message: Message) -> str:
    return message.sender.email if message.sender else ""


def _bounce(message: Message) -> str:
    report = "report-type=delivery-status" in _first(message, "content-type").replace('"', "").replace(" ", "")
    if report or message.headers.get("x-failed-recipients"):
        return "a report that a mail could not be delivered"
    empty_path = message.headers.get("return-path") and _first(message, "return-path") == "<>"
    if empty_path and _sender(message).startswith(_BOUNCE_SENDERS):
        return "sent by the mail system, with an empty return path"
    return ""


def _calendar(message: Message) -> str:
    if message.calendar.split(" ")[0] in _CALENDAR_METHODS:
        return f"a calendar message: {message.calendar}"
    return "a calendar message" if message.media_type == "text/calendar" else ""


def _auto_reply(message: Message) -> str:
    submitted = next(iter(_first(message, "auto-submitted").replace(";", " ").replace("(", " ").split()), "")
    if submitted in ("auto-replied", "auto-generated", "auto-notified"):
        return f"it says of itself that it is {submitted}"
    if _first(message, "x-autoreply") in ("yes", "true") or message.headers.get("x-autorespond"):
        return "it says of itself that it is an automatic answer"
    return "it says of itself that it is an automatic answer" if _first(message, "precedence") == "auto_reply" else ""


def _social(message: Message) -> str:
    domain = _sender(message).rpartition("@")[2]
    known = any(domain == name or domain.endswith("." + name) for name in _SOCIAL_DOMAINS)
    if known:
        return f"a notice from {domain}"
    subject = message.subject.lower()
    is_mass = bool(message.headers.get("list-unsubscribe") or message.headers.get("feedback-id"))
    return next((f"“{words}” in a notice" for words in _SOCIAL_WORDS if is_mass and words in subject), "")


def _list(message: Message) -> str:
    if message.headers.get("list-id") and (message.headers.get("list-post") or _first(message, "precedence") == "list"):
        return "it came over a mailing list"
    return "it came over a mailing list" if _first(message, "precedence") == "list" else ""


def _bulk(message: Message) -> str:
    if _first(message, "precedence") in ("bulk", "junk"):
        return "it says of itself that it is bulk mail"
    names = ("list-unsubscribe", "list-id")  # not Feedback-ID: some providers put it on what people write
    return "it was sent to many people" if any(message.headers.get(name) for name in names) else ""
