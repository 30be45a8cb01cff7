"""What the installed command does with what was left undone: mail in quarantine, and flags not written yet."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.adapters.ledger import open_ledger
from scripted_imap import EXAMINED, SILENCE, Fault, scripted_imap, text

if TYPE_CHECKING:
    from scripted_imap import ScriptedImap

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

PROGRAM = Path(sys.executable).with_name("mailtriage")
OK = b"TAG OK done\r\n"
BROKEN = Fault(r"UID FETCH (?:\d+,)*2\b.*INTERNALDATE", b"TAG NO cannot\r\n")
UNREADABLE = "1 message needs a look in your mail program, mailtriage could not read it\n"
CRISIS = b"I want to kill myself tonight.\r\n"
GRAVE = Fault(
    r"UID FETCH 1,2,3 \(BODY.PEEK",
    b"* 1 FETCH (UID 1 BODY[1]<0> {%d}\r\n%b)\r\n" % (len(CRISIS), CRISIS) + text(2) + text(3) + OK,
)
WRITABLE = Fault("SELECT", EXAMINED + b"* OK [PERMANENTFLAGS (\\Flagged \\*)] ok\r\nTAG OK [READ-WRITE] done\r\n")
STORED = (Fault("UID STORE", OK), Fault(r"UID FETCH 1 \(FLAGS\)", b"* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\n" + OK))
RULE = """
[[rule]]
id = "mine.umbrella"
tier = "urgent"
guards = []
phrases = ["purple umbrella"]
examples.match = ["purple umbrella"]
examples.quiet = ["umbrella stand"]
"""


@dataclass(frozen=True, slots=True)
class Practice:
    """A folder with a configuration and a ledger."""

    folder: Path

    def command(self, server: ScriptedImap, mailbox: str = "", more: str = "") -> list[str | Path]:
        (self.folder / "password").write_text("hunter2\n")
        (self.folder / "password").chmod(0o600)
        (self.folder / "config.toml").write_text(
            '[practice]\naddresses = ["therapist@practice.example"]\n[ledger]\npath = "ledger.db"\n'
            f'encryption = "none"\n{more}[[mailbox]]\nname = "practice"\nhost = "localhost"\nport = {server.port}\n'
            f'username = "therapist"\nca_file = "ca.pem"\npassword_file = "password"\n{mailbox}'
        )
        return [PROGRAM, "--config", self.folder / "config.toml", "poll"]

    def poll(self, server: ScriptedImap, mailbox: str = "", more: str = "") -> tuple[int, str, str]:
        server.said.clear()
        done = subprocess.run(
            self.command(server, mailbox, more), capture_output=True, text=True, check=False, env=self.environment
        )
        return done.returncode, done.stdout, done.stderr

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "MAILTRIAGE_NOW": "2026-11-20T18:00:00+00:00"}

    def kept(self) -> tuple[int, int]:
        """How many messages there are, and how many of them could not be read."""
        with open_ledger(self.folder / "ledger.db", "none", None) as ledger:
            unreadable = len(ledger.quarantined())
            return sum(ledger.message(number) is not None for number in range(1, 9)), unreadable


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    make_certificates(tmp_path, (-1, 30), "localhost")
    return Practice(tmp_path)


def test_mail_that_could_not_be_read_is_tried_again_with_other_rules_and_only_then(practice: Practice) -> None:
    with scripted_imap(practice.folder, BROKEN) as server:
        assert practice.poll(server) == (0, UNREADABLE, "")
        assert practice.kept() == (2, 1)
        assert practice.poll(server) == (0, "", "")
        idle = list(server.said)
        assert not [said for said in idle if said.startswith("UID FETCH 2 ")]
        (practice.folder / "mine.toml").write_text(RULE)
        other_rules = '[triage]\nrules_files = ["mine.toml"]\n'
        assert practice.poll(server, more=other_rules) == (0, "", "")
        assert [said for said in server.said if said.startswith("UID FETCH 2 ")]
        assert practice.poll(server, more=other_rules) == (0, "", "")
        assert (server.said, practice.kept()) == (idle, (2, 1))
        server.faults.clear()
        assert practice.poll(server) == (0, "", "")
        assert practice.kept() == (3, 0)
        practice.poll(server)
        assert len(server.said) == len(idle)


def test_mail_that_could_not_be_read_is_listed_by_check_and_by_the_summary(practice: Practice) -> None:
    with scripted_imap(practice.folder, BROKEN) as server:
        assert practice.poll(server) == (0, UNREADABLE, "")
        said = {}
        for words in ((), ("check",)):
            argv = [*practice.command(server)[:-1], *words]
            done = subprocess.run(argv, capture_output=True, text=True, check=False, env=practice.environment)
            said[words] = " ".join(done.stdout.split())
    assert "practice/INBOX, message 2: " in said["check",]
    assert "in your mail program" in said["check",]
    assert "Look: a message without a number" in said[()]


def wait_for(command: str, server: ScriptedImap) -> None:
    until = time.monotonic() + 60
    while not [said for said in server.said if said.startswith(command)]:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_poll_that_is_killed_while_it_sets_flags_leaves_them_to_the_next(practice: Practice) -> None:
    flags = "flag_on_server = true\n"
    silent = Fault("UID STORE", SILENCE, times=1)
    with (
        scripted_imap(practice.folder, GRAVE, WRITABLE, silent) as server,
        subprocess.Popen(
            practice.command(server, flags), env=practice.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process,
    ):
        wait_for("UID STORE", server)
        process.send_signal(signal.SIGKILL)
    with scripted_imap(practice.folder, WRITABLE, *STORED) as server:
        assert practice.poll(server, flags) == (0, "1 message needs a phone call\n", "")
        stores = [said for said in server.said if said.startswith("UID STORE")]
        assert stores == ["UID STORE 1 +FLAGS.SILENT (\\Flagged)"]
        assert practice.poll(server, flags) == (0, "", "")
        assert not [said for said in server.said if said.startswith(("SELECT", "UID STORE"))]
    assert practice.kept() == (3, 0)


def test_a_server_that_refuses_flags_is_told_by_check_and_nothing_else_suffers(practice: Practice) -> None:
    flags = "flag_on_server = true\n"
    with scripted_imap(practice.folder, GRAVE, WRITABLE, Fault("UID STORE", b"TAG NO no\r\n")) as server:
        assert practice.poll(server, flags) == (0, "1 message needs a phone call\n", "")
        assert practice.poll(server, flags) == (0, "", "")
        assert not [said for said in server.said if said.startswith(("SELECT", "UID STORE"))]
        command = [*practice.command(server, flags)[:-1], "check"]
        said = subprocess.run(command, capture_output=True, text=True, check=False, env=practice.environment).stdout
    assert 'warn  mailbox practice: localhost cannot keep these flags in the folder "INBOX": \\Flagged\n' in said
