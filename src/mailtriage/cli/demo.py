"""`mailtriage demo`: the real pipeline on a made-up practice mailbox."""

from __future__ import annotations

import os
import shlex
import shutil
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    import argparse

_DESCRIPTION = """\
Make a folder with the mailbox of an invented practice (a fortnight of mail), poll it into an encrypted ledger, and
show the summary. Nothing leaves this machine and your own configuration is not touched.
"""
_MARK = ".mailtriage-demo"
_NEWEST = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
_CONFIG = """\
# Made by `mailtriage demo`: an invented practice. Paths are relative to this file.
[practice]
addresses = ["therapist@practice.example"]
name = "Dr Miriam Hale"
postal = ["3 Orchard Row", "Fairleigh FL1 2AB"]
timezone = "Europe/London"

[billing]
prices = ["20.00"]
policy = "2026-01"

[[mailbox]]
name = "practice"
type = "maildir"
path = "Maildir"
sent_folder = "Sent"

[ledger]
path = "ledger.db"
key_file = "ledger.key"
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `demo`."""
    parser = subparsers.add_parser(
        "demo", help="a made-up practice mailbox to try everything on", description=_DESCRIPTION
    )
    parser.add_argument(
        "folder", nargs="?", default="mailtriage-demo", help="where to make it (default: ./mailtriage-demo)"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the demo anew, poll it, show the summary, and say what to type next."""
    from mailtriage.adapters.roster_file import read_roster
    from mailtriage.cli.main import main
    from mailtriage.cli.wiring import ledger_of, open_config

    folder = Path(arguments.folder).absolute()
    _prepare(folder)
    arguments.config = str(folder / "config.toml")
    config = open_config(arguments)
    with as_file(files("mailtriage") / "demo") as demo:
        _deliver(demo / "mail", folder / "Maildir", _whole_weeks_since_newest())
        with ledger_of(config) as ledger, ledger.transaction():
            for client in read_roster(demo / "clients.csv"):
                ledger.save_client(client, read_clock())
    command = f"mailtriage --config {shlex.quote(os.path.relpath(arguments.config))}"
    print(f"$ {command} poll --verbose", flush=True)
    status = main(["--config", arguments.config, "poll", "--verbose"])
    print(f"\n$ {command} summary", flush=True)
    os.environ["PAGER"] = "cat"  # what to type next must not wait behind a pager
    status = status or main(["--config", arguments.config, "summary"])
    print(
        f"\nThis is an invented practice in {os.path.relpath(folder)}. Next, with the numbers above:\n"
        f"  {command} show 12     a message, fetched live\n"
        f"  {command} why 12      why it was flagged\n"
        f"  {command} called 12   after you telephoned\n"
        f"  {command} reply 12    an answer in your editor, timed and put into Drafts\n"
        f"  {command} --help      everything else\n"
        "For your own mail: docs/set-up.md"
    )
    return status


def _prepare(folder: Path) -> None:
    """An empty folder of our own. Raises UsageError if it holds anything that a demo did not make."""
    if folder.exists() and not (folder / _MARK).exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty and no demo of ours", "Name another folder: mailtriage demo FOLDER")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    (folder / _MARK).touch()
    (folder / "config.toml").write_text(_CONFIG, "utf-8")


def _whole_weeks_since_newest() -> timedelta:
    """How far the demo's fortnight is moved towards today; whole weeks, so that its weekdays stay true."""
    return max(read_clock() - _NEWEST, timedelta(0)) // timedelta(weeks=1) * timedelta(weeks=1)


def _deliver(mail: Path, maildir: Path, later: timedelta) -> None:
    """Write the demo's mails into a Maildir, with their Date and file times moved `later`."""
    for name, place in (("INBOX", maildir), ("Sent", maildir / ".Sent"), ("Drafts", maildir / ".Drafts")):
        for part in ("tmp", "new", "cur"):
            (place / part).mkdir(parents=True, exist_ok=True)
        for source in sorted((mail / name).glob("*.eml")):
            data, date = _moved(source.read_bytes(), later)
            seen = "S" if name == "Sent" else ""
            target = place / "cur" / f"{int(date.timestamp())}.{source.stem}.demo:2,{seen}"
            target.write_bytes(data)
            os.utime(target, (date.timestamp(), date.timestamp()))


def _moved(data: bytes, later: timedelta) -> tuple[bytes, datetime]:
    """A mail with its Date header moved, and that date."""
    from email.utils import format_datetime, parsedate_to_datetime

    lines = data.split(b"\n")
    for number, line in enumerate(lines):
        if line.lower().startswith(b"date:"):
            date = parsedate_to_datetime(line[5:].decode("ascii").strip()) + later
            end = b"\r" if line.endswith(b"\r") else b""
            lines[number] = b"Date: " + format_datetime(date).encode("ascii") + end
            return b"\n".join(lines), date
    return data, _NEWEST + later
