"""The line that a run leaves in the log file: when, how long, how many, and what failed. No name, address or word."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.cli.clock import now as read_clock
from mailtriage.errors import EX_SOFTWARE, MailtriageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mailtriage.config import Config
    from mailtriage.poll import PollReport


@dataclass(slots=True)
class RunNote:
    """What a run tells of itself: its exit status, and what was read, as far as it came."""

    status: int = 0
    report: PollReport | None = None


@contextmanager
def noted(config: Config, *, is_kept: bool) -> Iterator[RunNote]:
    """What the run inside fills in; when it ends, however that is, a line is kept if there is a log file.

    A file that cannot be written changes nothing of the run: `mailtriage check` tells of it.
    """
    note, begun_at, begun = RunNote(), read_clock(), time.monotonic()
    problem = ""
    try:
        yield note
    except BaseException as error:
        note.status = error.EXIT_STATUS if isinstance(error, MailtriageError) else EX_SOFTWARE
        problem = type(error).__name__
        raise
    finally:
        if is_kept and config.log.path:
            from mailtriage.adapters.run_log import append_line

            names = [mailbox.name for mailbox in config.mailboxes]
            with suppress(MailtriageError):
                append_line(config.log.path, line_of(note, begun_at, time.monotonic() - begun, names, problem))


def line_of(note: RunNote, begun_at: datetime, seconds: float, names: Sequence[str], problem: str = "") -> str:
    """One line, as pairs of a name and a value.

    Mailboxes are numbered in the order of the configuration, failures are named by their class: a mailbox's name, and
    the sentence of a failure, may hold an address.
    """
    words = [f"{begun_at:%Y-%m-%dT%H:%M:%SZ}", f"status={note.status}", f"seconds={seconds:.1f}"]
    if note.report is not None:
        report = note.report
        words += [f"received={report.received}", f"sent={report.sent}", f"unreadable={report.unreadable}"]
        for failure in report.failures:
            kind = type(failure.error).__name__
            words.append(f"mailbox{names.index(failure.mailbox) + 1}={kind},since={failure.since:%Y-%m-%dT%H:%M:%SZ}")
    if problem:
        words.append(f"failed={problem}")
    return " ".join(words)
