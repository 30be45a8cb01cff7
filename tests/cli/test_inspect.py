"""`mailtriage inspect`: a line for every file, whatever is in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from mailtriage.cli import main

if TYPE_CHECKING:
    from pathlib import Path

LETTER = b"""\
From: Anna Example <anna@client.example>\r
To: therapist@practice.example\r
Subject: Thursday\r
Date: Mon, 02 Nov 2026 10:00:00 +0000\r
Message-ID: <one@client.example>\r
\r
Sorry, I can't make it on Thursday.\r
"""
KEYS = {
    "path", "forwarded", "emergency", "reasons", "own_text", "signature_text", "words", "reading_seconds", "long",
    "diary", "automatic", "not_scanned", "attachments", "from", "subject", "message_id", "date", "defects",
}  # fmt: skip


def rows(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def letter(path: Path, data: bytes = LETTER) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_saved_mail_becomes_one_json_object_with_every_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = letter(tmp_path / "one.eml")
    assert main(["inspect", "--json", str(path)]) == 0
    (row,) = rows(capsys)
    assert set(row) >= KEYS
    assert row["path"] == str(path)
    assert (row["from"], row["subject"], row["diary"]) == ("anna@client.example", "Thursday", ["cancel"])
    assert row["date"] == "2026-11-02T10:00:00+00:00"
    assert [set(reason) for reason in row["reasons"]] == [{"rule", "kind", "text", "guard"}]


def test_a_folder_is_read_with_its_subfolders_but_not_what_is_hidden(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("b.eml", "a/z", "a/y.txt", ".hidden", ".folder/c.eml"):
        letter(tmp_path / name)
    assert main(["inspect", "--json", str(tmp_path)]) == 0
    names = [os.path.relpath(row["path"], tmp_path) for row in rows(capsys)]
    assert names == ["b.eml", "a/y.txt", "a/z"]


def test_of_a_maildir_only_delivered_mail_is_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("cur/1:2,S", "new/2", "tmp/3", "dovecot.index.log"):
        letter(tmp_path / name)
    assert main(["inspect", "--json", str(tmp_path)]) == 0
    assert [os.path.relpath(row["path"], tmp_path) for row in rows(capsys)] == ["cur/1:2,S", "new/2"]


@pytest.mark.parametrize("flag", [["--json"], []])
def test_a_file_that_cannot_be_read_is_said_and_the_others_are_read(
    flag: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = letter(tmp_path / "one.eml")
    assert main(["inspect", *flag, str(tmp_path / "missing.eml"), str(path)]) == 1
    out = capsys.readouterr().out
    assert "No such file or directory" in out
    assert "anna@client.example" in out


def test_a_missing_file_is_an_object_with_its_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "missing.eml"
    assert main(["inspect", "--json", str(path)]) == 1
    assert rows(capsys) == [{"path": str(path), "error": "No such file or directory"}]


def test_a_file_without_end_is_given_up(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtriage.cli.inspect.FILE_LIMIT_BYTES", 2_000_000)
    assert main(["inspect", "--json", "/dev/zero"]) == 1
    assert rows(capsys) == [{"path": "/dev/zero", "error": "It is larger than 2 MB"}]


def test_own_addresses_tell_a_reply_from_a_forward(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    quoted = LETTER + (
        b"\r\n-----Original Message-----\r\nFrom: Dr Hale <me@practice.example>\r\n"
        b"Sent: Sunday, 1 November 2026 09:00\r\nTo: Anna Example\r\nSubject: Thursday\r\n\r\nSee you on Thursday.\r\n"
    )
    path = letter(tmp_path / "one.eml", quoted)
    assert main(["inspect", "--json", "--own", " Me@Practice.example", str(path)]) == 0
    assert rows(capsys)[0]["forwarded"] == "no"


def test_for_a_person_the_flags_are_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = letter(tmp_path / "one.eml")
    assert main(["inspect", str(path)]) == 0
    out = capsys.readouterr().out
    assert "anna@client.example: Thursday" in out
    assert "diary: cancel" in out


def test_without_a_flag_it_is_said_that_this_means_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = letter(tmp_path / "one.eml", LETTER.replace(b"Sorry, I can't make it on Thursday.", b"Thank you."))
    assert main(["inspect", str(path)]) == 0
    assert "no flag, which does not mean no emergency" in capsys.readouterr().out


def test_what_a_stranger_wrote_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = LETTER.replace(b"Subject: Thursday", b"Subject: =?utf-8?q?=1B]0;owned=07=E2=80=AE?=")
    path = letter(tmp_path / "o\x1bne.eml", hostile)
    assert main(["inspect", str(path), str(tmp_path / "miss\x1bing")]) == 1
    out = capsys.readouterr().out
    assert out.replace("\n", "").isprintable()


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter(tmp_path / "one.eml")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    assert main(["inspect", "--json", str(tmp_path)]) == 1
    assert ["error" in row for row in rows(capsys)] == [True, False]


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    for number in range(300):
        letter(tmp_path / f"{number}.eml")
    command = f"{sys.executable} -m mailtriage inspect --json {tmp_path} | head -n 1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert len(done.stdout.splitlines()) == 1
    assert done.stderr == ""
