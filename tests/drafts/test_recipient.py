from __future__ import annotations

import pytest

from mailtriage.drafts.contact import speaks_against_mail
from mailtriage.drafts.recipient import Recipient, recipient
from mailtriage.errors import UsageError
from mailtriage.model import Address, Client, Message

OWN = ("therapist@practice.example",)
JO = Client("J.T.", addresses=("jo.tarn@gmail.com",))
ROBIN = Client("R.S.", addresses=("jo.tarn@gmail.com",))


def letter(sender: str, **others: tuple[Address, ...]) -> Message:
    return Message(sender=Address("Somebody", sender), **others)  # type: ignore[arg-type]


def test_a_client_is_answered_at_the_address_on_the_roster() -> None:
    assert recipient(letter("jotarn+x@googlemail.com"), (JO,), OWN) == Recipient("jo.tarn@gmail.com")


def test_others_who_were_named_are_left_out_and_said_to_be() -> None:
    message = letter(
        "jo.tarn@gmail.com",
        reply_to=(Address("", "mum@home.example"),),
        to=(Address("", OWN[0]), Address("", "gp@surgery.example")),
        cc=tuple(Address("", f"{n}@home.example") for n in range(9)),
    )
    to = recipient(message, (JO,), OWN)
    assert to.email == "jo.tarn@gmail.com"
    assert to.words[0] == "The message asked for answers to mum@home.example; the draft leaves them out"
    assert to.words[1].startswith("The message was also sent to gp@surgery.example, 0@home.example")
    assert to.words[1].endswith(" and 5 more; the draft leaves them out")


def test_a_shared_address_a_stranger_and_an_unlisted_address_are_each_said() -> None:
    assert "share this address" in recipient(letter("jo.tarn@gmail.com"), (JO, ROBIN), OWN).words[0]
    assert "not on the roster" in recipient(letter("new@elsewhere.example"), (), OWN).words[0]
    unlisted = recipient(letter("partner@home.example"), (JO,), OWN)
    assert unlisted.email == "partner@home.example"
    assert "does not stand on J.T.'s entry" in unlisted.words[0]


def test_a_look_alike_domain_is_shown_as_the_network_writes_it() -> None:
    assert recipient(letter("jo@h\u043eme.example"), (), OWN).email == "jo@xn--hme-sed.example"


@pytest.mark.parametrize(
    "sender", ["", "jo", "jo@", "a b@home.example", "j\u00f6@home.example", "jo@home.example,eve@x"]
)
def test_what_is_no_address_is_refused(sender: str) -> None:
    with pytest.raises(UsageError, match="no sender's address"):
        recipient(letter(sender), (), OWN)
    with pytest.raises(UsageError, match="no sender's address"):
        recipient(Message(), (), OWN)


@pytest.mark.parametrize(
    "contact",
    ["no e-mail", "No email please", "phone only", "mobile only, evenings", "do not write", "Don\u2019t e-mail",
     "never mail", "post only"],
)  # fmt: skip
def test_a_wish_against_mail_is_heard(contact: str) -> None:
    assert speaks_against_mail(contact)


@pytest.mark.parametrize("contact", ["", "no voicemail", "e-mail only", "evenings", "prefers e-mail", "email is fine"])
def test_other_wishes_are_no_wish_against_mail(contact: str) -> None:
    assert not speaks_against_mail(contact)
