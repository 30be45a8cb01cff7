"""`agenda`, typed at a real practice folder: saved messages only, own words only, nothing that a terminal obeys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pseudo_terminal import pseudo_terminal

if TYPE_CHECKING:
    from books import Books


def test_agenda_shows_subject_and_own_words_of_what_is_saved(books: Books) -> None:
    books.type('save 1 4 --skimmed --why "the invoice"')
    lines = books.type("agenda J.T.").splitlines()
    assert lines[0] == "For the session with J.T.: 2 saved"
    assert "Subject: tonight" in lines
    assert "Saved today 14:05, skimmed (the invoice)." in lines
    assert "I have told nobody." in lines
    assert "Thank you for the invoice." in lines
    assert not any("See you on Thursday" in line for line in lines)
    assert lines[-1] == "When you have gone through them: mailtriage done 1 4"


def test_only_what_is_saved_and_not_done_is_on_it(books: Books) -> None:
    assert "Nothing is saved for the session with J.T." in books.type("agenda jt")
    books.type("save 1 4 --skimmed")
    books.type("undo 1")
    books.type("done 4")
    assert "Nothing is saved" in books.type("agenda J.T.")


def test_what_a_mail_says_reaches_a_terminal_harmless(books: Books) -> None:
    books.type("assign 3 R.S.")
    books.type("save 3 --skimmed")
    assert "Subject: \\x1b[31mred\\x1b[0m [bold]bold[/x]\n" in books.type("agenda R.S.")
    assert "\\\\x1b[31mred" in books.type("agenda R.S. --json")


def test_agenda_as_json(books: Books) -> None:
    books.type("save 4 --not-skimmed")
    told = json.loads(books.type("agenda J.T. --json"))
    assert (told["version"], told["client"]) == (1, "J.T.")
    assert told["messages"] == [
        {
            "number": 4,
            "received_at": "2026-11-22T12:00:00+00:00",
            "saved_at": "2026-11-23T14:05:00+00:00",
            "skimmed": False,
            "note": "",
            "subject": "thanks",
            "own_words": "Thank you for the invoice.",
            "not_scanned": [],
        }
    ]


def test_a_saved_message_that_is_gone_is_said_to_be(books: Books) -> None:
    books.type("save 4 --skimmed")
    books.practice.remove_letter(4)
    status, out, _ = books.typed("agenda J.T.")
    assert status == 1
    assert "It is no longer where it was read" in out


def test_agenda_goes_through_the_pager_in_a_low_terminal(books: Books) -> None:
    books.type("save 1 4 --skimmed")
    config = str(books.practice.path / "config.toml")
    with pseudo_terminal(["--config", config, "agenda", "J.T."], rows=6, columns=40) as terminal:
        terminal.expect("For the session with J.T.")
        terminal.expect("Space for more, q to leave")
        terminal.type("q")
        assert terminal.leave() == 0
