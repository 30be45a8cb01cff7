"""What taking a mail apart costs: linear on every hostile mail. Ratios in one run, never seconds.

Passages have a bench of their own: here a mail's text is short, or its lines are counted in their thousands at most.
"""

from __future__ import annotations

import gc
from time import process_time
from typing import TYPE_CHECKING

import pytest

from hostile import HTML, MAILS
from mailtriage.mail.headers import decoded, fields
from mailtriage.mail.html import html_lines
from mailtriage.mail.message import read
from mailtriage.mail.mime import split

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.bench

FACTOR = 4
RATIO = 6.0
FLOOR_SECONDS = 0.002
RUNS = 3


def _seconds(work: Callable[[], object]) -> float:
    """The least CPU time of some runs: what else the machine does only ever adds."""
    found = []
    for _ in range(RUNS):
        gc.collect()
        start = process_time()
        work()
        found.append(process_time() - start)
    return max(min(found), FLOOR_SECONDS)


def _grows_with(large: Callable[[], object], small: Callable[[], object]) -> bool:
    """True if the cost grows as the size does, in one of three tries: a busy machine spoils a try, never mends one."""
    return any(_seconds(large) / _seconds(small) < RATIO for _ in range(3))


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_of_four_times_the_size_takes_about_four_times_as_long(name: str) -> None:
    small, large = MAILS[name](2_500), MAILS[name](2_500 * FACTOR)
    assert _grows_with(lambda: read(split(large)), lambda: read(split(small)))


@pytest.mark.parametrize("name", HTML)
def test_html_of_four_times_the_size_takes_about_four_times_as_long(name: str) -> None:
    small, large = HTML[name] * 5_000 + "x", HTML[name] * 5_000 * FACTOR + "x"
    assert _grows_with(lambda: html_lines(large), lambda: html_lines(small))


@pytest.mark.parametrize("piece", ["=?", "=?utf-8?q?=41?= ", "=?a?q?", "?=", "=?utf-8?b?////", "=?x?b?=?="])
def test_a_header_value_of_four_times_the_size_takes_about_four_times_as_long(piece: str) -> None:
    small, large = piece * 1_000, piece * 1_000 * FACTOR
    assert _grows_with(lambda: decoded(large), lambda: decoded(small))


def test_a_header_block_of_four_times_the_size_takes_about_four_times_as_long() -> None:
    small, large = b"Subject: x\r\n y\r\n" * 5_000, b"Subject: x\r\n y\r\n" * 5_000 * FACTOR
    assert _grows_with(lambda: fields(large), lambda: fields(small))
