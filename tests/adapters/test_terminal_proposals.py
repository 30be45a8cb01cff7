"""What is proposed, in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.terminal.document import document
from mailtriage.adapters.terminal.plain import plain
from mailtriage.adapters.terminal.proposals import minutes_between, over, proposed
from mailtriage.ledger import SeenInterval
from mailtriage.model import Automatic, DecisionKind, Emergency, Verdict
from mailtriage.model.work import Terms, TimeKind
from practice import LONG, MORE_TIMED, NOW, TIMED, TYPED, WORK, WORKING, kept, settled, summary_of
from practice import proposed as proposal_for
from timesheet import consent, covering, entries, minutes, price, reply, worked

if TYPE_CHECKING:
    from mailtriage.ledger import KeptMessage

MAIL = kept(41, "A.B.", verdict=Verdict(words=100))
LONG_MAIL = kept(41, "A.B.", verdict=LONG)


def _said(message: KeptMessage, *, agreed: bool = False, **known: object) -> list[str]:
    return list(proposed(41, proposal_for(message, agreed=agreed, **known), message.verdict))


def test_long_mail_without_consent_is_said_before_it_is_read() -> None:
    assert _said(LONG_MAIL) == [
        "long: about 1,400 words, likely over five minutes (4\u20139 min to read)",
        "no consent: save for session? mailtriage save 41",
    ]


def test_timed_minutes_come_with_their_charge_and_the_command() -> None:
    assert _said(MAIL, agreed=True, entries=TIMED) == [
        "11 min 20 s timed: 1 \u00d7 15 min at \u00a320.00? mailtriage confirm 41"
    ]


def test_what_is_over_five_minutes_by_a_second_says_so() -> None:
    assert _said(MAIL, agreed=True, entries=entries(worked(301)))[0].startswith("5 min 1 s timed: 1 \u00d7 15 min")


def test_minutes_that_are_partly_free_are_told_apart() -> None:
    partly = covering(consent(NOW - minutes(40)))
    both = entries(worked(680, NOW - minutes(90)), worked(400, NOW - minutes(30)))
    (said,) = _said(MAIL, covering=partly, entries=both)
    assert said.startswith("18 min timed, 6 min 40 s of it under consent: 1 \u00d7 15 min")


def test_a_reopened_message_says_how_much_came_since() -> None:
    lapsed = settled(MAIL, DecisionKind.CONFIRM, units=1).settlement
    said = _said(MAIL, agreed=True, entries=MORE_TIMED, lapsed=lapsed, added_seconds=180)
    assert said[0] == "reopened: 3 min more since you confirmed"
    saved = settled(MAIL, DecisionKind.SAVE).settlement
    assert _said(MAIL, lapsed=saved, added_seconds=-61)[0] == "reopened: 1 min 1 s less since you saved it"
    assert _said(MAIL, lapsed=lapsed)[0].startswith("reopened: its time or its client is another since you confirmed")


def test_an_answer_found_in_sent_is_counted_by_its_words() -> None:
    said = _said(LONG_MAIL, agreed=True, replies=(reply(190),))
    assert said[1:] == [
        "with your answer 9\u201328 min by its words",
        "consent at \u00a320.00: how many minutes? mailtriage confirm 41",
    ]


def test_what_is_missing_beside_recorded_minutes_is_to_be_logged() -> None:
    assert _said(MAIL, agreed=True, replies=(reply(190),), entries=entries(worked(60))) == [
        "1 min timed",
        "and your answer 4\u201319 min by its words",
        "consent at \u00a320.00: how long did the answer take? As in: mailtriage log 41 --reply 6m",
    ]
    answered = entries(worked(200, kind=TimeKind.REPLY))
    assert _said(LONG_MAIL, agreed=True, entries=answered) == [
        "3 min 20 s timed",
        "consent at \u00a320.00: how long did the reading take? As in: mailtriage log 41 --reading 6m",
    ]


def test_an_interval_says_that_pauses_are_in_it() -> None:
    seen = SeenInterval(NOW - minutes(20), NOW - minutes(15))
    said = _said(MAIL, agreed=True, seen=seen, replies=(reply(19, sent_at=NOW),))
    assert said[0] == "read and answered within 15\u201320 min, pauses included"


@pytest.mark.parametrize(
    ("message", "ground"),
    [
        (
            replace(MAIL, verdict=Verdict(emergency=Emergency.URGENT)),
            "emergency-like wording, so no charge is proposed",
        ),
        (replace(MAIL, verdict=Verdict(automatic=Automatic.LIST)), "automatic mail, so no charge is proposed"),
        (replace(MAIL, is_begun=True), "you began it, so no charge is proposed"),
        (replace(MAIL, clients=()), "not a client's, so no charge is proposed"),
        (replace(MAIL, clients=("A.B.", "J.T.")), "no charge until the client is named"),
    ],
)
def test_what_is_never_proposed_says_why(message: KeptMessage, ground: str) -> None:
    measured, why = _said(message, agreed=True, entries=TYPED)
    assert measured == "12 min 40 s typed"
    assert why.startswith(ground)


def test_time_that_a_consent_does_not_cover_says_why_it_is_free() -> None:
    raised = covering(consent(), prices=[price(30)])
    later = covering(consent(NOW))
    assert _said(MAIL, covering=raised, entries=TIMED)[1].startswith("the price is above what was agreed to, so free")
    assert _said(MAIL, covering=later, entries=TIMED)[1].startswith(
        "worked without consent, so free: save for session?"
    )


def test_time_up_to_the_limit_says_so() -> None:
    read = _said(LONG_MAIL, agreed=True, entries=entries(worked(240)))
    assert read == ["4 min timed", "not over five minutes, so no charge: mailtriage done 41"]
    ten = replace(covering(consent()), terms=Terms(free_minutes=10))
    assert _said(LONG_MAIL, covering=ten)[-1] == "not over 10 minutes, so no charge: mailtriage done 41"


def test_the_charge_of_a_pooled_day_may_be_less() -> None:
    pooled = replace(covering(consent()), terms=Terms(pool="day"))
    assert "or less by day? mailtriage confirm 41" in _said(MAIL, covering=pooled, entries=TIMED)[0]


def test_what_is_settled_asks_nothing() -> None:
    assert _said(settled(LONG_MAIL, DecisionKind.SAVE)) == []


def test_a_range_is_rounded_outwards_and_a_limit_is_said() -> None:
    pairs = ((299, 301), (60, 120), (60, 60), (1, 1))
    assert [minutes_between(*pair) for pair in pairs] == ["4\u20136", "1\u20132", "1", "0\u20131"]
    assert [over(count) for count in (0, 1, 5, 10)] == ["0 minutes", "one minute", "five minutes", "10 minutes"]


# ---------------------------------------------------------------- on the summary


def test_charged_and_saved_messages_have_rows_of_their_own() -> None:
    drawn = plain(summary_of(*WORKING, work=WORK)).split("\n")
    assert "Saved for the session, 1: J.T. 58" in drawn
    assert "Charged, 1: A.B. 59" in drawn
    assert "Handled without charge, 1: A.B. 60" in drawn


def test_a_running_timer_is_said_exactly() -> None:
    told = " ".join(plain(summary_of(*WORKING, work=WORK)).split())
    assert "A TIMER RUNS for message 50 (reading) since today 13:59, 5 min 1 s: mailtriage stop" in told
    assert "TIMER" not in plain(summary_of(*WORKING))


def test_the_document_tells_time_settlement_proposal_and_timer() -> None:
    told = document(summary_of(*WORKING, work=WORK))
    assert told["timer"] == {"number": 50, "kind": "reading", "began_at": (NOW - timedelta(seconds=301)).isoformat()}
    (charged,) = told["sections"]["charged"]
    assert charged["settlement"]["price"] == {"amount": "20.00", "currency": "GBP"}
    assert (charged["settlement"]["kind"], charged["settlement"]["units"]) == ("confirm", 1)
    confirm = next(item for item in told["sections"]["decide"] if item["number"] == 52)
    assert confirm["reopened"]
    assert confirm["recorded_seconds"] == 860
    assert confirm["proposal"] == {
        "kind": "confirm",
        "ground": "a consent covers it",
        "measured_seconds": 860,
        "covered_seconds": 860,
        "units": 1,
        "price": {"amount": "20.00", "currency": "GBP"},
        "estimated_seconds": {"low": 0, "mid": 0, "high": 0},
        "interval_seconds": None,
        "added_seconds": 180,
    }


def test_everything_lists_charged_messages_with_units_and_price() -> None:
    drawn = plain(summary_of(*WORKING, work=WORK), everything=True)
    assert "charged 1 \u00d7 \u00a320.00" in drawn
    assert "Saved for the session: message 58" in drawn
    assert "waived: no charge" in drawn
