"""The entries of a rules file as values: rules, signs, guards and rules made of several signs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from mailtriage.model import Emergency

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from mailtriage.triage.emergency.phrases import Phrase, PhraseReader

_TIERS = {"crisis": Emergency.CRISIS, "urgent": Emergency.URGENT, "mention": Emergency.MENTION}
_MOST_WORDS = 400


class EntryError(ValueError):
    """An entry that cannot be used; the message says why, in words for whoever wrote it."""


class Person(StrEnum):
    """Whom a rule is about. Only what is about the writer can alarm from a quoted or forwarded text."""

    SELF = "self"
    OTHER = "other"
    ANY = "any"


class Side(StrEnum):
    """Where a guard's cue stands, seen from the words it guards against."""

    BEFORE = "before"
    AFTER = "after"
    INSIDE = "inside"
    AROUND = "around"


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts that must match (with this rule among the reasons, at its tier) and texts that must stay quiet."""

    match: tuple[str, ...]
    quiet: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """Phrases that speak for a tier; a sign is a rule with tier NONE, it speaks only together with others.

    `near_self`: a first-person word must stand within so many words, in the same sentence; 0 asks for none.
    """

    id: str
    tier: Emergency
    about: Person
    phrases: tuple[Phrase, ...]
    exceptions: tuple[Phrase, ...]
    guards: frozenset[str]
    near_self: int
    written: tuple[str, ...]
    note: str
    examples: Examples


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """A cue that lowers a hit to `to`.

    Attributes:
        name: what `why` shows; several guards can share it.
        reach: how many words may stand between the cue and the hit.
        broken_by: words that, between cue and hit (or as the hit's first word), break the guard.
        broken_inside: words of the hit itself that break the guard ("myself" is nobody else).
        crosses_commas: whether a comma, colon, dash or bracket may stand between.
        next_sentence: the cue is the whole next sentence, or last clause, after the hit ("Self-harm? No."); `reach`
            does not count.
        undone_by: words that, in the rest of the hit's sentence or in the next one, take the denial back.
    """

    id: str
    name: str
    side: Side
    reach: int
    to: Emergency
    broken_by: frozenset[str]
    broken_inside: frozenset[str]
    crosses_commas: bool
    next_sentence: bool
    undone_by: frozenset[str]
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Combination:
    """At least `at_least` of the groups of signs, within so many words of each other, speak for a tier together.

    `unless`: signs of an ordinary reason that, in the same paragraph, make it a mention. `longest_paragraph`: in words;
    weak signs mean nothing in a longer one, 0 for no limit. What stands in other paragraphs changes neither.
    """

    id: str
    tier: Emergency
    groups: tuple[frozenset[str], ...]
    unless: frozenset[str]
    at_least: int
    within: int
    longest_paragraph: int
    note: str
    examples: Examples


Entry = Rule | Guard | Combination


def rule_of(
    table: dict[str, Any],
    reader: PhraseReader,
    groups: Mapping[str, list[str]],
    guards: Collection[str],
    *,
    is_sign: bool,
) -> Rule:
    """The rule or sign of a table.

    Raises:
        EntryError: a key is missing, unknown or of the wrong kind.
        PhraseError: a phrase cannot be read.
    """
    _only(table, {"id", "tier", "about", "phrases", "except", "guards", "near_self", "note", "examples"})
    written = _texts(table, "phrases")
    named = [name for given in _texts(table, "guards", empty=True) for name in groups.get(given, [given])]
    unknown = sorted(set(named) - set(guards))
    if unknown:
        raise EntryError(f"there is no guard named {unknown[0]!r}")
    return Rule(
        id=table["id"],
        tier=Emergency.NONE if is_sign else _tier(table),
        about=_person(table),
        phrases=tuple(_phrase(reader, text) for text in written),
        exceptions=tuple(_phrase(reader, text) for text in _texts(table, "except", empty=True, default=[])),
        guards=frozenset(named),
        near_self=_words(table, "near_self"),
        written=written,
        note=str(table.get("note", "")),
        examples=_examples(table, required=not is_sign),
    )


def guard_of(table: dict[str, Any], reader: PhraseReader) -> Guard:
    """The guard of a table.

    Raises:
        EntryError: a key is missing, unknown or of the wrong kind.
        PhraseError: a phrase cannot be read.
    """
    _only(
        table,
        {
            "id",
            "name",
            "side",
            "reach",
            "to",
            "broken_by",
            "broken_inside",
            "crosses_commas",
            "next_sentence",
            "undone_by",
            "phrases",
        }
        | {"note"},
    )
    if table.get("side") not in list(Side):
        raise EntryError(f"side must be one of {', '.join(Side)}")
    to = table.get("to", "mention")
    if to not in {"mention", "urgent"}:
        raise EntryError("to must be mention or urgent: a guard lowers a hit, it never takes it away")
    return Guard(
        id=table["id"],
        name=str(table.get("name", table["id"])),
        side=Side(table["side"]),
        reach=_words(table, "reach"),
        to=_TIERS[to],
        broken_by=frozenset(_texts(table, "broken_by", empty=True, default=[])),
        broken_inside=frozenset(_texts(table, "broken_inside", empty=True, default=[])),
        crosses_commas=table.get("crosses_commas") is True,
        next_sentence=table.get("next_sentence") is True,
        undone_by=frozenset(_texts(table, "undone_by", empty=True, default=[])),
        phrases=tuple(_phrase(reader, text) for text in _texts(table, "phrases")),
    )


def combination_of(table: dict[str, Any], signs: Collection[str]) -> Combination:
    """The rule made of several signs; a group is a list of sign ids, or of their beginnings with a star.

    Raises:
        EntryError: a key is missing, unknown or of the wrong kind.
    """
    _only(table, {"id", "tier", "signs", "at_least", "within", "longest_paragraph", "unless", "note", "examples"})
    given = table["signs"]
    if not isinstance(given, list) or not all(isinstance(part, str) for part in given):
        raise EntryError("signs must be a list of texts, each naming one sign or several with '|' between")
    groups = tuple(_group(part, signs) for part in given)
    at_least, within = table.get("at_least", len(groups)), table.get("within", 120)
    if not isinstance(at_least, int) or not 1 < at_least <= len(groups):
        raise EntryError("at_least must be 2 or more, and not more than there are signs")
    if not isinstance(within, int) or not 0 < within <= _MOST_WORDS:
        raise EntryError(f"within must be a number of words up to {_MOST_WORDS}")
    return Combination(
        id=table["id"],
        tier=_tier(table),
        groups=groups,
        unless=frozenset().union(*(_group(part, signs) for part in _texts(table, "unless", empty=True, default=[]))),
        at_least=at_least,
        within=within,
        longest_paragraph=_words(table, "longest_paragraph"),
        note=str(table.get("note", "")),
        examples=_examples(table, required=True),
    )


def _group(text: str, signs: Collection[str]) -> frozenset[str]:
    wanted = [part.strip() for part in text.split("|")]
    unknown = [part for part in wanted if part not in signs]
    if unknown:
        raise EntryError(f"there is no sign named {unknown[0]!r}")
    return frozenset(wanted)


def _phrase(reader: PhraseReader, text: str) -> Phrase:
    try:
        return reader.phrase(text)
    except ValueError as error:
        raise EntryError(f"phrase {text!r}: {error}") from error


def _only(table: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(table.keys() - known)
    if unknown:
        raise EntryError(f"{unknown[0]!r} is not known here (known: {', '.join(sorted(known))})")


def _tier(table: dict[str, Any]) -> Emergency:
    tier = table.get("tier")
    if not isinstance(tier, str) or tier not in _TIERS:
        raise EntryError(f"tier must be one of {', '.join(_TIERS)}")
    return _TIERS[tier]


def _person(table: dict[str, Any]) -> Person:
    about = table.get("about", "self")
    if about not in list(Person):
        raise EntryError(f"about must be one of {', '.join(Person)}")
    return Person(about)


def _words(table: dict[str, Any], key: str) -> int:
    value = table.get(key, 0)
    if not isinstance(value, int) or not 0 <= value <= _MOST_WORDS:
        raise EntryError(f"{key} must be a number of words from 0 to {_MOST_WORDS}")
    return value


def _texts(
    table: dict[str, Any], key: str, *, empty: bool = False, default: list[str] | None = None
) -> tuple[str, ...]:
    value = table.get(key, default)
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value) or not (value or empty):
        raise EntryError(f"{key} must be a list of texts{'' if empty else ', with at least one'}")
    return tuple(value)


def _examples(table: dict[str, Any], *, required: bool) -> Examples:
    examples = table.get("examples", {"match": [], "quiet": []} if not required else None)
    if not isinstance(examples, dict):
        raise EntryError("examples.match and examples.quiet are required")
    _only(examples, {"match", "quiet"})
    return Examples(_texts(examples, "match", empty=not required), _texts(examples, "quiet", empty=not required))
