"""The front door: which command runs, how errors leave, and what help says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mailtriage import __version__
from mailtriage.cli.main import COMMANDS, build_all, main, parse
from mailtriage.errors import EX_CONFIG, EX_IOERR, EX_SOFTWARE, EX_USAGE

PROGRAM = Path(sys.executable).with_name("mailtriage")


def test_no_command_means_summary() -> None:
    assert parse([]).run is parse(["summary"]).run


def test_options_alone_belong_to_summary() -> None:
    assert parse(["--plain"]).plain


@pytest.mark.parametrize("argv", [["--config", "x", "check"], ["--config=x", "check"], ["check", "--config", "x"]])
def test_the_configuration_can_be_named_before_or_after_the_command(argv: list[str]) -> None:
    assert parse(argv).config == "x"


def test_every_command_of_the_help_exists_and_no_other() -> None:
    subparsers = next(action for action in build_all()._actions if action.choices)  # noqa: SLF001 - argparse offers no other way
    assert subparsers.choices is not None
    assert sorted(subparsers.choices) == sorted(name for group in COMMANDS.values() for name in group)


def test_the_first_ten_commands_of_the_help_are_the_daily_ones() -> None:
    assert len(COMMANDS["Every day"]) == 10
    assert next(iter(COMMANDS)) == "Every day"


def test_help_fits_eighty_columns_and_keeps_the_promise(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["--help"])
    out = capsys.readouterr().out
    assert left.value.code == 0
    assert "No flag does not mean no emergency" in " ".join(out.split())
    assert max(map(len, out.splitlines())) <= 100


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["sumary"])
    assert left.value.code == EX_USAGE
    assert 'did you mean "summary"?' in capsys.readouterr().err


def test_an_error_is_one_sentence_a_hint_and_an_exit_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--config", str(tmp_path / "none.toml"), "summary"]) == EX_CONFIG
    err = capsys.readouterr().err
    assert err.startswith("mailtriage: there is no configuration at ")
    assert "mailtriage demo" in err
    assert "Traceback" not in err


def test_the_installed_command_prints_its_version() -> None:
    done = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"mailtriage {__version__}\n"


def test_python_m_mailtriage_is_the_same_command() -> None:
    done = subprocess.run([sys.executable, "-m", "mailtriage", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"mailtriage {__version__}\n"


def test_a_configuration_that_is_not_named_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--config"])
    assert left.value.code == EX_USAGE
    assert "--config: expected one argument" in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["show"], ["client", "add"]])
def test_a_wrong_command_line_says_which_help_to_ask_for(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(argv)
    assert f"`mailtriage {' '.join(argv)} --help`" in capsys.readouterr().err


def test_bash_completes_commands_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "clients.csv").touch()
    ask = """source <("$0" completion bash)
      try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _shtab_mailtriage; echo "${COMPREPLY[*]}"; }
      try mailtriage su; try mailtriage client re; try mailtriage poll --dr; try mailtriage client import cl"""
    done = subprocess.run(["bash", "-c", ask, PROGRAM], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["summary", "remove", "--dry-run", "clients.csv"]


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_knows_every_command(shell: str) -> None:
    done = subprocess.run([PROGRAM, "completion", shell], capture_output=True, text=True, check=True)
    for group in COMMANDS.values():
        for name in group:
            assert name in done.stdout


@pytest.mark.parametrize("argv", [["--version"], ["--help"], ["rules", "list"], ["completion", "bash"]])
@pytest.mark.parametrize(
    ("output", "why"), [("> /dev/full", "No space left on device"), (">&-", "Bad file descriptor")]
)
def test_output_that_cannot_be_written_is_named_and_no_fault_of_the_program(
    argv: list[str], output: str, why: str
) -> None:
    shell = ["sh", "-c", f'exec "$0" "$@" {output}']
    done = subprocess.run([*shell, PROGRAM, *argv], capture_output=True, text=True, check=False)
    said = f"mailtriage: its output cannot be written: {why}\n  Is the disk full, or the output closed?"
    assert (done.returncode, done.stderr.startswith(said), done.stderr.count("\n")) == (EX_IOERR, True, 2)


def test_where_neither_output_can_be_written_the_exit_status_says_so() -> None:
    for closed in ("> /dev/full 2> /dev/full", ">&- 2>&-"):
        done = subprocess.run(["sh", "-c", f'exec "$0" --version {closed}', PROGRAM], capture_output=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (EX_IOERR, b"", b"")


def test_a_reader_that_goes_away_is_no_error() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    done = subprocess.run([PROGRAM, "completion", "zsh"], stdout=write_end, stderr=subprocess.PIPE, check=False)
    os.close(write_end)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_fault_of_our_own_quotes_nothing_and_has_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAILTRIAGE_NOW", "not a time: xylophone")
    config = Path(__file__).parents[2] / "config.example.toml"
    assert main(["--config", str(config), "summary"]) == EX_SOFTWARE
    said = capsys.readouterr()
    assert "ValueError at clock.py:" in said.err
    assert "xylophone" not in said.out + said.err
    assert "Traceback" not in said.err


def test_what_an_error_names_cannot_reach_the_terminal_as_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--config", str(tmp_path / "\x1b[31mred\u202e.toml"), "summary"]) == EX_CONFIG
    told = capsys.readouterr().err
    assert "\\x1b[31mred\\u202e.toml" in told
    assert "\x1b" not in told
