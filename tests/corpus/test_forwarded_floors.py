"""The labelled mail beside the checkout, through the command a user has: figures may rise, never fall."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.corpus

MEASURE = Path(__file__).parents[3] / "shared" / "measure.py"
FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))["forwarded"]


@pytest.fixture(scope="module", params=["plain", "html"])
def figures(request: pytest.FixtureRequest) -> tuple[str, dict[str, dict[str, dict[str, int]]]]:
    argv = [sys.executable, str(MEASURE), "forwarded", "--json", "--command"]
    argv += [f"{sys.executable} -m mailtriage inspect --json", *(["--html"] if request.param == "html" else [])]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return request.param, json.loads(done.stdout)


def test_no_group_of_forwards_and_replies_falls_below_its_floor(
    figures: tuple[str, dict[str, dict[str, dict[str, int]]]],
) -> None:
    form, measured = figures
    below = {
        name: group.get("right", 0)
        for name, group in measured["groups"].items()
        if group.get("right", 0) < FLOORS[form]["right"][name]
    }
    assert below == {}


def test_own_text_is_no_worse_than_it_was(figures: tuple[str, dict[str, dict[str, dict[str, int]]]]) -> None:
    form, measured = figures
    for name, limits in FLOORS[form]["own_text"].items():
        found = measured["own_text"][name]
        assert found.get("exact", 0) >= limits["exact_at_least"], name
        assert found.get("leaked", 0) <= limits["leaked_at_most"], name
        assert found.get("lost", 0) <= limits["lost_at_most"], name
