"""Calendar parts (RFC 5545, RFC 5546): what they ask or answer, and the words somebody typed into them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_METHOD = re.compile(r"^METHOD[;:]\s{0,9}(\w{1,40})", re.IGNORECASE | re.MULTILINE)
_ANSWER = re.compile(r"\bPARTSTAT=\"?([\w-]{1,40})", re.IGNORECASE)
_TYPED = re.compile(
    r"^(COMMENT|DESCRIPTION|SUMMARY)((?:;[^:\n\"]{0,500}(?:\"[^\"\n]{0,500}\")?){0,9}):(.{0,20000})",
    re.IGNORECASE | re.MULTILINE,
)
_ESCAPED = re.compile(r"\\([nN;,\\])")


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """What a calendar part says.

    Attributes:
        method: "request", "reply", "cancel", "counter", … in lower case, "" if it has none.
        answer: of a reply "accepted", "declined", "tentative"; "" otherwise.
        comment: what the sender typed beside it.
        description: title and description of the appointment.
    """

    method: str = ""
    answer: str = ""
    comment: str = ""
    description: str = ""


def calendar(text: str) -> CalendarPart:
    r"""What an iCalendar text says; empty if it says nothing.

    >>> calendar("METHOD:REPLY\nATTENDEE;PARTSTAT=DECLINED:mailto:a@client.example\nCOMMENT:ill\\, sorry")
    CalendarPart(method='reply', answer='declined', comment='ill, sorry', description='')
    """
    unfolded = re.sub(r"\r?\n[ \t]", "", text)
    method = _METHOD.search(unfolded)
    kind = method[1].lower() if method else ""
    answer = _ANSWER.search(unfolded) if kind == "reply" else None
    typed: dict[str, list[str]] = {}
    for name, _, words in _TYPED.findall(unfolded):
        typed.setdefault(name.upper(), []).append(_ESCAPED.sub(_unescaped, words).strip())
    return CalendarPart(
        kind,
        answer[1].lower() if answer else "",
        "\n".join(typed.get("COMMENT", ())),
        "\n".join((*typed.get("SUMMARY", ()), *typed.get("DESCRIPTION", ()))),
    )


def _unescaped(match: re.Match[str]) -> str:
    return "\n" if match[1] in "nN" else match[1]
