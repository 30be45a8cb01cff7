from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.terminal.capabilities import Capabilities
from mailtriage.adapters.terminal.pager import page

if TYPE_CHECKING:
    from pathlib import Path

LONG = "line\n" * 50


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)


@pytest.mark.usefixtures("keyboard")
def test_long_text_goes_through_the_pager(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "paged"
    monkeypatch.setenv("PAGER", f"dd of={target} status=none")
    page(LONG, Capabilities())
    assert target.read_text() == LONG
    assert capsys.readouterr().out == ""


@pytest.mark.usefixtures("keyboard")
@pytest.mark.parametrize("pager", ["no-such-program-anywhere", "false", "'"])
def test_a_pager_that_fails_is_done_without(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pager: str
) -> None:
    monkeypatch.setenv("PAGER", pager)
    page(LONG, Capabilities())
    assert capsys.readouterr().out == LONG


@pytest.mark.usefixtures("keyboard")
@pytest.mark.parametrize(("text", "able"), [("short\n", Capabilities()), (LONG, Capabilities(plain=True))])
def test_short_or_plain_text_is_not_paged(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str, able: Capabilities
) -> None:
    monkeypatch.setenv("PAGER", "false")
    page(text, able)
    assert capsys.readouterr().out == text


@pytest.mark.usefixtures("keyboard")
def test_no_filter_of_less_sees_the_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target = tmp_path / "seen"
    monkeypatch.setenv("LESSOPEN", "|-tee copy")
    monkeypatch.setenv("PAGER", f"sh -c 'env > {target}; cat > /dev/null'")
    page(LONG, Capabilities())
    assert "LESSSECURE=1" in target.read_text()
    assert "LESSOPEN" not in target.read_text()
