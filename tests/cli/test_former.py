"""Clients who leave the roster, typed at a real practice folder: what they owe, and what nobody else may inherit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from books import Books

POUND = "\N{POUND SIGN}"
AGREE = 'consent add J.T. --given 2026-11-01 --how "signed agreement" --price 20.00'


def charged(books: Books) -> None:
    """One unit of message 4."""
    books.type(AGREE)
    books.type("log 4 --reading 12m --at 10:12")
    books.type("confirm 4")


def with_address(books: Books) -> None:
    config = books.practice.path / "config.toml"
    text = config.read_text("utf-8").replace("[practice]", '[practice]\nname = "Dr Hale"\npostal = ["1 Road"]', 1)
    config.write_text(text, "utf-8")


def test_removing_says_which_charges_and_statements_are_open(books: Books) -> None:
    with_address(books)
    charged(books)
    books.type("client edit J.T. --postal '2 Long Road; York'")
    assert books.typed("statement issue 2026-11 --client J.T. --so-far -y")[0] == 0
    other = books.receive("other")
    books.type(f"log {other} --reading 12m --at 15:00", at="15:05")
    books.type(f"confirm {other}")
    out = books.type("client remove J.T. -y", at="15:06")
    assert f"Statement 1 of J.T. is not paid: {POUND}20.00." in out
    assert f"Charges of J.T. stand on no statement yet (message {other})." in out
    assert "J.T. is off the roster. 1 consent ends now; work that was over stays covered." in out


def test_who_owes_nothing_and_agreed_to_nothing_just_leaves(books: Books) -> None:
    assert books.type("client remove R.S. -y") == "R.S. is off the roster.\n"


def test_a_used_code_is_not_given_to_somebody_else(books: Books) -> None:
    charged(books)
    books.type("client remove J.T. -y")
    for code in ("J.T.", "j.t."):
        err = books.refused(f"client add {code} --address new@else.example --no-input")
        assert "J.T.: used for a client before" in err
        assert "Somebody else needs another code. For the same person: --again." in err
    books.type("client add J.T.2 --address new@else.example --no-input")
    assert "J.T.:" not in books.type("client list --plain")


def test_the_same_person_comes_back_without_a_consent(books: Books) -> None:
    books.type(AGREE)
    books.type("client remove J.T. -y", at="15:00")
    out = books.type("client add J.T. --address jo@home.example --no-input --again", at="16:00")
    assert "Consents ended when the client left: work since then needs a new one to be charged." in out
    books.type("log 4 --reading 12m", at="17:00")
    assert "no consent was in force then" in books.type("confirm 4")
    assert books.due() == []
    assert (
        json.loads(books.type("consent list J.T. --json"))["consents"][0]["withdrawn_at"] == "2026-11-23T15:00:00+00:00"
    )


@pytest.mark.parametrize("again", ["", " --again"])
def test_an_import_gives_a_used_code_to_nobody_else_either(books: Books, again: str) -> None:
    books.type(AGREE)
    books.type("client remove J.T. -y")
    file = books.practice.path / "roster.csv"
    file.write_text("code,name,addresses,phone,contact\nJ.T.,New,new@else.example,,\nN.N.,Nora,,,\n", "utf-8")
    if again:
        assert "2 added" in books.type(f"client import {file} --again")
    else:
        assert "J.T.: used for a client before" in books.refused(f"client import {file}")
        assert "N.N." not in books.type("client list --plain")


def test_a_code_that_was_never_used_can_be_given_anew(books: Books) -> None:
    books.type("client add N.N. --no-input")
    books.type("client remove N.N. -y")
    assert "Consents" not in books.type("client add N.N. --no-input --again")
