"""The same words in other clothes never have a lower tier."""

from __future__ import annotations

import base64
import quopri
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.inspection import inspect
from mailtriage.model import Emergency, Message, Passage, PassageKind
from mailtriage.triage.emergency import bundled_rules, emergency
from mailtriage.triage.policy import ThreadContext

_LINES = (
    "I don't want to be here any more.",
    "I can't go on like this, I'm going to kill myself.",
    "I've taken all my tablets.",
    "They'd all be better off without me.",
    "My son says he wants to kill himself.",
    "Please don't blame yourself. It'll all be over soon.",
)
_NEUTRAL = ("See you on Tuesday.", "The invoice is attached.", "It rained all day.", "Best wishes, Jo")


def _tier(text: str) -> Emergency:
    return emergency(Message(passages=(Passage(PassageKind.OWN, text),)), bundled_rules(), ThreadContext()).tier


@pytest.mark.parametrize("line", _LINES)
def test_case_apostrophes_and_wrapping_do_not_matter(line: str) -> None:
    tier = _tier(line)
    assert tier.is_alarm
    others = (
        line.upper(),
        line.lower(),
        line.replace("'", "\u2019"),
        line.replace("'", "`"),
        textwrap.fill(line, 12),
        line.replace(" ", "  "),
        line.replace(" ", "\u00a0"),
        line.replace("a", "\u0430").replace("e", "\u0435"),  # Cyrillic
        line.replace("l", "l\u200b"),
    )
    for other in others:
        assert _tier(other).rank >= tier.rank, other


@pytest.mark.parametrize("line", _LINES)
def test_phone_typing_without_apostrophes_rings_too(line: str) -> None:
    assert _tier(line.lower().replace("'", "").replace(".", "")).is_alarm


@given(
    line=st.sampled_from(_LINES),
    before=st.lists(st.sampled_from(_NEUTRAL), max_size=4),
    after=st.lists(st.sampled_from(_NEUTRAL), max_size=4),
)
def test_neutral_text_before_or_after_never_lowers_a_tier(line: str, before: list[str], after: list[str]) -> None:
    assert _tier("\n\n".join([*before, line, *after])).rank >= _tier(line).rank


@given(st.text(max_size=400))
def test_any_text_is_scanned_and_every_reason_stands_where_it_says(text: str) -> None:
    found = emergency(Message(passages=(Passage(PassageKind.OWN, text),)), bundled_rules(), ThreadContext())
    assert all(text[reason.start : reason.end] == reason.text for reason in found.reasons)


@pytest.mark.parametrize("line", _LINES)
@pytest.mark.parametrize("encoding", ["html", "quoted-printable", "base64"])
def test_the_way_a_mail_is_encoded_does_not_lower_a_tier(line: str, encoding: str) -> None:
    body, subtype = (f"<html><body><p>{line}</p></body></html>", "html") if encoding == "html" else (line, "plain")
    transfer = "quoted-printable" if encoding == "quoted-printable" else "base64"
    raw = body.encode("utf-8")
    encoded = quopri.encodestring(raw) if transfer == "quoted-printable" else base64.encodebytes(raw)
    header = (
        "From: a@client.example\r\nTo: t@practice.example\r\nSubject: hello\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"
    )
    assert inspect(header.encode() + encoded).verdict.emergency.rank >= _tier(line).rank


@pytest.mark.parametrize("word", ["suicidle", "su1cidal", "SUICIDAL", "suicidaaal", "su\u0456cidal", "s*icidal"])
def test_misspelled_and_disguised_words_are_read(word: str) -> None:
    assert _tier(f"I feel {word} today").is_alarm
