"""What is proposed to become of a message's time, in words: what was measured, what is likely, and the question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.billing.proposal import Ground, Proposed
from mailtriage.model import DecisionKind
from mailtriage.model.duration import spoken
from mailtriage.model.work import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mailtriage.billing.proposal import Proposal
    from mailtriage.model import Verdict

_GROUNDS: Mapping[Ground, str] = {
    Ground.AUTOMATIC: "automatic mail, so no charge is proposed",
    Ground.EMERGENCY: "emergency-like wording, so no charge is proposed",
    Ground.BEGUN: "you began it, so no charge is proposed",
    Ground.FORWARDED: "forwarded, so no charge is proposed",
    Ground.DIARY: "about the diary, so no charge is proposed",
    Ground.STRANGER: "not a client's, so no charge is proposed",
    Ground.SHARED: "no charge until the client is named",
    Ground.NO_CONSENT: "no consent",
    Ground.WITHOUT_CONSENT: "worked without consent, so free",
    Ground.PRICE: "the price is above what was agreed to, so free",
}
_EVIDENCE: Mapping[Evidence, str] = {Evidence.TYPED: "typed", Evidence.TIMER: "timed"}
_PAST: Mapping[DecisionKind, str] = {
    DecisionKind.CONFIRM: "confirmed",
    DecisionKind.ADJUST: "adjusted",
    DecisionKind.WAIVE: "waived",
    DecisionKind.SAVE: "saved it",
}


def proposed(number: int, proposal: Proposal, verdict: Verdict) -> Iterator[str]:
    """The facts that lead to a proposal, most telling first, and at the end the question with its command.

    For what is settled, nothing.
    """
    if proposal.kind is Proposed.SETTLED:
        return
    if proposal.lapsed:
        yield _reopened(proposal)
    yield from _likely(proposal, verdict)
    yield _question(number, proposal)


def why_unproposed(ground: Ground) -> str:
    """Why no charge is proposed, or why time is free: "emergency-like wording, so no charge is proposed"."""
    return _GROUNDS[ground]


def about_words(words: int) -> int:
    """Rounded as far as an estimate deserves: to 100 from a thousand words, else to 50."""
    step = 100 if words >= 1000 else 50  # noqa: PLR2004 - see above
    return max(step, round(words / step) * step)


def minutes_between(low: int, high: int) -> str:
    """Two counts of seconds as whole minutes, outwards: "4-9"; one figure where they are the same."""
    least, most = low // 60, -(-high // 60)
    return f"{least}\u2013{most}" if least < most else str(most)


def over(minutes: int) -> str:
    """A limit, said: "five minutes", "10 minutes"."""
    return {0: "0 minutes", 1: "one minute", 5: "five minutes"}.get(minutes, f"{minutes} minutes")


def _reopened(proposal: Proposal) -> str:
    decided = _PAST[proposal.lapsed.kind] if proposal.lapsed else ""
    added = proposal.added_seconds
    if proposal.is_credited:
        return f"credited since you {decided}, so not charged now"
    if not added:
        return f"reopened: its time or its client is another since you {decided}"
    return f"reopened: {spoken(abs(added))} {'more' if added > 0 else 'less'} since you {decided}"


def _likely(proposal: Proposal, verdict: Verdict) -> Iterator[str]:
    """What was measured where no question names it, and what is likely missing."""
    measured, estimate = proposal.assessment.measured_seconds, proposal.estimate
    if measured and proposal.kind is not Proposed.CONFIRM:
        yield _measured(proposal)
    elif not measured and verdict.long:
        rest = f"likely {'' if proposal.is_likely_over else 'not '}over {over(proposal.terms.free_minutes)}"
        if estimate.learned_from:
            rest += " at your own speed"
        low, high = verdict.reading.low, verdict.reading.high
        yield f"long: about {about_words(verdict.words):,} words, {rest} ({minutes_between(low, high)} min to read)"
    if proposal.interval:
        within = minutes_between(proposal.interval.least, proposal.interval.most)
        yield f"read and answered within {within} min, pauses included"
    elif estimate.answers and proposal.kind is not Proposed.CONFIRM:
        joint = "and" if measured else "with"
        yield f"{joint} your answer {minutes_between(estimate.low, estimate.high)} min by its words"


def _question(number: int, proposal: Proposal) -> str:
    if proposal.kind is Proposed.CONFIRM:
        return f"{_measured(proposal)}: {_charge(proposal)}? mailtriage confirm {number}"
    if proposal.kind is Proposed.TYPE:
        return f"consent at {proposal.price}: {_how_long(number, proposal)}"
    if proposal.kind is Proposed.SAVE:
        return f"{_GROUNDS[proposal.ground]}: save for session? mailtriage save {number}"
    if proposal.ground is Ground.SHORT:
        return f"not over {over(proposal.terms.free_minutes)}, so no charge: mailtriage done {number}"
    return _GROUNDS[proposal.ground]


def _how_long(number: int, proposal: Proposal) -> str:
    """What is asked for: the minutes of all, or of the part that was not recorded."""
    if not proposal.assessment.measured_seconds:
        return f"how many minutes? mailtriage confirm {number}"
    if proposal.estimate.answers:
        return f"how long did the answer take? As in: mailtriage log {number} --reply 6m"
    return f"how long did the reading take? As in: mailtriage log {number} --reading 6m"


def _measured(proposal: Proposal) -> str:
    """What she typed or timed, and what of it a consent covers: "14 min timed, 11 min 20 s of it under consent"."""
    assessment = proposal.assessment
    known = " and ".join(_EVIDENCE[each] for each in Evidence if each in proposal.evidence)
    said = f"{spoken(assessment.measured_seconds)} {known}"
    if proposal.kind is Proposed.CONFIRM and assessment.free_seconds:
        return f"{said}, {spoken(assessment.covered_seconds)} of it under consent"
    return said


def _charge(proposal: Proposal) -> str:
    charge = f"{proposal.assessment.units} \u00d7 {proposal.terms.increment_minutes} min at {proposal.assessment.price}"
    return f"{charge}, or less by day" if proposal.terms.pool == "day" else charge
