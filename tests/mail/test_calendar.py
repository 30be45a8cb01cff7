"""Calendar parts: what they ask or answer, and what was typed into them."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail import calendar as module
from mailtriage.mail.calendar import CalendarPart, calendar

REPLY = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;CN=Anna;PARTSTAT={}:mailto:anna@client.example\n"


def test_the_example_in_the_documentation_holds() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("answer", ["ACCEPTED", "DECLINED", "TENTATIVE"])
def test_a_reply_says_how_it_answers(answer: str) -> None:
    found = calendar(REPLY.format(answer))
    assert (found.method, found.answer) == ("reply", answer.lower())


def test_an_invitation_answers_nothing() -> None:
    assert calendar(REPLY.format("NEEDS-ACTION").replace("REPLY", "REQUEST")).answer == ""


def test_typed_words_are_unfolded_and_unescaped() -> None:
    found = calendar(
        'COMMENT;LANGUAGE="en:gb":I am ill\\, so\r\n rry.\\nAnna\r\nSUMMARY:Session\r\nDESCRIPTION:Bring it\r\n'
    )
    assert found == CalendarPart("", "", "I am ill, sorry.\nAnna", "Session\nBring it")


@given(st.text(alphabet='METHODREPLYCOMMENT:;="\\\n ,x', max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert isinstance(calendar(text), CalendarPart)
