"""A service that is told to end: at once wherever it waits, and never in the middle of a step that must be whole."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest

from mailtriage.adapters.ending import Ended, ending


def told(number: int = signal.SIGTERM) -> None:
    os.kill(os.getpid(), number)
    time.sleep(10)  # the signal comes at the latest here


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_the_block_and_the_handlers_are_as_before(number: int) -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    reached = False
    with ending():
        told(number)
        reached = True
    assert not reached
    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)] == before
    assert signal.set_wakeup_fd(-1) == -1


def test_no_except_exception_on_the_way_keeps_it() -> None:
    kept = False
    with ending():
        try:
            told()
        except Exception:  # noqa: BLE001 - as a poll would
            kept = True
    assert not kept


def test_a_step_that_must_be_whole_is_finished_first() -> None:
    steps = []
    with ending() as end:
        with end.held():
            os.kill(os.getpid(), signal.SIGTERM)
            steps.append("first")
            steps.append("second")
        steps.append("never")
    assert steps == ["first", "second"]


def test_a_signal_that_a_destructor_swallowed_ends_the_next_wait_before_it_begins() -> None:
    waited = False
    with ending() as end:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        except Ended:
            pass
        end.wait({}, 60)
        waited = True
    assert not waited


def test_a_wait_tells_which_sockets_can_be_read_and_ends_when_none_can() -> None:
    first, other = socket.socketpair()
    with first, other, ending() as end:
        assert end.wait({"first": first, "other": other}, 0) == []
        other.send(b"x")
        assert end.wait({"first": first, "other": other}, 5) == ["first"]


def test_a_signal_of_another_kind_only_wakes_the_wait() -> None:
    before = signal.signal(signal.SIGALRM, lambda _number, _frame: None)
    try:
        with ending() as end:
            signal.setitimer(signal.ITIMER_REAL, 0.01)
            assert end.wait({}, 60) == []
            end.check()
    finally:
        signal.signal(signal.SIGALRM, before)
