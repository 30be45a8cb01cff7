"""What reading passages costs: linear on every hostile body. Ratios in one run, never seconds."""

from __future__ import annotations

import gc
from time import process_time

import pytest

from mailtriage.mail.lines import Line
from mailtriage.mail.passages import passages
from mailtriage.mail.subject import subject_prefixes

pytestmark = pytest.mark.bench

SMALL = 75_000
LARGE = 300_000
RATIO = 4.5
RUNS = 5
LABELS = "From: a@b.example\nTo: c@d.example\nSubject: x\nDate: 2.11.2026 10:00\n"
HOSTILE = {
    "newlines": "\n",
    "On, on one line": "On ",
    "On, a line each": "On \n",
    "dates before wrote": "On 2 Nov 2026 at 10:00 Anna <anna@client.example>\n",
    "indented attributions": "  On 2 Nov 2026 at 10:00 Anna <anna@client.example> wrote:\n",
    "wrote": "wrote:\n",
    "a tower of marks": ">",
    "towers of marks": "> " * 40 + "x\n",
    "marks, no words": ">\n",
    "dashes": "-",
    "lines of dashes": "-----\n",
    "separators": "---- Forwarded message ----\n",
    "labels": LABELS,
    "one label": "From: x\n",
    "labels with nothing": "From:\n\n",
    "addresses to fold": "To: a@b.example,\n a@b.example,\n a@b.example,\n",
    "colons": ": ",
    "one long word": "a",
    "open brackets": "<a@b.example\n",
    "signature delimiters": "--\n",
    "delimiters and words": "--\nAnna\n\n",
    "mobile footers": "Sent from my iPhone\n",
    "disclaimers": "\nThis email and any attachments\n",
    "bars": "| x\n",
    "initials": "AB> x\n",
    "combining marks": "e\u0301",
    "bidi marks": "\u200f\n",
    "words": "The boiler man came twice and the kettle is mended now.\n",
}


def _seconds(text: str) -> float:
    lines = [Line(line) for line in text.split("\n")]
    gc.collect()
    gc.disable()  # the collector's own cost grows with what the whole test run holds
    try:
        start = process_time()
        passages(lines)
        return process_time() - start
    finally:
        gc.enable()


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE)
def test_passages_cost_in_proportion_to_the_body(piece: str) -> None:
    small = (piece * (SMALL // len(piece) + 1))[:SMALL]
    large = (piece * (LARGE // len(piece) + 1))[:LARGE]
    passages([Line(small[:1000])])
    ratios: list[float] = []
    while len(ratios) < RUNS and min(ratios, default=RATIO + 1) > RATIO:  # a busy machine gets another try
        ratios.append(_seconds(large) / max(_seconds(small), 1e-3))
    assert min(ratios) <= RATIO


@pytest.mark.parametrize("piece", ["Re: ", "[x]", "[", "Fwd", "  ", ":"])
def test_a_hostile_subject_costs_no_more_than_a_few_prefixes(piece: str) -> None:
    assert len(subject_prefixes(piece * 100_000)) <= 20
