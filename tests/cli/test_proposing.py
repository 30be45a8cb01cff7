"""What is proposed, at a real practice: from the long mail to the charge, and what asking for it costs."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ledgers import received, sent
from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.proposing import Proposing
from mailtriage.config import parse
from mailtriage.model.work import Evidence, TimeKind, Worked
from mailtriage.summary import LOOK_BACK
from practice import LONG
from practice_folder import NOW, PracticeFolder
from timesheet import minutes

if TYPE_CHECKING:
    from books import Books
    from mailtriage.adapters.ledger import SqlLedger

_RECEIVED = NOW - timedelta(hours=3)
_CONSENT = 'consent add J.T. --given 2026-11-01 --how "signed agreement" --price 20.00'


def _long(books: Books) -> int:
    return books.receive("long", _RECEIVED, verdict=LONG)


def _decide(books: Books) -> str:
    return next(line for line in books.type("summary").splitlines() if line.startswith("Decide:"))


def _document(books: Books) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(books.type("summary --json"))
    return found


def test_long_mail_is_saved_for_the_session_unless_a_consent_lets_its_minutes_be_charged(books: Books) -> None:
    number = _long(books)
    assert f"no consent: save for session? mailtriage save {number}" in _decide(books)
    books.type(_CONSENT)
    assert f"consent at £20.00: how many minutes? mailtriage confirm {number}" in _decide(books)
    books.type(f"log {number} --reading 6m30s --at 14:00")
    assert f"6 min 30 s typed: 1 \u00d7 15 min at £20.00? mailtriage confirm {number}" in _decide(books)
    books.type(f"confirm {number}")
    assert [item["number"] for item in _document(books)["sections"]["decide"]] == []
    books.type(f"log {number} --reply 3m", at="14:20")
    assert "reopened: 3 min more since you confirmed; 9 min 30 s typed: 1 \u00d7 15 min" in _decide(books)
    books.type("undo")
    assert [item["number"] for item in _document(books)["sections"]["decide"]] == []


def test_an_answered_message_that_was_confirmed_is_listed_as_charged(books: Books) -> None:
    number = _long(books)
    books.type(_CONSENT)
    with books.practice.ledger() as ledger:
        ledger.add_sent(sent("answer", sent_at=NOW - minutes(30), answers=("long@example.org",)))
    books.type(f"log {number} --reading 4m --reply 6m --at 14:00")
    books.type(f"confirm {number}")
    out = books.type("summary")
    assert f"Charged, 1: J.T. {number}" in out
    assert not any(line.startswith("Handled") and f" {number}" in line for line in out.splitlines())
    books.type("undo")
    books.type(f"save {number} --skimmed")
    assert f"Saved for the session, 1: J.T. {number}" in books.type("summary")


def test_a_statement_that_charges_a_message_keeps_it_out_of_what_is_handled_without_charge(books: Books) -> None:
    number = books.receive("october", NOW - timedelta(days=30), verdict=LONG)
    books.type(_CONSENT.replace("2026-11-01", "2026-10-01"))
    books.type(f'log {number} --reading 6m --at "2026-10-26 14:00"')
    books.type(f"confirm {number}")
    config = books.practice.path / "config.toml"
    named = '[practice]\nname = "Dr Hale"\npostal = ["1 High Street"]'
    config.write_text(config.read_text("utf-8").replace("[practice]", named), "utf-8")
    assert books.typed("statement issue 2026-10 --client J.T. -y")[0] == 0
    books.type(f"log {number} --reply 3m --at 14:00")
    books.type(f"done {number}")
    with books.practice.ledger() as ledger:
        message = ledger.message(number)
        assert message is not None
        assert message.is_reopened
        assert Proposing(ledger, _config(books.practice), NOW).work([message]).charged == {number}


def test_the_running_timer_stands_at_the_end(books: Books) -> None:
    books.type("start 4", at="14:00")
    out = books.type("summary", at="14:05")
    assert "A TIMER RUNS for message 4 (reading) since today 14:00, 5 min: mailtriage stop" in out
    assert _document(books)["timer"]["number"] == 4


def test_an_answer_in_sent_is_counted_by_her_own_words(books: Books) -> None:
    number = _long(books)
    books.type(_CONSENT)
    with books.practice.ledger() as ledger:
        ledger.add_sent(sent("answer", sent_at=NOW - minutes(30), answers=("long@example.org",), words=190))
    assert "with your answer 9\u201328 min by its words" in _decide(books)
    (item,) = _document(books)["sections"]["decide"]
    assert item["number"] == number
    assert item["proposal"]["estimated_seconds"] == {"low": 568, "mid": 956, "high": 1625}


def test_a_barred_message_can_be_logged_and_is_not_proposed(books: Books) -> None:
    books.type(_CONSENT)
    books.type("assign 2 J.T.")
    books.type("log 2 --reading 20m --at 14:00")
    assert "20 min typed; about the diary, so no charge is proposed" in _decide(books)


def test_show_says_first_how_long_it_is_and_whether_a_consent_covers_it(books: Books) -> None:
    body = "It was a long and winding week, and I thought about what you said to me on Monday. " * 90
    letter = books.practice.path / "Maildir" / "cur" / "9.invented.host:2,"
    letter.write_text(
        "From: jo@home.example\nTo: therapist@practice.example\nSubject: my week\nMessage-ID: <9@home.example>\n"
        f"Date: Mon, 23 Nov 2026 09:00:00 +0000\n\n{body}\n",
        "utf-8",
    )
    os.utime(letter, (_RECEIVED.timestamp(), _RECEIVED.timestamp()))
    books.practice.run("poll")
    books.capsys.readouterr()
    shown = books.type("show 5")
    head = shown[: shown.index("Subject: my week")]
    assert "long: about 1,600 words, likely over five minutes (5\u201310 min to read)" in head
    assert "no consent: save for session? mailtriage save 5" in head
    assert "J.T. may be contacted: no voicemail" in head
    assert "No consent: time on it is free." in head
    assert "draft 5 --policy" in head
    books.type(_CONSENT)
    shown = books.type("show 5")
    assert "consent at £20.00: how many minutes? mailtriage confirm 5" in shown
    assert "A consent covers it: over 5 min, £20.00 for each begun 15 min." in shown


def test_eight_timed_messages_teach_her_speed_and_that_is_said(books: Books) -> None:
    for name in "abcdefgh":
        number = books.receive(name, _RECEIVED, verdict=LONG)
        books.type(f"log {number} --reading 8m --at 14:00 --overlap")
        books.type(f"done {number}")
    number = _long(books)
    with books.practice.ledger() as ledger:
        paces = Proposing(ledger, _config(books.practice), NOW).paces
    assert (paces.reading.usual, paces.reading.learned_from) == (176, 8)
    assert "likely over five minutes at your own speed" in _decide(books)
    assert number


# ---------------------------------------------------------------- cost


def _config(practice: PracticeFolder) -> Any:  # noqa: ANN401 - as `parse` gives it
    path = practice.path / "config.toml"
    return parse(path.read_text("utf-8"), source="config.toml", base=path.parent, home=path.parent)


def _statements(ledger: SqlLedger, practice: PracticeFolder) -> int:
    """How many statements the proposals of the last fortnight cost, beyond reading its messages."""
    messages = ledger.messages(NOW - LOOK_BACK)
    ran: list[str] = []
    connection = ledger._database._connection  # noqa: SLF001 - the statements as they are run
    connection.set_trace_callback(ran.append)
    Proposing(ledger, _config(practice), read_clock()).work(messages)
    connection.set_trace_callback(None)
    return len(ran)


def test_proposals_cost_by_the_messages_that_wait_not_by_those_that_came(books: Books) -> None:
    _long(books)
    with books.practice.ledger() as ledger:
        few = _statements(ledger, books.practice)
        for count in range(200):
            ledger.add_received(received(f"short {count}", sender="jo@home.example", received_at=_RECEIVED))
        assert _statements(ledger, books.practice) == few
        for count in range(3):
            number = ledger.add_received(received(f"more {count}", sender="jo@home.example", received_at=_RECEIVED))
            time = Worked(TimeKind.READING, 600, Evidence.TIMER, NOW - minutes(20))
            ledger.billing.log_time(number, [time], NOW)
        assert few < _statements(ledger, books.practice) <= few + 3 * 10 + 10


def test_old_messages_with_a_little_time_cost_a_summary_nothing(books: Books) -> None:
    old = NOW - LOOK_BACK - timedelta(days=1)

    def statements() -> int:
        with books.practice.ledger() as ledger:
            ran: list[str] = []
            connection = ledger._database._connection  # noqa: SLF001 - the statements as they are run
            connection.set_trace_callback(ran.append)
            messages = ledger.messages(NOW - LOOK_BACK, 300)
            Proposing(ledger, _config(books.practice), read_clock()).work(messages)
            connection.set_trace_callback(None)
            return len(ran)

    few = statements()
    with books.practice.ledger() as ledger, ledger.transaction():
        for count in range(100):
            number = ledger.add_received(received(f"old {count}", sender="jo@home.example", received_at=old))
            ledger.billing.log_time(number, [Worked(TimeKind.READING, 300, Evidence.TIMER, old)], NOW)
    assert statements() == few
