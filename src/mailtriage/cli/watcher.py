"""The mailboxes that `mailtriage watch` watches, in one thread: each announces, is asked, and is polled in its turn.

A poll is a process of its own, the same command that cron would start: the ledger and its key are in nobody's memory
while one waits, an update of mailtriage is used by the next poll, and a mail that brings a poll down ends that alone.
"""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from mailtriage.adapters.deadline import deadline
from mailtriage.adapters.imap.idle import IdleConnection
from mailtriage.adapters.own_command import run_own_command
from mailtriage.adapters.secrets import COMMAND_TIMEOUT_SECONDS, read_secret
from mailtriage.adapters.terminal.safe import safe
from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.poll import longest_run_seconds, ring_of_failure
from mailtriage.cli.wiring import ledger_path
from mailtriage.config import ImapMailbox
from mailtriage.errors import EX_NOPERM, EX_TEMPFAIL, MailtriageError, PermissionProblemError, ThrottledError
from mailtriage.poll.watching import (
    FIRST_REFUSED_PAUSE_SECONDS,
    LONGEST_REFUSED_PAUSE_SECONDS,
    Moment,
    Pace,
    Schedule,
    growing,
    slept,
)

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from mailtriage.adapters.ending import Ending
    from mailtriage.config import Config, Mailbox, Watch
    from mailtriage.config.secret import Secret

_SLICE_SECONDS = 20.0
"""The longest wait in one piece: so long at most until a sleep of the machine is noticed, once it is over."""
_ALERT_SECONDS = 60
_CUT_SHORT = 1
"""What a poll ends with that its last resort ended: it was in no state to tell anybody."""
_DEATHS = 2
"""Polls in a row: one may have died because this computer is being switched off."""


@dataclass(slots=True)
class _Post:
    """One mailbox that is watched, or one more folder of it that is listened to.

    Attributes:
        folder: of a further folder its name, "" for the mailbox itself.
        answer_seconds: how long its server may take to answer in full.
        deaths: polls in a row that ended before they could tell anybody.
        others: its further folders; there are none while the mailbox itself is not listened to.
        others_at: before that, no further folder is listened to.
        others_failures: polls in a row that failed while further folders were listened to.
    """

    name: str
    connection: IdleConnection | None
    schedule: Schedule
    folder: str = ""
    answer_seconds: float = 0
    deaths: int = 0
    others: list[_Post] = field(default_factory=list)
    others_at: float = 0
    others_failures: int = 0

    @property
    def listens(self) -> bool:
        """True while a connection is open."""
        return self.connection is not None and self.connection.socket is not None

    def hang_up(self) -> None:
        """Drop its connections; further folders are forgotten."""
        for post in (self, *self.others):
            if post.connection:
                post.connection.close()
        self.others.clear()


class Watcher:
    """All mailboxes: `turn` does what is due, and waits for what comes next."""

    def __init__(self, config: Config, file: Path, end: Ending, *, verbose: bool) -> None:
        self._posts = [_post(mailbox, config.watch) for mailbox in config.mailboxes]
        self._config = config
        self._file = file
        self._poll_seconds = 2 * longest_run_seconds(config) + _ALERT_SECONDS
        self._end = end
        self._verbose = verbose
        self._woken_at = _moment()

    def turn(self) -> None:
        """What is due, then a wait until something is, or a server speaks, or the machine wakes."""
        for post in self._posts:
            self._attend(post)
        self._wait()

    def close(self) -> None:
        """Hang up everywhere."""
        for post in self._posts:
            post.hang_up()

    def _attend(self, post: _Post) -> None:
        self._listen(post)
        if post.listens and not post.others and not post.schedule.refusals and post.others_at <= time.monotonic():
            post.others = _others(post)
        for other in list(post.others):
            self._listen(other)
            if other.schedule.poll_at <= time.monotonic():
                post.schedule = post.schedule.announced(time.monotonic())
                other.schedule = other.schedule.polled(time.monotonic(), 0)
        if post.schedule.poll_at <= time.monotonic():
            self._poll(post)

    def _listen(self, post: _Post) -> None:
        """Connect, or ask a connection what is new, if that is due."""
        if post.connection and post.schedule.connect_at <= time.monotonic():
            connecting_seconds = COMMAND_TIMEOUT_SECONDS + post.answer_seconds
            self._talk(post, partial(self._connect, post, post.connection), connecting_seconds)
        if post.connection and post.schedule.renew_at <= time.monotonic():
            self._talk(post, partial(self._renew, post, post.connection), post.answer_seconds)

    def _talk(self, post: _Post, step: Callable[[], None], within_seconds: float) -> None:
        """A talk with a server, within its time; what goes wrong means a pause, and the next poll will tell of it."""
        try:
            with deadline(within_seconds):
                step()
        except MailtriageError as error:
            self._drop(post, error)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end the polls
            self._drop(post, MailtriageError(f"mailtriage failed on it ({type(error).__name__})"))

    def _drop(self, post: _Post, error: MailtriageError) -> None:
        post.hang_up()
        post.others_at = 0  # if a poll failed, too, it was not for want of connections
        now = time.monotonic()
        if isinstance(error, PermissionProblemError):
            post.schedule = post.schedule.refused(now)
        else:
            wait_seconds = error.wait_seconds if isinstance(error, ThrottledError) else 0
            post.schedule = post.schedule.dropped(now, wait_seconds)
        self._say(post, f"{error.message}; connecting again in {post.schedule.connect_at - now:.0f} s")

    def _connect(self, post: _Post, connection: IdleConnection) -> None:
        if connection.open():
            post.schedule = post.schedule.connected(time.monotonic())
            self._say(post, "heard, too" if post.folder else "listening")
        else:
            post.schedule = post.schedule.unannounced()
            self._say(post, f"the server announces nothing; polled every {post.schedule.pace.every_seconds:g} s")

    def _renew(self, post: _Post, connection: IdleConnection) -> None:
        announced = connection.renew()
        post.schedule = post.schedule.renewed(time.monotonic())
        if announced:
            post.schedule = post.schedule.announced(time.monotonic())

    def _poll(self, post: _Post) -> None:
        self._say(post, "polling")
        words = ("--config", str(self._file), "poll", "--wait", "--mailbox", post.name)
        status = run_own_command(words, within_seconds=self._poll_seconds, held=self._end.held)
        post.schedule = post.schedule.polled(time.monotonic(), status)
        self._count_death(post, died=status < 0 or status == _CUT_SHORT)
        self._judge_others(post, status)

    def _judge_others(self, post: _Post, status: int) -> None:
        """Give up further folders for a while when a poll fails: it may be one connection too many for the server."""
        if status in (EX_TEMPFAIL, EX_NOPERM) and post.others:
            post.others_failures += 1
            pause = growing(post.others_failures, FIRST_REFUSED_PAUSE_SECONDS, LONGEST_REFUSED_PAUSE_SECONDS)
            post.others_at = time.monotonic() + pause
            for other in post.others:
                other.hang_up()
            post.others.clear()
            heard = post.connection.folder if post.connection else ""
            self._say(post, f"a poll failed; only {heard} is heard for {pause:.0f} s")
        elif status == 0 and post.others:
            post.others_failures = 0

    def _count_death(self, post: _Post, *, died: bool) -> None:
        """Tell of polls that die: they ring nobody themselves, and an emergency would stay quiet."""
        post.deaths = post.deaths + 1 if died else 0
        if post.deaths == _DEATHS:
            _tell(f"mailtriage: polls of “{post.name}” die before they are done; type: mailtriage check")
        if post.deaths >= _DEATHS:
            path = ledger_path(self._config)
            ring_of_failure(self._config, path.with_name(path.name + ".told"))

    def _wait(self) -> None:
        posts = [one for post in self._posts for one in (post, *post.others)]
        listening = [post for post in posts if post.connection and post.schedule.listens]
        speaking = [post for post in listening if post.connection and post.connection.has_unread_answer()]
        begun_at = time.monotonic()
        next_at = begun_at if speaking else min(post.schedule.next_at for post in posts)
        asked_seconds = max(0.0, min(_SLICE_SECONDS, next_at - begun_at))
        readable = self._end.wait(_sockets(listening), asked_seconds)
        before, self._woken_at = self._woken_at, _moment()
        if slept(before, self._woken_at, overlong_seconds=self._woken_at.steady - begun_at - asked_seconds):
            self._wake()
            return
        for post in (*speaking, *(listening[index] for index in readable)):
            post.schedule = post.schedule.spoke(self._woken_at.steady)

    def _wake(self) -> None:
        self.close()
        for post in self._posts:
            post.schedule = post.schedule.woke(self._woken_at.steady)
            self._say(post, "this computer slept; starting anew")

    def _say(self, post: _Post, what: str) -> None:
        if self._verbose:
            _tell(f"{post.name}, {post.folder}: {what}" if post.folder else f"{post.name}: {what}")


def _tell(sentence: str) -> None:
    """Say it, if anybody can hear."""
    with suppress(OSError, ValueError):
        print(safe(sentence), file=sys.stderr, flush=True)


def _post(mailbox: Mailbox, watch: Watch) -> _Post:
    now, pace = time.monotonic(), Pace(watch.every_seconds, watch.renew_seconds)
    if not isinstance(mailbox, ImapMailbox):
        return _Post(mailbox.name, None, Schedule.begun(pace, now, announces=False))
    connection = IdleConnection(mailbox, _secret_of(mailbox), others_wanted=watch.idle_connections - 1)
    schedule = Schedule.begun(pace, now, announces=True)
    return _Post(mailbox.name, connection, schedule, answer_seconds=2 * mailbox.timeout_seconds)


def _others(post: _Post) -> list[_Post]:
    """The further folders of a mailbox that is listened to; they are polled with it, and never by themselves."""
    if not post.connection:
        return []
    mailbox = post.connection.mailbox
    schedule = Schedule(replace(post.schedule.pace, every_seconds=inf), poll_at=inf, connect_at=time.monotonic())
    return [
        _Post(post.name, IdleConnection(mailbox, _secret_of(mailbox), name), schedule, name, post.answer_seconds)
        for name in post.connection.others
    ]


def _secret_of(mailbox: ImapMailbox) -> Callable[[], Secret]:
    return partial(read_secret, mailbox.credentials, mailbox.username)


def _sockets(posts: list[_Post]) -> dict[int, socket.socket]:
    """The sockets of those that are connected, by their place in the list."""
    return {
        index: waiting
        for index, post in enumerate(posts)
        if post.connection and (waiting := post.connection.socket) is not None
    }


def _moment() -> Moment:
    return Moment(read_clock().timestamp(), time.monotonic())
