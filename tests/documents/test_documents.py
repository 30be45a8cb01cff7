"""Whole documents against this folder. `MAILTRIAGE_WRITE_DOCUMENTS=1` writes them anew; read the difference then."""

from __future__ import annotations

import csv
import doctest
import io
import json
import os
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from invoices import CREDIT, HOSTILE, LATE, PLAIN, PREVIEW, SAMPLES, TAXED
from mailtriage.adapters.terminal.safe import ascii_only, safe
from mailtriage.documents import FORMATS, document
from mailtriage.documents import text as text_form
from mailtriage.documents.xero import HEADER
from mailtriage.model.statements import Party, Statement

FOLDER = Path(__file__).parent
ENDINGS = {"text": "txt", "csv": "csv", "json": "json", "xero": "xero.csv", "timedot": "timedot", "html": "html"}
NUMBERS = ("units", "unit_price", "net", "vat", "total")


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", SAMPLES)
def test_the_whole_document_is_as_recorded(name: str, form: str) -> None:
    drawn = FORMATS[form]([SAMPLES[name]])
    recorded = FOLDER / f"{name}.{ENDINGS[form]}"
    if os.environ.get("MAILTRIAGE_WRITE_DOCUMENTS"):
        recorded.write_bytes(drawn.encode("utf-8"))
    assert drawn == recorded.read_bytes().decode("utf-8")


def test_what_is_issued_is_the_text_in_utf_8() -> None:
    assert document(PLAIN).decode("utf-8") == FORMATS["text"]([PLAIN])


@pytest.mark.parametrize("statement", SAMPLES.values(), ids=SAMPLES)
def test_no_line_of_the_text_is_wider_than_80_columns(statement: Statement) -> None:
    assert max(map(cell_len, FORMATS["text"]([statement]).splitlines())) <= 80


@pytest.mark.parametrize("statement", SAMPLES.values(), ids=SAMPLES)
def test_an_ascii_terminal_gets_the_same_sums(statement: Statement) -> None:
    shown = ascii_only(FORMATS["text"]([statement]))
    assert shown.isascii()
    assert statement.total.plain.removeprefix("-") in shown


def test_a_preview_says_that_it_is_one_and_asks_for_nothing() -> None:
    text = FORMATS["text"]([PREVIEW])
    assert "PREVIEW, NOT ISSUED" in text
    assert "It has no number" in text
    assert "Please pay" not in text
    assert json.loads(FORMATS["json"]([PREVIEW]))["statements"][0]["number"] is None


def test_a_preview_never_reaches_the_books() -> None:
    assert _rows(FORMATS["xero"]([PREVIEW])) == []


def test_several_statements_stand_in_one_text() -> None:
    both = FORMATS["text"]([PLAIN, CREDIT])
    assert both.startswith(FORMATS["text"]([PLAIN]))
    assert both.endswith(FORMATS["text"]([CREDIT]))
    assert safe(both, multiline=True) == both


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_in_a_name_reaches_a_document_that_a_terminal_obeys(form: str) -> None:
    drawn = FORMATS[form]([HOSTILE]).replace("\r\n", "\n")
    assert safe(drawn, multiline=True) == drawn


@pytest.mark.parametrize("form", ["csv", "xero"])
def test_words_never_become_a_formula_and_figures_stay_figures(form: str) -> None:
    for statement in (HOSTILE, replace(CREDIT, client="+44")):
        for row in _rows(FORMATS[form]([statement])):
            for name, cell in row.items():
                is_figure = name in (*NUMBERS, "*Quantity", "*UnitAmount")
                assert is_figure or cell[:1] not in set("=+-@\t\r\n")
    credited = _rows(FORMATS["xero"]([CREDIT]))[0]
    assert (credited["*Quantity"], credited["*UnitAmount"]) == ("2", "-20.00")
    assert _rows(FORMATS["csv"]([CREDIT]))[0]["total"] == "-40.00"


@pytest.mark.parametrize("code", ["\xa0=1", " \t=1", "\u3000@x"])
def test_no_blank_before_a_formula_hides_it(code: str) -> None:
    assert _rows(FORMATS["csv"]([replace(PLAIN, client=code)]))[0]["client"].startswith("'")


@given(st.text(max_size=30))
def test_no_client_code_becomes_a_formula(code: str) -> None:
    row = _rows(FORMATS["csv"]([replace(PLAIN, client=code)]))[0]
    assert row["client"][:1] not in {*"=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"}


def test_xero_reads_its_own_columns_with_the_day_first() -> None:
    text = FORMATS["xero"]([PLAIN])
    assert text.startswith(",".join(HEADER) + "\r\n")
    row = _rows(text)[0]
    required = [name for name in HEADER if name.startswith("*")]
    assert all(row[name] for name in required)
    assert (row["*InvoiceDate"], row["*DueDate"], row["POAddressLine4"]) == (
        "02/11/2026",
        "02/12/2026",
        "York, YO1 1AA",
    )
    assert row["*TaxType"] == "No VAT"
    assert [row["*TaxType"] for row in _rows(FORMATS["xero"]([TAXED]))] == [
        "20% (VAT on Income)",
        "17.5% (VAT on Income)",
    ]


@pytest.mark.parametrize("statement", SAMPLES.values(), ids=SAMPLES)
def test_the_rows_of_the_csv_sum_to_the_total(statement: Statement) -> None:
    rows = _rows(FORMATS["csv"]([statement]))
    assert sum(round(float(row["total"]) * 100) for row in rows) == statement.total.minor


def test_a_page_for_the_browser_runs_and_loads_nothing() -> None:
    found: list[tuple[str, dict[str, str | None]]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.append((tag, dict(attrs)))

    Tags().feed(FORMATS["html"]([HOSTILE, LATE]))
    assert {tag for tag, _ in found}.isdisjoint({"script", "img", "link", "iframe", "a", "b"})
    assert not any(name in ("src", "href") or name.startswith("on") for _, attributes in found for name in attributes)


def test_timedot_writes_a_quarter_of_an_hour_as_a_dot() -> None:
    long = replace(PLAIN, lines=(replace(PLAIN.lines[0], units=5), replace(PLAIN.lines[1], unit_minutes=30)))
    text = FORMATS["timedot"]([long, CREDIT])
    assert "email:J.T.  .... .\n" in text
    assert "email:J.T.  60m\n" in text
    assert "email:J.T.  -30m\n" in text


def test_a_name_that_is_only_blanks_leaves_no_gap() -> None:
    assert "To   2 Long Road\n" in FORMATS["text"]([replace(PLAIN, recipient=Party(" ", ("2 Long Road", "")))])


def test_the_example_of_room_for_codes_holds() -> None:
    assert doctest.testmod(text_form).failed == 0
    assert doctest.testmod(text_form).attempted > 0
