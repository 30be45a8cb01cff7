"""The second reading with the model that lies in the package."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from mailtriage.cli.wiring import RulesTriager
from mailtriage.model import Address, Automatic, Emergency, Flag, Message, Passage, PassageKind
from mailtriage.triage.emergency import bundled_rules
from mailtriage.triage.implied import implied, readings_of
from mailtriage.triage.implied import model as model_files
from mailtriage.triage.implied.model import bundled_model
from mailtriage.triage.implied.self_test import self_test
from mailtriage.triage.implied.windows import MOST_PIECES
from mailtriage.triage.policy import ThreadContext, TriagePolicy
from mailtriage.triage.rule_texts import bundled_texts
from mailtriage.triage.verdict import triage

MODEL = bundled_model()
STRANGER, CLIENT = ThreadContext(), ThreadContext(sender_is_client=True)
HINT = MODEL.alarming[0]
QUIET = MODEL.quiet[0]


def said(text: str, kind: PassageKind = PassageKind.OWN, **more: Any) -> Message:  # noqa: ANN401 - any field of a message
    return Message(passages=(Passage(kind, text),), **more)


def test_the_examples_on_its_card_hold() -> None:
    assert self_test(MODEL) == ()


def test_an_example_that_does_not_hold_is_named() -> None:
    broken = replace(MODEL, alarming=(QUIET,), quiet=(HINT,))
    assert [QUIET in problem or HINT in problem for problem in self_test(broken)] == [True, True]


@pytest.mark.parametrize("text", MODEL.alarming)
def test_no_rule_names_what_the_examples_only_imply(text: str) -> None:
    without = triage(said(text), TriagePolicy(), bundled_rules(), STRANGER)
    assert not without.emergency.is_alarm
    verdict = triage(said(text), TriagePolicy(), bundled_rules(), STRANGER, MODEL)
    assert verdict.emergency is Emergency.URGENT
    (reason,) = (reason for reason in verdict.reasons if reason.rule == "implied")
    assert (reason.flag, reason.where, reason.passage) == (Flag.EMERGENCY, "own", 0)
    assert text[reason.start : reason.end] == reason.text


def test_it_shows_the_sentence_that_says_so_most() -> None:
    text = f"Thank you for the invoice.\n\n{HINT}\n\nMy new address is 4 Mill Lane."
    (reason,) = implied(said(text), MODEL, STRANGER)
    assert reason.text in HINT


def test_only_the_senders_own_words_are_read() -> None:
    others = [kind for kind in PassageKind if kind is not PassageKind.OWN]
    assert [implied(said(HINT, kind), MODEL, STRANGER) for kind in others] == [()] * len(others)


@pytest.mark.parametrize("kind", [Automatic.LIST, Automatic.BULK, Automatic.BOUNCE])
def test_list_and_bulk_mail_is_read_only_if_a_client_sent_it(kind: Automatic) -> None:
    assert implied(said(HINT), MODEL, STRANGER, kind) == ()
    assert implied(said(HINT), MODEL, CLIENT, kind)


def test_what_the_practice_sent_is_not_read_but_a_form_of_its_website_is() -> None:
    form = said(HINT, sender=Address("", "therapist@practice.example"))
    policy = TriagePolicy(own_addresses=frozenset({"therapist@practice.example"}))
    sent = ThreadContext(is_sent=True)
    assert not triage(form, policy, bundled_rules(), sent, MODEL).emergency.is_alarm
    assert triage(form, policy, bundled_rules(), STRANGER, MODEL).emergency.is_alarm


def test_what_a_rule_named_is_not_read_again() -> None:
    verdict = triage(said("I am going to kill myself tonight."), TriagePolicy(), bundled_rules(), STRANGER, MODEL)
    assert verdict.emergency is Emergency.CRISIS
    assert "implied" not in {reason.rule for reason in verdict.reasons}


@pytest.mark.parametrize("text", ["", " \n ", "\u4f60\u597d", "?!", "\x00\ud800"])
def test_what_has_no_words_says_nothing(text: str) -> None:
    assert implied(said(text), MODEL, STRANGER) == ()


class _Counting:
    """An encoder to which everything looks promising, and which counts what it is asked."""

    def __init__(self) -> None:
        self.glances = self.readings = 0

    def glanced(self, window: list[int]) -> float:
        self.glances += 1
        assert len(window) <= MOST_PIECES
        return float(self.glances)

    def shares(self, window: list[int]) -> NDArray[np.float32]:
        self.readings += 1
        return np.zeros(len(window) - 1, np.float32)


@pytest.mark.parametrize(("times", "glances"), [(10, 1), (100, 11), (1000, 111), (10_000, 200)])
def test_an_endless_text_is_looked_at_up_to_a_limit_and_read_at_six_places(times: int, glances: int) -> None:
    counting: Any = _Counting()
    text = "A word or two about the garden and the weather of this week. " * times
    read = readings_of(text, replace(MODEL, encoder=counting))
    assert (counting.glances, counting.readings, len(read)) == (glances, min(glances, 6), min(glances, 6))


def test_a_message_in_ten_thousand_pieces_is_read_at_six_places_all_the_same() -> None:
    counting: Any = _Counting()
    parts = (Passage(PassageKind.OWN, "A word or two."), Passage(PassageKind.QUOTED, "Yes?")) * 10_000
    assert implied(Message(passages=parts), replace(MODEL, encoder=counting), CLIENT) == ()
    assert (counting.glances, counting.readings) == (200, 6)


def test_a_damaged_model_is_told_of_and_the_rules_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(model_files._FOLDER, tmp_path / "weights")  # noqa: SLF001 - where the package keeps its model
    weights = tmp_path / "weights" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:100_000])
    monkeypatch.setattr(model_files, "_FOLDER", tmp_path / "weights")
    bundled_model.cache_clear()
    try:
        triager = RulesTriager(TriagePolicy(), bundled_texts(), second_reading=True)
        assert triager(said("I am going to kill myself tonight."), STRANGER).emergency is Emergency.CRISIS
        assert triager(said(HINT), STRANGER).emergency is Emergency.NONE
        assert (
            "second reading cannot be loaded"
            in triager.health(None, datetime(2026, 11, 28, tzinfo=UTC)).self_test_problem
        )
    finally:
        bundled_model.cache_clear()


def test_a_strangers_answer_to_somebody_elses_words_is_not_read() -> None:
    debate = Message(passages=(Passage(PassageKind.QUOTED, "What do you all think?"), Passage(PassageKind.OWN, HINT)))
    assert implied(debate, MODEL, STRANGER) == ()
    assert implied(debate, MODEL, CLIENT)
    assert implied(debate, MODEL, ThreadContext(answers_own_mail=True))


def _curly(text: str) -> str:
    return text.replace("'", "\u2019")


def _spaced(text: str) -> str:
    return text.replace(" ", "  ")


@pytest.mark.parametrize("change", [str.upper, str.lower, _curly, _spaced])
@pytest.mark.parametrize("text", MODEL.alarming)
def test_case_apostrophes_and_spaces_change_nothing(text: str, change: Callable[[str], str]) -> None:
    (one,), (other,) = readings_of(text, MODEL), readings_of(change(text), MODEL)
    assert other.log_odds == pytest.approx(one.log_odds, abs=1e-3)
