"""Whether the machine ran on: its boot, and how long it was suspended."""

from __future__ import annotations

import time
from pathlib import Path

from mailtriage.model.work import Awake

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# (counts while suspended, stops while suspended), by the names that Linux and macOS give them.
_CLOCKS = (("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"), ("CLOCK_MONOTONIC", "CLOCK_UPTIME_RAW"))


def awake() -> Awake:
    """The state of this moment. A system that tells neither gives the same each time, and so no doubt."""
    return Awake(_boot(), _asleep_seconds())


def _boot() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""


def _asleep_seconds() -> int:
    for counting, stopping in _CLOCKS:
        clocks = getattr(time, counting, None), getattr(time, stopping, None)
        if clocks[0] is not None and clocks[1] is not None:
            return max(round(time.clock_gettime(clocks[0]) - time.clock_gettime(clocks[1])), 0)
    return 0
