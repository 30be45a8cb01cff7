r"""Flags on a real server, where they are asked for: kept, read back, and never `\Seen`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.adapters.imap import ImapSource
from mailtriage.adapters.ledger import open_ledger
from mailtriage.config.secret import Secret
from mailtriage.errors import TemporaryError
from mailtriage.ledger import MailboxHealth
from scripted_imap import EXAMINED, HANG_UP, Fault, scripted_imap

if TYPE_CHECKING:
    from dovecot import MailboxOnDisk

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
STAR = "\\Flagged"
MARK = "$MailtriageForward"
OK = b"TAG OK done\r\n"


def letter(number: int, body: str = "Thank you.") -> bytes:
    return (
        f"From: a@client.example\nMessage-ID: <{number}@client.example>\nDate: Fri, 20 Nov 2026 10:00:00 +0000\n"
        f"Subject: letter {number}\n\n{body}\n"
    ).encode()


def fill(disk: MailboxOnDisk, *bodies: str) -> int:
    """A mailbox with these letters, and the UIDVALIDITY of its inbox."""
    for number, body in enumerate(bodies, 1):
        disk.deliver(letter(number, body), NOW + timedelta(minutes=number))
    with disk.source() as source:
        (state,) = [source._connection.examine("INBOX")]  # noqa: SLF001 - the number is all that is wanted
    return state.uidvalidity


def flags_on(disk: MailboxOnDisk) -> dict[int, set[str]]:
    """What another mail program sees."""
    with disk.source() as source:
        client = source._connection.client  # noqa: SLF001 - another program's view, on a connection made already
        client.select_folder("INBOX", readonly=True)
        found = client.get_flags(client.search("ALL"))
    return {uid: {flag.decode() for flag in flags if flag != rb"\Recent"} for uid, flags in found.items()}


def write(disk: MailboxOnDisk, uidvalidity: int, wanted: dict[str, tuple[str, ...]]) -> str:
    with disk.source() as source:
        return source.write_flags("INBOX", uidvalidity, wanted)


@pytest.mark.imap
@pytest.mark.parametrize("kind", ["server", "masked_server"])
def test_flags_are_added_to_those_that_are_there_however_often(request: pytest.FixtureRequest, kind: str) -> None:
    disk = request.getfixturevalue(kind).new_mailbox()
    uidvalidity = fill(disk, "one", "two", "three")
    wanted = {"1": (STAR, MARK), "2": (MARK,)}
    for _ in range(2):
        assert write(disk, uidvalidity, wanted) == ""
        assert flags_on(disk) == {1: {STAR, MARK}, 2: {MARK}, 3: set()}
    assert write(disk, uidvalidity, {"2": (STAR,), "3": (STAR,)}) == ""
    assert flags_on(disk) == {1: {STAR, MARK}, 2: {STAR, MARK}, 3: {STAR}}


@pytest.mark.imap
def test_a_message_that_is_gone_and_a_folder_that_was_renumbered_are_no_matter(disk: MailboxOnDisk) -> None:
    uidvalidity = fill(disk, "one", "two")
    assert write(disk, uidvalidity, {"1": (MARK,), "77": (MARK,)}) == ""
    assert write(disk, uidvalidity - 1, {"2": (MARK,)}) == ""
    assert flags_on(disk) == {1: {MARK}, 2: set()}


@pytest.mark.imap
def test_nothing_is_expunged_by_writing(disk: MailboxOnDisk) -> None:
    uidvalidity = fill(disk, "one", "two")
    deleted = next((disk.path / "cur").glob("*"))
    deleted.rename(deleted.with_name(deleted.name + "T"))
    write(disk, uidvalidity, {"1": (STAR,), "2": (STAR,)})
    assert len(flags_on(disk)) == 2


SELECTED = EXAMINED + b"* FLAGS (\\Seen \\Flagged)\r\n"
ANY = Fault("SELECT", SELECTED + b"* OK [PERMANENTFLAGS (\\Flagged \\*)] ok\r\nTAG OK [READ-WRITE] done\r\n")
STORED = Fault("UID STORE", OK)
REFUSING = {
    "opens for reading only": [Fault("SELECT", SELECTED + b"TAG OK [READ-ONLY] done\r\n")],
    "does not open": [Fault("SELECT", b"TAG NO not yours\r\n")],
    "says no": [ANY, Fault("UID STORE", b"TAG NO quota\r\n")],
    "says ok and keeps nothing": [ANY, STORED],
}


@pytest.mark.parametrize("fault", REFUSING)
def test_a_server_that_refuses_is_told_in_a_sentence(tmp_path: Path, fault: str) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    with (
        scripted_imap(tmp_path, *REFUSING[fault]) as server,
        ImapSource(server.mailbox(), Secret("password", "x")) as source,
    ):
        refused = source.write_flags("INBOX", 7, {"1": (STAR,)})
    assert refused.startswith("localhost ")
    assert ("lets no flags be set" in refused) == ("open" in fault)
    assert ("cannot keep these flags" in refused) == ("say" in fault)


def test_what_is_refused_of_some_messages_keeps_the_others_from_nothing(tmp_path: Path) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    faults = (
        ANY,
        Fault("UID STORE 1 ", b"TAG NO not this one\r\n"),
        STORED,
        Fault("UID FETCH 2 ", b"* 2 FETCH (UID 2 FLAGS ($mailtriageforward))\r\n" + OK),
    )
    with scripted_imap(tmp_path, *faults) as server, ImapSource(server.mailbox(), Secret("password", "x")) as source:
        refused = source.write_flags("INBOX", 7, {"1": (STAR,), "2": (MARK,)})
    assert refused == f'localhost cannot keep these flags in the folder "INBOX": {STAR}'
    assert [said.split()[2] for said in server.said if said.startswith("UID STORE")] == ["1", "2"]


@pytest.mark.parametrize("told", [b"* OK [PERMANENTFLAGS (\\Seen \\Flagged)] ok\r\n", b""])
def test_where_no_new_keyword_is_permitted_only_the_star_is_set(tmp_path: Path, told: bytes) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    faults = (
        Fault("SELECT", SELECTED + told + b"TAG OK [READ-WRITE] done\r\n"),
        STORED,
        Fault("UID FETCH 1 ", b"* 1 FETCH (UID 1 FLAGS (\\Flagged))\r\n" + OK),
    )
    with scripted_imap(tmp_path, *faults) as server, ImapSource(server.mailbox(), Secret("password", "x")) as source:
        refused = source.write_flags("INBOX", 7, {"1": (STAR, MARK), "2": (MARK,)})
    assert refused == f'localhost cannot keep these flags in the folder "INBOX": {MARK}'
    stores = [command for command in server.said if command.startswith("UID STORE")]
    assert stores == ["UID STORE 1 +FLAGS.SILENT (\\Flagged)"]


@pytest.mark.parametrize(
    "faults", [[ANY, Fault("UID STORE", HANG_UP)], [ANY, STORED, Fault("UID FETCH", b"* 1 FETCH )(\r\n" + OK)]]
)
def test_a_server_that_fails_is_tried_again(tmp_path: Path, faults: list[Fault]) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    with (
        scripted_imap(tmp_path, *faults) as server,
        ImapSource(server.mailbox(), Secret("password", "x")) as source,
        pytest.raises(TemporaryError),
    ):
        source.write_flags("INBOX", 7, {"1": (STAR,)})


# ---------------------------------------------------------------- with the command


def poll(folder: Path, disk: MailboxOnDisk, *words: str, flag: bool = True) -> str:
    """What the installed command says of a poll of this mailbox."""
    (folder / "password").write_text(disk.password, "utf-8")
    (folder / "password").chmod(0o600)
    (folder / "config.toml").write_text(
        '[practice]\naddresses = ["therapist@practice.example"]\n[ledger]\npath = "ledger.db"\n'
        'key_file = "ledger.key"\n'
        f'[[mailbox]]\nname = "practice"\nhost = "localhost"\nport = {disk.server.tls_port}\n'
        f'ca_file = "{disk.server.ca_file}"\nusername = "{disk.username}"\npassword_file = "password"\n'
        f"flag_on_server = {str(flag).lower()}\n",
        "utf-8",
    )
    done = subprocess.run(
        [PROGRAM, "--config", folder / "config.toml", *(words or ("poll",))],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": (NOW + timedelta(hours=1)).isoformat()},
    )
    assert done.stderr == ""
    return done.stdout


LETTERS = (
    "I am going to kill myself tonight.",
    "---------- Forwarded message ---------\nFrom: Sam <s@x.example>\nDate: Fri, 20 Nov 2026\nSubject: hi\nTo: a\n\nHi",
    "word " * 3000,
    "Sorry, I have to cancel our appointment on Thursday.",
    "Thank you.",
)


@pytest.mark.imap
def test_a_poll_flags_what_it_finds_and_an_idle_one_only_looks(disk: MailboxOnDisk, tmp_path: Path) -> None:
    fill(disk, *LETTERS)
    assert poll(tmp_path, disk) == "1 message needs a phone call\n"
    assert flags_on(disk) == {
        1: {STAR},
        2: {"$MailtriageForward"},
        3: {"$MailtriageLong"},
        4: {"$MailtriageDiary"},
        5: set(),
    }
    poll(tmp_path, disk)
    disk.clear_log()
    poll(tmp_path, disk)
    commands = disk.commands()
    assert len(commands) - 1 <= 4
    assert not [command for command in commands if re.match("SELECT|UID STORE|EXAMINE", command)]
    assert len(disk.answers()) <= 1024


@pytest.mark.imap
def test_without_being_asked_for_and_in_a_dry_run_no_flag_is_set(disk: MailboxOnDisk, tmp_path: Path) -> None:
    fill(disk, *LETTERS)
    poll(tmp_path, disk, "poll", "--dry-run")
    poll(tmp_path, disk, flag=False)
    assert flags_on(disk) == {uid: set() for uid in range(1, 6)}
    assert not [command for command in disk.commands() if re.match("SELECT|UID STORE", command)]


@pytest.mark.imap
def test_new_mail_is_looked_for_without_opening_a_folder_for_writing(disk: MailboxOnDisk, tmp_path: Path) -> None:
    fill(disk, LETTERS[-1])
    poll(tmp_path, disk)
    assert not [command for command in disk.commands() if command.startswith("SELECT")]


@pytest.mark.imap
def test_check_tells_what_a_server_refuses(disk: MailboxOnDisk, tmp_path: Path) -> None:
    poll(tmp_path, disk)
    assert "flags" not in poll(tmp_path, disk, "check")
    key = bytes.fromhex((tmp_path / "ledger.key").read_text())
    with open_ledger(tmp_path / "ledger.db", "sqlcipher", key) as ledger:
        ledger.save_mailbox_health(MailboxHealth("practice", NOW, flags_problem="the server keeps no flags"))
    assert "warn  mailbox practice: the server keeps no flags\n" in poll(tmp_path, disk, "check")
    assert "flags" not in poll(tmp_path, disk, "check", flag=False)
