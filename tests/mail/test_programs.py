"""Replies and forwards as mail programs write them: the own words come back."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from mailtriage.mail.lines import Line
from mailtriage.mail.passages import passages
from mailtriage.model import Passage, PassageKind

PROGRAMS = tomllib.loads(Path(__file__).with_name("programs.toml").read_text("utf-8"))["program"]
OWN = "Could we meet on the other day?\n\nAnna"


def read(text: str) -> tuple[Passage, ...]:
    return passages([Line(line) for line in text.split("\n")])


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program["name"])
@pytest.mark.parametrize("own", [OWN, ""], ids=["with a comment", "bare"])
def test_a_program_s_quote_is_found_and_the_own_words_are_kept(program: dict[str, str], own: str) -> None:
    found = read(f"{own}\n\n" + program["text"].replace("{q}", "Their words, and more of them.").lstrip("\n"))
    assert "\n\n".join(p.text for p in found if p.kind is PassageKind.OWN) == own
    quotes = [p.quote for p in found if p.quote is not None]
    assert [(q.origin.value, q.sender) for q in quotes] == [(program["opens"], program["sender"])]
