"""`show` and `why` as whole screens. `MAILTRIAGE_WRITE_SCREENS=1` writes them anew; read the difference then."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from mailtriage.adapters.terminal.before import learned
from mailtriage.adapters.terminal.capabilities import Capabilities
from mailtriage.adapters.terminal.grounds import grounds
from mailtriage.adapters.terminal.letter import Live, letter
from mailtriage.adapters.terminal.rows import drawn_rows, plain_rows, row
from mailtriage.adapters.terminal.safe import safe
from mailtriage.adapters.terminal.words import Wording
from mailtriage.ledger import kept_reasons
from mailtriage.model import (
    Address,
    Attachment,
    Emergency,
    Flag,
    Forwarded,
    Message,
    Passage,
    PassageKind,
    Quote,
    QuoteOrigin,
    ReadingTime,
    Reason,
    Verdict,
)
from mailtriage.summary import item_of
from practice import NOW, ROSTER, ZONE, kept, proposed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailtriage.adapters.terminal.rows import Row

SCREENS = Path(__file__).parents[1] / "screens"
BARE = Capabilities(colour=False)
WORDING = Wording(NOW, ZONE)
OWN = (
    "Dear Dr Hale,\n\nit has been a hard week and I have slept very little since we last spoke on Thursday evening.\n"
    "I want to end it all tonight.\n\nI am not going to hurt anybody, I promise.\n[/bold] \x1b[31mred\x1b[0m \u202eodd"
)


def _reason(words: str, tier: Emergency, rule: str, guard: str = "") -> Reason:
    start = OWN.index(words)
    return Reason(rule, Flag.EMERGENCY, words, "own", guard, tier, passage=0, start=start, end=start + len(words))


MESSAGE = Message(
    sender=Address("Jo \x1b[2J Tarn", "jo@home.example"),
    to=(Address("", "therapist@practice.example"),),
    subject="Fwd: help [red]now[/red]\x07",
    sent_at=NOW,
    passages=(
        Passage(PassageKind.OWN, OWN),
        Passage(PassageKind.SIGNATURE, "Sent from my telephone"),
        Passage(
            PassageKind.FORWARDED,
            "From: May\n\nHere is the recipe, with more words than one line of a narrow terminal can hold.",
            Quote(QuoteOrigin.FORWARD_SEPARATOR, "may@family.example"),
        ),
        Passage(PassageKind.QUOTED, "See you on Thursday.", Quote(QuoteOrigin.ATTRIBUTION)),
    ),
    attachments=(Attachment("evil\x1b[0m.exe", "application/pdf", 12_345), Attachment("", "image/png")),
    not_scanned=("image only",),
    defects=("it has two Subject headers",),
)
VERDICT = Verdict(
    forwarded=Forwarded.FORWARD,
    emergency=Emergency.CRISIS,
    words=40,
    reading=ReadingTime(8, 10, 14),
    not_scanned=("image only",),
    reasons=(
        _reason("end it all", Emergency.CRISIS, "crisis.end"),
        _reason("it all tonight", Emergency.URGENT, "urgent.tonight"),
        _reason("hurt anybody", Emergency.MENTION, "crisis.harm", "negated"),
        Reason("forward.prefix", Flag.FORWARDED, "Fwd", "subject", start=0, end=3),
        Reason("not-scanned", Flag.NOT_SCANNED, "image only"),
    ),
)
ITEM = item_of(
    replace(kept(12, "J.T.", hours=5, verdict=VERDICT), reasons=kept_reasons(VERDICT)), {c.code: c for c in ROSTER}
)
LIVE = Live(ITEM, MESSAGE, VERDICT)
GONE = Live(ITEM, None, None)
FORMS: dict[str, Callable[[Iterator[Row]], str]] = {
    "80": lambda rows: drawn_rows(rows, BARE),
    "40": lambda rows: drawn_rows(rows, replace(BARE, columns=40)),
    "ascii": lambda rows: drawn_rows(rows, replace(BARE, letters=False)),
    "plain": plain_rows,
}
KINDS: dict[str, Callable[[Live, Wording], Iterator[Row]]] = {"show": letter, "why": grounds}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("name", "live"), [("live", LIVE), ("gone", GONE)])
def test_the_whole_screen_is_as_recorded(kind: str, name: str, live: Live, form: str) -> None:
    drawn = FORMS[form](KINDS[kind](live, WORDING))
    recorded = SCREENS / f"{kind}-{name}-{form}.txt"
    if os.environ.get("MAILTRIAGE_WRITE_SCREENS"):
        recorded.write_text(drawn, "utf-8")
    assert drawn == recorded.read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("columns", [20, 40, 80])
def test_no_line_is_wider_than_the_terminal_and_nothing_raw_reaches_it(kind: str, columns: int) -> None:
    drawn = drawn_rows(KINDS[kind](LIVE, WORDING), replace(BARE, columns=columns))
    assert max(map(cell_len, drawn.split("\n"))) <= columns
    assert safe(drawn, multiline=True) == drawn


def test_what_to_know_before_reading_stands_between_headline_and_header() -> None:
    told = plain_rows(letter(LIVE, WORDING, [row("No consent: time on it is free.")])).split("\n")
    assert told[0].startswith("Message 12 from J.T.")
    assert told.index("No consent: time on it is free.") < told.index("From: Jo \\x1b[2J Tarn <jo@home.example>")


def test_a_speed_that_was_learned_is_said_and_a_published_one_is_not() -> None:
    proposal = proposed(ITEM.message)
    own = replace(proposal, estimate=replace(proposal.estimate, learned_from=12))
    assert plain_rows(learned(replace(ITEM, proposal=proposal))) == ""
    assert "your own speed, learned from 12 messages" in plain_rows(learned(replace(ITEM, proposal=own)))


def test_flagged_words_are_underlined_where_there_are_colours_and_bracketed_where_not() -> None:
    assert "\x1b[1;4mend it all tonight\x1b[0m" in drawn_rows(letter(LIVE, WORDING), Capabilities())
    assert "I want to [[end it all tonight]]." in plain_rows(letter(LIVE, WORDING))


def test_the_words_of_each_reason_stand_between_the_lines_around_them() -> None:
    told = plain_rows(grounds(LIVE, WORDING)).split("\n")
    at = told.index("     I want to [[end it all]] tonight.")
    assert told[at - 1].startswith("     it has been a hard week")
    assert told[at + 1] == "     I am not going to hurt anybody, I promise."


def test_why_names_rule_tier_and_guard() -> None:
    told = plain_rows(grounds(LIVE, WORDING))
    assert "Crisis wording in the sender's own words (rules crisis.end, urgent.tonight)" in told
    assert 'set aside because of the guard "negated" (rule crisis.harm)' in told
    assert "No flag does not mean no emergency" in told


def test_why_says_that_no_rule_names_what_the_second_reading_heard() -> None:
    heard = Reason("implied", Flag.EMERGENCY, "I am not going to hurt", "own", "", Emergency.URGENT, 0, 0, 12)
    told = plain_rows(grounds(replace(LIVE, verdict=Verdict(emergency=Emergency.URGENT, reasons=(heard,))), WORDING))
    assert "No rule names it, but this reads as if somebody were in danger (second reading)" in told


def test_a_verdict_that_the_rules_have_changed_since_the_poll_is_said() -> None:
    changed = replace(LIVE, verdict=replace(VERDICT, emergency=Emergency.URGENT))
    assert "its emergency flag was crisis; by the present rules it is urgent" in plain_rows(grounds(changed, WORDING))


def test_a_message_that_is_gone_is_said_with_what_the_ledger_knows() -> None:
    told = plain_rows(letter(GONE, WORDING))
    assert "It is no longer where it was read" in told
    assert "Rule that fired: crisis.end (emergency, in the sender's own words)" in told
    assert "end it all" not in told


def test_a_message_without_text_says_so() -> None:
    assert "(no text)" in plain_rows(letter(replace(LIVE, message=Message()), WORDING))


def test_thousands_of_hits_are_all_marked_and_the_first_of_them_explained() -> None:
    text = "kill " * 2000
    spans = tuple(
        Reason("crisis.x", Flag.EMERGENCY, "kill", "own", "", Emergency.CRISIS, 0, at, at + 4)
        for at in range(0, 9000, 5)
    )
    live = replace(LIVE, message=Message(passages=(Passage(PassageKind.OWN, text),)), verdict=Verdict(reasons=spans))
    assert plain_rows(letter(live, WORDING)).count("[[kill]]") == 1800
    assert "and 1760 more reasons" in plain_rows(grounds(live, WORDING))


@pytest.mark.parametrize(("seconds", "words"), [(59, "59 s"), (310, "5 min 10 s"), (7500, "2 h 5 min")])
def test_why_tells_a_reading_time_in_units_a_person_reads(seconds: int, words: str) -> None:
    live = replace(LIVE, verdict=replace(VERDICT, reading=ReadingTime(1, seconds, 9000)))
    assert f"{words} to read (fast 1 s, slow 2 h 30 min)." in plain_rows(grounds(live, WORDING))
