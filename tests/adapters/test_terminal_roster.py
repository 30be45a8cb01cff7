from __future__ import annotations

from mailtriage.adapters.terminal.capabilities import Capabilities
from mailtriage.adapters.terminal.roster import roster_text
from mailtriage.model import Client

CLIENTS = (
    Client("J.T.", "Jo Tarn", ("jo@home.example",), "07700 900123", "no voicemail"),
    Client("R.S.", "陽子 Sand"),
)


def test_a_wide_terminal_gets_a_table() -> None:
    assert roster_text(CLIENTS, Capabilities(columns=80)) == (
        "CODE  NAME       PHONE         CONTACT       ADDRESSES\n"
        "J.T.  Jo Tarn    07700 900123  no voicemail  jo@home.example\n"
        "R.S.  陽子 Sand\n"
    )


def test_a_narrow_terminal_gets_a_block_for_each_client() -> None:
    assert roster_text(CLIENTS, Capabilities(columns=40)) == (
        "J.T.  Jo Tarn\n    07700 900123 - no voicemail\n    jo@home.example\n\nR.S.  陽子 Sand\n"
    )


def test_plain_is_a_sentence_for_each_client_even_without_facts() -> None:
    assert roster_text((Client("X.Y."),), Capabilities(), plain=True) == "X.Y.: no address.\n"


def test_nothing_that_a_terminal_obeys_is_printed() -> None:
    hostile = Client("J.T.", "\x1b[31mred\u202e", ("\x07@x",))
    for able in (Capabilities(columns=200), Capabilities(columns=20), Capabilities(plain=True)):
        assert all(line.isprintable() for line in roster_text((hostile,), able).splitlines())


def test_a_terminal_without_letters_gets_ascii() -> None:
    assert roster_text(CLIENTS, Capabilities(letters=False)).isascii()


def test_a_postal_address_is_shown_where_there_is_one() -> None:
    clients = (Client("J.T.", "Jo Tarn", postal="1 Home Lane\nYork"),)
    assert "CODE  NAME     PHONE  CONTACT  ADDRESSES  POSTAL\n" in roster_text(clients, Capabilities(columns=80))
    assert "\n    1 Home Lane, York\n" in roster_text(clients, Capabilities(columns=30))
    assert roster_text(clients, Capabilities(), plain=True) == "J.T.: Jo Tarn, no address, post to 1 Home Lane, York.\n"
