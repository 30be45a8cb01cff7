"""Time that lies over other recorded time, or is very long: nobody works twice at once, so it is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.cli.questions import ask_yes_or_no, can_ask
from mailtriage.errors import UsageError
from mailtriage.model.duration import spoken

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from mailtriage.cli.desk import Desk
    from mailtriage.model.work import TimeEntry, Worked

_LONG_SECONDS = 8 * 60 * 60
_SHOWN = 3


def add_overlap(parser: argparse.ArgumentParser) -> None:
    """Add `--overlap` to a command that keeps time."""
    parser.add_argument("--overlap", action="store_true", help="keep it even where it lies over other recorded time")


def may_overlap(desk: Desk, number: int, worked: Sequence[Worked], *, is_dated: bool, given: bool = False) -> bool:
    """True if times of message `number` may be kept beside what is recorded; asked where they lie over it.

    Minutes that nobody dated (`is_dated` false) may have been worked at another time of the day: what they lie over is
    only said, unless it is the same again.

    Raises:
        UsageError: where it would have to be asked, and nobody can answer.
    """
    found = _overlapped(desk, worked)
    if given or not found:
        return True
    if not (is_dated or any(_is_again(number, work, entry) for work in worked for entry in found)):
        numbers = ", ".join(map(str, sorted({entry.number for entry in found})))
        desk.say(f"  Worked until then, it overlaps what is recorded for {numbers}; --at says when it was.")
        return True
    told = f"overlaps {_said(desk, found)}"
    if not can_ask():
        raise UsageError(
            f"that {told}; nothing is kept", "Say when it was with --at, or keep it all the same with --overlap."
        )
    return ask_yes_or_no(f"This {told}. Keep it all the same?")


def may_be_so_long(worked: Sequence[Worked], *, given: bool = False) -> bool:
    """True for up to eight hours in all; asked beyond. Raises UsageError where nobody can answer."""
    seconds = sum(work.seconds for work in worked)
    if given or seconds <= _LONG_SECONDS:
        return True
    if not can_ask():
        raise UsageError(f"that is {spoken(seconds)} for one message; nothing is kept", "If it is so, add --yes.")
    return ask_yes_or_no(f"That is {spoken(seconds)} for one message. Is it so?")


def _overlapped(desk: Desk, worked: Sequence[Worked]) -> tuple[TimeEntry, ...]:
    entries = {entry.id: entry for work in worked for entry in desk.billing.overlapping(work.began_at, work.ended_at)}
    return tuple(entries.values())


def _is_again(number: int, work: Worked, entry: TimeEntry) -> bool:
    return (number, work.kind, work.seconds) == (entry.number, entry.worked.kind, entry.worked.seconds)


def _said(desk: Desk, entries: Sequence[TimeEntry]) -> str:
    """Where they lie, and whose they are: "today 09:31 to 10:00, recorded for message 28, and 2 more"."""
    each = [
        f"{desk.when(entry.worked.began_at)} to {entry.worked.ended_at.astimezone(desk.zone):%H:%M}, recorded for "
        f"message {entry.number}"
        for entry in entries[:_SHOWN]
    ]
    more = f", and {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
    return "; ".join(each) + more
