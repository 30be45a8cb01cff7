"""`mailtriage watch`: for a service instead of cron. Stays connected, and polls as soon as mail is announced."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mailtriage.cli.wiring import config_path, ledger_path, open_config
from mailtriage.errors import MailtriageError, TemporaryError

if TYPE_CHECKING:
    import argparse

    from mailtriage.adapters.ending import Ending
    from mailtriage.config import Config

_DESCRIPTION = """\
Stay connected to every mailbox (IMAP IDLE, for some of its folders) and run `mailtriage poll` for it as soon as
something new is announced, and at least every [watch] every_seconds; a Maildir, and a server without IDLE, are polled
only so. It says what poll says: one line without a name when a human is needed, else nothing. It reconnects by itself,
and ends on SIGTERM or Ctrl-C.

Exit status: 0 ended by a signal, 75 another watch is running, 78 the configuration is wrong.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `watch`."""
    parser = subparsers.add_parser(
        "watch", help="poll as soon as mail arrives; made for a service", description=_DESCRIPTION
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="say when it is connected, and when it is not")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Watch until a signal comes; 0 then.

    Raises:
        TemporaryError: if another watch is running.
        ConfigError: if the configuration is wrong at the start.
    """
    from mailtriage.adapters.ending import ending
    from mailtriage.adapters.lock import only_one

    with ending() as end:
        file = _ConfigFile(arguments)
        config = open_config(arguments)
        path = ledger_path(config)
        with only_one(path.with_name(path.name + ".watch.lock")) as alone:
            if not alone:
                raise TemporaryError("another watch is running", "One is enough; a poll from cron may run beside it.")
            _warn_of_silence(config)
            while True:
                config = _watch(arguments, config, file, end)
    return 0


def _warn_of_silence(config: Config) -> None:
    """A service has no cron that mails what it prints."""
    if not config.alert.command and not sys.stdout.isatty():
        print("mailtriage: no [alert] command is set: calls to make are only printed here", file=sys.stderr, flush=True)


def _watch(arguments: argparse.Namespace, config: Config, file: _ConfigFile, end: Ending) -> Config:
    """Watch by this configuration until its file says something else; that."""
    from mailtriage.cli.watcher import Watcher

    watcher = Watcher(config, config_path(arguments), end, verbose=arguments.verbose)
    try:
        while (changed := file.changed()) is None:
            watcher.turn()
    finally:
        watcher.close()
    return changed


class _ConfigFile:
    """Notices that the configuration was changed; one that cannot be used yet is left alone, poll says why."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self._arguments = arguments
        self._path = config_path(arguments)
        self._changed_at = self._modified()

    def changed(self) -> Config | None:
        """The new configuration, once."""
        modified = self._modified()
        if modified == self._changed_at:
            return None
        self._changed_at = modified
        try:
            return open_config(self._arguments)
        except MailtriageError:
            return None

    def _modified(self) -> int:
        try:
            return self._path.stat().st_mtime_ns
        except OSError:
            return 0
