"""What looking at time and charges costs: it follows what is shown, not what is kept. Counted in SQLite's own steps.

1,000 or 100,000 messages are kept, with 50,000 time entries, their settlements and statements, all of it settled and
issued long ago; on top of it the same few are open.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import repeat
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bills import LATER, LONG, PRICE, charge, charged_message, statement_with, typed, worked_message
from ledgers import HOUR, NOON, received, sent
from mailtriage.adapters.ledger import SqlLedger, open_ledger
from mailtriage.adapters.ledger.billing.content import content_of
from mailtriage.billing.issuing import Accounts, drafts
from mailtriage.billing.report import Period, report
from mailtriage.billing.statement import Office
from mailtriage.model import Client, DecisionKind, Settlement
from mailtriage.model.statements import Line, Month, Party
from mailtriage.model.work import NewConsent, PriceFrom, Terms, TimeKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.bench

SMALL, LARGE = 1_000, 100_000
RATIO = 1.5
STEPS_A_COUNT = 10
MARCH_BEGAN = datetime(2026, 3, 1, tzinfo=UTC)

# All times are of 1970, and every second message has time, a charge and a place on a statement of 50 lines.
_FILL = (
    """
    INSERT INTO message (identity, message_id, received_at, sender, thread, backlog, forwarded, emergency, quoted_alarm,
                         long, words, reading_low, reading_mid, reading_high, diary, not_scanned)
    SELECT 'old ' || i, 'old' || i, i, 'client' || (i % 200) || '@example.org', 'thread ' || i, 0, 'no', 'none', 0,
           i % 2, 500, 1, 1, 1, '', '' FROM n
    """,
    """
    INSERT INTO sent (identity, message_id, sent_at, thread, words)
    SELECT 'old answer ' || i, 'answer' || i, i + 60, 'thread ' || i, 90 FROM n WHERE i % 2 = 1
    """,
    """
    INSERT INTO sent_answers (message_id, sent_at, sent)
    SELECT 'old' || substr(message_id, 7), sent_at, id FROM sent
    """,
    """
    INSERT INTO decision (message, kind, decided_at, client, seconds) SELECT i, 'log', i, '', 600 FROM n WHERE i % 2 = 1
    """,
    """
    INSERT INTO time_entry (message, decision, kind, seconds, evidence, began_at, ended_at)
    SELECT message, id, CASE id % 3 WHEN 0 THEN 'reply' ELSE 'reading' END, 600, 'typed', message - 600, message
    FROM decision
    """,
    """
    INSERT INTO decision (message, kind, decided_at, client, seconds, units, price_minor, currency)
    SELECT i, 'confirm', i, 'C' || (i / 100 % 200), 600, 1, 2000, 'GBP' FROM n WHERE i % 2 = 1
    """,
)
_STATEMENT = """
INSERT INTO statement (number, kind, client, month, currency, credits, issued_at, content, text)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_FILL_LINES = (
    """
    INSERT INTO statement_line (statement, position, worked_on, units, price_minor)
    SELECT 1 + i / 100, i % 100 / 2, '1970-01-01', 1, 2000 FROM n WHERE i % 2 = 1
    """,
    """
    INSERT INTO statement_message (message, statement, position)
    SELECT i, 1 + i / 100, i % 100 / 2 FROM n WHERE i % 2 = 1
    """,
    """
    INSERT INTO statement_charge (decision, statement, position)
    SELECT id, 1 + message / 100, message % 100 / 2 FROM decision WHERE kind = 'confirm'
    """,
    """
    INSERT INTO consent (client, message, given_at, how, price_minor, currency, policy, recorded_at)
    SELECT 'C' || i, NULL, 0, 'signed', 2000, 'GBP', '', 0 FROM n WHERE i <= {count} / 100
    """,
)


def _fill(ledger: SqlLedger, count: int) -> None:
    """What was settled and issued long ago."""
    ledger._database.run("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")  # noqa: SLF001 - no port is as quick
    ledger._database.run_many("INSERT INTO n VALUES (?)", ((number,) for number in range(1, count + 1)))  # noqa: SLF001
    with ledger.transaction():
        for statement in _FILL:
            ledger._database.run(statement)  # noqa: SLF001 - as above
        ledger._database.run_many(_STATEMENT, map(_statement_row, range(1, count // 100 + 1), repeat(count)))  # noqa: SLF001
        for statement in _FILL_LINES:
            ledger._database.run(statement.format(count=count))  # noqa: SLF001 - as above


def _statement_row(number: int, count: int) -> tuple[object, ...]:
    """An old statement: its 50 lines are those that `_FILL_LINES` names."""
    lines = [
        Line(date(1970, 1, 1), 1, 15, PRICE, None, (message,), ((count + message + 1) // 2,))
        for message in range(number * 100 - 99, number * 100, 2)
    ]
    old = replace(statement_with(*lines, number=number, client=f"C{(number - 1) % 200}"), month=Month(1970, 1))
    return (number, "statement", old.client, "1970-01", "GBP", None, 0, content_of(old), b"")


def _open(ledger: SqlLedger) -> None:
    """What is open on top of it: long mail, time, charges that are due, answers, a client."""
    ledger.save_client(Client("J.T.", "Jo", ("jo@example.org",)), NOON)
    ledger.billing.add_consent(NewConsent("J.T.", None, NOON, "signed", PRICE, ""), LATER)
    ledger.billing.set_client_price("J.T.", PriceFrom(PRICE), LATER)
    for count in range(5):
        ledger.add_received(received(f"long {count}", verdict=LONG))
        worked = worked_message(ledger, f"worked {count}")
        ledger.billing.log_time(worked, [typed(60, NOON + HOUR, TimeKind.REPLY)], LATER)
        ledger.add_sent(sent(f"answer {count}", answers=(f"worked {count}@example.org",)))
        charged_message(ledger, f"charged {count}")
        saved = worked_message(ledger, f"saved {count}")
        ledger.billing.settle(saved, Settlement(DecisionKind.SAVE, "J.T."), LATER)
        reopened = charged_message(ledger, f"reopened {count}")
        ledger.billing.log_time(reopened.number, [typed(60)], LATER)


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The same few open messages over little and over much that is settled."""
    paths = tuple(tmp_path_factory.mktemp("bench") / f"{count}.db" for count in (SMALL, LARGE))
    for path, count in zip(paths, (SMALL, LARGE), strict=True):
        with open_ledger(path, "none", None) as ledger:
            _fill(ledger, count)
            _open(ledger)
    return paths[0], paths[1]


def _summary(ledger: SqlLedger) -> object:
    return ledger.messages(LATER), ledger.alarms(), ledger.billing.timer(), ledger.billing.due()


def _review(ledger: SqlLedger) -> object:
    billing = ledger.billing
    return [
        (
            ledger.message(number),
            billing.time_entries(number),
            billing.replies(number),
            billing.charged([number]),
            billing.consents("J.T."),
            billing.client_prices("J.T."),
        )
        for number in billing.open_work()
    ], [billing.speeds(kind, 20) for kind in (TimeKind.READING, TimeKind.REPLY)]


def _statement(ledger: SqlLedger) -> object:
    billing = ledger.billing
    worked = billing.worked_between(MARCH_BEGAN, LATER)
    issued = billing.all_issued("J.T.", Month(2026, 3)), billing.all_issued(month=Month(2026, 3))
    return billing.due("J.T.", LATER), billing.saved("J.T."), worked, billing.charged(worked), issued


def _decide(ledger: SqlLedger) -> object:
    with ledger.rehearsal():
        number = ledger.billing.open_work()[0]
        ledger.billing.log_time(number, [typed()], LATER)
        decision = ledger.billing.settle(number, charge(), LATER)
        return ledger.billing.undo_decision(decision.id, LATER)


def _drafts(ledger: SqlLedger) -> object:
    office = Office(Party("Dr Hale"), Terms(pool="day", prices=(PriceFrom(PRICE),)), ZoneInfo("Europe/London"))
    accounts = Accounts(ledger.billing, ledger, office.terms, office.zone)
    return drafts(accounts, office, {}, Month(2026, 3), LATER)


def _report(ledger: SqlLedger) -> object:
    period = Period(MARCH_BEGAN, LATER, ZoneInfo("Europe/London"))
    accounts = Accounts(ledger.billing, ledger, Terms(), period.zone).due(LATER)
    return report(ledger.billing, ledger, accounts, Terms(), period)


_WORK: dict[str, Callable[[SqlLedger], object]] = {
    "summary": _summary,
    "review": _review,
    "statement": _statement,
    "drafts": _drafts,
    "report": _report,
    "decide": _decide,
}


def _steps(path: Path, work: Callable[[SqlLedger], object]) -> int:
    """How many tens of steps SQLite takes."""
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    with open_ledger(path, "none", None) as ledger:
        connection = ledger._database._connection  # noqa: SLF001 - SQLite's own count
        connection.set_progress_handler(count, STEPS_A_COUNT)
        assert work(ledger)
        connection.set_progress_handler(None, STEPS_A_COUNT)
    return steps[0]


@pytest.mark.parametrize("name", _WORK)
def test_the_cost_follows_what_is_shown_and_not_what_is_kept(ledgers: tuple[Path, Path], name: str) -> None:
    small, large = (_steps(path, _WORK[name]) for path in ledgers)
    print(f"{name}: {small * STEPS_A_COUNT:,} steps over {SMALL:,}, {large * STEPS_A_COUNT:,} over {LARGE:,}")  # noqa: T201 - `make bench` shows it
    assert small > 0
    assert large <= RATIO * small


def test_what_was_filled_in_is_a_sound_ledger(ledgers: tuple[Path, Path]) -> None:
    with open_ledger(ledgers[0], "none", None) as ledger:
        assert ledger.verify() == ()
        assert len(ledger.billing.open_work()) == 15
        assert len(ledger.billing.due()) == 5
    with open_ledger(ledgers[1], "none", None) as ledger:
        rows = ledger._database.rows("SELECT count(*) FROM time_entry")  # noqa: SLF001 - as above
        assert rows[0][0] >= LARGE / 2
