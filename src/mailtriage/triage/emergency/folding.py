"""Text as one alphabet: lower case, plain letters, plain apostrophes, with the way back to what the sender wrote."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import chain

# Letters of other scripts that pass for Latin ones on a screen (Unicode TR 39 lists thousands; these are the ones
# that phones' keyboards and copy-paste produce), and every sign that is typed for an apostrophe.
_LOOK_ALIKE = dict(zip("авсԁеһіјӏкмморԛѕтᴜԝхузαεικνορτυχɑɡıı", "abcdehijlkmmopqstuwxy3aeiknoptuxagii", strict=True))
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u0060\u00b4\u02bc\u02b9\u02bb\uff07\u05f3"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
_OTHER = {"\u2026": "...", "\u00df": "ss", "\u00f8": "o", "\u0142": "l", "\u00e6": "ae", "\u0153": "oe", "\u00a0": " "}


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; `origins[i]` is the index in the original of folded character i, None where the two agree."""

    text: str
    origins: tuple[int, ...] | None = None

    def origin(self, index: int) -> int:
        """Where folded position `index` stands in the original text."""
        return index if self.origins is None else self.origins[index]


class _Table(dict[str, str]):
    """One folded piece for each character, worked out when first seen; "" for what cannot be seen."""

    def __missing__(self, character: str) -> str:
        piece = self[character] = _folded(character)
        return piece


def _folded(character: str) -> str:
    if character in _OTHER:
        return _OTHER[character]
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:  # accents, zero-width signs, direction marks
        return ""
    plain = unicodedata.normalize("NFKD", character).casefold()
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return "".join(_LOOK_ALIKE.get(c, c) for c in letters) or " "


_TABLE = _Table({**dict.fromkeys(_APOSTROPHES, "'"), **dict.fromkeys(_DASHES, " - ")})


def folding(text: str) -> Folded:
    """The text folded: NFKD without accents, lower case, one apostrophe, look-alikes as Latin, nothing invisible."""
    if text.isascii():
        return Folded(text.lower().replace("`", "'"))
    pieces = [_TABLE[character] for character in text]
    origins = tuple(chain.from_iterable([index] * len(piece) for index, piece in enumerate(pieces)))
    return Folded("".join(pieces), (*origins, len(text)))
