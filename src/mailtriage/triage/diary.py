"""What a message wants of the diary: cancel, move, running late. From the sender's own words and the subject."""

from __future__ import annotations

import itertools
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
_OTHER_MATTERS = r"(?:plans?|membership|gym|subscription|holiday|trip|flight|order|party|wedding|date|card)"
_NEAR = rf"(?:\W+(?!{_OTHER_MATTERS}\b)\w+){{0,6}}?\W+"
_CANNOT = r"(?:can['\u2019]?t|cannot|can not|(?:won['\u2019]?t|not going to|will not) be able to|unable to|not able to)"
_DOUBT = r"(?:(?:don['\u2019]?t|do not) think i(?:['\u2019]ll)? (?:can|will|be able to)?|won['\u2019]?t|will not)"
_MUST = r"(?:have|need|going|like|want)\W+to"
_CLAUSE_END = r"(?=\W*$|\W*[.,;:!?\n(]|\W+(?:sorry|because|due|as|for|again|and|if)\b)"
_MOVE = (
    r"(?:(?:mov(?:e|ing)|shift|change|swap)(?!\W+(?:on|in|out|house|home|into|how|who|what|things|my mind)\b)"
    r"|re-?arrange|re-?schedule|postpone|bring forward|push back)"
)
_WISH = r"(?:need to|have to|could we|can we|could i|can i|possible to|like to)"
_ASK = r"(?:can|could|possible|chance|would|any|please|find|offer|book|available|need)"
_ANOTHER = r"(?:another|different|(?:an?\W+)?(?:earlier|later))"
_I_AM = r"(?:be|am|i['\u2019]?m|i['\u2019]?ll be|arrive)"
_A_LITTLE = r"(?:a\W+(?:bit|little)\W+|slightly\W+|few\W+minutes\W+)*"
_SOME = r"(?:\d{1,3}|five|ten|fifteen|twenty|thirty|forty|few|couple of|some)"
_TRANSPORT = r"(?:traffic|trains?|tube|bus|motorway|platform|tram)"

_RULES: tuple[tuple[Diary, str, str], ...] = (
    (Diary.CANCEL, "cancel", rf"\b(?:cancel|cancell?ing|cancell?ed|call off)\b{_NEAR}\b(?:{_MEETING}|{_DAY})\b"),
    (Diary.CANCEL, "must-cancel", rf"\b{_MUST}\W+cancel\b{_CLAUSE_END}"),
    (Diary.CANCEL, "cannot-come", rf"\b{_CANNOT}\W+(?:make|come|attend|get)\b(?:\W+\w+){{0,4}}?\W+(?:to\W+)?\b{_WHEN}"),
    (Diary.CANCEL, "will-not-come", rf"\b{_DOUBT}\W+(?:make|come|attend|be in)\b(?:\W+\w+){{0,4}}?\W+\b{_WHEN}"),
    (Diary.CANCEL, "miss", rf"\b(?:have to|need to|going to|will|must)\W+miss\b{_NEAR}\b(?:{_DAY}|{_MEETING})\b"),
    (Diary.MOVE, "move", rf"\b{_MOVE}\b{_NEAR}\b(?:{_MEETING}|{_DAY})\b"),
    (Diary.MOVE, "rearrange", rf"\b{_WISH}\W+(?:re-?arrange|re-?schedule|postpone)\b"),
    (
        Diary.MOVE,
        "another-time",
        rf"\b{_ASK}\W+(?:\w+\W+){{0,6}}?{_ANOTHER}\W+(?:time|day|slot|{_MEETING})\b(?!\W+(?:of|in)\b)",
    ),
    (Diary.MOVE, "instead", r"\b(?:can|could)\W+(?:we|i)\W+(?:do|have|make|come|meet)\b(?:\W+\w+){1,6}?\W+instead\b"),
    (Diary.MOVE, "would-day", rf"\bwould\W+{_DAY}\b(?:\W+\w+){{0,4}}?\W+(?:instead|work|suit|possible)\b"),
    (Diary.LATE, "running-late", r"\brunning\W+(?:\w+\W+){0,4}?(?:late|behind)\b"),
    (Diary.LATE, "minutes-late", rf"\b{_SOME}\W*min\w*\W+(?:late|behind)\b"),
    (Diary.LATE, "late", rf"\b{_I_AM}\W+{_A_LITTLE}late\W+(?:for|to|today|tonight|this)\b"),
    (Diary.LATE, "stuck", rf"\bstuck\W+(?:in|on|at|behind)\W+(?:\w+\W+){{0,3}}?{_TRANSPORT}\b"),
    (
        Diary.LATE,
        "delayed",
        rf"\b{_TRANSPORT}(?:\W+(?:is|has been|are)|['\u2019]s)?\W+(?:delayed|cancelled|running late)\b",
    ),
)
_COMPILED = tuple((kind, f"diary.{name}", re.compile(pattern, re.IGNORECASE)) for kind, name, pattern in _RULES)
_SAYS_NOT_ITSELF = frozenset({"diary.cannot-come", "diary.will-not-come"})
_NOT = r"(?:not|n['\u2019]t|dont|doesnt|wont|no need to|never|without|instead of|thank(?:s| you) for)"
_NEGATED = re.compile(rf"\b\w*{_NOT}\W+(?:\w+\W+){{0,3}}$|\bno\W+$", re.IGNORECASE)
_SOMEBODY_ELSE_LATE = re.compile(
    r"\b(?:was|were|been|always|never|(?:he|she|they|who)(?:['\u2019](?:s|re)|\W+(?:is|are))?)\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
_CALENDAR_WISHES = {"reply declined": Diary.CANCEL, "cancel": Diary.CANCEL, "counter": Diary.MOVE}
_LOOK_BACK = 40
_TEXT_LIMIT = 100_000


def diary(message: Message) -> tuple[tuple[Diary, ...], tuple[Reason, ...]]:
    """(what it wants, in the order of `Diary`; the words that say so). Quoted and forwarded text says nothing."""
    reasons = list(_hits(message.subject, "subject", -1))
    left = _TEXT_LIMIT
    for index, passage in enumerate(message.passages):
        if passage.kind is PassageKind.OWN and left > 0:
            reasons += _hits(passage.text[:left], passage.kind.value, index)
            left -= len(passage.text)
    wanted = {kind for kind, _ in reasons}
    return tuple(kind for kind in Diary if kind in wanted), tuple(reason for _, reason in reasons)


def calendar_wish(message: Message) -> tuple[tuple[Diary, ...], tuple[Reason, ...]]:
    """As `diary`, for what a calendar program sent: an appointment declined, cancelled, or another time proposed."""
    wish = _CALENDAR_WISHES.get(message.calendar)
    if wish is None:
        return (), ()
    return (wish,), (Reason("diary.calendar", Flag.DIARY, f"a calendar message: {message.calendar}"),)


def _hits(text: str, where: str, passage: int) -> Iterator[tuple[Diary, Reason]]:
    """The first hit of each rule that is not set aside by what stands before it."""
    for kind, rule, pattern in _COMPILED:
        hits = (match for match in pattern.finditer(text) if not _is_set_aside(kind, rule, text, match.start()))
        for match in itertools.islice(hits, 1):
            start, end = match.span()
            yield kind, Reason(rule, Flag.DIARY, match.group(), where, passage=passage, start=start, end=end)


def _is_set_aside(kind: Diary, rule: str, text: str, start: int) -> bool:
    """True if the words before a hit take it back ("no need to"), or speak of another person or time."""
    before = re.split(r"[.!?\n]", text[max(0, start - _LOOK_BACK) : start])[-1]
    if rule not in _SAYS_NOT_ITSELF and _NEGATED.search(before):
        return True
    return kind is Diary.LATE and bool(_SOMEBODY_ELSE_LATE.search(before))
