"""What a message wants of the diary, told from ordinary talk."""

from __future__ import annotations

import pytest

from mailtriage.model import Diary, Message, Passage, PassageKind
from mailtriage.triage.diary import calendar_wish, diary


def wishes(text: str, kind: PassageKind = PassageKind.OWN) -> tuple[Diary, ...]:
    return diary(Message(passages=(Passage(kind, text),)))[0]


@pytest.mark.parametrize(
    "text",
    [
        "Sorry, I can't make it on Thursday.",
        "I won\u2019t be able to come tomorrow.",
        "I'm going to have to cancel our session this week",
        "I need to cancel, sorry",
        "Please CANCEL my appointment",
        "I'm poorly, so I won't be in tomorrow",
        "I don't think I can make tomorrow",
        "Unable to attend on the 12th",
        "I'll have to miss Thursday",
        "I can't\nmake it\non Thursday",
    ],
)
def test_who_will_not_come_cancels(text: str) -> None:
    assert wishes(text) == (Diary.CANCEL,)


@pytest.mark.parametrize(
    "text",
    [
        "Could we move our session to Friday?",
        "need to rearrange",
        "Could I come at a different time next week?",
        "Is there any chance of a later slot?",
        "can we do 5pm instead of 4?",
        "Would Friday work instead?",
        "I need to change my appointment",
    ],
)
def test_who_asks_for_another_time_moves(text: str) -> None:
    assert wishes(text) == (Diary.MOVE,)


@pytest.mark.parametrize(
    "text",
    [
        "stuck on the train, 10 min late",
        "I'm running about ten minutes late",
        "I'm going to be ten minutes late",
        "Running 15 mins behind",
        "Train delayed, will be there at 10.15",
        "I will be late today",
    ],
)
def test_who_is_on_the_way_runs_late(text: str) -> None:
    assert wishes(text) == (Diary.LATE,)


@pytest.mark.parametrize(
    "text",
    [
        "I need to cancel my gym membership",
        "I had to cancel my plans on Friday night with Ben",
        "I don't need to cancel",
        "I'm not cancelling Thursday",
        "No need to rearrange",
        "Thank you for moving the session",
        "I want to move on from that session",
        "I'd like to change how I feel before our session",
        "My sister moved to Leeds on Monday",
        "a different time of my life",
        "he was running late for work and blamed me",
        "My dad was always ten minutes late",
        "I won't be late today",
        "it's never too late to talk",
        "I can't make myself go to work on Mondays",
        "I was stuck on what you said",
        "I can't make sense of it",
        "See you on Thursday",
    ],
)
def test_ordinary_talk_is_no_diary_matter(text: str) -> None:
    assert wishes(text) == ()


def test_one_message_can_ask_for_two_things_in_the_order_of_the_diary() -> None:
    assert wishes("Could we move Friday's session? I can't make it on Thursday.") == (Diary.CANCEL, Diary.MOVE)


@pytest.mark.parametrize("kind", [PassageKind.QUOTED, PassageKind.FORWARDED, PassageKind.SIGNATURE, PassageKind.FOOTER])
def test_words_that_are_not_her_own_ask_for_nothing(kind: PassageKind) -> None:
    assert wishes("I can't make it on Thursday.", kind) == ()


def test_the_subject_alone_can_say_it() -> None:
    found, (reason,) = diary(Message(subject="Can't make it tomorrow"))
    assert found == (Diary.CANCEL,)
    assert (reason.where, reason.passage) == ("subject", -1)


def test_a_reason_says_where_its_words_stand() -> None:
    passages = (Passage(PassageKind.QUOTED, "x"), Passage(PassageKind.OWN, "Hello,\nI need to cancel our session."))
    _, (reason,) = diary(Message(passages=passages))
    assert reason.passage == 1
    assert passages[1].text[reason.start : reason.end] == reason.text == "cancel our session"


@pytest.mark.parametrize(
    ("calendar", "wishes"),
    [
        ("reply declined", (Diary.CANCEL,)),
        ("cancel", (Diary.CANCEL,)),
        ("counter", (Diary.MOVE,)),
        ("reply accepted", ()),
        ("request", ()),
        ("", ()),
    ],
)
def test_a_declined_or_cancelled_appointment_is_a_diary_matter(calendar: str, wishes: tuple[Diary, ...]) -> None:
    found, reasons = calendar_wish(Message(calendar=calendar))
    assert found == wishes
    assert bool(reasons) is bool(wishes)
