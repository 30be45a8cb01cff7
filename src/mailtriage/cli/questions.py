"""What is asked in a terminal, and only there: in a pipe nobody could answer."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TypeVar

from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

_Answer = TypeVar("_Answer")


def can_ask() -> bool:
    """True if somebody sits before it: both what is typed and what is printed go to a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def ask(question: str) -> str:
    """What was typed in answer, without the blanks around it.

    Raises:
        UsageError: if the input ended instead; nothing is decided then.
    """
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.safe import safe

    try:
        return input(capabilities().text(safe(question, multiline=True))).strip()
    except EOFError:
        print()
        raise UsageError("the input ended before the question was answered", "Nothing was changed.") from None


def ask_until(question: str, reading: Callable[[str], _Answer]) -> _Answer:
    """What `reading` makes of the answer; where it refuses with a ValueError, that is said and asked again."""
    while True:
        try:
            return reading(ask(question))
        except ValueError as error:
            print(f"  {error}")


def ask_yes_or_no(question: str) -> bool:
    """True for yes. Enter alone is no answer: it is asked again."""
    return ask_until(f"{question} [y/n] ", _yes_or_no)


def _yes_or_no(answer: str) -> bool:
    words = {"y": True, "yes": True, "n": False, "no": False}
    if answer.casefold() not in words:
        raise ValueError("Please answer y or n.")
    return words[answer.casefold()]
