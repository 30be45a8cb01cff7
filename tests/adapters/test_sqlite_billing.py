"""The tables of time and charges: what the file itself refuses, what an older ledger becomes, what `check` finds."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING

import pytest

from bills import (
    LATER,
    LONG,
    MARCH,
    PRICE,
    charge,
    charged_message,
    credit_of,
    issued_to,
    line_for,
    statement_with,
    typed,
    worked_message,
)
from ledgers import HOUR, NOON, received, sent
from mailtriage.adapters.ledger import SqlLedger, open_ledger
from mailtriage.adapters.ledger.billing.content import content_of, statement_of
from mailtriage.adapters.ledger.database import Database
from mailtriage.adapters.ledger.migrations import migrate, migrations
from mailtriage.model import Client, DecisionKind, Settlement
from mailtriage.model.work import Awake, NewConsent, PriceFrom, TimeKind, Timer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SAVE = Settlement(DecisionKind.SAVE, "J.T.")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "ledger.db"


@pytest.fixture
def plain(path: Path) -> Iterator[SqlLedger]:
    with open_ledger(path, "none", None) as opened:
        yield opened


def _raw(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _work(ledger: SqlLedger) -> None:
    """A row in every table of time and charges: message 1 is on statement 1, 2 is credited, 3 is saved, 4 is due."""
    ledger.save_client(Client("J.T.", addresses=("jo@example.org",)), NOON)
    charged_message(ledger, "a")
    charged_message(ledger, "b", units=2)
    issued = issued_to(ledger)
    ledger.billing.issue(credit_of(issued.statement, issued.statement.lines[1], number=2), b"a credit", LATER)
    ledger.billing.pay(1, date(2026, 4, 9), LATER)
    ledger.billing.settle(worked_message(ledger, "c"), SAVE, LATER)
    charged_message(ledger, "d")
    ledger.add_received(received("waits", verdict=LONG))
    consent = ledger.billing.add_consent(NewConsent("J.T.", 1, NOON, "signed", PRICE, ""), LATER)
    ledger.billing.withdraw_consent(consent.id, NOON + HOUR, LATER)
    ledger.billing.set_client_price("J.T.", PriceFrom(PRICE), LATER)
    ledger.billing.start_timer(Timer(1, TimeKind.READING, NOON, Awake("", 0)))


# ---------------------------------------------------------------- append-only

_HISTORY = (
    "time_entry",
    "consent",
    "consent_withdrawal",
    "client_price",
    "statement",
    "statement_line",
    "statement_message",
    "statement_charge",
    "credited_line",
    "payment",
)


@pytest.mark.parametrize("table", _HISTORY)
def test_the_file_itself_refuses_to_rewrite_what_was_recorded(plain: SqlLedger, path: Path, table: str) -> None:
    _work(plain)
    raw = _raw(path)
    columns = [name for _, name, *_ in raw.execute(f"PRAGMA table_info({table})")]
    before = raw.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - the tables above
    assert before
    for change in (f"DELETE FROM {table}", *(f"UPDATE {table} SET {column} = {column}" for column in columns)):  # noqa: S608 - as above
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute(change)
    assert raw.execute(f"SELECT * FROM {table}").fetchall() == before  # noqa: S608 - as above
    raw.close()


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        pytest.param(
            "INSERT INTO statement SELECT 9, kind, client, month, currency, credits, issued_at, content, text "
            "FROM statement WHERE number = 1",
            "without gaps",
            id="a gap in the numbers",
        ),
        pytest.param("INSERT INTO statement_charge SELECT decision, 1, 0 FROM statement_charge", "UNIQUE", id="twice"),
        pytest.param(
            "INSERT INTO credited_line SELECT statement, position, 2 FROM credited_line", "UNIQUE", id="credit"
        ),
        pytest.param("INSERT INTO statement_line VALUES (1, 9, '2026-03-02', 0, 2000)", "CHECK", id="no unit"),
        pytest.param("INSERT INTO timer VALUES (2, 1, 'reading', 0, '', 0, 'timer')", "CHECK", id="a second timer"),
        pytest.param("INSERT INTO charge_due VALUES (99, 4, 'J.T.', 0)", "UNIQUE", id="due twice"),
    ],
)
def test_the_file_itself_refuses_what_must_never_be(plain: SqlLedger, path: Path, statement: str, reason: str) -> None:
    _work(plain)
    raw = _raw(path)
    with pytest.raises(sqlite3.IntegrityError, match=reason):
        raw.execute(statement)
    raw.close()


# ---------------------------------------------------------------- an older ledger


def _older(path: Path) -> sqlite3.Connection:
    """A ledger as it was before there was billing, with nothing in it."""
    path.parent.mkdir()
    raw = _raw(path)
    migrate(Database(raw, sqlite3, path), migrations()[:2])
    return raw


def _keep(raw: sqlite3.Connection, *, long: int = 1, automatic: str | None = None) -> int:
    number = raw.execute("SELECT count(*) + 1 FROM message").fetchone()[0]
    raw.execute(
        "INSERT INTO message (identity, message_id, received_at, sender, thread, backlog, forwarded, emergency, "
        "quoted_alarm, long, words, reading_low, reading_mid, reading_high, diary, automatic, not_scanned) "
        "VALUES (?, '', 0, 'jo@example.org', '', 0, 'no', 'none', 0, ?, 9, 1, 1, 1, '', ?, '')",
        (f"identity {number}", long, automatic),
    )
    return int(number)


def _decide(raw: sqlite3.Connection, number: int, *kinds: str) -> None:
    """Decisions one after the other; each "undo" takes back the one before it."""
    for kind in kinds:
        last = raw.execute("SELECT max(id) FROM decision").fetchone()[0]
        undoes = last if kind == "undo" else None
        raw.execute(
            "INSERT INTO decision (message, kind, decided_at, client, undoes) VALUES (?, ?, 0, '', ?)",
            (number, kind, undoes),
        )


def test_long_mail_of_an_older_ledger_waits_unless_it_is_done(path: Path) -> None:
    raw = _older(path)
    raw.execute("INSERT INTO client (code, name, phone, contact, changed_at) VALUES ('J.T.', 'Jo', '', '', 0)")
    waiting = [_keep(raw)]
    _keep(raw, long=0)
    _keep(raw, automatic="list")
    for kinds, waits in (
        (("called",), True),
        (("done",), False),
        (("done", "undo"), True),
        (("done", "undo", "undo"), False),
        (("done", "done", "undo"), False),
        (("done", "undo", "undo", "undo"), True),
    ):
        number = _keep(raw)
        _decide(raw, number, *kinds)
        waiting += [number] if waits else []
    before = raw.execute("SELECT id, message, kind, decided_at, client, undoes FROM decision").fetchall()
    raw.close()
    with open_ledger(path, "none", None) as ledger:
        assert ledger.billing.open_work() == tuple(waiting)
        assert ledger.clients() == (Client("J.T.", "Jo"),)
        assert {decision.seconds for number in waiting for decision in ledger.decisions(number)} == {0}
        assert [message.number for message in ledger.messages(NOON)] == waiting
        assert ledger.verify() == ()
    raw = _raw(path)
    assert raw.execute("SELECT id, message, kind, decided_at, client, undoes FROM decision").fetchall() == before
    raw.close()


# ---------------------------------------------------------------- check


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM open_work WHERE message = 5",
        "INSERT INTO open_work VALUES (1, NULL)",
        "UPDATE open_work SET seconds = 1 WHERE message = 5",
        "DELETE FROM charge_due",
        "UPDATE charge_due SET client = 'R.S.'",
        "UPDATE charge_due SET worked_at = 1",
        "DELETE FROM saved_work",
        "UPDATE saved_work SET client = 'R.S.'",
    ],
)
def test_verify_finds_a_list_that_says_other_than_the_decisions(path: Path, change: str) -> None:
    with open_ledger(path, "none", None) as ledger:
        _work(ledger)
        assert ledger.verify() == ()
    raw = _raw(path)
    assert raw.execute(change).rowcount == 1
    raw.close()
    with open_ledger(path, "none", None) as ledger:
        assert ledger.verify() == ("1 messages stand on other lists of open work than their decisions say",)


@pytest.mark.parametrize(
    ("trigger", "change", "problem"),
    [
        (
            "statement_line_is_not_changed",
            "UPDATE statement_line SET units = 9 WHERE position = 0",
            "lines of statement 1",
        ),
        ("", "INSERT INTO statement_line VALUES (1, 2, '2026-03-02', 1, 2000)", "lines of statement 1"),
        ("", "INSERT INTO statement_message VALUES (3, 1, 0)", "lines of statement 1"),
        ("statement_charge_is_not_changed", "UPDATE statement_charge SET position = 0", "lines of statement 1"),
        ("credited_line_is_not_deleted", "DELETE FROM credited_line", "lines of statement 2"),
        (
            "statement_is_not_changed",
            "UPDATE statement SET content = '{}' WHERE number = 2",
            "statement 2 cannot be read",
        ),
        ("statement_is_not_changed", "UPDATE statement SET content = replace(content, '2000', '2100')", "lines of"),
    ],
)
def test_verify_finds_a_statement_that_says_other_than_was_issued(
    path: Path, trigger: str, change: str, problem: str
) -> None:
    with open_ledger(path, "none", None) as ledger:
        _work(ledger)
    raw = _raw(path)
    if trigger:
        raw.execute(f"DROP TRIGGER {trigger}")
    raw.execute(change)
    raw.close()
    with open_ledger(path, "none", None) as ledger:
        assert problem in " ".join(ledger.verify())


# ---------------------------------------------------------------- content


def test_a_statement_is_kept_as_plain_ascii_and_read_back_the_same(plain: SqlLedger) -> None:
    charged_message(plain)
    statement = statement_with(*map(line_for, plain.billing.due()))
    assert content_of(statement).isascii()
    assert statement_of(content_of(statement)) == statement


# ---------------------------------------------------------------- plans

_LISTS = {"open_alarm", "open_work", "o", "timer", "client", "client_address", "sqlite_master", "CONSTANT"}

_QUESTIONS: dict[str, Callable[[SqlLedger], object]] = {
    "messages": lambda ledger: ledger.messages(LATER),
    "open_work": lambda ledger: ledger.billing.open_work(),
    "due": lambda ledger: ledger.billing.due("J.T.", LATER),
    "saved": lambda ledger: ledger.billing.saved("J.T."),
    "charged": lambda ledger: ledger.billing.charged([1, 2, 3]),
    "time_entries": lambda ledger: ledger.billing.time_entries(1),
    "worked_between": lambda ledger: ledger.billing.worked_between(NOON, LATER),
    "overlapping": lambda ledger: ledger.billing.overlapping(NOON, LATER),
    "reading speeds": lambda ledger: ledger.billing.speeds(TimeKind.READING, 5),
    "reply speeds": lambda ledger: ledger.billing.speeds(TimeKind.REPLY, 5),
    "replies": lambda ledger: [ledger.billing.replies(number) for number in (1, 2)],
    "timer": lambda ledger: ledger.billing.timer(),
    "consents": lambda ledger: ledger.billing.consents("J.T."),
    "client_prices": lambda ledger: ledger.billing.client_prices("J.T."),
    "issued": lambda ledger: ledger.billing.issued(1),
    "all_issued of a client": lambda ledger: ledger.billing.all_issued("J.T."),
    "all_issued of a month": lambda ledger: ledger.billing.all_issued(month=MARCH),
    "all_issued of both": lambda ledger: ledger.billing.all_issued("J.T.", MARCH),
    "all that is written": _work,
    "undo": lambda ledger: ledger.billing.undo_decision(
        ledger.billing.settle(worked_message(ledger, "x"), charge(), LATER).id, LATER
    ),
}


def _plans(ledger: SqlLedger, path: Path, work: Callable[[SqlLedger], object]) -> list[str]:
    """The steps of the plans of all statements that are run."""
    statements: set[str] = set()
    connection = ledger._database._connection  # noqa: SLF001 - the statements as they are run
    connection.set_trace_callback(statements.add)
    work(ledger)
    connection.set_trace_callback(None)
    raw = _raw(path)
    asked = [text for text in statements if text.lstrip().startswith(("SELECT", "INSERT", "UPDATE", "DELETE"))]
    steps = [step for text in asked for _, _, _, step in raw.execute(f"EXPLAIN QUERY PLAN {text}")]
    raw.close()
    assert steps
    return steps


@pytest.mark.parametrize("question", _QUESTIONS)
def test_no_question_reads_a_table_from_end_to_end(plain: SqlLedger, path: Path, question: str) -> None:
    if question != "all that is written":
        _work(plain)
        plain.billing.log_time(1, [typed(60, kind=TimeKind.REPLY)], LATER)
        plain.add_sent(sent("sure", answers=("a@example.org",)))
        plain.add_sent(sent("guess", thread="thread"))
    steps = _plans(plain, path, _QUESTIONS[question])
    assert [step for step in steps if "AUTOMATIC" in step] == []
    assert {step.split()[1] for step in steps if step.startswith("SCAN")} <= _LISTS
