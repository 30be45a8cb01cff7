"""What a message wants of the diary: cancel, move, running late. From the sender's own words and the subject."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mailtriage.model import Diary, Flag, PassageKind, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mailtriage.model import Message

_DAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|today|tomorrow|tonight|(?:this|next) (?:week|morning))"
_MEETING = r"(?:appointment|session|slot|meeting|therapy|counselling|zoom|call|our time)"
_CLOCK = r"(?:the \d{1,2}(?:st|nd|rd|th)|at \d{1,2}|\d{1,2}[:.]\d\d|it (?:on|this|next|today|tomorrow))"
_WHEN = rf"(?:{_DAY}|{_MEETING}|{_CLOCK})"
_NEAR = r"(?:\W+\w+){0,6}?\W+"
_NOT = r"(?:not|n['\u2019]t|dont|doesnt|wont|no need to|never|without|instead of)"
_CANNOT = r"(?:can['\u2019]?t|cannot|can not|(?:won['\u2019]?t|not going to|will not) be able to|unable to|not able to)"
_MOVE = r"(?:mov(?:e|ing)|re-?arrange|re-?schedule|swap|change|shift|postpone|bring forward|push back)"
_WISH = r"(?:need to|have to|could we|can we|possible to|like to)"
_I_AM = r"(?:be|am|i['\u2019]?m|i['\u2019]?ll be|arrive)"
_A_LITTLE = r"(?:a\W+(?:bit|little)\W+|slightly\W+|few\W+minutes\W+)*"

_RULES: tuple[tuple[Diary, str, str], ...] = (
    (Diary.CANCEL, "cancel", rf"\b(?:cancel|cancell?ing|cancell?ed|call off)\b{_NEAR}\b(?:{_MEETING}|{_DAY})\b"),
    (Diary.CANCEL, "cannot-come", rf"\b{_CANNOT}\W+(?:make|come|attend|get)\b(?:\W+\w+){{0,4}}?\W+(?:to\W+)?\b{_WHEN}"),
    (Diary.CANCEL, "miss", rf"\b(?:have to|need to|going to|will|must)\W+miss\b{_NEAR}\b(?:{_DAY}|{_MEETING})\b"),
    (Diary.MOVE, "move", rf"\b{_MOVE}\b{_NEAR}\b(?:{_MEETING}|{_DAY})\b"),
    (Diary.MOVE, "rearrange", rf"\b{_WISH}\W+(?:re-?arrange|re-?schedule|postpone)\b"),
    (Diary.MOVE, "another-time", rf"\b(?:another|different|an? (?:earlier|later))\W+(?:time|day|slot|{_MEETING})\b"),
    (Diary.LATE, "running-late", r"\brunning\W+(?:\w+\W+){0,4}?late\b"),
    (Diary.LATE, "minutes-late", rf"\b{_I_AM}\W+(?:\w+\W+){{0,4}}?\d{{1,2}}\W*min\w*\W+late\b"),
    (Diary.LATE, "late", rf"\b{_I_AM}\W+{_A_LITTLE}late\W+(?:for|to|today|tonight|this)\b"),
    (
        Diary.LATE,
        "stuck",
        r"\bstuck\W+(?:in|on|at|behind)\W+(?:\w+\W+){0,3}?(?:traffic|train|tube|bus|motorway|platform)\b",
    ),
)
_COMPILED = tuple((kind, f"diary.{name}", re.compile(pattern, re.IGNORECASE)) for kind, name, pattern in _RULES)
_NEGATED = re.compile(rf"\b\w*{_NOT}\W+(?:\w+\W+){{0,3}}$", re.IGNORECASE)
_LOOK_BACK = 40
_TEXT_LIMIT = 20_000


def diary(message: Message) -> tuple[tuple[Diary, ...], tuple[Reason, ...]]:
    """(what it wants, in the order of `Diary`; the words that say so). Quoted and forwarded text says nothing."""
    reasons = list(_hits(message.subject, "subject", -1))
    for index, passage in enumerate(message.passages):
        if passage.kind is PassageKind.OWN:
            reasons += _hits(passage.text[:_TEXT_LIMIT], passage.kind.value, index)
    wanted = {kind for kind, _ in reasons}
    return tuple(kind for kind in Diary if kind in wanted), tuple(reason for _, reason in reasons)


def _hits(text: str, where: str, passage: int) -> Iterator[tuple[Diary, Reason]]:
    """The first hit of each rule that is not negated."""
    told: set[str] = set()
    for kind, rule, pattern in _COMPILED:
        if rule in told:
            continue
        for match in pattern.finditer(text):
            before = text[max(0, match.start() - _LOOK_BACK) : match.start()]
            if rule != "diary.cannot-come" and _NEGATED.search(before):
                continue
            told.add(rule)
            yield (
                kind,
                Reason(rule, Flag.DIARY, match.group(), where, passage=passage, start=match.start(), end=match.end()),
            )
            break
