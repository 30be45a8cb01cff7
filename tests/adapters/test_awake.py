"""The state that tells whether the machine ran on."""

from __future__ import annotations

import subprocess
import sys

from mailtriage.adapters.awake import awake


def test_nothing_slept_and_nothing_booted_within_a_test() -> None:
    assert awake().boot == awake().boot
    assert abs(awake().asleep_seconds - awake().asleep_seconds) <= 1


def test_another_process_sees_the_same_boot() -> None:
    program = "from mailtriage.adapters.awake import awake; print(awake().boot)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == awake().boot
