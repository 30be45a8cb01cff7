"""Who wrote: the address that answers would go to, whatever the display name pretends."""

from __future__ import annotations

import email.utils
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.addresses import ADDRESSES_LIMIT, addresses
from mailtriage.model import Address


@pytest.mark.parametrize(
    ("value", "name", "address"),
    [
        ('"Anna Client" <Anna@Client.example>', "Anna Client", "anna@client.example"),
        ("Anna Client <anna@client.example>", "Anna Client", "anna@client.example"),
        ("anna@client.example (Anna Client)", "Anna Client", "anna@client.example"),
        ("<anna@client.example>", "", "anna@client.example"),
        ("anna@client.example", "", "anna@client.example"),
        ('"therapist@practice.example" <eve@other.example>', "therapist@practice.example", "eve@other.example"),
        ("therapist@practice.example <eve@other.example>", "therapist@practice.example", "eve@other.example"),
        (r'"Anna \"Annie\" Client" <anna@client.example>', 'Anna "Annie" Client', "anna@client.example"),
        ("=?utf-8?q?Ren=C3=A9e?= <renee@client.example>", "Renée", "renee@client.example"),
        ('"=?utf-8?q?Ren=C3=A9e?=" <renee@client.example>', "Renée", "renee@client.example"),
        ("=?utf-8?q?Client,_Anna?= <anna@client.example>", "Client, Anna", "anna@client.example"),
        ("=?utf-8?q?=3Ceve=40other.example=3E?= <anna@client.example>", "<eve@other.example>", "anna@client.example"),
        ("=?utf-8?q?Anna_=3Canna=40client.example=3E?=", "Anna", "anna@client.example"),
        ("Anna anna@client.example", "Anna", "anna@client.example"),
        ("anna @ client.example", "", "anna@client.example"),
        ("Anna :-( <anna@client.example>", "-", "anna@client.example"),
        ("Anna <anna@client.example", "Anna", "anna@client.example"),
        ("<@relay.example,@other.example:anna@client.example>", "", "anna@client.example"),
        ("Anna (my (old) name) <anna@client.example>", "Anna", "anna@client.example"),
        ("<> anna@client.example", "", "anna@client.example"),
        ("mailto:anna@client.example", "", "anna@client.example"),
    ],
)  # fmt: skip
def test_the_address_is_the_one_that_mail_programs_answer(value: str, name: str, address: str) -> None:
    assert addresses([value])[0].email == address
    assert addresses([value])[0].name == name


@pytest.mark.parametrize(
    "value", ["", "undisclosed-recipients:;", "Anna Client", ",,;", "<>", '""', "(anna)", "=?utf-8?q?"]
)
def test_what_holds_no_address_gives_none(value: str) -> None:
    assert addresses([value]) == ()


def test_groups_and_lists_are_taken_apart() -> None:
    value = 'team: Anna <a@x.example>, b@x.example;, "C, D" <c@x.example>'
    assert [found.email for found in addresses([value, "d@x.example"])] == [
        "a@x.example", "b@x.example", "c@x.example", "d@x.example",
    ]  # fmt: skip


def test_a_list_without_end_is_cut() -> None:
    assert len(addresses(["a@x.example," * 5_000])) == ADDRESSES_LIMIT


WORDS = st.text(string.ascii_letters + " ,;:()<>@\"'\\.", min_size=1, max_size=30)
LOCAL = st.text(string.ascii_lowercase + string.digits + "._-+=", min_size=1, max_size=20).filter(
    lambda text: not text.startswith((".", "=")) and not text.endswith(".")
)


@given(WORDS, LOCAL)
def test_what_a_mail_program_writes_is_read_back(name: str, local: str) -> None:
    value = email.utils.formataddr((" ".join(name.split()), f"{local}@client.example"))
    assert addresses([value]) == (Address(" ".join(name.split()), f"{local}@client.example"),)


@given(st.text(max_size=200))
def test_any_value_gives_addresses_that_are_not_empty(value: str) -> None:
    for found in addresses([value]):
        assert found.email
        assert found.email == found.email.lower()
        assert found.name == " ".join(found.name.split())


@pytest.mark.parametrize("piece", ["(", "<", '"', "\\", "a@b,", "=?utf-8?q?", ":", "(a", "<a,"])
def test_hostile_repetition_is_read_without_recursion(piece: str) -> None:
    assert len(addresses([piece * 20_000])) <= ADDRESSES_LIMIT
