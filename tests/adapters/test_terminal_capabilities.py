from __future__ import annotations

import io

import pytest

from mailtriage.adapters.terminal.capabilities import Capabilities, capabilities


class Terminal(io.TextIOWrapper):
    """A stream that is a terminal."""

    def __init__(self, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)

    def isatty(self) -> bool:
        return True


USUAL = {"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}


def test_a_usual_terminal_has_colours_and_letters() -> None:
    able = capabilities(Terminal(), USUAL)
    assert (able.plain, able.colour, able.letters) == (False, True, True)


def test_a_pipe_is_plain_and_without_colour() -> None:
    able = capabilities(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), USUAL)
    assert (able.plain, able.colour) == (True, False)


@pytest.mark.parametrize("term", [{"TERM": "dumb"}, {}])
def test_a_dumb_terminal_is_plain(term: dict[str, str]) -> None:
    assert capabilities(Terminal(), {"LANG": "en_GB.UTF-8"} | term).plain


@pytest.mark.parametrize(("value", "colour"), [("1", False), ("", True)])
def test_no_color_is_honoured_unless_empty(value: str, colour: bool) -> None:  # noqa: FBT001 - a table
    assert capabilities(Terminal(), USUAL | {"NO_COLOR": value}).colour is colour


@pytest.mark.parametrize(
    ("environment", "encoding", "letters"),
    [
        ({"LANG": "en_GB.UTF-8"}, "utf-8", True),
        ({"LANG": "C.UTF-8"}, "utf-8", True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "utf-8", False),
        ({"LANG": "C"}, "utf-8", False),
        ({"LC_CTYPE": "C.UTF-8"}, "utf-8", False),
        ({}, "utf-8", False),
        ({"LANG": "en_GB.ISO-8859-1"}, "iso8859-1", False),
    ],
)
def test_letters_are_shown_only_where_the_locale_promises_them(
    environment: dict[str, str],
    encoding: str,
    letters: bool,  # noqa: FBT001 - a table
) -> None:
    assert capabilities(Terminal(encoding), {"TERM": "xterm"} | environment).letters is letters


def test_cron_mail_without_a_locale_keeps_its_letters() -> None:
    assert capabilities(io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), {}).letters


def test_words_are_cut_down_to_ascii_only_where_needed() -> None:
    assert Capabilities().text("5\u20138") == "5\u20138"
    assert Capabilities(letters=False).text("5\u20138") == "5-8"
