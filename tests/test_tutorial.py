"""docs/tutorial.md can be typed as it stands: each command is run, and all that it prints compared.

`MAILTRIAGE_WRITE_SCREENS=1` writes what the commands print now into the page, to be read before it is committed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
_EXPORT = re.compile(r"export (\w+)=(\S+)")
_PROGRAM = Path(sys.executable).with_name("mailtriage")


def typed(block: str, environment: dict[str, str], folder: Path) -> str:
    """The block with what its commands print now; `export` changes the environment of those that follow."""
    shown = []
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        shown.append(line)
        command = line.removeprefix("$ ")
        if export := _EXPORT.fullmatch(command):
            environment[export[1]] = export[2]
        else:
            shown += ran(command, environment, folder)
    return "".join(f"{line}\n" for line in shown)


def ran(command: str, environment: dict[str, str], folder: Path) -> list[str]:
    """The lines that a command prints, typed at a shell that finds the installed program."""
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}"
    return done.stdout.splitlines()


def uncounted(page: str) -> str:
    """The page without the number of wording rules, which grows."""
    return re.sub(r"\d+ wording rules", "wording rules", page)


def test_the_tutorial_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    environment = {"PATH": f"{_PROGRAM.parent}:{os.environ['PATH']}", "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"}
    page = PAGE.read_text("utf-8")
    now = _BLOCK.sub(lambda block: f"```console\n{typed(block[1], environment, tmp_path)}```", page)
    if os.environ.get("MAILTRIAGE_WRITE_SCREENS"):
        PAGE.write_text(now, "utf-8")
        pytest.skip("the page was written, not compared")
    assert uncounted(now) == uncounted(page)


def test_the_tutorial_goes_from_a_first_poll_to_a_paid_statement() -> None:
    page = PAGE.read_text("utf-8")
    for command in (
        "demo",
        "called",
        "consent add",
        "start",
        "stop",
        "log",
        "confirm",
        "save",
        "undo",
        "statement issue",
    ):
        assert f"$ mailtriage {command}" in page
    assert "paid" in page
