"""`mailtriage inspect`: triage of saved mail, without account, configuration or ledger."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from mailtriage.inspection import Inspection
    from mailtriage.triage.policy import TriagePolicy

FILE_LIMIT_BYTES = 200_000_000
"""A larger file is no mail; most servers refuse one of a quarter of that."""

_DESCRIPTION = """\
Triage saved mail (.eml files, or folders of them). Nothing is fetched, kept or sent. In a folder every file is read
that is not hidden; in a Maildir those in cur and new. Exit status 1 if a file could not be read, else 0.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `inspect`."""
    parser = subparsers.add_parser(
        "inspect", help="triage saved .eml files, without an account", description=_DESCRIPTION
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each file")
    parser.add_argument(
        "--own", metavar="ADDRESS", action="append", default=[], help="an address of the practice; may be repeated"
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a saved mail, or a folder of them")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what triage says of each file."""
    from mailtriage.triage.policy import TriagePolicy

    policy = TriagePolicy(own_addresses=frozenset(address.strip().lower() for address in arguments.own))
    tell = _as_object if arguments.json else _as_sentences
    status = 0
    for path in _files(arguments.paths):
        inspection, problem = _inspected(path, policy)
        print(tell(path, inspection, problem), flush=True)
        status |= bool(problem)
    return status


def _inspected(path: Path, policy: TriagePolicy) -> tuple[Inspection | None, str]:
    """(what triage says, "") or (None, why the file could not be read)."""
    from mailtriage.inspection import inspect

    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT_BYTES + 1)
    except OSError as error:
        return None, error.strerror or type(error).__name__
    except ValueError:  # a NUL in the name
        return None, "No file can have this name"
    if len(data) > FILE_LIMIT_BYTES:
        return None, f"It is larger than {FILE_LIMIT_BYTES // 1_000_000} MB"
    try:
        return inspect(data, policy=policy), ""
    except Exception as error:  # noqa: BLE001 - a fault of ours in one mail must not hide the mails after it
        return None, f"mailtriage failed on it ({type(error).__name__}); please report it"


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in order of their names; last, folders that cannot be read."""
    for path in paths:
        if path.is_dir():
            yield from _files_in(path)
        else:
            yield path


def _files_in(folder: Path) -> Iterator[Path]:
    """The files in a folder and its subfolders that are not hidden; of a Maildir those in `cur` and `new`."""
    unreadable: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=unreadable.append):
        is_maildir = {"cur", "new", "tmp"} <= set(folders)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and not (is_maildir and f == "tmp"))
        if not is_maildir:
            paths = [Path(name, file) for file in sorted(files) if not file.startswith(".")]
            # A pipe has nothing to say and would be waited for; a link that leads nowhere is told.
            yield from (path for path in paths if path.is_file() or not path.exists())
    yield from (Path(error.filename) for error in unreadable)


def _as_object(path: Path, inspection: Inspection | None, problem: str) -> str:
    from mailtriage.inspection import as_json

    row = {"path": str(path), "error": problem} if inspection is None else as_json(str(path), inspection)
    return json.dumps(row)


def _as_sentences(path: Path, inspection: Inspection | None, problem: str) -> str:
    from mailtriage.adapters.terminal.safe import safe

    return safe(f"{path}: {problem}") if inspection is None else _sentences(path, inspection)


def _sentences(path: Path, inspection: Inspection) -> str:
    from mailtriage.adapters.terminal.safe import safe

    message, verdict = inspection.message, inspection.verdict
    flags = [
        f"emergency wording: {verdict.emergency}" if verdict.emergency != "none" else "",
        f"forwarded: {verdict.forwarded}" if verdict.forwarded != "no" else "",
        f"long: {verdict.words:,} words, about {-(-verdict.reading.mid // 60)} min" if verdict.long else "",
        *(f"diary: {wish}" for wish in verdict.diary),
        f"automatic: {verdict.automatic}" if verdict.automatic else "",
        *(f"not scanned: {gap}" for gap in verdict.not_scanned),
    ]
    lines = [
        str(path),
        f"  {message.sender.email if message.sender else 'no sender'}: {message.subject or '(no subject)'}",
    ]
    lines += [f"  {flag}" for flag in flags if flag] or ["  no flag, which does not mean no emergency"]
    for reason in verdict.reasons:
        guard = f", set aside: {reason.guard}" if reason.guard else ""
        lines.append(f"    {reason.rule}{guard}: {reason.text}")
    lines += [f"    damaged: {defect}" for defect in message.defects]
    return "\n".join(safe(line) for line in lines)
