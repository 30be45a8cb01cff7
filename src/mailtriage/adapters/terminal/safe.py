"""The one boundary between what strangers wrote and a screen or a file: harmless, and visible where it was not."""

from __future__ import annotations

import re
import unicodedata

_TAB_COLUMNS = 4

# More marks than this on one letter are there to spill over the lines above and below. Vietnamese needs two.
_MARKS_AT_MOST = 4

# Not printed by `str.isprintable`, yet neither dangerous nor worth an escape: other widths of space.
_SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F], " ")

# Printable by category, but drawn as nothing (Unicode's Default_Ignorable_Code_Point beside the Cf category).
_UNSEEN = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, 0x2800),
        *range(0x180B, 0x1810),
        *range(0xFE00, 0xFE10),
        *range(0xE0100, 0xE01F0),
    ]
)
_IDEOGRAPHIC_SPACE = 0x3000
_JOINER = "\u200d"
_PRESENTATION = "\ufe0e\ufe0f"

# Unassigned in this Python's Unicode tables, but drawn by newer terminals: the planes where new emoji appear.
_NEW_EMOJI = range(0x1F000, 0x1FC00)

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212", "-"),
        "\u2014": "--",
        "\u2026": "...",
        "\u00b7": "|",
        "\u2022": "*",
        "\u00d7": "x",
        "\u2192": "->",
        "\u20ac": "EUR ",
        "\u00a3": "GBP ",
    }
)


def safe(text: str, *, multiline: bool = False) -> str:
    r"""The same words with nothing a terminal obeys, reorders or hides; such characters appear as escapes (``\x1b``).

    Linear in the text and idempotent. What is left can be encoded in UTF-8: lone surrogates are escaped too. It is
    no markup guard: pass the result to rich as a `Text`, never as a plain string.

    Args:
        text: anything out of a mail, a header, an address, a folder or file name.
        multiline: keep line breaks (CRLF becomes LF); otherwise a line break is escaped like any other control.

    >>> safe("\x1b[31mred\u202etxt")
    '\\x1b[31mred\\u202etxt'
    """
    if text.isascii() and text.isprintable():
        return text
    if multiline:
        lines = text.replace("\r\n", "\n").split("\n")
        return "\n".join(_line(line.expandtabs(_TAB_COLUMNS)) for line in lines)
    return _line(text.replace("\t", " "))


def ascii_only(text: str) -> str:
    r"""Text for a terminal without Unicode: usual punctuation by its ASCII stand-in, all else escaped (``\xeb``).

    Letters are not stripped of their accents: an address that looks like another must not become it.
    """
    return text.translate(_PLAIN).encode("ascii", "backslashreplace").decode("ascii")


def one_line(text: str) -> str:
    """`safe` text on one line with its runs of white space folded, for subjects and names."""
    return safe(re.sub(r"\s+", " ", text).strip())


def _line(line: str) -> str:
    if line.isascii() and line.isprintable():
        return line
    shown: list[str] = []
    previous = " "
    marks = 0
    for character in line.translate(_SPACES):
        marks = marks + 1 if unicodedata.combining(character) else 0
        if _is_emoji_glue(character, previous):
            continue
        if marks > _MARKS_AT_MOST or _is_hidden(character):
            shown.append(_escape(character))
            previous = " "
        else:
            shown.append(character)
            previous = character
    return "".join(shown)


def _is_emoji_glue(character: str, previous: str) -> bool:
    """A joiner or presentation selector after a symbol: left out, so an emoji sequence shows as its parts."""
    return (character == _JOINER or character in _PRESENTATION) and unicodedata.category(previous) in {"So", "Sk"}


def _is_hidden(character: str) -> bool:
    code = ord(character)
    if code in _UNSEEN:
        return True
    return not (character.isprintable() or code == _IDEOGRAPHIC_SPACE or code in _NEW_EMOJI)


def _escape(character: str) -> str:
    return ascii(character)[1:-1]
