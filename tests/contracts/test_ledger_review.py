"""What every ledger must do with clients and decisions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bills import PRICE, charged_message, issued_to
from ledgers import CRISIS, HOUR, NOON, Ledger, received
from mailtriage.errors import UsageError
from mailtriage.model import Client, DecisionKind
from mailtriage.model.work import NewConsent, PriceFrom

# ---------------------------------------------------------------- clients


def _clients_of(ledger: Ledger, number: int) -> tuple[str, ...]:
    kept = ledger.message(number)
    assert kept is not None
    return kept.clients


def test_the_roster_comes_back_in_the_order_of_codes(ledger: Ledger) -> None:
    full = Client("R.S.", "Rosa Sand", ("b@example.org", "a@example.org"), "+44 20", "no voicemail")
    ledger.save_client(full, NOON)
    ledger.save_client(Client("J.T."), NOON)
    assert ledger.clients() == (Client("J.T."), full)


def test_saving_a_code_again_replaces_its_entry(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T.", "Jo", ("a@example.org", "b@example.org"), "1", "x"), NOON)
    ledger.save_client(Client("J.T.", "Joe", ("B@example.org", "b@example.org")), NOON)
    assert ledger.clients() == (Client("J.T.", "Joe", ("b@example.org",)),)


def test_a_removed_client_is_gone_and_cannot_be_removed_twice(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T.", addresses=("a@example.org",)), NOON)
    assert ledger.remove_client("J.T.", NOON)
    assert not ledger.remove_client("J.T.", NOON)
    assert ledger.clients() == ()


def test_consents_of_a_removed_client_end_and_stay_ended(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T."), NOON)
    terms = NewConsent("J.T.", None, NOON, "by letter", PRICE, "")
    ended, running = (ledger.billing.add_consent(terms, NOON) for _ in range(2))
    other = ledger.billing.add_consent(replace(terms, client="R.S."), NOON)
    ended = ledger.billing.withdraw_consent(ended.id, NOON + HOUR, NOON + HOUR)
    ledger.remove_client("J.T.", NOON + 2 * HOUR)
    now = (ended, replace(running, withdrawn_at=NOON + 2 * HOUR), other)
    assert ledger.billing.consents() == now
    ledger.save_client(Client("J.T."), NOON + 3 * HOUR)
    ledger.remove_client("R.R.", NOON + 4 * HOUR)
    assert ledger.billing.consents() == now
    ledger.remove_client("J.T.", NOON + 4 * HOUR)
    assert ledger.billing.consents() == now


def test_codes_that_something_stands_under_are_used(ledger: Ledger) -> None:
    ledger.save_client(Client("N.N."), NOON)
    assert ledger.codes_used() == frozenset()
    number = ledger.add_received(received(clients=("A.A.", "B.B.")))
    ledger.decide(number, DecisionKind.CALLED, NOON)
    ledger.decide(number, DecisionKind.ASSIGN, NOON, "C.C.")
    ledger.billing.add_consent(NewConsent("D.D.", None, NOON, "by letter", PRICE, ""), NOON)
    ledger.billing.set_client_price("E.E.", PriceFrom(PRICE), NOON)
    charged_message(ledger, "charged", client="F.F.")
    issued_to(ledger, "F.F.")
    assert ledger.codes_used() == {f"{letter}.{letter}." for letter in "ABCDEF"}


def test_earlier_mail_becomes_a_new_clients_and_follows_the_address(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    assert _clients_of(ledger, number) == ()
    ledger.save_client(Client("J.T.", addresses=("jo@example.org",)), NOON)
    assert _clients_of(ledger, number) == ("J.T.",)
    ledger.save_client(Client("J.T."), NOON)
    ledger.save_client(Client("R.S.", addresses=("jo@example.org",)), NOON)
    assert _clients_of(ledger, number) == ("R.S.",)


def test_an_address_taken_from_an_entry_is_unknown_again(ledger: Ledger) -> None:
    ledger.save_client(Client("J.T.", addresses=("jo@example.org",)), NOON)
    number = ledger.add_received(received(clients=("J.T.",)))
    ledger.save_client(Client("J.T."), NOON)
    assert _clients_of(ledger, number) == ()


def test_earlier_mail_is_found_by_any_spelling_of_an_address(ledger: Ledger) -> None:
    number = ledger.add_received(received(sender="jo.t+mail@gmail.com"))
    ledger.save_client(Client("J.T.", addresses=("jot@googlemail.com", "JoT@gmail.com")), NOON)
    assert _clients_of(ledger, number) == ("J.T.",)


def test_a_client_whom_the_roster_cannot_tell_is_kept_with_the_message(ledger: Ledger) -> None:
    number = ledger.add_received(received(clients=("J.T.",)))
    assert _clients_of(ledger, number) == ("J.T.",)


def test_a_shared_address_names_both_until_one_is_assigned(ledger: Ledger) -> None:
    for code in ("R.S.", "J.T."):
        ledger.save_client(Client(code, addresses=("jo@example.org",)), NOON)
    number = ledger.add_received(received(clients=("J.T.", "R.S.")))
    assert _clients_of(ledger, number) == ("J.T.", "R.S.")
    ledger.decide(number, DecisionKind.ASSIGN, NOON, "R.S.")
    assert _clients_of(ledger, number) == ("R.S.",)
    ledger.undo(NOON, number)
    assert _clients_of(ledger, number) == ("J.T.", "R.S.")


# ---------------------------------------------------------------- decisions


def test_a_decision_needs_a_message(ledger: Ledger) -> None:
    with pytest.raises(UsageError, match="no message 4"):
        ledger.decide(4, DecisionKind.CALLED, NOON)


def test_decisions_are_told_in_the_order_they_were_made(ledger: Ledger) -> None:
    number = ledger.add_received(received())
    called = ledger.decide(number, DecisionKind.CALLED, NOON)
    assigned = ledger.decide(number, DecisionKind.ASSIGN, NOON + HOUR, "J.T.")
    undone = ledger.undo(NOON + 2 * HOUR)
    assert undone is not None
    assert (undone.kind, undone.number, undone.undoes) == (DecisionKind.UNDO, number, assigned.id)
    assert ledger.decisions(number) == (called, assigned, undone)


def test_undoing_an_undo_brings_the_decision_back(ledger: Ledger) -> None:
    number = ledger.add_received(received(verdict=CRISIS))
    ledger.decide(number, DecisionKind.CALLED, NOON)
    for expected in (None, NOON, None, NOON):
        ledger.undo(NOON + HOUR)
        kept = ledger.message(number)
        assert kept is not None
        assert kept.called_at == expected
        assert bool(ledger.alarms()) == (expected is None)


def test_undo_takes_back_the_last_decision_overall_or_of_one_message(ledger: Ledger) -> None:
    first, second = (ledger.add_received(received(name)) for name in "ab")
    ledger.decide(first, DecisionKind.CALLED, NOON)
    ledger.decide(second, DecisionKind.DONE, NOON)
    undone = ledger.undo(NOON, first)
    assert undone is not None
    assert undone.number == first
    kept = ledger.message(second)
    assert kept is not None
    assert kept.done_at == NOON


def test_there_is_nothing_to_undo_at_first(ledger: Ledger) -> None:
    assert ledger.undo(NOON) is None
    assert ledger.undo(NOON, ledger.add_received(received())) is None


def test_undoing_the_second_of_two_calls_leaves_the_first(ledger: Ledger) -> None:
    number = ledger.add_received(received(verdict=CRISIS))
    ledger.decide(number, DecisionKind.CALLED, NOON)
    ledger.decide(number, DecisionKind.CALLED, NOON + HOUR)
    ledger.undo(NOON + 2 * HOUR)
    kept = ledger.message(number)
    assert kept is not None
    assert kept.called_at == NOON
