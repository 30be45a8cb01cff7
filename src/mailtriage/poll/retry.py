"""Messages in quarantine, tried again after an upgrade or a change of the rules: what broke may be readable now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage.errors import ConfigError, DeadlineError, TemporaryError, ThrottledError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mailtriage.ledger import Location
    from mailtriage.poll.ports import Folder, Source
    from mailtriage.poll.run import MailboxRun

RETRY_LIMIT = 20
"""Messages that one run tries again of one mailbox."""


def retry(run: MailboxRun, source: Source, folders: Iterable[Folder]) -> None:
    """Try again, each alone, what was last tried with another version or other rules, `RETRY_LIMIT` at most.

    Each is marked as tried before it is: a message that ends the process, or eats a whole run's time, does so once.
    Where the server fails, or the time is over because of others, the mark is taken back, and the next run goes on.

    Raises:
        DeadlineError: when the run's time is over.
        ThrottledError: if the server asks to be left alone.
        MailtriageError: if the ledger fails.
    """
    by_name = {folder.name: folder for folder in folders}
    for quarantined in run.ledger.quarantined_before(run.mailbox, run.rules_digest, RETRY_LIMIT):
        run.ledger.add_quarantined(replace(quarantined, tried_with=run.rules_digest))
        folder = by_name.get(quarantined.location.folder)
        had_the_whole_run = run.report.is_empty
        try:
            if folder:
                _try_again(run, source, folder, quarantined.location)
        except TemporaryError as error:
            is_over = isinstance(error, DeadlineError)
            if not (is_over and had_the_whole_run):
                run.ledger.add_quarantined(quarantined)
            if is_over or isinstance(error, ThrottledError):
                raise
            return  # everything new was read by now: the mailbox has been checked


def _try_again(run: MailboxRun, source: Source, folder: Folder, location: Location) -> None:
    try:
        found = source.fetch_whole(location)
    except ConfigError:
        return  # its folder cannot be opened: the message stays listed for a human look
    from mailtriage.poll.batches import Unreadable

    if isinstance(found, Unreadable):
        run.quarantine(location, found.problem)
    elif found:
        run.keep_message(folder, found)
    else:
        run.ledger.release_quarantined(location)
