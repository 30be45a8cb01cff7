"""Bytes to text, whatever a mail says of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.charsets import codec_of, text_of


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        (b"caf\xc3\xa9", "utf-8", "caf\u00e9"),
        (b"caf\xe9", "utf-8", "caf\u00e9"),
        (b"caf\xc3\xa9", "", "caf\u00e9"),
        (b"caf\xe9", "x-unknown", "caf\u00e9"),
        (b"it\x92s", "iso-8859-1", "it\u2019s"),
        (b"caf\xc3\xa9", "us-ascii", "caf\u00e9"),
        (b"caf\x82", "cp-850", "caf\u00e9"),
        (b"+AOk-", "unicode-1-1-utf-7", "\u00e9"),
        ("\u9555".encode("gb18030"), "gb2312", "\u9555"),
        ("\u05e9\u05dc".encode("iso-8859-8"), "iso-8859-8-i", "\u05e9\u05dc"),
        ("\u00e9".encode("utf-16"), "utf-16", "\u00e9"),
        (b"\xef\xbb\xbfhello", "utf-8", "hello"),
        (b"a\0b", "utf-8", "ab"),
        (b"+2AA-", "utf-7", "\ufffd"),
    ],
)
def test_text_is_what_was_meant(data: bytes, charset: str, text: str) -> None:
    assert text_of(data, charset) == text


@pytest.mark.parametrize(
    "charset", ["", "x-unknown", "base64", "hex", "zlib", "rot13", "idna", "a\0b", "\u00fc", "../x"]
)
def test_what_is_no_character_set_has_no_codec(charset: str) -> None:
    assert codec_of(charset) == ""


_CHARSETS = ["", "utf-8", "utf-7", "utf-16", "utf-32", "iso-2022-jp", "gb18030", "cp932", "hz", "punycode", "mbcs", "x"]


@given(st.binary(max_size=60), st.one_of(st.sampled_from(_CHARSETS), st.text(max_size=12)))
def test_any_bytes_under_any_name_are_text_that_can_be_written(data: bytes, charset: str) -> None:
    text = text_of(data, charset)
    assert text.encode("utf-8").decode("utf-8") == text
    assert "\0" not in text
