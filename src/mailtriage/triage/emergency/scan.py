"""The emergency finding of one message: every hit in every passage, what guards left of it, the highest tier."""

from __future__ import annotations

import hashlib
import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailtriage.model import Automatic, Emergency, Flag, Passage, PassageKind, Reason
from mailtriage.triage.emergency.entries import Combination, Guard, Person, Rule
from mailtriage.triage.emergency.guards import Cue, Guards
from mailtriage.triage.emergency.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mailtriage.model import Message
    from mailtriage.triage.emergency.matcher import Match
    from mailtriage.triage.emergency.rules import EmergencyRules
    from mailtriage.triage.emergency.tokens import Words
    from mailtriage.triage.policy import ThreadContext

KNOWN, QUOTED, FOOTER, ORDINARY = "known", "quoted", "footer", "ordinary reason"
_SKIPPED = frozenset({Automatic.BULK, Automatic.LIST, Automatic.BOUNCE})
_OTHERS = frozenset({PassageKind.QUOTED, PassageKind.FORWARDED})
_HELPLINE = "helpline"
_SELF = frozenset({"i", "me", "my", "myself", "mine"})
_AROUND_WORDS = 6
_MOST_REASONS = 60
_ORDINARY_WORDS = 60
_MOST_SIGNS = 40
_OFTEN_ENOUGH = 100


@dataclass(frozen=True, slots=True)
class EmergencyFinding:
    """The highest tier over all hits. `quoted_alarm`: only quoted or forwarded words carry the alarm."""

    tier: Emergency = Emergency.NONE
    quoted_alarm: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class _Hit:
    """A hit of a rule or sign after its guards.

    `place` counts the words before it, `paragraph` the paragraphs; `paragraph_words` is how long its own paragraph is.
    """

    rule: Rule
    reason: Reason
    place: int
    paragraph: int
    paragraph_words: int


@dataclass(frozen=True, slots=True)
class _Text:
    """A piece of a message to scan: the subject (passage -1) or a passage."""

    text: str
    where: str
    passage: int
    kind: PassageKind


def emergency(
    message: Message, rules: EmergencyRules, context: ThreadContext, automatic: Automatic | None = None
) -> EmergencyFinding:
    """What the wording of a message says, subject, signature and quoted text included.

    List and bulk mail and bounces are left out, unless their sender is a client.
    """
    if automatic in _SKIPPED and not context.sender_is_client:
        return EmergencyFinding()
    reasons: list[Reason] = []
    own: list[_Hit] = []
    place = paragraph = 0
    for piece in _pieces(message):
        hits, text = _hits(piece, rules)
        if piece.kind in _OTHERS:
            reasons.extend(_quoted(reason, about, context) for about, reason in _spoken(hits, rules))
        else:
            own.extend(replace(hit, place=hit.place + place, paragraph=hit.paragraph + paragraph) for hit in hits)
            place, paragraph = place + len(text.words), paragraph + text.paragraphs[-1] + 1 if text.words else paragraph
    reasons.extend(reason for _, reason in _spoken(own, rules))
    return finding_of(reasons, message)


def _pieces(message: Message) -> Iterator[_Text]:
    if message.subject:
        yield _Text(message.subject, "subject", -1, PassageKind.OWN)
    for index, passage in enumerate(message.passages):
        yield _piece(index, passage)


def _piece(index: int, passage: Passage) -> _Text:
    return _Text(passage.text, passage.kind.value, index, passage.kind)


def _hits(piece: _Text, rules: EmergencyRules) -> tuple[list[_Hit], Words]:
    """The hits of rules and signs in one text, lowered by its guards, and its words."""
    compiled = rules.compiled
    text = tokens(piece.text, compiled.spelling)
    found: list[tuple[Rule, Match]] = []
    cues: list[tuple[int, int]] = []
    for phrase, last in compiled.matcher.ends(text):
        owner = compiled.owners[phrase]
        if isinstance(owner, Rule) and not compiled.exceptions[phrase]:
            match = compiled.matcher.match(phrase, last, text)
            if not owner.near_self or _is_near_self(match, owner.near_self, text):
                found.append((owner, match))
        else:
            cues.append((phrase, last))
    if not found:
        return [], text
    guards = Guards([_cue(phrase, last, rules, text) for phrase, last in cues], text)
    in_helpline_footer = piece.kind is PassageKind.FOOTER and any(_is_helpline(rules, phrase) for phrase, _ in cues)
    hits = list(_lowered(_longest(found), piece, text, guards))
    if in_helpline_footer:
        hits = [replace(hit, reason=_lower(hit.reason, Emergency.MENTION, FOOTER)) for hit in hits]
    return hits, text


def _lowered(found: Sequence[tuple[Rule, Match]], piece: _Text, text: Words, guards: Guards) -> Iterator[_Hit]:
    """The hits after their guards. A rule that spoke often enough unguarded is not asked again: it can say no more."""
    spoken: dict[str, int] = {}
    for rule, match in found:
        if spoken.get(rule.id, 0) < _OFTEN_ENOUGH:
            hit = _hit(rule, match, piece, text, guards)
            spoken[rule.id] = spoken.get(rule.id, 0) + (not hit.reason.guard)
            yield hit


def _is_near_self(match: Match, reach: int, text: Words) -> bool:
    """Whether a first-person word stands in the hit, or near it in its sentence."""
    places = range(max(0, match.start - reach), min(len(text.words), match.end + reach))
    sentence = text.sentences[match.start]
    return any(text.words[place] in _SELF and text.sentences[place] == sentence for place in places)


def _cue(phrase: int, last: int, rules: EmergencyRules, text: Words) -> Cue:
    match = rules.compiled.matcher.match(phrase, last, text)
    owner = rules.compiled.owners[phrase]
    guard, rule = (owner, None) if isinstance(owner, Guard) else (None, owner)
    return Cue(match.start, match.end, guard, rule)


def _is_helpline(rules: EmergencyRules, phrase: int) -> bool:
    owner = rules.compiled.owners[phrase]
    return isinstance(owner, Guard) and owner.name == _HELPLINE


def _longest(found: Sequence[tuple[Rule, Match]]) -> list[tuple[Rule, Match]]:
    """One match for each rule and last word: of several phrases that end together, the one that starts first."""
    best: dict[tuple[str, int], tuple[Rule, Match]] = {}
    for rule, match in found:
        key = (rule.id, match.end)
        if key not in best or match.start < best[key][1].start:
            best[key] = (rule, match)
    return list(best.values())


def _hit(rule: Rule, match: Match, piece: _Text, text: Words, guards: Guards) -> _Hit:
    # A sign has no tier of its own: it is asked as if it spoke for the highest, so that its guards can tell.
    sought = rule.tier if rule.tier is not Emergency.NONE else Emergency.CRISIS
    lowered = guards.lowered(rule, sought, match)
    start, end = text.starts[match.start], text.ends[match.end - 1]
    reason = Reason(
        rule=rule.id,
        flag=Flag.EMERGENCY,
        text=piece.text[start:end],
        where=piece.where,
        guard=lowered.guard,
        tier=lowered.tier,
        passage=piece.passage,
        start=start,
        end=end,
        fingerprint=_fingerprint(match, text),
    )
    paragraph = text.paragraphs[match.start]
    words = bisect_right(text.paragraphs, paragraph) - bisect_left(text.paragraphs, paragraph)
    return _Hit(rule, reason, match.start, paragraph, words)


def _fingerprint(match: Match, text: Words) -> str:
    """A hash of the folded words around a hit, within its sentence: the same when it comes back rewrapped."""
    sentence = text.sentences[match.start]
    around = range(max(0, match.start - _AROUND_WORDS), min(len(text.words), match.end + _AROUND_WORDS))
    clause = " ".join(text.words[place] for place in around if text.sentences[place] == sentence)
    return hashlib.sha256(clause.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _spoken(hits: Sequence[_Hit], rules: EmergencyRules) -> Iterator[tuple[Person, Reason]]:
    """The reasons that hits give: those of rules by themselves, those of signs where enough stand together."""
    for hit in hits:
        if hit.rule.tier is not Emergency.NONE:
            yield hit.rule.about, hit.reason
    signs = sorted(
        (hit for hit in hits if hit.rule.tier is Emergency.NONE and not hit.reason.guard), key=lambda hit: hit.place
    )
    for combination in rules.combinations.values():
        for hit in _together(signs, combination):
            yield hit.rule.about, _combined(hit, combination, signs)


def _combined(hit: _Hit, combination: Combination, signs: Sequence[_Hit]) -> Reason:
    """The reason of one sign among several; only a mention where an ordinary reason stands near in its paragraph."""
    reason = replace(hit.reason, rule=combination.id, tier=combination.tier)
    is_ordinary = any(
        sign.rule.id in combination.unless
        and sign.paragraph == hit.paragraph
        and abs(sign.place - hit.place) <= _ORDINARY_WORDS
        for sign in signs
    )
    return _lower(reason, Emergency.MENTION, ORDINARY) if is_ordinary else reason


def _together(signs: Sequence[_Hit], combination: Combination) -> Sequence[_Hit]:
    """The signs of the first stretch of words in which enough groups of the combination are present, else none."""
    wanted = frozenset().union(*combination.groups)
    longest = combination.longest_paragraph or sys.maxsize
    relevant = [hit for hit in signs if hit.rule.id in wanted and hit.paragraph_words <= longest]
    first = 0
    for last, hit in enumerate(relevant):
        while hit.place - relevant[first].place > combination.within:
            first += 1
        window = relevant[max(first, last - _MOST_SIGNS) : last + 1]
        if _are_enough(combination, [inside.rule.id for inside in window]):
            return window
    return ()


def _are_enough(combination: Combination, ids: Sequence[str]) -> bool:
    """Whether enough groups are present, each by a sign of its own: the same sign does not count twice."""
    left = set(ids)
    present = 0
    for group in sorted(combination.groups, key=len):
        sign = next((identity for identity in sorted(group) if identity in left), None)
        if sign is not None:
            left.discard(sign)
            present += 1
    return present >= combination.at_least


def _quoted(reason: Reason, about: Person, context: ThreadContext) -> Reason:
    if reason.fingerprint in context.known_fingerprints:
        return _lower(reason, Emergency.MENTION, KNOWN)
    if about is not Person.SELF:
        return _lower(reason, Emergency.MENTION, QUOTED)
    return _lower(reason, Emergency.URGENT, QUOTED)


def _lower(reason: Reason, to: Emergency, guard: str) -> Reason:
    """The reason at most at tier `to`; the guard is named only if it changed something."""
    return reason if reason.tier.rank <= to.rank else replace(reason, tier=to, guard=guard)


def finding_of(reasons: Iterable[Reason], message: Message) -> EmergencyFinding:
    """The finding that these reasons make together: each once, the graver first, sixty at most."""
    unique = {(r.rule, r.passage, r.start, r.end): r for r in reasons}
    ordered = sorted(unique.values(), key=lambda r: (-r.tier.rank, r.passage, r.start))
    tier = max((reason.tier for reason in ordered), key=lambda tier: tier.rank, default=Emergency.NONE)
    alarms = [reason for reason in ordered if reason.tier.is_alarm]
    quoted = bool(alarms) and all(_is_quoted(reason, message) for reason in alarms)
    return EmergencyFinding(tier, quoted, tuple(ordered[:_MOST_REASONS]))


def _is_quoted(reason: Reason, message: Message) -> bool:
    return reason.passage >= 0 and message.passages[reason.passage].kind in _OTHERS
