"""Bytes -> text, whatever a mail says of them."""

from __future__ import annotations

import codecs

_ALIASES = {
    "iso-8859-1": "windows-1252", "latin1": "windows-1252", "us-ascii": "utf-8", "ascii": "utf-8",
    "gb2312": "gb18030", "gbk": "gb18030", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7", "ks_c_5601-1987": "cp949", "x-sjis": "cp932", "shift_jis": "cp932",
    "ansi_x3.110-1983": "windows-1252", "x-mac-roman": "mac-roman", "cp-850": "cp850", "x-user-defined": "windows-1252",
}  # fmt: skip
_BINARY = frozenset(
    {
        "hex",
        "base64",
        "bz2",
        "zlib",
        "rot13",
        "uu",
        "quopri",
        "unicode_escape",
        "raw_unicode_escape",
        "idna",
        "punycode",
    }
)


def codec_of(charset: str) -> str:
    """Python's codec for a declared charset, "" if none. iso-8859-1 is read as windows-1252, as browsers do."""
    name = charset.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name) if name and name.isascii() and "\0" not in name else None
    except (LookupError, ValueError):
        return ""
    if info is None or info.name in _BINARY or not getattr(info, "_is_text_encoding", True):
        return ""
    return info.name


def text_of(data: bytes, charset: str) -> str:
    """The text of these bytes: as declared, else as UTF-8, else as windows-1252; never a lone surrogate or NUL."""
    for codec in (codec_of(charset), "utf-8"):
        if not codec:
            continue
        try:
            return _clean(data.decode(codec))
        except (UnicodeError, ValueError, LookupError):
            continue
    declared = codec_of(charset)
    return _clean(data.decode(declared if declared and declared != "utf-8" else "windows-1252", "replace"))


def _clean(text: str) -> str:
    """Without byte order mark, NULs, and surrogates (which UTF-7 and UTF-16 codecs let through)."""
    if text.isascii():
        return text.replace("\0", "")
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "").removeprefix("\ufeff")
