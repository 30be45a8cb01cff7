"""`report`: every second is told once, bars only in a terminal, and the sum is that of the rows."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from charged_practice import ALMA, ChargedPractice, at, charged_practice
from mailtriage.adapters.terminal.capabilities import Capabilities
from mailtriage.adapters.terminal.report import report_text
from mailtriage.billing.report import Row, sum_of
from mailtriage.errors import EX_USAGE
from mailtriage.model.money import Money
from mailtriage.model.statements import Month

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

NOVEMBER = at(2, 9, 11)
ROWS = (
    Row(
        Month(2026, 9), "J.T.", Money(2000, "GBP"), measured=1201, billed=600, charged_minutes=15, waived=301, saved=300
    ),
    Row(Month(2026, 10), "A.B.", Money(0, "GBP"), measured=301, open=301),
    Row(Month(2026, 10), "J.T.", Money(124_000, "GBP"), measured=54_000, billed=50_000, charged_minutes=930),
)


@pytest.fixture(params=["none", "sqlcipher"])
def practice(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChargedPractice:
    """Work of September and October: charged, waived, saved, free, not settled, and nobody's."""
    made = charged_practice(tmp_path, monkeypatch, request.param)
    made.charge(at(30, 10, 9), 400)
    made.charge(at(14), 901)
    made.waive(made.work(at(15), 500), at(15))
    made.save(made.work(at(16), 200), at(16))
    made.charge(at(17), 300)
    made.work(at(18), 100, ALMA)
    made.work(at(19), 60, replace(ALMA, code="", addresses=("stranger@elsewhere.example",)))
    return made


def rows_of(practice: ChargedPractice, capsys: Capture, *words: str) -> list[tuple[str, ...]]:
    capsys.readouterr()
    assert practice.run("report", "--csv", *words) == 0
    return [tuple(row.values()) for row in csv.DictReader(io.StringIO(capsys.readouterr().out))]


def test_every_second_is_told_by_month_and_client(practice: ChargedPractice, capsys: Capture) -> None:
    assert rows_of(practice, capsys) == [
        ("2026-09", "J.T.", "400", "15", "20.00", "GBP", "0", "0", "0", "0", "400", "0"),
        ("2026-10", "", "60", "0", "0.00", "GBP", "0", "0", "60", "60", "0", "0"),
        ("2026-10", "A.B.", "100", "0", "0.00", "GBP", "0", "0", "100", "100", "0", "0"),
        ("2026-10", "J.T.", "1901", "30", "40.00", "GBP", "500", "200", "0", "1000", "901", "300"),
    ]


def test_a_statement_changes_nothing_and_a_credit_makes_its_time_unpaid(
    practice: ChargedPractice, capsys: Capture
) -> None:
    before = rows_of(practice, capsys)
    practice.run("statement", "issue", "2026-10", "-y")
    assert rows_of(practice, capsys) == before
    practice.run("statement", "credit", "1", "--line", "2", "--why", "a mistake", "-y")
    assert rows_of(practice, capsys)[-1] == (
        "2026-10",
        "J.T.",
        "1901",
        "0",
        "0.00",
        "GBP",
        "500",
        "200",
        "901",
        "1901",
        "0",
        "300",
    )


def test_a_day_in_one_is_told_at_what_it_costs(practice: ChargedPractice, capsys: Capture) -> None:
    practice.configure(pool='"day"')
    practice.charge(at(20, 10), 400)
    practice.charge(at(20, 12), 400)
    told = rows_of(practice, capsys, "--month", "2026-10", "--client", "J.T.")
    assert told[0][2:5] == ("2701", "45", "60.00")
    practice.run("statement", "issue", "2026-10", "-y")
    assert rows_of(practice, capsys, "--month", "2026-10", "--client", "J.T.") == told


def test_a_message_counts_whole_in_the_month_of_its_last_work(practice: ChargedPractice, capsys: Capture) -> None:
    practice.work(at(1, 10, 11), 60, number=1)
    practice.confirm(1, at(1, 10, 11))
    rows = rows_of(practice, capsys)
    assert {row[0] for row in rows} == {"2026-10", "2026-11"}
    assert rows[-1][:5] == ("2026-11", "J.T.", "460", "15", "20.00")
    assert rows_of(practice, capsys, "--month", "2026-09") == []


def test_time_that_was_raised_is_never_more_than_was_measured(practice: ChargedPractice, capsys: Capture) -> None:
    practice.adjust(1, 1000, at(1, 10, 10))
    row = rows_of(practice, capsys, "--month", "2026-09")[0]
    assert row[2:] == ("400", "30", "40.00", "GBP", "0", "0", "0", "0", "400", "0")


@pytest.mark.parametrize(
    ("words", "months"),
    [
        (("--month", "2026-09"), ["2026-09"]),
        (("--since", "1 Oct", "--client", "J.T."), ["2026-10"]),
        (("--since", "2026-10-20"), []),
        (("--month", "2026-09", "--client", "A.B."), []),
    ],
)
def test_a_period_and_a_client_narrow_it(
    practice: ChargedPractice, capsys: Capture, words: tuple[str, ...], months: list[str]
) -> None:
    assert [row[0] for row in rows_of(practice, capsys, *words)] == months


@pytest.mark.parametrize("words", [("--month", "2026-12"), ("--since", "tomorrow"), ("--client", "X.Y.")])
def test_what_is_no_period_or_client_is_refused(practice: ChargedPractice, words: tuple[str, ...]) -> None:
    assert practice.run("report", *words) == EX_USAGE


def test_in_a_pipe_there_are_sentences_and_no_bars(practice: ChargedPractice, capsys: Capture) -> None:
    practice.run("report", "--month", "2026-09")
    assert capsys.readouterr().out == (
        "2026-09, J.T.: 6 min 40 s measured, 6 min 40 s charged (£20.00), 0 min waived, 0 min saved, "
        "0 min not settled, 0 min free.\n"
        "The units charged make 15 min, for 6 min 40 s of measured time.\n"
    )
    practice.run("report", "--month", "2026-08")
    assert capsys.readouterr().out == "No time was recorded, and nothing charged, in this period.\n"


def test_json_says_its_period_and_its_sum(practice: ChargedPractice, capsys: Capture) -> None:
    practice.run("report", "--json", "--month", "2026-10")
    document = json.loads(capsys.readouterr().out)
    assert (document["from"], document["until"]) == ("2026-09-30T23:00:00+00:00", "2026-11-01T00:00:00+00:00")
    assert document["total"]["measured_seconds"] == 2061
    assert [row["client"] for row in document["rows"]] == [None, "A.B.", "J.T."]


def test_what_must_be_confirmed_again_is_not_counted_as_charged(practice: ChargedPractice, capsys: Capture) -> None:
    practice.withdraw(1, at(1), NOVEMBER)
    row = rows_of(practice, capsys, "--month", "2026-10")[-1]
    assert (row[3:5], row[8], row[10]) == (("0", "0.00"), "901", "0")
    practice.run("report", "--month", "2026-10")
    assert "Message 2 of J.T. must be confirmed again" in capsys.readouterr().err


def test_a_terminal_shows_bars_whose_filled_part_is_charged() -> None:
    lines = report_text(ROWS, "GBP", Capabilities(columns=100)).splitlines()
    assert lines[0].split() == ["MONTH", "CLIENT", "MEASURED", "CHARGED", "FOR", "WAIVED", "SAVED", "OPEN", "FREE"]
    assert lines[3].endswith("\u2588" * 18 + "\u2591" * 2)
    assert lines[2].endswith(" \u2591")
    assert lines[4].startswith("in all             925:02   843:20  £1,260.00")
    assert lines[-1] == "The units charged make 15 h 45 min, for 14 h 3 min 20 s of measured time."
    assert "5:01" in lines[2]


@pytest.mark.parametrize("columns", [20, 40, 72, 80, 100, 200])
def test_the_table_is_never_wider_than_the_terminal(columns: int) -> None:
    text = report_text(ROWS, "GBP", Capabilities(columns=columns))
    assert max(map(cell_len, text.splitlines())) <= columns
    assert "measured time" in " ".join(text.split())


@pytest.mark.parametrize("settle", ["waive", "save", "adjust", "log"])
def test_each_second_stands_in_one_column_whatever_is_decided_after_a_statement(
    practice: ChargedPractice, capsys: Capture, settle: str
) -> None:
    practice.run("statement", "issue", "2026-10", "-y")
    match settle:
        case "waive":
            practice.waive(2, NOVEMBER)
        case "save":
            practice.save(2, NOVEMBER)
        case "adjust":
            practice.adjust(2, 600, NOVEMBER)
        case _:
            practice.work(at(31, 10), 500, number=2)
    row = rows_of(practice, capsys, "--month", "2026-10")[-1]
    measured, waived, saved, not_settled, _, charged, free = (int(row[at]) for at in (2, 6, 7, 8, 9, 10, 11))
    assert measured == charged + waived + saved + not_settled + free
    assert charged == {"adjust": 600, "log": 1401}.get(settle, 901)
    assert (waived, saved, not_settled) == (500, 200, 0)


def test_an_ascii_terminal_gets_bars_of_its_own() -> None:
    text = report_text(ROWS, "GBP", Capabilities(columns=100, letters=False))
    assert text.isascii()
    assert "####" in text


@given(
    st.lists(st.builds(Row, st.just(Month(2026, 10)), st.just("J.T."), st.just(Money(7, "GBP")), st.integers(0, 9999)))
)
def test_a_sum_is_that_of_its_rows(rows: list[Row]) -> None:
    whole = sum_of(rows, None, "", "GBP")
    assert (whole.measured, whole.charged.minor) == (sum(row.measured for row in rows), 7 * len(rows))
