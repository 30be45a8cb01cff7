"""Lines between a client's words and the mail she forwards or answers ("---- Forwarded message ----")."""

from __future__ import annotations

from dataclasses import dataclass

from mailtriage.mail.lexicon import lexicon
from mailtriage.model import QuoteOrigin

_DASHES = "-_=~#–—―−─═—*•·"  # noqa: RUF001 - the dashes that mail programs draw with
_EDGES = _DASHES + " \t:.…[](){}<>«»\"'|"
_RULER_LENGTH = 5
_WORDS_LIMIT = 8
_LENGTH_LIMIT = 160


@dataclass(frozen=True, slots=True)
class Separator:
    """A separator line.

    Attributes:
        origin: forward or original message.
        listed: the lexicon holds the whole phrase; otherwise only a word of it, or just its dashes, are known.
        dashed: it is drawn with dashes; otherwise only what follows can prove it.
        language: lexicon code, "" if unknown.
    """

    origin: QuoteOrigin
    listed: bool
    dashed: bool
    language: str


def is_ruler(folded: str) -> bool:
    """True for a line of dashes or underscores and nothing else."""
    return len(folded) >= _RULER_LENGTH and not folded.strip(_DASHES + " ")


def separator(folded: str) -> Separator | None:
    """What a folded line separates, None if it is no separator or only possibly drawn as one."""
    if not folded or len(folded) > _LENGTH_LIMIT:
        return None
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
            language = next((code for phrase, code in phrases.items() if core.startswith(f"{phrase} ")), None)
        if language is not None:
            return Separator(origin, listed=True, dashed=dashed, language=language)
    return _unlisted(folded, core, dashed=dashed)


def ends_forward(folded: str) -> bool:
    """True for a drawn line that says that the forwarded mail ends here."""
    return len(folded) <= _LENGTH_LIMIT and _is_dashed(folded) and folded.strip(_EDGES) in lexicon().forward_end


def _unlisted(folded: str, core: str, *, dashed: bool) -> Separator | None:
    """A separator by a word that only forwards use, or by its dashes alone."""
    if len(core.split()) > _WORDS_LIMIT or not (dashed or folded.endswith(":")):
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
