"""`mailtriage poll` as cron runs it: the installed command, on a Maildir, with a clock that the test sets."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailtriage.adapters.ledger import open_ledger
from mailtriage.errors import EX_CONFIG, EX_IOERR, EX_NOPERM, EX_TEMPFAIL
from mailtriage.ledger import Location, Quarantined

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
CONFIG = """
[practice]
addresses = ["therapist@practice.example"]
[[mailbox]]
name = "practice"
type = "maildir"
path = "Maildir"
sent_folder = "Sent"
[ledger]
path = "ledger.db"
key_file = "ledger.key"
"""
CRISIS = "I am going to kill myself tonight."


@dataclass(slots=True)
class Practice:
    """A folder with a configuration, a Maildir and what polls leave there."""

    folder: Path
    more: str = ""

    def receive(self, number: int, body: str, *, age: timedelta = timedelta(hours=1)) -> None:
        received_at = NOW - age
        mail = (
            f"From: anna@client.example\r\nTo: therapist@practice.example\r\nMessage-ID: <m{number}@client.example>\r\n"
            f"Date: {received_at:%a, %d %b %Y %H:%M:%S} +0000\r\nSubject: letter {number}\r\n\r\n{body}\r\n"
        )
        for part in ("Maildir/cur", "Maildir/new", "Maildir/tmp", "Maildir/.Sent/cur", "Maildir/.Sent/new"):
            (self.folder / part).mkdir(parents=True, exist_ok=True)
        (self.folder / "Maildir/.Sent/tmp").mkdir(exist_ok=True)
        file = self.folder / "Maildir" / "cur" / f"{number}.P1.test:2,"
        file.write_bytes(mail.encode())
        os.utime(file, (received_at.timestamp(), received_at.timestamp()))

    def run(self, *words: str, now: datetime = NOW) -> subprocess.CompletedProcess[str]:
        (self.folder / "config.toml").write_text(CONFIG + self.more, "utf-8")
        return subprocess.run(
            [PROGRAM, "--config", self.folder / "config.toml", *words],
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder), "MAILTRIAGE_NOW": now.isoformat()},
        )

    def poll(self, *words: str, now: datetime = NOW) -> tuple[int, str, str]:
        done = self.run("poll", *words, now=now)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    practice = Practice(tmp_path)
    practice.receive(1, "Thank you for Thursday.")
    return practice


def test_a_poll_is_silent_when_nothing_needs_a_human(practice: Practice) -> None:
    assert practice.poll() == (0, "", "")


def test_an_alarm_is_one_line_that_names_nobody_and_comes_once(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    assert practice.poll() == (0, "1 message needs a phone call\n", "")
    assert practice.poll() == (0, "", "")
    assert practice.poll(now=NOW + timedelta(hours=12)) == (0, "1 message needs a phone call\n", "")


def test_several_alarms_are_one_line(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    practice.receive(3, CRISIS)
    assert practice.poll()[1] == "2 messages need a phone call\n"


def test_a_goodbye_that_somebody_forwards_is_told_too(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    practice.receive(
        3,
        "From my son.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Sam <sam@son.example>\r\n"
        "Date: Sun, 22 Nov 2026 at 10:00\r\nSubject: bye\r\nTo: <mum@home.example>\r\n\r\n"
        "I want to kill myself. Sorry.",
    )
    expected = "1 message needs a phone call; 1 message needs a look at quoted or forwarded words\n"
    assert practice.poll() == (0, expected, "")


def test_a_mailbox_that_fails_does_not_silence_what_another_one_brought(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    practice.more = '[[mailbox]]\nname = "other"\ntype = "maildir"\npath = "missing"\nsent_folder = "Sent"\n'
    status, out, err = practice.poll()
    assert (status, out) == (EX_CONFIG, "1 message needs a phone call\n")
    assert "“other”" in err


def test_a_wrong_name_for_sent_mail_does_not_silence_the_inbox(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    (practice.folder / "Maildir/.Sent").rename(practice.folder / "Maildir/.Outgoing")
    status, out, err = practice.poll()
    assert (status, out) == (EX_CONFIG, "1 message needs a phone call\n")
    assert 'has no folder "Sent"' in err
    assert '"Outgoing"' in err


def test_a_call_ends_the_reminders(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    practice.poll()
    assert practice.run("called", "2").returncode == 0
    assert practice.poll(now=NOW + timedelta(days=3)) == (0, "", "")


def test_the_alert_command_gets_the_line_in_its_words_and_on_its_input(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    script = 'printf "%s|" "$0" > told; cat >> told'
    practice.more = f"""[alert]\ncommand = ["sh", "-c", 'cd "{practice.folder}" && {script}', "{{message}}"]\n"""
    assert practice.poll()[0] == 0
    line = "1 message needs a phone call"
    assert (practice.folder / "told").read_text() == f"{line}|{line}\n"


def test_an_alert_command_that_fails_is_said_and_tried_again(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    practice.more = '[alert]\ncommand = ["false"]\n'
    for _ in range(2):
        status, out, err = practice.poll()
        assert (status, out) == (EX_TEMPFAIL, "1 message needs a phone call\n")
        assert err.startswith("mailtriage: the alert command failed with status 1")
    practice.more = '[alert]\ncommand = ["true"]\n'
    assert practice.poll()[:2] == (0, "1 message needs a phone call\n")
    assert practice.poll() == (0, "", "")


def test_a_dry_run_keeps_nothing_and_rings_nobody(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    status, out, err = practice.poll("--dry-run", "--verbose")
    assert (status, out.splitlines()[-1]) == (
        0,
        "2 received and 0 sent messages would be kept (nothing was, this was a dry run).",
    )
    assert "INBOX: 2 of 2" in err
    assert practice.poll() == (0, "1 message needs a phone call\n", "")


def test_a_second_poll_at_the_same_time_leaves_quietly(practice: Practice) -> None:
    practice.poll()
    with (practice.folder / "ledger.db.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        practice.receive(2, CRISIS)
        assert practice.poll() == (0, "", "")
        assert practice.poll("--verbose")[1] == "Another poll is running; nothing to do.\n"
    assert practice.poll()[1] == "1 message needs a phone call\n"


def test_files_are_for_her_alone(practice: Practice) -> None:
    practice.poll()
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in practice.folder.glob("ledger.*")}
    assert set(modes.values()) == {"0o600"}
    assert {"ledger.db", "ledger.key", "ledger.db.lock"} <= set(modes)


def test_no_word_of_a_client_is_in_the_folder_of_the_ledger(practice: Practice) -> None:
    practice.receive(2, "Xylophone " + CRISIS)
    practice.poll()
    for path in practice.folder.glob("ledger.*"):
        assert b"ylophone" not in path.read_bytes()
    dump = practice.run("summary", "--json").stdout
    assert "ylophone" not in dump
    assert "letter 2" not in dump


def test_a_mailbox_that_cannot_be_reached_is_told_only_after_a_while(tmp_path: Path) -> None:
    practice = Practice(tmp_path)
    imap = 'host = "127.0.0.1"\nport = 9\nusername = "me"\npassword_command = ["echo", "x"]\n'
    maildir = 'type = "maildir"\npath = "Maildir"\nsent_folder = "Sent"\n'
    config = CONFIG.replace(maildir, imap)
    assert config != CONFIG
    (tmp_path / "imap.toml").write_text(config, "utf-8")

    def poll(hours: int) -> tuple[int, str, str]:
        done = practice.run("--config", str(tmp_path / "imap.toml"), "poll", now=NOW + timedelta(hours=hours))
        return done.returncode, done.stdout, done.stderr

    assert poll(0) == (EX_TEMPFAIL, "", "")
    assert poll(5) == (EX_TEMPFAIL, "", "")
    status, out, err = poll(6)
    assert (status, out) == (EX_TEMPFAIL, "")
    assert "mail of “practice” is not checked since 22 Nov 18:00" in err
    assert poll(7) == (EX_TEMPFAIL, "", "")


def test_a_missing_mailbox_folder_is_told_at_once(tmp_path: Path) -> None:
    status, _, err = Practice(tmp_path).poll()
    assert status == EX_CONFIG
    assert "Maildir" in err


def test_an_open_key_file_is_refused(practice: Practice) -> None:
    practice.poll()
    (practice.folder / "ledger.key").chmod(0o644)
    status, out, err = practice.poll()
    assert (status, out) == (EX_NOPERM, "")
    assert "chmod 600" in err


def test_a_lost_key_is_said_and_nothing_is_overwritten(practice: Practice) -> None:
    practice.poll()
    before = (practice.folder / "ledger.db").read_bytes()
    (practice.folder / "ledger.key").unlink()
    assert practice.poll()[0] == EX_CONFIG
    assert (practice.folder / "ledger.db").read_bytes() == before
    assert not (practice.folder / "ledger.key").exists()


def test_check_says_what_is_well_and_what_is_not(practice: Practice) -> None:
    practice.poll()
    done = practice.run("check")
    assert "ok    ledger: " in done.stdout
    assert "warn  alert: no alert command" in done.stdout
    assert "warn  roster: no clients" in done.stdout
    assert "ok    answers: the telephone numbers" in done.stdout
    assert "warn  answers: " in practice.run("check", now=NOW + timedelta(days=400)).stdout
    (practice.folder / "Maildir").rename(practice.folder / "elsewhere")
    broken = practice.run("check")
    assert broken.returncode == EX_CONFIG
    assert "FAIL  mailbox practice" in broken.stdout


def test_check_fails_on_rules_of_ones_own_that_cannot_be_used(practice: Practice) -> None:
    (practice.folder / "mine.toml").write_text("oops =")
    practice.more = '[triage]\nrules_files = ["mine.toml"]\n'
    broken = practice.run("check")
    assert broken.returncode == EX_CONFIG
    assert "FAIL  wording rules: " in broken.stdout
    (practice.folder / "mine.toml").unlink()
    missing = practice.run("check").stdout
    assert f"the rules file {practice.folder / 'mine.toml'} cannot be read: No such file or directory\n" in missing


def test_check_tells_of_a_damaged_ledger_once(practice: Practice) -> None:
    practice.poll()
    damaged = bytearray((practice.folder / "ledger.db").read_bytes())
    damaged[9000] ^= 1
    (practice.folder / "ledger.db").write_bytes(damaged)
    done = practice.run("check")
    assert done.returncode == EX_IOERR
    assert done.stdout.count("FAIL  ledger: ") == 1


def test_check_lists_every_problem_of_a_configuration_on_a_line_of_its_own(practice: Practice) -> None:
    practice.more = "[pool]\n[triage]\nlong_minutes = 0\n"
    done = practice.run("check")
    assert done.returncode == EX_CONFIG
    lines = done.stdout.splitlines()
    assert lines[0].startswith("FAIL  configuration: ")
    assert [line.split(":")[0].strip() for line in lines[1:3]] == ["- the file", "- [triage] long_minutes"]


def alerting(practice: Practice, more: str = "") -> Path:
    """Where the practice's alert command writes every line that it gets."""
    told = practice.folder / "told"
    practice.more = f"""{more}\n[alert]\ncommand = ["sh", "-c", 'cat >> "{told}"']\n"""
    return told


def test_an_alarm_reaches_the_alert_command_though_stdout_is_a_full_disk(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    told = alerting(practice)
    practice.run("completion", "bash")  # writes the configuration
    subprocess.run(
        ["sh", "-c", 'exec "$0" --config "$1" poll > /dev/full', PROGRAM, practice.folder / "config.toml"],
        capture_output=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(practice.folder), "MAILTRIAGE_NOW": NOW.isoformat()},
    )
    assert told.read_text() == "1 message needs a phone call\n"
    assert practice.poll() == (0, "", "")


def test_a_mailbox_that_is_not_checked_reaches_the_alert_command_without_its_name(practice: Practice) -> None:
    told = alerting(practice, '[[mailbox]]\nname = "other"\ntype = "maildir"\npath = "missing"\nsent_folder = "Sent"\n')
    for hours in (0, 1, 12):
        assert practice.poll(now=NOW + timedelta(hours=hours))[0] == EX_CONFIG
    assert told.read_text() == "mail of 1 mailbox is not being checked\n" * 2


def test_a_run_that_fails_altogether_reaches_the_alert_command_and_not_every_few_minutes(practice: Practice) -> None:
    practice.poll()
    told = alerting(practice)
    (practice.folder / "ledger.key").unlink()
    for hours in (0, 1, 12):
        assert practice.poll(now=NOW + timedelta(hours=hours))[0] == EX_CONFIG
    assert told.read_text() == "mail is not being checked; type: mailtriage check\n" * 2


def test_rules_that_cannot_be_read_do_not_silence_the_reminders(practice: Practice) -> None:
    practice.receive(2, CRISIS)
    practice.poll()
    told = alerting(practice, '[triage]\nrules_files = ["missing.toml"]\n')
    status, out, err = practice.poll(now=NOW + timedelta(hours=12))
    assert (status, out) == (EX_CONFIG, "1 message needs a phone call\n")
    assert "missing.toml" in err
    assert "1 message needs a phone call\n" in told.read_text()


def test_what_could_not_be_read_is_told_until_an_alert_succeeds_and_then_no_more(practice: Practice) -> None:
    practice.poll()
    key = bytes.fromhex((practice.folder / "ledger.key").read_text())
    with open_ledger(practice.folder / "ledger.db", "sqlcipher", key) as ledger:
        heartbeat = ledger.scan_health()
        assert heartbeat
        tried = Quarantined(Location("practice", "INBOX", 0, "9"), "it is broken", NOW, heartbeat.rules_digest)
        ledger.add_quarantined(tried)
    line = "1 message needs a look in your mail program, mailtriage could not read it\n"
    practice.more = '[alert]\ncommand = ["false"]\n'
    assert practice.poll()[:2] == (EX_TEMPFAIL, line)
    told = alerting(practice)
    assert practice.poll() == (0, line, "")
    assert practice.poll() == (0, "", "")
    assert told.read_text() == line


def test_another_poll_that_hangs_is_told(practice: Practice) -> None:
    practice.poll()
    told = alerting(practice)
    lock = practice.folder / "ledger.db.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        os.utime(lock, ((NOW - timedelta(minutes=30)).timestamp(),) * 2)
        assert practice.poll() == (0, "", "")
        os.utime(lock, ((NOW - timedelta(hours=3)).timestamp(),) * 2)
        for _ in range(2):
            status, _, err = practice.poll()
            assert status == EX_TEMPFAIL
            assert "another poll has been running for 3.0 hours" in err
    assert told.read_text() == "mail is not being checked; type: mailtriage check\n"
