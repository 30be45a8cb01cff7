"""`mailtriage inspect`: triage of saved mail, without account, configuration or ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from mailtriage.inspection import Inspection

_DESCRIPTION = """\
Triage saved mail (.eml files, or folders of them). Nothing is fetched, kept or sent. Exit status 1 if a file could not
be read, else 0.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `inspect`."""
    parser = subparsers.add_parser(
        "inspect", help="triage saved .eml files, without an account", description=_DESCRIPTION
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line for each file")
    parser.add_argument(
        "--own", metavar="ADDRESS", action="append", default=[], help="an address of the practice; repeatable"
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="a saved mail, or a folder of them")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print what triage says of each file."""
    from mailtriage.inspection import as_json, inspect
    from mailtriage.triage.policy import TriagePolicy

    policy = TriagePolicy(own_addresses=frozenset(address.lower() for address in arguments.own))
    status = 0
    for path in _files(arguments.paths):
        try:
            data = path.read_bytes()
        except OSError as error:
            status = 1
            problem = error.strerror or type(error).__name__
            print(json.dumps({"path": str(path), "error": problem}) if arguments.json else f"{path}: {problem}")
            continue
        inspection = inspect(data, policy=policy)
        text = json.dumps(as_json(str(path), inspection)) if arguments.json else _sentences(path, inspection)
        print(text, flush=True)
    return status


def _files(paths: list[Path]) -> Iterator[Path]:
    """The files named, and those in the folders named, in order of their names; hidden ones are left out."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        else:
            yield path


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
