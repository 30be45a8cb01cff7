"""A command run as a process: what it said, how it ended, the most memory that it held, and what time it took."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOO_LONG = 99
# A process inherits the peak of the one that starts it, and pytest is large: a small one stands between.
_LAUNCHER = f"""
import resource, subprocess, sys, time
began = time.monotonic()
try:
    status = subprocess.run(sys.argv[2:], timeout=float(sys.argv[1])).returncode
except subprocess.TimeoutExpired:
    status = {TOO_LONG}
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_maxrss, used.ru_utime + used.ru_stime, time.monotonic() - began, file=sys.stderr)
sys.exit(status if status >= 0 else 128 - status)
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """How a command ended; `status` is TOO_LONG for one that had to be killed."""

    status: int
    out: str
    err: str
    peak_bytes: int
    cpu_seconds: float
    wall_seconds: float


def measured(argv: Sequence[object], env: Mapping[str, str], *, within_seconds: float) -> Measured:
    """The outcome of a command that is killed after so long."""
    words = [sys.executable, "-S", "-E", "-c", _LAUNCHER, str(within_seconds), *map(str, argv)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=dict(env), stdin=subprocess.DEVNULL)
    said, _, figures = done.stderr.rstrip("\n").rpartition("\n")
    peak, cpu, wall = figures.split()
    unit = 1 if sys.platform == "darwin" else 1024
    return Measured(done.returncode, done.stdout, said, int(peak) * unit, float(cpu), float(wall))
