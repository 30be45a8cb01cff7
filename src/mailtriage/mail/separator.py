"""Lines between a client's words and the mail she forwards or answers ("---- Forwarded message ----")."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailtriage.mail.lexicon import lexicon
from mailtriage.model import QuoteOrigin

_DASHES = "-_=~#*\u2010\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u2550\u2022\u00b7\u30fc"
_EDGES = _DASHES + " \t:.…[](){}<>«»\"'|"
_RULER_LENGTH = 5
_WORDS_LIMIT = 8
_PHRASE_WORDS_LIMIT = 7
_UNLISTED_LENGTH_LIMIT = 160
_LABEL = re.compile(r"[^\W\d_]+(?= ?:)")


@dataclass(frozen=True, slots=True)
class Separator:
    """A separator line.

    Attributes:
        origin: forward or original message.
        listed: the lexicon holds the whole phrase; otherwise only a word of it, or just its dashes, are known.
        dashed: it is drawn with dashes; otherwise only what follows can prove it.
        language: lexicon code, "" if unknown.
        labels: header labels that stand on the same line, where a program lost its line ends.
    """

    origin: QuoteOrigin
    listed: bool
    dashed: bool
    language: str
    labels: tuple[str, ...] = ()


def is_ruler(folded: str) -> bool:
    """True for a line of dashes or underscores and nothing else."""
    return len(folded) >= _RULER_LENGTH and not folded.strip(_DASHES + " ")


def separator(folded: str) -> Separator | None:
    """What a folded line separates, None if it is no separator or only possibly drawn as one."""
    core = folded.strip(_EDGES)
    if not core:
        return None
    dashed = _is_dashed(folded)
    words = lexicon()
    for origin, phrases in (
        (QuoteOrigin.FORWARD_SEPARATOR, words.forward),
        (QuoteOrigin.ORIGINAL_SEPARATOR, words.original),
    ):
        language = phrases.get(core)
        if language is None and dashed:
            language = _beginning(core, phrases)
        if language is not None:
            return Separator(origin, listed=True, dashed=dashed, language=language, labels=_labels_in(core))
    return _unlisted(folded, core, dashed=dashed)


def _labels_in(core: str) -> tuple[str, ...]:
    """The fields whose labels stand in this line, each with its colon."""
    found = (lexicon().labels.get(word, ()) for word in _LABEL.findall(core))
    return tuple(dict.fromkeys(meanings[0][0] for meanings in found if meanings))


def _beginning(core: str, phrases: dict[str, str]) -> str | None:
    """The language of a phrase that a drawn line begins with ("Forwarded message from Anna")."""
    words = core.split(maxsplit=_PHRASE_WORDS_LIMIT)
    counts = range(min(_PHRASE_WORDS_LIMIT, len(words) - 1), 0, -1)
    return next((phrases[start] for n in counts if (start := " ".join(words[:n])) in phrases), None)


def ends_forward(folded: str) -> bool:
    """True for a drawn line that says that the forwarded mail ends here."""
    return _is_dashed(folded) and folded.strip(_EDGES) in lexicon().forward_end


def _unlisted(folded: str, core: str, *, dashed: bool) -> Separator | None:
    """A separator by a word that only forwards use, or by its dashes alone."""
    if len(folded) > _UNLISTED_LENGTH_LIMIT or len(core.split()) > _WORDS_LIMIT or not (dashed or folded.endswith(":")):
        return None
    stem = next((code for stem, code in lexicon().forward_stems if stem in core), None)
    if stem is not None:
        return Separator(QuoteOrigin.FORWARD_SEPARATOR, listed=False, dashed=dashed, language=stem)
    if dashed:
        return Separator(QuoteOrigin.ORIGINAL_SEPARATOR, listed=False, dashed=True, language="")
    return None


def _is_dashed(folded: str) -> bool:
    """True if the line begins and ends with at least two dashes, or begins with five."""
    begins = len(folded) - len(folded.lstrip(_DASHES))
    ends = len(folded) - len(folded.rstrip(_DASHES + ":"))
    return (begins >= 2 and ends >= 2) or begins >= _RULER_LENGTH  # noqa: PLR2004 - "--" on both sides
