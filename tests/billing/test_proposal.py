from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.billing.assessment import Covering
from mailtriage.billing.proposal import Ground, Known, Proposal, Proposed, barred, proposal
from mailtriage.billing.speeds import Paces
from mailtriage.ledger import SeenInterval
from mailtriage.model import (
    Automatic,
    Decision,
    DecisionKind,
    Diary,
    Emergency,
    Forwarded,
    ReadingTime,
    Settlement,
    Verdict,
)
from mailtriage.model.work import Terms
from practice import LONG, kept
from timesheet import BEGAN, NUMBER, ZONE, consent, covering, entries, minutes, pounds, price, reply, worked

if TYPE_CHECKING:
    from mailtriage.ledger import KeptMessage

NOW = BEGAN + timedelta(days=1)
MAIL = kept(NUMBER, "A.B.", verdict=Verdict(words=100))
LONG_MAIL = kept(NUMBER, "A.B.", verdict=LONG)
AGREED = covering(consent())
TIMED = entries(worked(680))
CONFIRMED = Decision(3, NUMBER, DecisionKind.CONFIRM, BEGAN, settlement=Settlement(DecisionKind.CONFIRM, "A.B."))


def _proposal(message: KeptMessage = MAIL, covered_by: Covering = AGREED, **known: object) -> Proposal:
    nothing = Known(message, (), (), None, covered_by, Paces())
    return proposal(replace(nothing, **known), NOW)  # type: ignore[arg-type]


def _kind(message: KeptMessage = MAIL, covered_by: Covering = AGREED, **known: object) -> tuple[Proposed, Ground]:
    found = _proposal(message, covered_by, **known)
    return found.kind, found.ground


# ---------------------------------------------------------------- what is proposed


def test_timed_minutes_over_the_limit_under_a_consent_are_to_be_confirmed() -> None:
    found = _proposal(entries=TIMED)
    assert (found.kind, found.ground) == (Proposed.CONFIRM, Ground.CONSENT)
    assert (found.assessment.units, found.assessment.price) == (1, pounds(20))


@pytest.mark.parametrize(("seconds", "kind"), [(300, Proposed.NOTHING), (301, Proposed.CONFIRM)])
def test_the_limit_itself_is_free(seconds: int, kind: Proposed) -> None:
    assert _proposal(entries=entries(worked(seconds))).kind is kind


def test_long_mail_without_a_consent_is_to_be_saved_for_the_session() -> None:
    assert _kind(LONG_MAIL, covering()) == (Proposed.SAVE, Ground.NO_CONSENT)


def test_long_mail_under_a_consent_asks_for_the_minutes() -> None:
    found = _proposal(LONG_MAIL)
    assert (found.kind, found.ground, found.price) == (Proposed.TYPE, Ground.CONSENT, pounds(20))


def test_a_long_answer_to_a_short_message_asks_for_the_minutes_or_is_saved() -> None:
    assert _kind(replies=(reply(100),)) == (Proposed.TYPE, Ground.CONSENT)
    assert _kind(MAIL, covering(), replies=(reply(100),)) == (Proposed.SAVE, Ground.NO_CONSENT)
    assert _kind(replies=(reply(80),)) == (Proposed.NOTHING, Ground.SHORT)


def test_an_interval_that_is_over_the_limit_at_least_asks_for_the_minutes() -> None:
    seen = SeenInterval(BEGAN, BEGAN + minutes(5))
    assert _kind(seen=seen, replies=(reply(9, sent_at=BEGAN + minutes(12)),)) == (Proposed.TYPE, Ground.CONSENT)
    assert _kind(seen=seen, replies=(reply(9, sent_at=BEGAN + minutes(10)),)) == (Proposed.NOTHING, Ground.SHORT)


def test_what_she_measured_counts_before_any_guess() -> None:
    seen, late = SeenInterval(BEGAN, BEGAN), (reply(9, sent_at=BEGAN + minutes(30)),)
    assert _proposal(entries=entries(worked(60)), seen=seen, replies=late).interval is None
    assert _kind(LONG_MAIL, entries=entries(worked(240))) == (Proposed.NOTHING, Ground.SHORT)
    assert _kind(entries=entries(worked(240)), replies=(reply(30),)) == (Proposed.TYPE, Ground.CONSENT)


def test_time_over_the_limit_that_no_consent_covers_is_never_to_be_confirmed() -> None:
    assert _kind(MAIL, covering(), entries=TIMED) == (Proposed.SAVE, Ground.NO_CONSENT)
    later = covering(consent(NOW))
    assert _kind(MAIL, later, entries=TIMED) == (Proposed.SAVE, Ground.WITHOUT_CONSENT)
    raised = covering(consent(), prices=[price(30)])
    assert _kind(MAIL, raised, entries=TIMED) == (Proposed.SAVE, Ground.PRICE)
    assert _kind(LONG_MAIL, raised) == (Proposed.SAVE, Ground.PRICE)


def test_a_withdrawn_consent_asks_for_nothing_more() -> None:
    withdrawn = covering(consent(withdrawn_at=BEGAN + minutes(30)))
    assert _kind(LONG_MAIL, withdrawn) == (Proposed.SAVE, Ground.NO_CONSENT)
    assert _kind(MAIL, withdrawn, entries=TIMED) == (Proposed.CONFIRM, Ground.CONSENT)


def test_what_is_settled_is_settled() -> None:
    assert _kind(replace(LONG_MAIL, settlement=CONFIRMED), entries=TIMED) == (Proposed.SETTLED, Ground.SETTLED)


def test_what_was_reopened_is_proposed_anew_and_says_what_came_since() -> None:
    found = _proposal(replace(MAIL, is_reopened=True), entries=TIMED, lapsed=CONFIRMED, added_seconds=180)
    assert (found.kind, found.lapsed, found.added_seconds) == (Proposed.CONFIRM, CONFIRMED, 180)


# ---------------------------------------------------------------- what is never proposed for charging

BARRED = {
    Ground.AUTOMATIC: replace(MAIL, verdict=Verdict(automatic=Automatic.BULK)),
    Ground.EMERGENCY: replace(MAIL, verdict=Verdict(emergency=Emergency.URGENT)),
    Ground.BEGUN: replace(MAIL, is_begun=True),
    Ground.FORWARDED: replace(MAIL, verdict=Verdict(forwarded=Forwarded.POSSIBLE)),
    Ground.DIARY: replace(MAIL, verdict=Verdict(diary=(Diary.LATE,))),
    Ground.STRANGER: replace(MAIL, clients=()),
    Ground.SHARED: replace(MAIL, clients=("A.B.", "J.T.")),
}


@pytest.mark.parametrize("ground", BARRED)
def test_no_charge_is_proposed_for_it_whatever_was_timed_and_agreed(ground: Ground) -> None:
    found = _proposal(BARRED[ground], entries=TIMED)
    assert found.ground is ground
    assert found.kind is (Proposed.NAME if ground is Ground.SHARED else Proposed.NOTHING)
    assert _proposal(BARRED[ground]).ground is ground


@pytest.mark.parametrize("emergency", [Emergency.CRISIS, Emergency.URGENT])
@pytest.mark.parametrize("quoted", [True, False])
def test_an_emergency_is_barred_called_or_not_quoted_or_not(emergency: Emergency, *, quoted: bool) -> None:
    message = replace(LONG_MAIL, verdict=replace(LONG, emergency=emergency, quoted_alarm=quoted))
    for each in (message, replace(message, called_at=NOW), replace(message, called_at=NOW, done_at=NOW)):
        assert _kind(each, entries=TIMED) == (Proposed.NOTHING, Ground.EMERGENCY)


def test_a_mention_of_emergency_wording_bars_nothing() -> None:
    assert barred(replace(MAIL, verdict=Verdict(emergency=Emergency.MENTION))) is None


def test_a_definite_forward_is_barred_like_a_possible_one() -> None:
    assert barred(replace(MAIL, verdict=Verdict(forwarded=Forwarded.FORWARD))) is Ground.FORWARDED


@pytest.mark.parametrize("ground", [Ground.BEGUN, Ground.FORWARDED, Ground.DIARY])
def test_when_it_is_long_it_may_still_be_saved_for_the_session(ground: Ground) -> None:
    verdict = replace(BARRED[ground].verdict, long=True, words=1412)
    assert _kind(replace(BARRED[ground], verdict=verdict)) == (Proposed.SAVE, ground)


_VERDICTS = st.builds(
    Verdict,
    forwarded=st.sampled_from(Forwarded),
    emergency=st.sampled_from(Emergency),
    quoted_alarm=st.booleans(),
    long=st.booleans(),
    words=st.integers(0, 4000),
    reading=st.just(ReadingTime(0, 0, 0)),
    diary=st.sampled_from([(), (Diary.MOVE,)]),
    automatic=st.sampled_from([None, Automatic.LIST]),
)


@given(
    _VERDICTS,
    st.sampled_from([(), ("A.B.",), ("A.B.", "J.T.")]),
    st.booleans(),
    st.sampled_from([covering(), AGREED, covering(consent(), prices=[price(30)])]),
    st.integers(1, 5000),
)
def test_a_charge_is_proposed_only_under_a_consent_and_for_an_ordinary_message_of_one_client(
    verdict: Verdict,
    clients: tuple[str, ...],
    begun: bool,  # noqa: FBT001 - Hypothesis draws it
    covered_by: Covering,
    seconds: int,
) -> None:
    message = replace(MAIL, verdict=verdict, clients=clients, is_begun=begun)
    for time in ((), entries(worked(seconds))):
        found = _proposal(message, covered_by, entries=time)
        if found.kind in (Proposed.CONFIRM, Proposed.TYPE):
            assert covered_by is AGREED
            assert clients == ("A.B.",)
            assert not (verdict.automatic)
            assert not (verdict.emergency.is_alarm)
            assert not (verdict.diary)
            assert not begun
            assert verdict.forwarded is Forwarded.NO
        if found.kind is Proposed.CONFIRM:
            assert seconds > 300
            assert time


def test_the_limit_of_the_practice_decides() -> None:
    ten = Covering((consent(),), (), Terms(free_minutes=10), ZONE)
    assert _kind(MAIL, ten, entries=entries(worked(600))) == (Proposed.NOTHING, Ground.SHORT)
    assert _kind(MAIL, ten, entries=entries(worked(601))) == (Proposed.CONFIRM, Ground.CONSENT)
    assert _kind(LONG_MAIL, ten) == (Proposed.NOTHING, Ground.SHORT)
