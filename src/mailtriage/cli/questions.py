"""What is asked in a terminal, and only there: in a pipe nobody could answer."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

from mailtriage.cli.saying import say
from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mailtriage.adapters.terminal.keystrokes import Keyboard

_Answer = TypeVar("_Answer")
_KEYBOARD: ContextVar[Keyboard | None] = ContextVar("keyboard", default=None)

_LEAVES = "Enter alone goes back"
_LEFT = "Nothing was changed."
_YES_OR_NO = ("y", "n")
_LEAVING = ("", "\n")
"""Esc and Ctrl-D, which come as no letter, and Enter."""


def can_ask() -> bool:
    """True if somebody sits before it: both what is typed and what is printed go to a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


@contextmanager
def answered_at(keyboard: Keyboard) -> Iterator[None]:
    """While single keys count, every question lets go: Enter on nothing, Esc and Ctrl-D raise UsageError."""
    token = _KEYBOARD.set(keyboard)
    try:
        yield
    finally:
        _KEYBOARD.reset(token)


def ask(question: str, *, needs_answer: bool = True) -> str:
    """What was typed in answer, without the blanks around it.

    Args:
        question: ends in a blank.
        needs_answer: false where Enter on nothing is an answer, too; `question` says then what it means.

    Raises:
        UsageError: if the input ended instead, or the question was left; nothing is decided then.
    """
    keyboard = _KEYBOARD.get()
    if keyboard:
        answer = keyboard.line(_shown(f"{question}({_LEAVES}) " if needs_answer else question))
        if answer is None:
            print()
        if answer is None or (needs_answer and not answer):
            raise UsageError(_LEFT)
        return answer
    try:
        return input(_shown(question)).strip()
    except EOFError:
        print()
        raise UsageError("the input ended before the question was answered", "Nothing was changed.") from None
    except KeyboardInterrupt:
        print()
        raise


def ask_until(question: str, reading: Callable[[str], _Answer], *, needs_answer: bool = True) -> _Answer:
    """What `reading` makes of the answer; where it refuses with a ValueError, that is said and asked again."""
    while True:
        try:
            return reading(ask(question, needs_answer=needs_answer))
        except ValueError as error:
            say(f"  {error}")


def ask_yes_or_no(question: str) -> bool:
    """True for yes. Enter alone is no answer: it is asked again, or, while single keys count, leaves the question."""
    keyboard = _KEYBOARD.get()
    if keyboard is None:
        return ask_until(f"{question} [y/n] ", _yes_or_no)
    keyboard.forget()
    print(_shown(f"{question} [y/n] ({_LEAVES}) "), end="", flush=True)
    while (key := _key(keyboard)) not in _YES_OR_NO:
        if key in _LEAVING:
            print()
            raise UsageError(_LEFT)
    print(key)
    return key == "y"


def _key(keyboard: Keyboard) -> str:
    try:
        return keyboard.pressed()
    except EOFError:
        return ""


def _shown(question: str) -> str:
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe
    from mailtriage.adapters.terminal.sentences import sentences

    words = question.rstrip()
    return sentences(safe(words, multiline=True), capabilities()) + question[len(words) :]


def _yes_or_no(answer: str) -> bool:
    words = {"y": True, "yes": True, "n": False, "no": False}
    if answer.casefold() not in words:
        raise ValueError("Please answer y or n.")
    return words[answer.casefold()]
