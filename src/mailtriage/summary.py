"""What the therapist should see: ledger values -> `Summary`. Which message stands where is decided here, words are not.

Every message that needs a human appears once, in its most pressing section; nothing that is open is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from mailtriage.model import CHARGES, Automatic, Client, DecisionKind, Emergency, Flag, Forwarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.billing.proposal import Proposal
    from mailtriage.ledger import KeptMessage, MailboxHealth, Quarantined, ScanHealth
    from mailtriage.model.work import Timer

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
    SAVED = "saved"
    CHARGED = "charged"
    HANDLED = "handled"


CLOSED = frozenset({Section.SAVED, Section.CHARGED, Section.HANDLED})
"""Where nothing is asked of her now."""
_PRESSING = frozenset({Section.CALL, Section.LOOK, Section.DECIDE})


class MailboxState(StrEnum):
    """Whether what is shown of a mailbox can be trusted to be current."""

    CURRENT = "current"
    STALE = "stale"
    FAILING = "failing"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Work:
    """What is known of time and charges, beside what stands in the messages.

    Attributes:
        proposals: by number, for the messages that wait for a decision about their time (`waits_for_settlement`).
        charged: numbers of messages that a statement in force charges.
        timer: the one that runs.
        free_minutes: time up to this needs no decision.
    """

    proposals: Mapping[int, Proposal] = field(default_factory=dict)
    charged: frozenset[int] = frozenset()
    timer: Timer | None = None
    free_minutes: int = 5


NO_WORK = Work()


@dataclass(frozen=True, slots=True)
class Item:
    """A message in its section.

    Attributes:
        clients: who it is from: one entry, several for a shared address, none for an unknown sender;
            a code that has left the roster stands alone.
        guards: what set emergency wording aside ("negated", "past"), each once, in the order of the message.
        proposal: what is proposed to become of its time, where that was asked.
    """

    section: Section
    message: KeptMessage
    clients: tuple[Client, ...] = ()
    guards: tuple[str, ...] = ()
    proposal: Proposal | None = None

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
        since: start of what was looked at; open alarms, and what waits for a decision, are older where need be.
        items: in the order of the screen.
        quarantined: messages that could not be read at all; they belong to the LOOK section.
        automatic: how many automatic mails are not listed, by kind, most frequent first.
        automatic_not_scanned: how many of those could not be read in full.
        scan: None before the first poll.
        timer: the one that runs, None if none does.
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
    timer: Timer | None = None

    def section(self, section: Section) -> tuple[Item, ...]:
        """The items of one section, in its order."""
        return tuple(item for item in self.items if item.section is section)


def summarise(  # noqa: PLR0913 - the six things a ledger holds, and when and where it is read
    messages: Iterable[KeptMessage],
    roster: Iterable[Client],
    quarantined: Iterable[Quarantined],
    mailboxes: Iterable[MailboxHealth],
    scan: ScanHealth | None,
    *,
    now: datetime,
    zone: ZoneInfo,
    since: datetime,
    work: Work = NO_WORK,
) -> Summary:
    """The summary of what the ledger holds.

    Calls stand with the graver tier first, and in each those without any answer; handled messages with the newest
    first; all others with the oldest first, because that is who has waited longest. What is older than `since` is
    listed only where it is pressing.
    """
    by_code = {client.code: client for client in roster}
    everything = tuple(messages)
    found = [item_of(message, by_code, work) for message in everything if not is_unlisted(message, work)]
    listed = [item for item in found if item.message.received_at >= since or item.section in _PRESSING]
    unlisted = [message for message in everything if message.received_at >= since and is_unlisted(message, work)]
    return Summary(
        now=now,
        since=since,
        zone=zone,
        items=in_order(listed),
        quarantined=tuple(sorted(quarantined, key=lambda found: found.found_at)),
        automatic=_counted(message.verdict.automatic for message in unlisted),
        automatic_not_scanned=sum(bool(message.verdict.not_scanned) for message in unlisted),
        mailboxes=tuple(MailboxLine(health, _state(health, now)) for health in mailboxes),
        scan=scan,
        timer=work.timer,
    )


def in_order(items: Iterable[Item]) -> tuple[Item, ...]:
    """As `summarise` orders them, most pressing first."""
    return tuple(sorted(items, key=_order))


def item_of(message: KeptMessage, roster: Mapping[str, Client], work: Work = NO_WORK) -> Item:
    """A message with its section, its people and what is proposed; `roster` is by code."""
    clients = tuple(roster.get(code) or Client(code) for code in message.clients)
    guards = [
        reason.guard
        for reason in message.reasons
        if reason.flag is Flag.EMERGENCY and reason.guard and reason.tier is Emergency.MENTION
    ]
    proposal = work.proposals.get(message.number)
    return Item(section_of(message, work), message, clients, tuple(dict.fromkeys(guards)), proposal)


def section_of(message: KeptMessage, work: Work = NO_WORK) -> Section:
    """The most pressing section a message belongs to.

    An alarm in the sender's own words is called about until `called` or `done`: an answer does not clear it. What
    needs a look is cleared by `called`, `done` or an answer that certainly belongs to it; long mail, and time over the
    limit, by a settlement or `done`.
    """
    verdict = message.verdict
    own_alarm = verdict.emergency.is_alarm and not verdict.quoted_alarm
    certainly_read = message.called_at or (message.answered_at and not message.answer_is_guess)
    first_that_holds = (
        (message.done_at, _closed(message, work)),
        (own_alarm and not message.called_at, Section.CALL),
        (needs_look(message) and not certainly_read, Section.LOOK),
        (waits_for_settlement(message, work.free_minutes), Section.DECIDE),
        (message.answered_at or message.called_at, _closed(message, work)),
        (verdict.diary, Section.DIARY),
        (_is_saved(message), _closed(message, work)),
        (verdict.forwarded is not Forwarded.NO, Section.FORWARDED),
        (message.clients, Section.WAITING),
    )
    return next((section for holds, section in first_that_holds if holds), Section.UNKNOWN)


def waits_for_settlement(message: KeptMessage, free_minutes: int = NO_WORK.free_minutes) -> bool:
    """True for long mail, time over the free minutes and a settlement that was reopened, until settled or done."""
    if message.done_at or message.settlement:
        return False
    long = message.verdict.long and not message.verdict.automatic
    return long or message.is_reopened or message.logged_seconds > free_minutes * 60


def _closed(message: KeptMessage, work: Work) -> Section:
    """Where a message stands that needs nothing more. What a statement charges is charged, whatever came after."""
    settlement = message.settlement.settlement if message.settlement else None
    charges = settlement is not None and settlement.kind in CHARGES and settlement.units > 0
    if charges or message.number in work.charged:
        return Section.CHARGED
    return Section.SAVED if _is_saved(message) and not message.done_at else Section.HANDLED


def _is_saved(message: KeptMessage) -> bool:
    return message.settlement is not None and message.settlement.kind is DecisionKind.SAVE


def needs_look(message: KeptMessage) -> bool:
    """True if only quoted words carry an alarm, if something was not scanned, or if mail of hers came back."""
    verdict = message.verdict
    quoted = verdict.emergency.is_alarm and verdict.quoted_alarm
    return quoted or bool(verdict.not_scanned) or verdict.automatic is Automatic.BOUNCE


def is_unlisted(message: KeptMessage, work: Work = NO_WORK) -> bool:
    """True for automatic mail that is only counted: no alarm, no bounce, no client's unread text or diary wish.

    Nor what waits for a decision about its time, nor what a client sends that says it is bulk or list mail: any
    sender's program may say so of a letter.
    """
    verdict = message.verdict
    if verdict.automatic is None or verdict.automatic is Automatic.BOUNCE or verdict.emergency.is_alarm:
        return False
    if waits_for_settlement(message, work.free_minutes):
        return False
    typed = verdict.automatic in (Automatic.BULK, Automatic.LIST)
    return not (message.clients and (typed or verdict.not_scanned or verdict.diary))


def _order(item: Item) -> tuple[int, int, bool, float, int]:
    section = tuple(Section).index(item.section)
    is_call = item.section is Section.CALL
    tier = -item.message.verdict.emergency.rank if is_call else 0
    answered = is_call and item.message.answered_at is not None
    seconds = item.message.received_at.timestamp()
    return section, tier, answered, -seconds if item.section in CLOSED else seconds, item.number


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
