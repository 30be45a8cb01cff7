"""What mail programs write around quoted mail, in their languages: `lexicon.toml`, compiled for look-up.

The data file is read once, when first used. Nothing in it is a regular expression: words and phrases only.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from mailtriage.model import PrefixMeaning

FOLD_LIMIT = 600
"""A line is judged by its first characters: no separator, label or attribution is longer."""

_COMBINING = range(0x0300, 0x0370)
# Bidirectional marks, zero-width characters, the byte-order mark, the soft hyphen: mail programs add them unseen.
_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
)
# The dotless i, which capitals hide, and apostrophes.
_SAME = {0x0131: "i", 0x2018: "'", 0x2019: "'", 0x02BC: "'", 0x00B4: "'"}
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def fold(text: str) -> str:
    """The text as the lexicon compares it: no case, accents, invisible characters, doubled or special spaces.

    Only the first `FOLD_LIMIT` characters are looked at. Folding twice changes nothing.

    >>> fold("Betreff :  Änderung")
    'betreff : anderung'
    """
    text = text[:FOLD_LIMIT]
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text.translate(_INVISIBLE).casefold().translate(_SAME))
        text = "".join(c for c in decomposed if ord(c) not in _COMBINING)
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True)
class Language:
    """One language's table of `lexicon.toml`; the words as written there."""

    code: str
    name: str
    forward: tuple[str, ...]
    forward_stems: tuple[str, ...]
    forward_end: tuple[str, ...]
    original: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    wrote: tuple[str, ...]
    attributions: tuple[str, ...]
    subject_forward: tuple[str, ...]
    subject_reply: tuple[str, ...]
    subject_ambiguous: tuple[str, ...]
    sent_from: tuple[str, ...]
    footers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All languages, compiled.

    Attributes:
        languages: by code, as the file orders them.
        forward: folded separator phrase -> language code.
        original: the same for separators of a quoted original.
        forward_stems: (folded stem, language code), for separators nobody listed.
        labels: folded label -> ((field, language code), ...).
        wrote: finds a word for "wrote" in folded text.
        prefixes: folded subject prefix -> what it means.
        forward_end: folded separators that end a forwarded mail.
        sent_from: folded (beginning, end) of a mobile footer; one of them may be empty.
        footers: folded beginnings of a disclaimer's or a list footer's paragraph.
        label_length_limit: how many characters the longest folded label has.
    """

    languages: dict[str, Language]
    forward: dict[str, str]
    original: dict[str, str]
    forward_stems: tuple[tuple[str, str], ...]
    labels: dict[str, tuple[tuple[str, str], ...]]
    wrote: re.Pattern[str]
    prefixes: dict[str, PrefixMeaning]
    forward_end: frozenset[str]
    sent_from: tuple[tuple[str, str], ...]
    footers: tuple[str, ...]
    label_length_limit: int


def _language(code: str, table: dict[str, object]) -> Language:
    def words(key: str, within: dict[str, object] = table) -> tuple[str, ...]:
        value = within.get(key, [])
        return tuple(str(word) for word in value) if isinstance(value, list) else ()

    labels = table.get("labels", {})
    subject = table.get("subject", {})
    by_field = {field: words(field, labels) for field in labels} if isinstance(labels, dict) else {}
    prefixes = subject if isinstance(subject, dict) else {}
    return Language(
        code=code,
        name=str(table.get("name", code)),
        forward=words("forward"),
        forward_stems=words("forward_stems"),
        forward_end=words("forward_end"),
        original=words("original"),
        labels=by_field,
        wrote=words("wrote"),
        attributions=words("attributions"),
        subject_forward=words("forward", prefixes),
        subject_reply=words("reply", prefixes),
        subject_ambiguous=words("ambiguous", prefixes),
        sent_from=words("sent_from"),
        footers=words("footers"),
    )


def _any_of(words: set[str]) -> re.Pattern[str]:
    """A pattern for any of these folded words; whole words, but anywhere in scripts that write no spaces."""
    spaced = sorted((re.escape(w) for w in words if not _SPACELESS.search(w)), key=len, reverse=True)
    joined = sorted((re.escape(w) for w in words if _SPACELESS.search(w)), key=len, reverse=True)
    return re.compile("|".join([rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)", *joined]))


def _around_device(entry: str) -> tuple[str, str]:
    """What stands before and after the "*" of a mobile footer, folded; a trailing space asks for a word's end.

    >>> _around_device("Sent from my ")
    ('sent from my ', '')
    """
    start, _, end = entry.partition("*")
    return fold(start) + (" " if start.endswith(" ") else ""), fold(end)


def _label_index(languages: dict[str, Language]) -> dict[str, tuple[tuple[str, str], ...]]:
    index: dict[str, dict[tuple[str, str], None]] = {}
    for code, language in languages.items():
        for field, words in language.labels.items():
            for word in words:
                index.setdefault(fold(word), {})[field, code] = None
    return {label: tuple(meanings) for label, meanings in index.items()}


def _prefix_index(languages: dict[str, Language]) -> dict[str, PrefixMeaning]:
    """Meanings by folded prefix; one that two languages use differently is ambiguous."""
    index: dict[str, PrefixMeaning] = {}
    for language in languages.values():
        for meaning, words in (
            (PrefixMeaning.FORWARD, language.subject_forward),
            (PrefixMeaning.REPLY, language.subject_reply),
            (PrefixMeaning.AMBIGUOUS, language.subject_ambiguous),
        ):
            for word in words:
                known = index.setdefault(fold(word), meaning)
                if known is not meaning:
                    index[fold(word)] = PrefixMeaning.AMBIGUOUS
    return index


@cache
def lexicon() -> Lexicon:
    """The lexicon, read from the package on the first call."""
    tables = tomllib.loads(files("mailtriage.mail").joinpath("lexicon.toml").read_text("utf-8"))
    languages = {code: _language(code, table) for code, table in tables.items()}
    labels = _label_index(languages)
    each = languages.items()
    return Lexicon(
        languages=languages,
        forward={fold(phrase): code for code, language in reversed(each) for phrase in language.forward},
        original={fold(phrase): code for code, language in reversed(each) for phrase in language.original},
        forward_stems=tuple((fold(stem), code) for code, language in each for stem in language.forward_stems),
        labels=labels,
        wrote=_any_of({fold(word) for language in languages.values() for word in language.wrote}),
        prefixes=_prefix_index(languages),
        forward_end=frozenset(fold(phrase) for language in languages.values() for phrase in language.forward_end),
        sent_from=tuple(
            {_around_device(entry): None for language in languages.values() for entry in language.sent_from}
        ),
        footers=tuple({fold(start): None for language in languages.values() for start in language.footers}),
        label_length_limit=max(map(len, labels)),
    )
