"""The prefixes of a subject line: Re:, WG:, [EXT] Fwd :, Re[2]:, outermost first."""

from __future__ import annotations

from mailtriage.mail.lexicon import fold, lexicon
from mailtriage.model import PrefixMeaning, SubjectPrefix

PREFIXES_LIMIT = 20
_COLONS = ":\uff1a\ufe55\ufe13"
_TAGS = {"[": "]", "\u3010": "\u3011", "\uff3b": "\uff3d"}
_WORD_LIMIT = 32
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def subject_prefixes(subject: str) -> tuple[SubjectPrefix, ...]:
    """The known prefixes at the beginning of a subject, after any [tags]; at most `PREFIXES_LIMIT`.

    >>> [p.text for p in subject_prefixes("[EXT] AW: Fwd : Thursday")]
    ['AW', 'Fwd']
    """
    found: list[SubjectPrefix] = []
    rest = subject
    while len(found) < PREFIXES_LIMIT:
        rest = _without_tags(rest)
        prefix, after = _first_prefix(rest)
        if prefix is None:
            break
        found.append(prefix)
        rest = after
    return tuple(found)


def bare_subject(subject: str) -> str:
    """The subject without its leading [tags] and known prefixes, for telling which mails belong to one thread.

    >>> bare_subject("[EXT] AW: Fwd : Thursday")
    'Thursday'
    """
    rest = subject
    for _ in range(PREFIXES_LIMIT):
        rest = _without_tags(rest)
        prefix, after = _first_prefix(rest)
        if prefix is None:
            break
        rest = after
    return rest.strip()


def _without_tags(subject: str) -> str:
    """The subject after leading [tags]; one that is not closed is left alone."""
    rest = subject.lstrip().lstrip(_INVISIBLE).lstrip()
    while rest[:1] in _TAGS and rest:
        end = rest.find(_TAGS[rest[0]], 0, 80)
        if end < 0 or not rest[end + 1 :].strip():
            return rest
        rest = rest[end + 1 :].lstrip()
    return rest


def _first_prefix(subject: str) -> tuple[SubjectPrefix | None, str]:
    end = min((at for colon in _COLONS if (at := subject.find(colon, 0, _WORD_LIMIT + 1)) > 0), default=-1)
    if end < 0:
        return None, subject
    word = subject[:end].strip()
    meaning = _meaning(word)
    return (SubjectPrefix(word, meaning), subject[end + 1 :]) if meaning else (None, subject)


def _meaning(word: str) -> PrefixMeaning | None:
    """What a prefix means, also with a counter: Re[2], AW (3), Fwd^2, RE2."""
    folded = fold(word).replace("\u200e", "")
    bare = folded.rstrip("0123456789[]()^*. ")
    known = lexicon().prefixes
    return known.get(folded) or known.get(bare)
