"""Single keys from a pseudo-terminal, and the terminal as it was afterwards."""

from __future__ import annotations

import os
import pty
import termios
from typing import TYPE_CHECKING

import pytest

from mailtriage.adapters.terminal.keystrokes import Keyboard

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def master(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The other side of the terminal that is standard input."""
    master, slave = pty.openpty()
    with os.fdopen(slave, "r", encoding="utf-8") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        yield master
    os.close(master)


def echoes(master: int) -> bool:
    return bool(termios.tcgetattr(master)[3] & termios.ECHO)


@pytest.mark.parametrize(
    ("typed", "key"),
    [("c", "c"), ("C", "c"), (" ", " "), ("?", "?"), ("\n", "\n"), ("\x1b[A", ""), ("\x1b", ""), ("é", "")],
)
def test_one_key_is_one_press(master: int, typed: str, key: str) -> None:
    with Keyboard() as keyboard:
        os.write(master, typed.encode())
        assert keyboard.pressed() == key
        os.write(master, b"q")
        assert keyboard.pressed() == "q"


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("9\n", "9"),
        (" caf\u00e9 \n", "caf\u00e9"),
        ("\n", ""),
        ("\x1b", None),
        ("9\x1b", None),
        ("\x04", None),
        ("\x1b[A", None),
    ],
)
def test_a_line_ends_with_enter_and_is_left_with_escape(master: int, typed: str, line: str | None) -> None:
    with Keyboard() as keyboard:
        os.write(master, typed.encode())
        assert keyboard.line() == line
        os.write(master, b"q")
        assert keyboard.pressed() == "q"


def test_ctrl_d_is_the_end(master: int) -> None:
    with Keyboard() as keyboard:
        os.write(master, b"\x04")
        with pytest.raises(EOFError):
            keyboard.pressed()


def test_the_terminal_is_as_it_was_afterwards_even_after_an_error(master: int) -> None:
    def failing() -> None:
        with Keyboard() as keyboard:
            assert not echoes(master)
            with keyboard.lines():
                assert echoes(master)
            assert not echoes(master)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert echoes(master)
