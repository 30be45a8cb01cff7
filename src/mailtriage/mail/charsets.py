"""Bytes -> text, whatever a mail says of them."""

from __future__ import annotations

import re
from encodings.aliases import aliases

_NO_TEXT = frozenset({"base64_codec", "bz2_codec", "hex_codec", "quopri_codec", "rot_13", "uu_codec", "zlib_codec"})
_NOT_HERE = frozenset({"mbcs", "tactis"})
_UNALIASED = ("cp720", "cp737", "cp856", "cp874", "cp875", "cp1006", "koi8_t", "koi8_u", "mac_croatian", "mac_farsi",
              "mac_romanian", "mac_arabic", "utf_8_sig")  # fmt: skip
# As browsers read them (WHATWG Encoding): what is declared as the smaller set is often the larger one.
_LARGER = {
    "ascii": "utf_8", "us_ascii": "utf_8", "ansi_x3_4_1968": "utf_8", "iso_8859_1": "cp1252", "iso8859_1": "cp1252",
    "latin_1": "cp1252", "latin1": "cp1252", "l1": "cp1252", "iso_8859_1_windows_1252": "cp1252", "ansi": "cp1252",
    "iso_8859_9": "cp1254", "latin5": "cp1254", "gb2312": "gb18030", "gbk": "gb18030", "x_gbk": "gb18030",
    "iso_8859_8_i": "iso8859_8", "iso_8859_8_e": "iso8859_8", "unicode_1_1_utf_7": "utf_7",
    "ks_c_5601_1987": "cp949", "euc_kr": "cp949", "shift_jis": "cp932", "x_sjis": "cp932", "sjis": "cp932",
    "ansi_x3_110_1983": "cp1252", "x_mac_roman": "mac_roman", "cp_850": "cp850", "x_user_defined": "cp1252",
    "utf_8_mac": "utf_8", "unicode": "utf_16", "x_windows_949": "cp949", "x_euc_jp": "euc_jp", "windows_874": "cp874",
    "tis_620": "cp874", "iso_2022_jp": "iso2022_jp_ext", "csiso2022jp": "iso2022_jp_ext", "x_cp1250": "cp1250",
    "x_cp1251": "cp1251", "x_cp1252": "cp1252",
}  # fmt: skip
_CODECS = {
    name: codec
    for name, codec in {
        **aliases, **{codec: codec for codec in aliases.values()}, **{name: name for name in _UNALIASED}, **_LARGER,
    }.items()
    if codec not in _NO_TEXT | _NOT_HERE
}  # fmt: skip
_NAME_LIMIT = 60
_DAMAGE_ALLOWED = 20
"""One character in so many may be damaged in what is still the declared UTF-8."""


def codec_of(charset: str) -> str:
    """Python's codec for a declared charset, "" if there is none. iso-8859-1 is windows-1252, as browsers have it.

    Names are looked up in a table, never imported: a mail may name anything.

    >>> codec_of("ISO-8859-1"), codec_of(' "utf8" '), codec_of("hex"), codec_of("x-unknown")
    ('cp1252', 'utf_8', '', '')
    """
    words = charset[:_NAME_LIMIT].strip(" \t\"';").split()
    return _CODECS.get(re.sub(r"[^a-z0-9]+", "_", words[0].lower()).strip("_"), "") if words else ""


def text_of(data: bytes, charset: str) -> str:
    """The text of these bytes: as declared, else as UTF-8, else as windows-1252; never a lone surrogate or NUL."""
    declared = codec_of(charset)
    for codec in dict.fromkeys((declared, "utf_8")):
        if codec:
            try:
                return _clean(data.decode(codec))
            except (UnicodeError, ValueError):
                continue
    text = data.decode(declared or "utf_8", "replace")
    if declared in ("", "utf_8") and text.count("\ufffd") * _DAMAGE_ALLOWED > len(text):
        text = data.decode("cp1252", "replace")
    return _clean(text)


def _clean(text: str) -> str:
    """Without byte order mark, NULs, and surrogates (which UTF-7 and UTF-16 codecs let through)."""
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").removeprefix("\ufeff")
    return text.replace("\0", "")
