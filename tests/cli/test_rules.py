"""`mailtriage rules`, through the front door."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pytest

from mailtriage.cli import main
from mailtriage.errors import EX_USAGE
from mailtriage.triage.implied.model import bundled_model

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("MAILTRIAGE_CONFIG", raising=False)


def test_list_names_every_rule_with_its_tier(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("crisis   crisis.intent ") for line in lines)
    assert lines[-1].startswith(f"{len(lines) - 1} rules, ")


@pytest.mark.parametrize(
    "identity", ["crisis.intent", "farewell.two-signs", "sign.thanks", "negated.before", "implied"]
)
def test_show_tells_of_a_rule_a_sign_and_a_guard(identity: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", identity]) == 0
    assert capsys.readouterr().out.startswith(f"{identity}: ")


def test_test_says_what_the_second_reading_hears(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test", bundled_model().alarming[0]]) == 0
    tier, reason = capsys.readouterr().out.splitlines()
    assert tier == "urgent"
    assert reason.startswith("  urgent   implied: ")


def test_show_refuses_an_unknown_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "show", "nix"]) == EX_USAGE
    assert "nix" in capsys.readouterr().err


def test_test_says_the_tier_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test", "I am not going to kill myself"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mention"
    assert any("(lowered: negated)" in line for line in lines)


def test_test_says_what_no_flag_means(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test", "See you on Thursday"]) == 0
    assert capsys.readouterr().out.splitlines() == ["none", "  No flag does not mean no emergency."]


def test_test_reads_a_text_from_its_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("I want to die \x1b[31m"))
    assert main(["rules", "test", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("crisis\n")
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("identity", "kind"),
    [("crisis.intent", "rule"), ("farewell.two-signs", "combination"), ("negated.before", "guard")],
)
def test_a_rule_is_shown_as_json(capsys: pytest.CaptureFixture[str], identity: str, kind: str) -> None:
    assert main(["rules", "show", identity, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["kind"], told["id"]) == (1, kind, identity)


def test_the_list_as_json_has_every_rule_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["rules", "list"]) == 0
    assert len({rule["id"] for rule in told["rules"]}) == len(told["rules"])
    assert f"{len(told['rules'])} rules, {len(told['guards'])} guards, and a second" in capsys.readouterr().out
