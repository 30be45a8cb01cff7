"""The front door: picks the command, builds its parser, and turns an error into an exit status.

Only the module of the command that was typed is imported, so that a poll from cron starts quickly.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import gc
import importlib
import os
import re
import shutil
import sys
import textwrap
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from mailtriage import __version__
from mailtriage.errors import EX_IOERR, EX_SOFTWARE, EX_USAGE, MailtriageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from _typeshed import SupportsWrite

COMMANDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Every day": {
        "summary": ("summary", "what to do, on one screen (also: mailtriage alone)"),
        "show": ("show", "a message, fetched live"),
        "why": ("show", "why a message was flagged, word by word"),
        "called": ("decide", "you telephoned about a message"),
        "done": ("decide", "a message needs nothing more"),
        "undo": ("history", "take the last decision back"),
        "assign": ("decide", "say which client a message is from"),
        "history": ("history", "all that was decided about a message"),
        "client": ("clients", "the roster: add, list, edit, remove, import"),
        "check": ("check", "is everything set up and working?"),
    },
    "Reading and answering": {
        "read": ("read", "read a message, and keep how long it took"),
        "reply": ("reply", "answer a message, and keep how long it took"),
        "draft": ("draft", "a text of yours as the draft of an answer"),
    },
    "Time and charges": {
        "start": ("timer", "start the timer for a message"),
        "stop": ("timer", "stop the timer and keep its time"),
        "log": ("log", "type the time that a message took"),
        "erase": ("log", "take recorded time back"),
        "review": ("review", "decide one message after the other, with single keys"),
        "confirm": ("charge", "charge what may be charged"),
        "adjust": ("charge", "charge another time than was recorded"),
        "waive": ("settle", "charge nothing for a message"),
        "save": ("settle", "keep a message for the next session"),
        "agenda": ("agenda", "what to go through with a client in the session"),
        "consent": ("consent", "what clients agreed to: add, withdraw, list"),
        "price": ("price", "prices of single clients: set, list"),
        "statement": ("statement", "statements: show, issue, credit, paid, list, print"),
        "report": ("report", "where the time on e-mail went"),
    },
    "In the background": {
        "poll": ("poll", "look for new mail; made for cron"),
        "watch": ("watch", "poll as soon as mail arrives; made for a service"),
    },
    "Saved mail and rules": {
        "inspect": ("inspect", "triage saved .eml files, without an account"),
        "rules": ("rules", "the wording rules: list, show, test"),
    },
    "Trying and setting up": {
        "demo": ("demo", "a made-up practice mailbox to try everything on"),
        "completion": ("completion", "completion for bash or zsh"),
    },
}

_INTRODUCTION = "mailtriage reads a therapist's mailbox, without changing it, and shows what needs her."
_LEAST_COLUMNS = 30
_PROMISE = "No flag does not mean no emergency: mailtriage matches wording, it does not assess anybody."

_OBJECTS_BETWEEN_COLLECTIONS = 3_000
"""A command starts with some 50,000 objects that all stay; to look for garbage among them every 700 took a twelfth of
an idle poll."""

_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})


def main(argv: Sequence[str] | None = None) -> int:
    """The exit status of one command line; errors go to stderr in one sentence and what to do about it."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # a mail is small: more threads only take memory and wait
    try:
        return _run(argv)
    finally:
        if argv is None:
            gc.freeze()  # the process ends, and would look through everything once more


def _run(argv: Sequence[str] | None) -> int:
    _replace_closed_streams()
    try:
        arguments = _parsed(list(sys.argv[1:] if argv is None else argv))
        status = arguments.run(arguments)
        sys.stdout.flush()
    except MailtriageError as error:
        # Names of folders and files stand in it: what a server or a stranger chose.
        _complain(f"mailtriage: {error}")
        return error.EXIT_STATUS
    except BrokenPipeError:
        # The reader of our output went away (`| head`).
        _give_up_output()
        return 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort
        return _fault(error)
    return int(status)


def _parsed(argv: list[str]) -> argparse.Namespace:
    """As `parse`; what help and version print is written before they leave."""
    try:
        return parse(argv)
    except SystemExit:
        sys.stdout.flush()
        raise


def _fault(error: Exception) -> int:
    """The exit status of what no command foresaw: output that cannot be written, or a fault of our own."""
    if isinstance(error, OSError) and error.filename is None and error.errno in _UNWRITABLE:
        _give_up_output()
        _complain(
            f"mailtriage: its output cannot be written: {error.strerror}\n"
            "  Is the disk full, or the output closed? What was decided before is kept."
        )
        return EX_IOERR
    # Neither its text nor a traceback: both may quote a mail, or a password, into cron's mail.
    _complain(f"mailtriage: a fault of its own, {_place(error)}\n  Please report this line.")
    return EX_SOFTWARE


def _complain(text: str) -> None:
    """Say it on stderr; where that cannot be written either, the exit status must do."""
    from mailtriage.cli.saying import say

    with contextlib.suppress(OSError):
        say(text, sys.stderr)


def _give_up_output() -> None:
    """Let nothing more be written: Python would fail once more while shutting down, in words of its own."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _replace_closed_streams() -> None:
    """Python has None for what was closed (`>&-`). Then writing to stdout fails as on a full disk, stderr is lost."""
    if sys.stdout is None:
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: SIM115, PTH123 - until the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - as above


def _place(error: Exception) -> str:
    """What kind of error it was, and where in our own code: "KeyError at summary.py:12"."""
    ours = [frame for frame in traceback.extract_tb(error.__traceback__) if "mailtriage" in frame.filename]
    return f"{type(error).__name__}" + "".join(f" at {Path(f.filename).name}:{f.lineno}" for f in ours[-1:])


def parse(argv: list[str]) -> argparse.Namespace:
    """The parsed command line, with `run` set to what carries it out. `summary` stands in for a missing command."""
    at = _command_index(argv)
    word = argv[at] if at < len(argv) else ""
    modules = {name: module for group in COMMANDS.values() for name, (module, _) in group.items()}
    if word in ("-h", "--help", "--version") or (not word and argv[-1:] == ["--config"]):
        return build(()).parse_args(argv)
    if word.startswith("-") or not word:
        argv = [*argv[:at], "summary", *argv[at:]]
        word = "summary"
    if word not in modules:
        import difflib

        near = difflib.get_close_matches(word, modules, n=1)
        advice = f'did you mean "{near[0]}"?' if near else "`mailtriage --help` lists them."
        build(()).error(f'there is no command "{word}"; {advice}')
    return build([modules[word]]).parse_args(argv)


def build(modules: Iterable[str], commands_help: str = argparse.SUPPRESS) -> argparse.ArgumentParser:
    """The parser with the commands of these modules of `mailtriage.cli`.

    The description lists the commands already, so their own list is left out of the help unless it is given one.
    """
    parser = _Parser(
        prog="mailtriage",
        usage="mailtriage [--config FILE]\n                  [COMMAND] [...]",
        description=_description(),
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--version", action="version", version=f"mailtriage {__version__}")
    _add_config(parser, default=None)
    subparsers = parser.add_subparsers(prog="mailtriage", metavar="COMMAND", help=commands_help, parser_class=_Parser)
    for module in modules:
        importlib.import_module(f"mailtriage.cli.{module}").add_parser(subparsers)
    for subparser in subparsers.choices.values():
        _add_config(subparser, default=argparse.SUPPRESS)
    return parser


def build_all() -> argparse.ArgumentParser:
    """The parser with every command, for completion and for tests."""
    modules = dict.fromkeys(module for group in COMMANDS.values() for module, _ in group.values())
    # shtab completes nothing that is left out of the help.
    return build(modules, commands_help="what to do")


class _Parser(argparse.ArgumentParser):
    """Argparse with the exit status that sysexits.h names for wrong usage; "-5m" is a value, not an option."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - as argparse has them
        super().__init__(*arguments, **options)
        self._negative_number_matcher = re.compile(r"-\d")

    def error(self, message: str) -> NoReturn:
        _complain(f"mailtriage: {message}\n  `{self.prog} --help` shows how it is used.")
        self.exit(EX_USAGE)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        """Argparse hides that a message could not be written."""
        (file or sys.stderr).write(message)


def _add_config(parser: argparse.ArgumentParser, default: str | None) -> None:
    parser.add_argument(
        "--config", metavar="FILE", default=default, help="configuration (else MAILTRIAGE_CONFIG, else the XDG folder)"
    )


def _command_index(argv: Sequence[str]) -> int:
    """Where the command stands in argv, after `--config FILE`."""
    at = 0
    while at < len(argv) and argv[at].startswith("--config"):
        at += 1 if "=" in argv[at] else 2
    return min(at, len(argv))


def _description() -> str:
    """What mailtriage is, and its commands, wrapped like the rest of the help: a column less than the window has."""
    width = max(shutil.get_terminal_size().columns - 2, _LEAST_COLUMNS)
    lines = textwrap.wrap(_INTRODUCTION, width)
    for title, commands in COMMANDS.items():
        lines += ["", f"{title}:"]
        for name, (_, text) in commands.items():
            lines += textwrap.wrap(text, width, initial_indent=f"  {name:<11} ", subsequent_indent=" " * 14)
    return "\n".join([*lines, "", *textwrap.wrap(_PROMISE, width)])
