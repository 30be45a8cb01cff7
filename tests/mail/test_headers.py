"""Header fields: unfolded, decoded, split."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.headers import VALUE_LIMIT, decoded, fields, instant, message_ids


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Caf=C3=A9?=", "Caf\u00e9"),
        ("=?UTF-8?B?Q2Fmw6k=?=", "Caf\u00e9"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?utf-8?q?one_two?=", "one two"),
        ("=?utf-8*en?q?a?=", "a"),
        ("=?utf-8?b?Q2Fmw6k?=", "Caf\u00e9"),
        ("=?utf-8?b?w6?= =?utf-8?b?k=?=", None),
        ("=?x-none?q?caf=E9?=", "caf\u00e9"),
        ("=?utf-8?q?unfinished", "=?utf-8?q?unfinished"),
        ("a\r\n\tb", "a b"),
        ("", ""),
    ],
)
def test_encoded_words_are_decoded(value: str, text: str | None) -> None:
    found = decoded(value)
    assert found.isprintable()
    if text is not None:
        assert found == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40))
def test_what_a_mail_program_encodes_is_read_back(text: str) -> None:
    word = f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="
    assert decoded(word) == text


@given(
    st.lists(
        st.sampled_from(["=?", "?=", "?q?", "?b?", "utf-8", "=", "A", " ", "_", "\ud800", "\u00e9", "=FF", "\r\n "])
    )
)
def test_any_value_is_one_line(pieces: list[str]) -> None:
    found = decoded("".join(pieces))
    assert len(found) <= VALUE_LIMIT
    assert found.splitlines() in ([], [found])


def test_fields_are_unfolded_in_order_and_damage_is_passed_over() -> None:
    block = b"Subject: one\r\n two\r\nno field here\r\nTO: a\nSubject: caf\xe9\nEmpty:\n"
    found = fields(block)
    assert [" ".join(value.split()) for value in found["subject"]] == ["one two", "caf\u00e9"]
    assert found["to"] == ("a",)
    assert found["empty"] == ("",)
    assert "no field here" not in found


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("Mon, 02 Nov 2026 10:00:00 +0100", datetime(2026, 11, 2, 9, tzinfo=UTC)),
        ("Mon, 2 Nov 2026 10:00:00", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("Mon, 02 Nov 2026 10:00:00 -0000", datetime(2026, 11, 2, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        ("Mon, 99 Nov 2026 10:00:00 +0000", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
        ("1 " * 5_000, None),
    ],
)
def test_a_date_is_an_instant_or_nothing(value: str, at: datetime | None) -> None:
    assert instant(value) == at


def test_message_ids_are_each_told_once_in_order() -> None:
    assert message_ids(("<b@x> <a@x>\r\n <b@x>", "junk <c@x> <>")) == ("b@x", "a@x", "c@x")
