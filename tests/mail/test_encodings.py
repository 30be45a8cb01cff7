"""Transfer encodings: exact where they are whole, as much as can be where they are not."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.encodings import DAMAGED_BASE64, NO_BASE64, UNKNOWN_ENCODING, decoded_bytes

LETTER = b"I am writing because last week was hard, and I would like to come earlier if there is a place.\n" * 3
ENCODED = base64.encodebytes(LETTER)


@given(st.binary(max_size=300))
def test_whole_encodings_are_undone_to_the_byte(data: bytes) -> None:
    assert decoded_bytes(base64.encodebytes(data), "base64") == (data, "")
    assert decoded_bytes(base64.b64encode(data), "base64") == (data, "")
    assert decoded_bytes(quopri.encodestring(data), "quoted-printable") == (data, "")
    assert decoded_bytes(data, "8bit") == (data, "")


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_base64_that_was_joined_to_base64_is_read_to_its_end(pieces: list[bytes]) -> None:
    joined = b"".join(map(base64.encodebytes, pieces))
    assert decoded_bytes(joined, "base64") == (b"".join(pieces), "")


def test_foreign_characters_cost_the_words_around_them_and_are_named() -> None:
    lines = ENCODED.split(b"\n")
    lines[1] = lines[1][:20] + b"%*" + lines[1][22:]
    data, damage = decoded_bytes(b"\n".join(lines), "base64")
    assert damage == DAMAGED_BASE64
    assert data.startswith(b"I am writing because last week was hard, and I would like to come earl")
    assert data.endswith(LETTER[-120:])
    assert data.isascii()


def test_a_lost_character_does_not_garble_the_lines_below() -> None:
    lines = ENCODED.split(b"\n")
    lines[1] = lines[1][:20] + b"!" + lines[1][23:]
    assert decoded_bytes(b"\n".join(lines), "base64")[0].endswith(LETTER[-120:])


def test_a_torn_end_is_damage_unless_it_was_we_who_cut() -> None:
    torn = base64.b64encode(LETTER)[:41]
    assert decoded_bytes(torn, "base64") == (LETTER[:30], DAMAGED_BASE64)
    assert decoded_bytes(torn, "base64", cut=True) == (LETTER[:30], "")


def test_a_footer_that_a_list_wrote_behind_base64_is_kept() -> None:
    data, damage = decoded_bytes(base64.encodebytes(b"hello, you") + b"\nTo leave the list, write to us.\n", "base64")
    assert data.startswith(b"hello, you")
    assert b"To leave the list, write to us." in data
    assert damage == DAMAGED_BASE64


def test_plain_words_that_are_called_base64_are_kept() -> None:
    assert decoded_bytes(LETTER, "base64") == (LETTER, NO_BASE64)


@pytest.mark.parametrize(
    ("encoded", "data"),
    [(b"a=3Db=", b"a=b"), (b"one =\r\ntwo", b"one two"), (b"one = \r\ntwo", b"one two"), (b"100=% =ZZ", b"100=% =ZZ"),
     (b"caf=c3=a9", b"caf\xc3\xa9")],
)  # fmt: skip
def test_quoted_printable_is_read_leniently(encoded: bytes, data: bytes) -> None:
    assert decoded_bytes(encoded, "quoted-printable") == (data, "")


def test_an_unknown_encoding_is_named_and_its_text_kept() -> None:
    assert decoded_bytes(b"hello", "x-uuencode") == (b"hello", UNKNOWN_ENCODING)


@given(st.lists(st.sampled_from([b"AAAA", b"QUJD", b"=", b"\n", b"*", b" ", b"A", b"\xff"]), max_size=60))
def test_any_base64_is_undone_somehow(pieces: list[bytes]) -> None:
    data, damage = decoded_bytes(b"".join(pieces), "base64")
    assert isinstance(data, bytes)
    assert damage in ("", DAMAGED_BASE64, NO_BASE64)
