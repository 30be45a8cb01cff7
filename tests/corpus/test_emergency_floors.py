"""Emergency wording on the labelled posts, mail and idioms, through the command a user has: no figure may fall."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

pytestmark = pytest.mark.corpus

_MEASURE = Path(__file__).parents[3] / "shared" / "measure.py"
_FLOORS = tomllib.loads(Path(__file__).with_name("floors.toml").read_text("utf-8"))["emergency"]
_Figures = dict[str, dict[str, dict[str, int]]]


@pytest.fixture(scope="module", params=["plain", "html"])
def figures(request: pytest.FixtureRequest) -> _Figures:
    argv = [sys.executable, str(_MEASURE), "emergency", "--json", "--command"]
    argv += [f"{sys.executable} -m mailtriage inspect --json", *(["--html"] if request.param == "html" else [])]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    found: _Figures = json.loads(done.stdout)
    return found


def _per_thousand(figures: _Figures, file: str, ending: str, key: str) -> float:
    groups = [group for label, group in figures[file].items() if label.endswith(ending) and label != "mention"]
    return 1000 * sum(group[key] for group in groups) / sum(group["n"] for group in groups)


@pytest.mark.parametrize("kind", ["explicit", "implicit"])
def test_alarms_on_posts_in_distress_do_not_fall(figures: _Figures, kind: str) -> None:
    assert _per_thousand(figures, "posts_train", kind, "alarm") >= _FLOORS[f"posts_{kind}_per_thousand"]


def test_ordinary_mail_stays_quiet(figures: _Figures) -> None:
    assert _per_thousand(figures, "mail_ham", "none", "alarm") <= _FLOORS["mail_alarms_per_thousand"]
    assert _per_thousand(figures, "mail_ham", "none", "crisis") <= _FLOORS["mail_crisis_per_thousand"]


def test_idioms_stay_quiet(figures: _Figures) -> None:
    assert _per_thousand(figures, "idioms", "none", "alarm") <= _FLOORS["idioms_per_thousand"]


def test_every_case_is_answered(figures: _Figures) -> None:
    assert sum(group["error"] for groups in figures.values() for group in groups.values()) == 0
