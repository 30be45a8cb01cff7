"""Subject prefixes, outermost first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.subject import PREFIXES_LIMIT, subject_prefixes
from mailtriage.model import PrefixMeaning


def texts(subject: str) -> list[str]:
    return [prefix.text for prefix in subject_prefixes(subject)]


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Dates", []),
        ("", []),
        ("Re: Dates", ["Re"]),
        ("RE: FW: Dates", ["RE", "FW"]),
        ("Re:Fwd:Dates", ["Re", "Fwd"]),
        ("Fwd : Dates", ["Fwd"]),
        ("[EXT] Fwd: Dates", ["Fwd"]),
        ("[EXT] [list] AW: [EXT] WG: Dates", ["AW", "WG"]),
        ("Re[2]: Dates", ["Re[2]"]),
        ("AW (3): Dates", ["AW (3)"]),
        ("\u8f6c\u53d1\uff1aDates", ["\u8f6c\u53d1"]),
        ("\u202bRe: Dates", ["\u202bRe"]),
        ("Friday: can I come?", []),
        ("Re", []),
        ("[open Re: Dates", []),
        ("[Dates]", []),
        ("Dates Re: Friday", []),
    ],
)
def test_known_words_before_a_colon_are_prefixes(subject: str, expected: list[str]) -> None:
    assert [text.strip("\u202b") for text in texts(subject)] == [text.strip("\u202b") for text in expected]


def test_a_prefix_that_two_languages_use_differently_is_ambiguous() -> None:
    assert [prefix.meaning for prefix in subject_prefixes("VS: Dates")] == [PrefixMeaning.AMBIGUOUS]


def test_no_more_prefixes_are_read_than_people_write() -> None:
    assert len(texts("Re: " * 1000)) == PREFIXES_LIMIT


@given(st.text(max_size=40))
def test_any_subject_can_be_read(subject: str) -> None:
    assert all(prefix.text in subject for prefix in subject_prefixes(subject))
