"""Whose a message may be."""

from __future__ import annotations

import pytest

from mailtriage.model import Address, Client, Message
from mailtriage.triage.senders import canonical, clients_of

ANNA = Client("A.B.", addresses=("Anna.B@gmail.com", "anna@work.example"))
BEN = Client("B.B.", addresses=("family@home.example",))
CLEO = Client("C.B.", addresses=("FAMILY@home.example",))
ROSTER = (ANNA, BEN, CLEO)


def sent_from(email: str) -> Message:
    return Message(sender=Address("", email))


@pytest.mark.parametrize(
    "email", ["anna.b@gmail.com", "annab@googlemail.com", "ANNA.B+therapy@Gmail.com", "anna@WORK.example"]
)
def test_every_spelling_of_an_address_is_its_client(email: str) -> None:
    assert clients_of(sent_from(email), ROSTER) == (ANNA,)


@pytest.mark.parametrize(
    "email", ["annab@work.example", "an.na@work.example", "anna@gmail.com.example", "anna", "@", ""]
)
def test_another_address_is_nobodys(email: str) -> None:
    assert clients_of(sent_from(email), ROSTER) == ()


def test_a_shared_address_is_all_who_share_it() -> None:
    assert clients_of(sent_from("family@home.example"), ROSTER) == (BEN, CLEO)


def test_a_message_without_a_sender_is_nobodys() -> None:
    assert clients_of(Message(), ROSTER) == ()


@pytest.mark.parametrize("email", ["+tag@x.example", "a+b+c@gmail.com", "a@b@c.example", "", "Ü@x.example"])
def test_a_canonical_address_is_its_own_canonical_address(email: str) -> None:
    assert canonical(canonical(email)) == canonical(email)
