"""A message opened to be read or answered: fetched live, with what she should know before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.cli.show import live_of
from mailtriage.errors import UnavailableError

if TYPE_CHECKING:
    from mailtriage.adapters.terminal.before import Prospect
    from mailtriage.adapters.terminal.letter import Live
    from mailtriage.adapters.terminal.rows import Row
    from mailtriage.cli.desk import Desk
    from mailtriage.config import Config
    from mailtriage.ledger import KeptMessage
    from mailtriage.model import Message


@dataclass(frozen=True, slots=True)
class Opened:
    """What is needed once the ledger is closed again.

    Attributes:
        head: who wrote, what is known of it, how to reach the person.
        before: what she should know first.
        body: the whole letter, which begins with `head`.
    """

    kept: KeptMessage
    live: Live
    prospect: Prospect
    config: Config
    head: tuple[Row, ...]
    before: tuple[Row, ...]
    body: tuple[Row, ...]

    @property
    def message(self) -> Message:
        """The message. Raises UnavailableError if it is gone."""
        if self.live.message is None:
            raise UnavailableError(
                f"message {self.kept.number} is no longer where it was read: moved elsewhere or deleted",
                "Look for it in your mail program.",
            )
        return self.live.message

    @property
    def whole(self) -> tuple[Row, ...]:
        """The letter, with what she should know between its headline and its header."""
        return (*self.head, *self.before, *self.body[len(self.head) :])


def opened(desk: Desk, kept: KeptMessage) -> Opened:
    """The message as it lies in its mailbox now."""
    from mailtriage.adapters.terminal.before import before
    from mailtriage.adapters.terminal.letter import answer, headline, letter
    from mailtriage.cli.proposing import Proposing

    proposing = Proposing(desk.ledger, desk.config, desk.now)
    live = live_of(desk.config, desk.ledger, kept, desk.roster, proposing.work([kept]))
    prospect = proposing.prospect(kept)
    body = list(letter(live, desk.wording))
    if kept.verdict.emergency.is_alarm:
        body += answer(kept.number, desk.config.answers.emergency_text, desk.config.answers.checked_on)
    head = tuple(headline(live.item, desk.wording))
    return Opened(kept, live, prospect, desk.config, head, tuple(before(live.item, prospect)), tuple(body))
