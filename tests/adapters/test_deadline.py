from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading

import pytest

from mailtriage.adapters.deadline import deadline
from mailtriage.errors import TemporaryError


def test_a_run_that_waits_for_a_silent_server_ends_at_its_deadline() -> None:
    silent, other = socket.socketpair()
    with silent, other, pytest.raises(TemporaryError, match=r"not finished after 0\.05 seconds"), deadline(0.05):
        other.recv(1)


def test_after_the_deadline_the_run_is_over_and_no_alarm_is_left() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with deadline(60):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == before


def test_a_deadline_is_refused_where_its_signal_would_not_arrive() -> None:
    caught: list[BaseException] = []

    def run() -> None:
        try:
            with deadline(1):
                pass
        except RuntimeError as error:
            caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_the_last_resort_ends_a_process_that_hears_no_signal() -> None:
    program = (
        "import signal\nfrom mailtriage.adapters.deadline import last_resort\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\nsecret = 'xylophone'\n"
        "with last_resort(0.3):\n    signal.sigwait({signal.SIGUSR1})\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert "Timeout" in done.stderr
    assert "xylophone" not in done.stderr


def test_the_last_resort_is_taken_back() -> None:
    program = (
        "import time\nfrom mailtriage.adapters.deadline import last_resort\n"
        "with last_resort(0.2):\n    pass\ntime.sleep(0.5)\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=20).returncode == 0
