"""Address fields -> mailboxes, in one pass; alike on every Python, whose own parser recurses and changed in 3.11.10."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mailtriage.mail.headers import VALUE_LIMIT, decoded
from mailtriage.model import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ADDRESSES_LIMIT = 200
_EMAIL_LIMIT = 500
_TOKEN = re.compile(
    r"(?P<word>=\?[^?\s]{1,40}\?[bBqQ]\?[^?\s]{0,2000}\?=)"
    r'|"(?P<quoted>(?:[^"\\]|\\.)*)"?'
    r"|(?P<special>[()<>,;:])"
    r'|(?P<text>(?:[^()<>,;:"\\=]|\\.|=(?!\?)|\\)+|=)',
    re.DOTALL,
)


@dataclass(slots=True)
class _Mailbox:
    """What was seen of one mailbox; `angle` is what stands in <>, None if there was none."""

    phrase: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: list[str] | None = None


def addresses(values: Sequence[str]) -> tuple[Address, ...]:
    """The mailboxes in these header values, at most `ADDRESSES_LIMIT`, names decoded; groups are taken apart.

    A value without any @ holds no address.

    >>> addresses(['"a@b.example" <c@d.example>, e@f.example (Eve), team: <g@h.example>;'])[0]
    Address(name='a@b.example', email='c@d.example')
    """
    found: list[Address] = []
    for value in values:
        readings = (_mailboxes(text) for text in _ways_to_read(value[:VALUE_LIMIT]))
        found += next((boxes for boxes in map(list, readings) if any("@" in box.email for box in boxes)), ())
    return tuple(found[:ADDRESSES_LIMIT])


def _ways_to_read(value: str) -> Iterator[str]:
    """The value; then, for damaged ones, without what looks like an endless comment, and with all of it decoded."""
    yield value
    if "(" in value:
        yield value.replace("(", " ").replace(")", " ")
    if "=?" in value:
        yield decoded(value)


def _mailboxes(value: str) -> Iterator[Address]:
    box = _Mailbox()
    depth = 0
    closed = True
    for match in _TOKEN.finditer(value):
        special = match["special"]
        if depth or special in ("(", ")"):
            depth = max(0, depth + (special == "(") - (special == ")"))
            if special not in ("(", ")"):
                box.comments.append(match.group())
        elif special == "<":
            closed = box.angle is not None
            box.angle = box.angle or []
        elif special == ">":
            closed = True
        elif special in (",", ";") and (closed or "@" in "".join(box.angle or ())[1:]):
            yield from _address(box)
            box, closed = _Mailbox(), True
        elif special == ":":
            (box.phrase if closed else box.angle or []).clear()
        elif not closed and box.angle is not None:
            box.angle.append(match.group())
        elif special is None:
            box.phrase.append(_unquoted(match["quoted"]) if match["quoted"] is not None else match.group())
    yield from _address(box)


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def _address(box: _Mailbox) -> Iterator[Address]:
    """The mailbox, if there is an address in it."""
    phrase = "".join(box.phrase).strip()
    email = "".join("".join(box.angle or ()).split())
    if not email:
        bare = "".join(phrase.split()) if re.fullmatch(r"\S+\s*@\s*\S+|\S+", phrase) else ""
        email = bare or next((word for word in reversed(phrase.split()) if "@" in word), "")
        phrase = "" if bare else phrase.replace(email, "").strip() if email else phrase
    email = email.strip("<>.").lower()[:_EMAIL_LIMIT]
    if email and not email.startswith("=?"):
        yield Address(decoded(phrase or "".join(box.comments).strip()), email)
