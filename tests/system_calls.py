"""The system calls by which a command writes to a folder, by strace; and that command killed or refused at one."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_WRITES = (
    *("openat", "mkdir", "mkdirat", "write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate"),
    *("fallocate", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "chmod", "fchmod"),
    *("fchmodat", "utimensat"),
)
_CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)", re.DOTALL)
NEED_ROOM = frozenset({"pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"})
"""What a full disk refuses, as far as SQLite calls it; `write` is left to the standard streams."""
NO_STRACE = "no strace on this machine"
NOT_ALLOWED = "strace is not allowed to trace here"


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: the `ordinal`-th of its name in the process, from 1."""

    name: str
    ordinal: int
    text: str


@cache
def refusal() -> str:
    """Why nothing can be traced here: "" if it can. Some containers forbid it to everybody."""
    program = shutil.which("strace")
    if not program:
        return NO_STRACE
    kill = ["-e", "trace=write", "-e", "inject=write:signal=SIGKILL:when=1"]
    words = [program, "-f", "-qq", "-o", "/dev/null", *kill, "sh", "-c", "echo alive"]
    done = subprocess.run(words, capture_output=True, check=False)
    return NOT_ALLOWED if b"alive" in done.stdout or not was_killed(done.returncode) else ""


def was_killed(status: int) -> bool:
    """True if strace ended as a command does that was killed."""
    return status in (-signal.SIGKILL, 128 + signal.SIGKILL)


def writing_calls(argv: Sequence[str], env: Mapping[str, str], folder: Path) -> list[Call]:
    """What a command does that changes something in a folder, in order. Runs it."""
    trace = folder.with_name(folder.name + ".trace")
    done = _traced(["-y", "-o", str(trace), "-e", f"trace={','.join(_WRITES)}"], argv, env)
    assert done.returncode == 0, done.stderr
    counts: Counter[str] = Counter()
    found = []
    for line in trace.read_text("utf-8", "replace").splitlines():
        match = _CALL.match(line)
        if match:
            counts[match[1]] += 1
            is_change = " = -1 " not in line and (match[1] != "openat" or "O_CREAT" in line)
            if is_change and f"{folder}/" in line:
                found.append(Call(match[1], counts[match[1]], line))
    return found


def killed_at(call: Call, argv: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """The command, killed as it enters that call."""
    options = ["-e", f"trace={call.name}", "-e", f"inject={call.name}:signal=SIGKILL:when={call.ordinal}"]
    return _traced(["-o", "/dev/null", *options], argv, env)


def refused_from(
    at: int, calls: Sequence[Call], argv: Sequence[str], env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """The command on a disk that is full from the call at this index on."""
    last: dict[str, int] = {call.name: call.ordinal for call in calls[:at]}
    names = sorted({call.name for call in calls} & NEED_ROOM)
    options = [f"inject={name}:error=ENOSPC:when={last.get(name, 0) + 1}+" for name in names]
    flags = [word for option in options for word in ("-e", option)]
    return _traced(["-o", "/dev/null", "-e", f"trace={','.join(names)}", *flags], argv, env)


def _traced(options: Sequence[str], argv: Sequence[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    # Python writes no bytecode, so that a later run makes the same calls.
    words = ["strace", "-f", "-qq", *options, *argv]
    whole = {**env, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(words, capture_output=True, text=True, check=False, env=whole, cwd="/", timeout=120)
