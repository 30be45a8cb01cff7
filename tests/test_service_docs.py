"""The service files in the manual are well-formed and start the command that there is."""

from __future__ import annotations

import configparser
import os
import plistlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailtriage.errors import EX_CONFIG, EX_USAGE

PAGE = Path(__file__).parents[1] / "docs" / "service.md"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(found)


def test_the_launchd_agent_starts_watch_and_keeps_its_files_private() -> None:
    agent = plistlib.loads(block("xml").encode())
    assert agent["ProgramArguments"][0].endswith("/mailtriage")
    assert agent["ProgramArguments"][1:] == ["watch"]
    assert (agent["RunAtLoad"], agent["KeepAlive"], agent["Umask"]) == (True, True, 0o077)
    assert agent["Label"] + ".plist" in PAGE.read_text("utf-8")


def test_the_systemd_unit_starts_watch_again_unless_trying_again_is_no_use() -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(block("ini"))
    service = unit["Service"]
    assert service["ExecStart"] == "%h/.local/bin/mailtriage watch"
    assert service["UMask"] == "0077"
    assert service["Restart"] == "always"
    assert [int(status) for status in service["RestartPreventExitStatus"].split()] == [EX_USAGE, EX_CONFIG]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd on this machine")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    unit = block("ini").replace("%h/.local/bin/mailtriage", "/bin/true")
    if "Nonsense" not in verified(tmp_path, unit.replace("UMask=", "Nonsense=")):
        pytest.skip("systemd cannot verify a unit here")
    assert verified(tmp_path, unit) == ""


def verified(folder: Path, unit: str) -> str:
    """What systemd says of a user unit; nothing of one that it likes."""
    file = folder / "mailtriage.service"
    file.write_text(unit, "utf-8")
    argv = ["systemd-analyze", "verify", "--user", "--man=no", str(file)]
    done = subprocess.run(
        argv, capture_output=True, text=True, check=False, env={**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    )
    return "".join(line for line in done.stderr.splitlines(keepends=True) if "mailtriage" in line)
