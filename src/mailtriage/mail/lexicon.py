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

_WORD = re.compile(r"\w+")
_PHRASE_LENGTH_LIMIT = 60
_PHRASE_WORDS_LIMIT = 5


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


class Phrases:
    """Folded words and phrases, to be found in folded text: whole words, but anywhere in scripts without spaces."""

    def __init__(self, phrases: set[str]) -> None:
        self._by_first: dict[str, list[list[str]]] = {}
        for phrase in sorted(phrases):
            words = _WORD.findall(phrase)
            self._by_first.setdefault(words[0], []).append(words)
        self._spaceless = tuple(phrase for phrase in sorted(phrases) if _SPACELESS.search(phrase))

    def found_in(self, text: str) -> bool:
        """True if one of the phrases stands in the text."""
        words = _WORD.findall(text)
        if any(words[at : at + len(p)] == p for at, word in enumerate(words) for p in self._by_first.get(word, ())):
            return True
        return not text.isascii() and any(phrase in text for phrase in self._spaceless)

    def end(self, text: str) -> bool:
        """True if the text ends with one of the phrases."""
        if not text[-1:].isalnum() and text[-1:] != ")":
            return False
        words = _WORD.findall(text[-_PHRASE_LENGTH_LIMIT:])
        last = words[-_PHRASE_WORDS_LIMIT:]
        if any(p == last[at:] for at, word in enumerate(last) for p in self._by_first.get(word, ())):
            return True
        return not text.isascii() and text.endswith(self._spaceless)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All languages, compiled.

    Attributes:
        languages: by code, as the file orders them.
        forward: folded separator phrase -> language code.
        original: the same for separators of a quoted original.
        forward_stems: (folded stem, language code), for separators nobody listed.
        labels: folded label -> ((field, language code), ...).
        wrote: the words for "wrote".
        prefixes: folded subject prefix -> what it means.
        forward_end: folded separators that end a forwarded mail.
        sent_from: folded beginnings of a mobile footer.
        sent_from_device: folded (beginning, end) of those that name the device in between; the beginning may be "".
        footers: folded beginnings of a disclaimer's or a list footer's paragraph.
        label_length_limit: how many characters the longest folded label has.
    """

    languages: dict[str, Language]
    forward: dict[str, str]
    original: dict[str, str]
    forward_stems: tuple[tuple[str, str], ...]
    labels: dict[str, tuple[tuple[str, str], ...]]
    wrote: Phrases
    prefixes: dict[str, PrefixMeaning]
    forward_end: frozenset[str]
    sent_from: tuple[str, ...]
    sent_from_device: tuple[tuple[str, str], ...]
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
    footers = [_around_device(entry) for language in languages.values() for entry in language.sent_from]
    return Lexicon(
        languages=languages,
        forward={fold(phrase): code for code, language in reversed(each) for phrase in language.forward},
        original={fold(phrase): code for code, language in reversed(each) for phrase in language.original},
        forward_stems=tuple((fold(stem), code) for code, language in each for stem in language.forward_stems),
        labels=labels,
        wrote=Phrases({fold(word) for language in languages.values() for word in language.wrote}),
        prefixes=_prefix_index(languages),
        forward_end=frozenset(fold(phrase) for language in languages.values() for phrase in language.forward_end),
        sent_from=tuple({start: None for start, end in footers if not end}),
        sent_from_device=tuple({(start, end): None for start, end in footers if end}),
        footers=tuple({fold(start): None for language in languages.values() for start in language.footers}),
        label_length_limit=max(map(len, labels)),
    )
