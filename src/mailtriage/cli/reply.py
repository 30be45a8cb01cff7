"""`reply`: an answer written in her own editor, timed, and put into Drafts. Nothing is sent."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mailtriage.cli.answering import answer_to, composed_now, may_write, put, say_before, shown_safe
from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.desk import desk_of
from mailtriage.cli.opening import opened
from mailtriage.cli.questions import ask_yes_or_no, can_ask
from mailtriage.cli.timing import begin, drop, finish, refuse_running
from mailtriage.errors import DataError, MailtriageError, UnavailableError, UsageError
from mailtriage.model.work import TimeKind

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from mailtriage.adapters.private_file import PrivateFolder
    from mailtriage.adapters.terminal.editor import Edited
    from mailtriage.cli.answering import Answer
    from mailtriage.model.work import Timer

_TEXT_LIMIT_BYTES = 1_000_000


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `reply`."""
    parser = subparsers.add_parser(
        "reply",
        help="answer a message, and keep how long it took",
        description="Open your editor ($VISUAL, $EDITOR) on an answer that quotes the message, keep how long you "
        "write, and put the answer into Drafts, addressed to the sender alone. Nothing is sent: look it through and "
        "send it from your mail program.",
    )
    parser.add_argument("number", metavar="N", help="the message's number")
    parser.add_argument("--text", metavar="FILE", type=Path, help="go on with this text instead of an empty answer")
    parser.add_argument("--anyway", action="store_true", help='even if the client wants "no e-mail"')
    parser.set_defaults(run=run_reply)


@dataclass(frozen=True, slots=True)
class _Page:
    """What the editor opens: a text, and what of it is not hers."""

    text: str
    given: str


def run_reply(arguments: argparse.Namespace) -> int:
    """Let her write, then keep the time and the draft."""
    from mailtriage.adapters.terminal.editor import editor

    if not can_ask():
        raise UsageError("reply opens an editor, and so needs a terminal", "In a pipe: mailtriage draft N --policy")
    argv = editor()
    with desk_of(arguments, writes=False) as desk:
        kept = desk.one(arguments.number)
        refuse_running(desk, kept.number)
        answer = answer_to(desk, opened(desk, kept))
        page = _page(answer, arguments.text)
    say_before(answer)
    if not may_write(answer, anyway=arguments.anyway):
        return 0
    return _write(arguments, answer, page, argv)


def _page(answer: Answer, file: Path | None) -> _Page:
    from mailtriage.drafts.quoting import begun

    message = shown_safe(answer.opened.message)
    given = begun(message, answer.opened.kept.received_at, answer.opened.config.practice.timezone)
    return _Page(_read(file) if file else given, given)


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened_file:
            return opened_file.read(_TEXT_LIMIT_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise DataError(f"{file} cannot be read: {reason}", "Name a text file of your own.") from error


def _write(arguments: argparse.Namespace, answer: Answer, page: _Page, argv: tuple[str, ...]) -> int:
    from mailtriage.adapters.private_file import private_folder, write_private
    from mailtriage.adapters.terminal.editor import edited

    number = answer.opened.kept.number
    with private_folder() as folder:
        if folder.on_disk:
            print(f"The text lies on the disk while you write, in {folder.path}: there is no better place here.")
        file = folder.path / f"answer-{number}.txt"
        write_private(file, page.text)
        timer = begin(arguments, number, TimeKind.REPLY)
        try:
            left = edited(file, argv, folder.lock)
        except UnavailableError:
            drop(arguments, timer)
            raise
        ended_at = read_clock()
        if not _is_written(left, page):
            _unwritten(arguments, timer, ended_at)
            return 0
        return _keep(arguments, answer, folder, left, (timer, ended_at))


def _is_written(left: Edited, page: _Page) -> bool:
    from mailtriage.drafts.quoting import has_own_words

    return has_own_words(left.text, page.given)


def _unwritten(arguments: argparse.Namespace, timer: Timer, ended_at: datetime) -> None:
    """Put nothing anywhere, and ask what becomes of the time."""
    from mailtriage.model.duration import spoken

    took = spoken(max(int((ended_at - timer.began_at).total_seconds()), 0))
    print("No words of yours are in the answer, so nothing was put into Drafts.")
    print("(An editor with a window of its own must wait until that is closed, as in EDITOR='code --wait'.)")
    if ask_yes_or_no(f"It took {took}. Keep that time?"):
        finish(arguments, timer, ended_at)
    else:
        drop(arguments, timer)


def _keep(
    arguments: argparse.Namespace, answer: Answer, folder: PrivateFolder, left: Edited, timed: tuple[Timer, datetime]
) -> int:
    """Keep the time and the draft; whatever fails, her words stay in a file, unless a signal ends the run."""
    try:
        finish(arguments, *timed)
        if left.succeeded:
            return _put(arguments, answer, folder, (left.text, timed[1]))
        print("Your editor ended with an error, so nothing was put into Drafts.")
        _say_kept(answer, folder, left.text)
    except (MailtriageError, KeyboardInterrupt):
        if folder.kept is None:
            _say_kept(answer, folder, left.text)
        raise
    return 1


def _put(arguments: argparse.Namespace, answer: Answer, folder: PrivateFolder, written: tuple[str, datetime]) -> int:
    """Put it into Drafts, again and again while she wants to; the Message-ID keeps it from being there twice."""
    from mailtriage.adapters.private_file import remove_kept
    from mailtriage.adapters.terminal.safe import safe

    draft = composed_now(answer, *written)
    while True:
        try:
            put(answer, draft)
        except MailtriageError as error:
            print(f"mailtriage: {safe(str(error), multiline=True)}", file=sys.stderr)
            if not ask_yes_or_no("Try again?"):
                _say_kept(answer, folder, written[0])
                return error.EXIT_STATUS
        else:
            if arguments.text:
                remove_kept(arguments.text)
            return 0


def _say_kept(answer: Answer, folder: PrivateFolder, text: str) -> None:
    kept = folder.keep(text)
    print(f"Your text is kept, for you alone, in {kept}")
    print(f"Go on with it: mailtriage reply {answer.opened.kept.number} --text {kept}")
