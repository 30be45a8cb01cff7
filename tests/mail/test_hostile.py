"""Mail that was made to break a reader: work and memory grow with its size at most, and what was not read is said."""

from __future__ import annotations

import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from hostile import FROM, HTML, MAILS
from mailtriage.inspection import inspect
from mailtriage.mail.message import read
from mailtriage.mail.mime import split

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SMALL, FACTOR = 1_000, 4
RATIO = 8
"""Half way between what grows as the size and what grows as its square."""


def html(piece: str) -> Callable[[int], bytes]:
    """Mail with so many of a piece."""
    return lambda count: FROM + b"Content-Type: text/html\r\n\r\n" + piece.encode() * count + b"x"


BOMBS = {**MAILS, **{f"HTML of {name}": html(piece) for name, piece in HTML.items()}}
HUGE: dict[str, tuple[Callable[[int], bytes], int]] = {
    "10,000 multiparts in each other": (MAILS["10,000 multiparts in each other"], 10_000),
    "100,000 parts": (MAILS["parts"], 100_000),
    "a type of a million semicolons": (MAILS["semicolons"], 200_000),
    "a line of 50 MB": (MAILS["an endless line"], 2_500_000),
    "a header of 50 MB": (lambda count: FROM + b"Subject: " + b"a" * count + b"\r\n\r\nhello", 50_000_000),
    "10 MB of zero bytes": (MAILS["zero bytes"], 200_000),
    "surrogates": (MAILS["surrogates"], 200_000),
    "a million open divs": (html("<div>"), 1_000_000),
}


def cost(data: bytes) -> tuple[int, int]:
    """How many calls, Python's own among them, reading a mail takes, and the most bytes that it holds beside it."""
    calls = 0

    def count(_frame: FrameType, _event: str, _value: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    read(split(data))
    sys.setprofile(None)
    tracemalloc.start()
    read(split(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return calls, peak


@pytest.mark.parametrize("name", BOMBS)
def test_a_mail_of_four_times_the_size_takes_at_most_so_many_times_the_work_and_the_memory(name: str) -> None:
    small, large = (cost(BOMBS[name](SMALL * factor)) for factor in (1, FACTOR))
    # A mail that costs nearly nothing has no ratio to speak of.
    assert large[0] < max(small[0], 2_000) * RATIO
    assert large[1] < max(small[1], 50_000) * RATIO


@pytest.mark.parametrize("name", HUGE)
def test_what_is_too_much_to_read_is_said_and_its_beginning_is_read(name: str) -> None:
    bomb, count = HUGE[name]
    found = inspect(bomb(count))
    assert found.message.sender is not None
    assert found.message.sender.email == "a@client.example"
    assert found.verdict.not_scanned
