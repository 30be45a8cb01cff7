"""What the therapist should see: ledger values -> `Summary`. Which message stands where is decided here, words are not.

Every message that needs a human appears once, in its most pressing section; nothing that is open is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from mailtriage.model import Automatic, Client, Emergency, Flag, Forwarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.ledger import KeptMessage, MailboxHealth, Quarantined, ScanHealth

STALE_AFTER = timedelta(hours=2)
"""cron polls every few minutes; a mailbox last checked before this is said to be out of date."""

_CLOCK_SLACK = timedelta(minutes=5)

LOOK_BACK = timedelta(days=14)
"""How far back a summary looks unless it is told."""


class Section(StrEnum):
    """Where a message stands, most pressing first."""

    CALL = "call"
    LOOK = "look"
    DECIDE = "decide"
    DIARY = "diary"
    FORWARDED = "forwarded"
    WAITING = "waiting"
    UNKNOWN = "unknown"
    HANDLED = "handled"


class MailboxState(StrEnum):
    """Whether what is shown of a mailbox can be trusted to be current."""

    CURRENT = "current"
    STALE = "stale"
    FAILING = "failing"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Item:
    """A message in its section.

    Attributes:
        clients: who it is from: one entry, several for a shared address, none for an unknown sender;
            a code that has left the roster stands alone.
        guards: what set emergency wording aside ("negated", "past"), each once, in the order of the message.
    """

    section: Section
    message: KeptMessage
    clients: tuple[Client, ...] = ()
    guards: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """The message's permanent number."""
        return self.message.number


@dataclass(frozen=True, slots=True)
class MailboxLine:
    """A mailbox, and how current what is known of it is."""

    health: MailboxHealth
    state: MailboxState


@dataclass(frozen=True, slots=True)
class Summary:
    """All that one screen says. Times are aware UTC instants; `zone` is where they are shown.

    Attributes:
        since: start of what was looked at; alarms that are still open are older where need be.
        items: in the order of the screen.
        quarantined: messages that could not be read at all; they belong to the LOOK section.
        automatic: how many automatic mails are not listed, by kind, most frequent first.
        automatic_not_scanned: how many of those could not be read in full.
        scan: None before the first poll.
    """

    now: datetime
    since: datetime
    zone: ZoneInfo
    items: tuple[Item, ...]
    quarantined: tuple[Quarantined, ...]
    automatic: tuple[tuple[Automatic, int], ...]
    automatic_not_scanned: int
    mailboxes: tuple[MailboxLine, ...]
    scan: ScanHealth | None

    def section(self, section: Section) -> tuple[Item, ...]:
        """The items of one section, in its order."""
        return tuple(item for item in self.items if item.section is section)


def summarise(  # noqa: PLR0913 - the five things a ledger holds, and when and where it is read
    messages: Iterable[KeptMessage],
    roster: Iterable[Client],
    quarantined: Iterable[Quarantined],
    mailboxes: Iterable[MailboxHealth],
    scan: ScanHealth | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    since: datetime,
) -> Summary:
    """The summary of what the ledger holds.

    Calls stand with the graver tier first, and in each those without any answer; handled messages with the newest
    first; all others with the oldest first, because that is who has waited longest.
    """
    by_code = {client.code: client for client in roster}
    everything = tuple(messages)
    listed = [item_of(message, by_code) for message in everything if not is_unlisted(message)]
    unlisted = [message for message in everything if is_unlisted(message)]
    return Summary(
        now=now,
        since=since,
        zone=zone,
        items=tuple(sorted(listed, key=_order)),
        quarantined=tuple(sorted(quarantined, key=lambda found: found.found_at)),
        automatic=_counted(message.verdict.automatic for message in unlisted),
        automatic_not_scanned=sum(bool(message.verdict.not_scanned) for message in unlisted),
        mailboxes=tuple(MailboxLine(health, _state(health, now)) for health in mailboxes),
        scan=scan,
    )


def item_of(message: KeptMessage, roster: Mapping[str, Client]) -> Item:
    """A message with its section and its people; `roster` is by code."""
    clients = tuple(roster.get(code) or Client(code) for code in message.clients)
    guards = [
        reason.guard
        for reason in message.reasons
        if reason.flag is Flag.EMERGENCY and reason.guard and reason.tier is Emergency.MENTION
    ]
    return Item(section_of(message), message, clients, tuple(dict.fromkeys(guards)))


def section_of(message: KeptMessage) -> Section:
    """The most pressing section a message belongs to.

    An alarm in the sender's own words is called about until `called` or `done`: an answer does not clear it. What
    needs a look is cleared by `called`, `done` or an answer that certainly belongs to it; long mail only by `done`.
    """
    verdict = message.verdict
    own_alarm = verdict.emergency.is_alarm and not verdict.quoted_alarm
    certainly_read = message.called_at or (message.answered_at and not message.answer_is_guess)
    first_that_holds = (
        (message.done_at, Section.HANDLED),
        (own_alarm and not message.called_at, Section.CALL),
        (needs_look(message) and not certainly_read, Section.LOOK),
        (verdict.long and not verdict.automatic, Section.DECIDE),
        (message.answered_at or message.called_at, Section.HANDLED),
        (verdict.diary, Section.DIARY),
        (verdict.forwarded is not Forwarded.NO, Section.FORWARDED),
        (message.clients, Section.WAITING),
    )
    return next((section for holds, section in first_that_holds if holds), Section.UNKNOWN)


def needs_look(message: KeptMessage) -> bool:
    """True if only quoted words carry an alarm, if something was not scanned, or if mail of hers came back."""
    verdict = message.verdict
    quoted = verdict.emergency.is_alarm and verdict.quoted_alarm
    return quoted or bool(verdict.not_scanned) or verdict.automatic is Automatic.BOUNCE


def is_unlisted(message: KeptMessage) -> bool:
    """True for automatic mail that is only counted: no alarm, no bounce, no client's unread text or diary wish.

    Nor what a client sends that says it is bulk or list mail: any sender's program may say so of a letter.
    """
    verdict = message.verdict
    if verdict.automatic is None or verdict.automatic is Automatic.BOUNCE or verdict.emergency.is_alarm:
        return False
    typed = verdict.automatic in (Automatic.BULK, Automatic.LIST)
    return not (message.clients and (typed or verdict.not_scanned or verdict.diary))


def _order(item: Item) -> tuple[int, int, bool, float, int]:
    section = tuple(Section).index(item.section)
    is_call = item.section is Section.CALL
    tier = -item.message.verdict.emergency.rank if is_call else 0
    answered = is_call and item.message.answered_at is not None
    seconds = item.message.received_at.timestamp()
    return section, tier, answered, -seconds if item.section is Section.HANDLED else seconds, item.number


def _counted(kinds: Iterable[Automatic | None]) -> tuple[tuple[Automatic, int], ...]:
    present = [kind for kind in kinds if kind]
    counts = [(kind, present.count(kind)) for kind in Automatic if kind in present]
    return tuple(sorted(counts, key=lambda pair: -pair[1]))


def _state(health: MailboxHealth, now: datetime) -> MailboxState:
    if health.failing_since:
        return MailboxState.FAILING
    if health.checked_at is None:
        return MailboxState.NEVER
    # Checked in the future: the clock was wrong, and how long ago that was cannot be told.
    current = now - STALE_AFTER <= health.checked_at <= now + _CLOCK_SLACK
    return MailboxState.CURRENT if current else MailboxState.STALE


def mailboxes_failing(mailboxes: Sequence[MailboxLine]) -> bool:
    """True if something may be missing from the summary because mail was not read."""
    return not mailboxes or any(line.state is not MailboxState.CURRENT for line in mailboxes)
