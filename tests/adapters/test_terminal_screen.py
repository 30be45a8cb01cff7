"""Whole screens against tests/screens. `MAILTRIAGE_WRITE_SCREENS=1` writes them anew; read the difference then."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from mailtriage.adapters.terminal.capabilities import Capabilities
from mailtriage.adapters.terminal.document import VERSION, document
from mailtriage.adapters.terminal.plain import plain
from mailtriage.adapters.terminal.safe import ascii_only, safe
from mailtriage.adapters.terminal.screen import screen
from practice import (
    CRISIS,
    FAILING,
    HARD,
    HEALTHY,
    ORDINARY,
    ORDINARY_WORK,
    QUARANTINED,
    SCAN,
    WORK,
    WORKING,
    answered,
    kept,
    summary_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailtriage.summary import Summary

SCREENS = Path(__file__).parents[1] / "screens"
FORTNIGHT = summary_of(*ORDINARY, work=ORDINARY_WORK)
BAD_DAY = summary_of(*HARD, quarantined=QUARANTINED, mailboxes=(FAILING, HEALTHY))
SUMMARIES = {
    "ordinary": FORTNIGHT,
    "bad-day": BAD_DAY,
    "working": summary_of(*WORKING, work=WORK),
    "quiet": summary_of(),
    "never-polled": summary_of(mailboxes=(replace(HEALTHY, checked_at=None),), scan=None),
}
BARE = Capabilities(colour=False)
FORMS: dict[str, Callable[[Summary], str]] = {
    "80": lambda summary: screen(summary, BARE),
    "40": lambda summary: screen(summary, replace(BARE, columns=40)),
    "ascii": lambda summary: screen(summary, replace(BARE, letters=False), names=True),
    "plain": plain,
    "json": lambda summary: json.dumps(document(summary), indent=1) + "\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SUMMARIES)
def test_the_whole_screen_is_as_recorded(name: str, form: str) -> None:
    drawn = FORMS[form](SUMMARIES[name])
    recorded = SCREENS / f"summary-{name}-{form}.txt"
    if os.environ.get("MAILTRIAGE_WRITE_SCREENS"):
        recorded.write_text(drawn, "utf-8")
    assert drawn == recorded.read_text("utf-8")


def test_an_ordinary_fortnight_fits_a_terminal_of_24_lines() -> None:
    assert screen(FORTNIGHT, BARE).count("\n") < 24


@pytest.mark.parametrize("columns", [20, 40, 59, 60, 80, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    lines = screen(BAD_DAY, replace(BARE, columns=columns), names=True, everything=True).split("\n")
    assert max(map(cell_len, lines)) <= columns


@pytest.mark.parametrize("columns", [40, 80])
def test_colour_only_repeats_what_the_words_say(columns: int) -> None:
    coloured = screen(BAD_DAY, Capabilities(columns=columns))
    assert "\x1b[" in coloured
    without = re.sub(r"\x1b\[[\d;]*m", "", coloured)
    assert [line.rstrip() for line in without.split("\n")] == screen(BAD_DAY, replace(BARE, columns=columns)).split(
        "\n"
    )


@pytest.mark.parametrize("summary", SUMMARIES.values())
def test_nothing_from_outside_reaches_the_terminal_raw(summary: Summary) -> None:
    for text in (screen(summary, BARE), plain(summary)):
        assert safe(text, multiline=True) == text
    assert ascii_only(screen(summary, replace(BARE, letters=False))).isascii()
    assert screen(summary, replace(BARE, letters=False)).isascii()


def test_rich_markup_in_an_address_is_shown_as_it_is() -> None:
    assert "[bold]é" in screen(BAD_DAY, BARE)


def test_every_screen_says_that_no_flag_means_nothing() -> None:
    for summary in SUMMARIES.values():
        assert "No flag does not mean no emergency." in screen(summary, BARE)
        assert "No flag does not mean no emergency." in plain(summary)


def test_names_appear_only_when_asked_for() -> None:
    summary = summary_of(CRISIS)
    assert "Jo Tarn" not in screen(summary, BARE) + plain(summary) + json.dumps(document(summary))
    assert "J.T. Jo Tarn" in screen(summary, BARE, names=True)
    assert "J.T. Jo Tarn" in plain(summary, names=True)
    assert document(summary, names=True)["sections"]["call"][0]["clients"][0]["name"] == "Jo Tarn"


def test_calls_are_never_cut_and_other_sections_say_what_is_missing() -> None:
    calls = [replace(CRISIS, number=n) for n in range(1, 31)]
    waiting = [kept(n, "A.B.", hours=n) for n in range(101, 121)]
    summary = summary_of(*calls, *waiting)
    drawn = screen(summary, BARE)
    assert drawn.count("Phone 07700 900123") == 30
    assert "and 17 more: mailtriage summary --all" in drawn
    assert "and 14 more: mailtriage summary --all" in screen(summary, replace(BARE, rows=200))
    assert "summary --all" not in screen(summary, BARE, everything=True)


def test_wide_characters_stay_in_their_columns() -> None:
    summary = summary_of(kept(1, "M.K.", hours=5), kept(2, "A.B.", hours=4))
    lines = screen(summary, BARE, names=True).split("\n")
    rows = [line for line in lines if "waiting for" in line]
    assert len({cell_len(row[: row.index("waiting for")]) for row in rows}) == 1


def test_a_failed_self_test_is_loud() -> None:
    summary = summary_of(scan=replace(SCAN, self_test_problem="crisis.x misses its example"))
    assert "SELF-TEST FAILED: crisis.x misses its example" in plain(summary)
    assert "THE WORDING RULES FAILED THEIR SELF-TEST" in plain(summary)


def test_an_endless_address_is_cut_and_the_cut_is_said() -> None:
    drawn = plain(summary_of(kept(1, sender="a" * 9000 + "@x.example")))
    assert "a... (cut)" in drawn
    assert len(drawn) < 1000


def test_the_document_is_versioned_and_survives_json() -> None:
    again = json.loads(json.dumps(document(BAD_DAY)))
    assert again["version"] == VERSION == 1
    assert list(again["sections"]) == [
        "call", "look", "decide", "diary", "forwarded", "waiting", "unknown", "saved", "charged",
        "handled",
    ]  # fmt: skip


def test_handled_messages_are_told_in_a_row_of_senders() -> None:
    handled = [answered(kept(n, sender=f"{n % 11}@x.example"), 1) for n in range(100, 133)]
    for drawn in (screen(summary_of(*handled), BARE), plain(summary_of(*handled))):
        assert "and 3 more senders: mailtriage summary --all" in " ".join(drawn.split())
    assert "more senders" not in plain(summary_of(*handled), everything=True)
