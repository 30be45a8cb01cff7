"""Where the rules look, and what a place does to a hit."""

from __future__ import annotations

import pytest

from mailtriage.model import Automatic, Emergency, Message, Passage, PassageKind
from mailtriage.triage.emergency import EmergencyFinding, bundled_rules, emergency
from mailtriage.triage.policy import ThreadContext

_ALARMING = "I want to kill myself."


def _found(
    *passages: tuple[PassageKind, str], subject: str = "", known: frozenset[str] = frozenset()
) -> EmergencyFinding:
    message = Message(subject=subject, passages=tuple(Passage(kind, text) for kind, text in passages))
    return emergency(message, bundled_rules(), ThreadContext(known_fingerprints=known))


@pytest.mark.parametrize("kind", [PassageKind.OWN, PassageKind.SIGNATURE, PassageKind.FOOTER])
def test_own_words_signature_and_footer_are_scanned(kind: PassageKind) -> None:
    assert _found((kind, _ALARMING)).tier is Emergency.CRISIS


def test_the_subject_is_scanned() -> None:
    finding = _found((PassageKind.OWN, "See attached."), subject="I want to die")
    assert finding.tier is Emergency.CRISIS
    assert {reason.where for reason in finding.reasons} == {"subject"}


@pytest.mark.parametrize("kind", [PassageKind.QUOTED, PassageKind.FORWARDED])
def test_quoted_words_about_oneself_alarm_at_most_as_urgent_and_are_marked(kind: PassageKind) -> None:
    finding = _found((PassageKind.OWN, "My son sent me this."), (kind, _ALARMING))
    assert finding.tier is Emergency.URGENT
    assert finding.quoted_alarm


def test_quoted_words_about_somebody_else_are_a_mention() -> None:
    finding = _found((PassageKind.FORWARDED, "She is threatening to kill herself."))
    assert finding.tier is Emergency.MENTION


def test_a_quoted_hit_that_came_before_is_a_mention() -> None:
    known = frozenset(reason.fingerprint for reason in _found((PassageKind.OWN, _ALARMING)).reasons)
    finding = _found((PassageKind.OWN, "Thank you."), (PassageKind.QUOTED, _ALARMING), known=known)
    assert finding.tier is Emergency.MENTION
    assert "known" in {reason.guard for reason in finding.reasons}


def test_the_same_words_written_anew_are_not_excused_by_what_came_before() -> None:
    known = frozenset(reason.fingerprint for reason in _found((PassageKind.OWN, _ALARMING)).reasons)
    assert _found((PassageKind.OWN, _ALARMING), known=known).tier is Emergency.CRISIS


def test_own_words_carry_the_alarm_even_if_quoted_ones_do_too() -> None:
    assert not _found((PassageKind.OWN, _ALARMING), (PassageKind.QUOTED, _ALARMING)).quoted_alarm


def test_a_footer_with_helplines_is_a_mention() -> None:
    footer = "If you feel suicidal, call Samaritans on 116 123."
    assert _found((PassageKind.OWN, "See you Tuesday."), (PassageKind.FOOTER, footer)).tier is Emergency.MENTION


@pytest.mark.parametrize("kind", [Automatic.BULK, Automatic.LIST, Automatic.BOUNCE])
def test_list_and_bulk_mail_and_bounces_of_strangers_are_left_out(kind: Automatic) -> None:
    message = Message(passages=(Passage(PassageKind.OWN, _ALARMING),))
    assert emergency(message, bundled_rules(), ThreadContext(), kind).tier is Emergency.NONE
    assert emergency(message, bundled_rules(), ThreadContext(sender_is_client=True), kind).tier is Emergency.CRISIS


@pytest.mark.parametrize("kind", [Automatic.AUTO_REPLY, Automatic.CALENDAR, Automatic.SOCIAL, None])
def test_other_automatic_mail_is_scanned(kind: Automatic | None) -> None:
    message = Message(passages=(Passage(PassageKind.OWN, _ALARMING),))
    assert emergency(message, bundled_rules(), ThreadContext(), kind).tier is Emergency.CRISIS


def test_a_reason_names_the_words_as_they_were_written() -> None:
    text = "Hi. I wa\u200bnt to k1ll   MYSELF\u2026"
    for reason in _found((PassageKind.OWN, text)).reasons:
        assert text[reason.start : reason.end] == reason.text
    assert "k1ll   MYSELF" in {reason.text[-13:] for reason in _found((PassageKind.OWN, text)).reasons}


def test_an_empty_message_has_no_tier() -> None:
    assert emergency(Message(), bundled_rules(), ThreadContext()) == EmergencyFinding()
