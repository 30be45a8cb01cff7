"""Rules files (TOML) as compiled rules; a broken rule is refused with a problem that names it, the rest load."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from mailtriage.errors import ConfigError
from mailtriage.model import Emergency
from mailtriage.triage.emergency.entries import Combination, EntryError, Guard, Rule, combination_of, guard_of, rule_of
from mailtriage.triage.emergency.matcher import Matcher
from mailtriage.triage.emergency.phrases import Phrase, PhraseError, PhraseReader
from mailtriage.triage.emergency.tokens import Spelling
from mailtriage.triage.rule_texts import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class Compiled:
    """What a scan needs: the matcher, and for each phrase number who it belongs to."""

    matcher: Matcher
    spelling: Spelling
    owners: tuple[Rule | Guard, ...]
    exceptions: tuple[bool, ...]


@dataclass(frozen=True)
class EmergencyRules:
    """Rules ready to scan with. Immutable; the automaton inside only remembers steps it has worked out.

    Attributes:
        rules: phrase rules and signs, by id.
        combinations: rules made of several signs, by id.
        guards: by id; several guards can share a name.
        problems: what was refused, one sentence each, naming file and id.
        digest: SHA-256 of the files' names and texts.
    """

    rules: Mapping[str, Rule]
    combinations: Mapping[str, Combination]
    guards: Mapping[str, Guard]
    problems: tuple[str, ...]
    digest: str
    compiled: Compiled = field(repr=False)

    @property
    def count(self) -> int:
        """How many rules can flag a mail; signs and guards are not counted."""
        return len(self.ids)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all rules that can flag a mail, sorted."""
        phrased = (rule.id for rule in self.rules.values() if rule.tier is not Emergency.NONE)
        return tuple(sorted((*phrased, *self.combinations)))


@dataclass(slots=True)
class _Gathered:
    """The entries of all files as raw tables, the later ones over the earlier."""

    sets: dict[str, list[str]] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[tuple[str, str], tuple[str, dict[str, Any]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


_EntryType = TypeVar("_EntryType", Rule, Guard, Combination)
_KINDS = {"rule": "rule", "sign": "sign", "guard": "guard"}
_PLAIN = ("sets", "spelling", "groups")


def load_rules(texts: Mapping[str, str]) -> EmergencyRules:
    """The rules of these files (name -> TOML text); later files add to earlier ones, change or switch off by id.

    Raises:
        ConfigError: no rule is left that could flag anything.
    """
    gathered = _Gathered()
    for name, text in texts.items():
        _gather(gathered, name, text)
    rules = _compiled(gathered, digest_of(texts))
    if not rules.count:
        raise ConfigError(
            "there is not a single emergency wording rule left",
            "; ".join(rules.problems[:3]) or "See [triage] rules_files.",
        )
    return rules


def _gather(gathered: _Gathered, name: str, text: str) -> None:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        gathered.problems.append(f"{name}: not readable as TOML ({error}); the whole file is left out")
        return
    for key, value in document.items():
        if key in _PLAIN and isinstance(value, dict):
            _gather_plain(gathered, name, key, value)
        elif key in _KINDS and isinstance(value, list):
            for table in value:
                _gather_table(gathered, name, key, table)
        else:
            gathered.problems.append(f"{name}: [{key}] is not known (known: rule, sign, guard, sets, spelling, groups)")


def _gather_plain(gathered: _Gathered, name: str, key: str, value: dict[str, Any]) -> None:
    target: dict[str, Any] = getattr(gathered, key)
    wanted = str if key == "spelling" else list
    for entry, content in value.items():
        if isinstance(content, wanted) and all(isinstance(part, str) for part in content):
            target[entry] = content
        else:
            gathered.problems.append(f"{name}: {key}.{entry} needs {'a text' if wanted is str else 'a list of texts'}")


def _gather_table(gathered: _Gathered, name: str, kind: str, table: object) -> None:
    identity = table.get("id") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(identity, str) or not identity:
        gathered.problems.append(f"{name}: a [[{kind}]] has no id")
        return
    key = (kind, identity)
    if table.get("off") is True:
        if gathered.tables.pop(key, None) is None:
            gathered.problems.append(f"{name}: {identity}: there is no such {kind} to switch off")
        return
    earlier_name, earlier = gathered.tables.get(key, (name, {}))
    if earlier and earlier_name == name:
        gathered.problems.append(f"{name}: {identity}: this id stands twice in the file; the later one counts")
        earlier = {}
    gathered.tables[key] = (name, {**earlier, **table})


def _compiled(gathered: _Gathered, digest: str) -> EmergencyRules:
    spelling = _spelling(gathered.spelling)
    reader = PhraseReader(gathered.sets, spelling.read)
    problems = gathered.problems
    guards = {g.id: g for g in _entries(gathered, "guard", lambda table: guard_of(table, reader))}
    names = {guard.name for guard in guards.values()}
    signs = _entries(gathered, "sign", lambda table: rule_of(table, reader, gathered.groups, names, is_sign=True))
    plain = {key: value for key, value in gathered.tables.items() if "signs" not in value[1]}
    combined = {key: value for key, value in gathered.tables.items() if "signs" in value[1]}
    sign_ids = frozenset(sign.id for sign in signs)
    gathered.tables = plain
    phrased = _entries(gathered, "rule", lambda table: rule_of(table, reader, gathered.groups, names, is_sign=False))
    gathered.tables = combined
    combinations = _entries(gathered, "rule", lambda table: combination_of(table, sign_ids))
    rules = {rule.id: rule for rule in (*signs, *phrased)}
    parts = _compile((*guards.values(), *rules.values()), spelling)
    return EmergencyRules(rules, {c.id: c for c in combinations}, guards, tuple(problems), digest, parts)


def _entries(gathered: _Gathered, kind: str, read: Callable[[dict[str, Any]], _EntryType]) -> list[_EntryType]:
    found: list[_EntryType] = []
    for (kind_of_table, identity), (name, table) in gathered.tables.items():
        if kind_of_table == kind:
            try:
                found.append(read(table))
            except (EntryError, PhraseError) as error:
                gathered.problems.append(f"{name}: {identity}: {error}; this {kind} is left out")
    return found


def _spelling(listed: dict[str, str]) -> Spelling:
    pairs = {(key.split()[0], key.split()[1]): value for key, value in listed.items() if len(key.split()) == 2}  # noqa: PLR2004 - two words
    return Spelling({key: value for key, value in listed.items() if " " not in key}, pairs)


def _compile(entries: tuple[Rule | Guard, ...], spelling: Spelling) -> Compiled:
    phrases: list[Phrase] = []
    owners: list[Rule | Guard] = []
    exceptions: list[bool] = []
    for entry in entries:
        excepted = entry.exceptions if isinstance(entry, Rule) else ()
        for is_exception, some in ((False, entry.phrases), (True, excepted)):
            phrases.extend(some)
            owners.extend([entry] * len(some))
            exceptions.extend([is_exception] * len(some))
    matcher = Matcher(phrases)
    read = Spelling(spelling.listed, spelling.pairs, matcher.vocabulary)
    return Compiled(matcher, read, tuple(owners), tuple(exceptions))
