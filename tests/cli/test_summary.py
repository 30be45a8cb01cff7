"""`summary`, typed at a real practice folder, in a pipe and in a terminal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import EX_USAGE

if TYPE_CHECKING:
    from practice_folder import PracticeFolder

    Capture = pytest.CaptureFixture[str]


def test_in_a_pipe_the_summary_is_one_sentence_per_item(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run() == 0
    out = capsys.readouterr().out
    assert "Call first: message 1 from J.T., received yesterday 09:00: crisis wording in own words." in out
    assert "Phone 07700 900123, no voicemail." in out
    assert "Diary: message 2 from one of J.T., R.S.?" in out
    assert "Unknown senders: message 3 from new@elsewhere.example" in out
    assert "Waiting for an answer: message 4 from J.T." in out
    assert "practice last checked today 14:05." in out


def test_json_is_a_document_of_its_version(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("summary", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["version"] == 1
    assert [item["number"] for item in found["sections"]["call"]] == [1]


def test_names_are_shown_only_when_asked_for(practice: PracticeFolder, capsys: Capture) -> None:
    practice.run("summary")
    assert "Jo Tarn" not in capsys.readouterr().out
    practice.run("summary", "--names")
    assert "J.T. Jo Tarn" in capsys.readouterr().out


def test_since_narrows_the_list_but_an_open_call_stays(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("summary", "--since", "today") == 0
    out = capsys.readouterr().out
    assert "Call first: message 1" in out
    assert "message 4" not in out


def test_a_since_that_is_no_time_is_refused(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("summary", "--since", "soonish") == EX_USAGE
    assert "3 days" in capsys.readouterr().err


def test_a_mailbox_that_was_never_polled_is_loud(practice: PracticeFolder, capsys: Capture) -> None:
    config = practice.path / "config.toml"
    second = '[[mailbox]]\nname = "second"\ntype = "maildir"\npath = "Other"\n\n[ledger]'
    config.write_text(config.read_text().replace("[ledger]", second))
    assert practice.run("summary") == 0
    out = capsys.readouterr().out
    assert "MAIL IS NOT BEING CHECKED" in out
    assert "second IS OUT OF DATE, last checked: never" in out


def test_a_terminal_gets_columns_and_no_flag_means_nothing(practice: PracticeFolder) -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "LANG": "en_GB.UTF-8", "COLUMNS": "40", "NO_COLOR": "1"}
    argv = [sys.executable, "-m", "mailtriage", "--config", str(practice.path / "config.toml")]
    run = subprocess.run(argv, stdout=theirs, env=environment, check=False)
    os.close(theirs)
    shown = os.read(ours, 65536).decode("utf-8").replace("\r\n", "\n")
    os.close(ours)
    assert run.returncode == 0
    assert "CALL FIRST (1)\n 1 yesterday 09:00  J.T.\n   crisis wording in own words\n" in shown
    assert "\x1b" not in shown
    assert "No flag does not mean no emergency." in shown


def test_a_plain_summary_needs_neither_rich_nor_dateutil(practice: PracticeFolder) -> None:
    code = (
        "import sys; from mailtriage.cli import main; status = main(sys.argv[1:]); "
        "heavy = {'rich', 'dateutil', 'lxml', 'imapclient'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(status)"
    )
    argv = [sys.executable, "-c", code, "--config", str(practice.path / "config.toml"), "summary"]
    run = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "[]\n")
