"""A ledger in memory, for polls and summaries whose subject is not storage. It passes the contract of every ledger."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from itertools import islice
from typing import TYPE_CHECKING

from fake_billing import FakeBilling
from fake_kept import KeptBilling, appended, codes_in, first, guessed_from, named_by, undone
from mailtriage.ledger import (
    UNKNOWN_SENDER,
    KeptMessage,
    OpenAlarm,
    SeenInterval,
    identity_beside,
    kept_reasons,
)
from mailtriage.ledger.refusals import refuse_decision, refuse_unknown
from mailtriage.ledger.standing import standing
from mailtriage.model import Decision, Emergency
from mailtriage.triage.senders import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from mailtriage.ledger import (
        Checkpoint,
        Location,
        MailboxHealth,
        Quarantined,
        Quoting,
        Received,
        ScanHealth,
        SeenChange,
        Sent,
    )
    from mailtriage.ledger.work import BillingLedger
    from mailtriage.model import Client, DecisionKind


@dataclass(slots=True)
class _Kept(KeptBilling):
    """Everything that a group of writes may have to take back."""

    places: dict[Location, int | str] = field(default_factory=dict)
    by_address: dict[int, tuple[str, ...]] = field(default_factory=dict)
    intervals: dict[int, SeenInterval] = field(default_factory=dict)
    read: set[int] = field(default_factory=set)
    quarantine: dict[Location, Quarantined] = field(default_factory=dict)
    quarantine_told: set[Location] = field(default_factory=set)
    flags: dict[Location, tuple[str, ...]] = field(default_factory=dict)
    checkpoints: dict[tuple[str, str], Checkpoint] = field(default_factory=dict)
    healths: dict[str, MailboxHealth] = field(default_factory=dict)
    scan: ScanHealth | None = None
    told: list[tuple[int, datetime]] = field(default_factory=list)
    clients: dict[str, Client] = field(default_factory=dict)
    numbers_given: int = 0


class FakeLedger:
    """Every port of `mailtriage.ledger`, in memory."""

    def __init__(self) -> None:
        self._kept = _Kept()
        self.billing: BillingLedger = FakeBilling(self)

    @property
    def kept(self) -> KeptBilling:
        """What its other part keeps, in this group of writes."""
        return self._kept

    @contextmanager
    def transaction(self) -> Iterator[None]:
        before = self._copy()
        try:
            yield
        except BaseException:
            self._kept = before
            raise

    @contextmanager
    def rehearsal(self) -> Iterator[None]:
        before = self._copy()
        try:
            yield
        finally:
            self._kept = before

    def checkpoint(self, mailbox: str, folder: str) -> Checkpoint | None:
        return self._kept.checkpoints.get((mailbox, folder))

    def save_checkpoint(self, mailbox: str, folder: str, checkpoint: Checkpoint) -> None:
        self._kept.checkpoints[mailbox, folder] = checkpoint

    def known_keys(self, mailbox: str, folder: str, uidvalidity: int, keys: Sequence[str]) -> frozenset[str]:
        places = {*self._kept.places, *self._kept.quarantine}
        known = {p.key for p in places if (p.mailbox, p.folder, p.uidvalidity) == (mailbox, folder, uidvalidity)}
        return frozenset(keys) & known

    def known_fingerprints(self, fingerprints: Iterable[str], quoting: Quoting) -> frozenset[str]:
        mails: list[tuple[Received | Sent, str]] = [
            (mail, mail.sender or UNKNOWN_SENDER) for mail in self._kept.received.values()
        ]
        mails += [(mail, "") for mail in self._kept.sent.values()]
        return frozenset(fingerprints) & {
            text
            for mail, sender in mails
            for text in mail.fingerprints
            if quoting.may_quote(mail.identity, sender, mail.message_id)
        }

    def sent_ids(self, message_ids: Iterable[str]) -> frozenset[str]:
        return frozenset(message_ids) & {sent.message_id for sent in self._kept.sent.values() if sent.message_id}

    def sent_words(self, identity: str) -> int | None:
        return next((sent.words for sent in self._kept.sent.values() if sent.identity == identity), None)

    def add_received(self, received: Received) -> int:
        kept = self._kept
        for known in list(kept.received.values()):
            if known.identity == received.identity:
                received = replace(received, identity=identity_beside(received, known.verdict))
                break
        number = next((n for n, known in kept.received.items() if known.identity == received.identity), 0)
        mailbox = received.location.mailbox if number else None
        if not number:
            kept.numbers_given += 1
            number = kept.numbers_given
            kept.received[number] = received
            kept.by_address[number] = tuple(
                code
                for code in sorted(set(received.clients))
                if code not in kept.clients or not _writes_from(kept.clients[code], received.sender)
            )
        self._locate(received.location, number)
        if received.seen and number not in kept.intervals:
            self._read_first(number, mailbox, kept.scan.scanned_at if kept.scan else None)
        return number

    def add_sent(self, sent: Sent) -> None:
        self._kept.sent.setdefault(sent.identity, sent)
        self._locate(sent.location, sent.identity)

    def add_quarantined(self, quarantined: Quarantined) -> None:
        first = self._kept.quarantine.get(quarantined.location, quarantined)
        self._kept.quarantine[quarantined.location] = replace(
            first, problem=quarantined.problem, tried_with=quarantined.tried_with
        )

    def release_quarantined(self, location: Location) -> None:
        self._kept.quarantine_told.discard(location)
        self._kept.quarantine.pop(location, None)

    def quarantined(self) -> tuple[Quarantined, ...]:
        return tuple(self._kept.quarantine.values())

    def quarantined_before(self, mailbox: str, tried_with: str, at_most: int) -> tuple[Quarantined, ...]:
        found = (q for q in self.quarantined() if q.location.mailbox == mailbox and q.tried_with != tried_with)
        return tuple(islice(found, at_most))

    def untold_quarantined_count(self) -> int:
        return len(self._kept.quarantine.keys() - self._kept.quarantine_told)

    def tell_quarantined(self, told_at: datetime) -> None:  # noqa: ARG002 - only that she was
        self._kept.quarantine_told = {*self._kept.quarantine}

    def add_flags_due(self, location: Location, flags: tuple[str, ...]) -> None:
        self._kept.flags[location] = flags

    def flags_due(self, mailbox: str, at_most: int) -> tuple[tuple[Location, tuple[str, ...]], ...]:
        places = sorted(
            (place for place in self._kept.flags if place.mailbox == mailbox),
            key=lambda place: (place.folder, place.uidvalidity, place.key),
        )
        return tuple((place, self._kept.flags[place]) for place in places[:at_most])

    def flags_written(self, locations: Iterable[Location]) -> None:
        for location in locations:
            self._kept.flags.pop(location, None)

    def add_seen(self, change: SeenChange) -> None:
        number = self._kept.places.get(change.location)
        if change.seen and isinstance(number, int) and number not in self._kept.intervals:
            self._read_first(number, change.location.mailbox, change.noticed_at)

    def open_locations(self, mailbox: str, folder: str, uidvalidity: int) -> tuple[Location, ...]:
        return tuple(
            place
            for place, number in self._kept.places.items()
            if (place.mailbox, place.folder, place.uidvalidity) == (mailbox, folder, uidvalidity)
            and isinstance(number, int)
            and number not in self._kept.read
        )

    def seen_interval(self, number: int) -> SeenInterval | None:
        return self._kept.intervals.get(number)

    def save_mailbox_health(self, health: MailboxHealth) -> None:
        self._kept.healths[health.mailbox] = health

    def mailbox_health(self) -> tuple[MailboxHealth, ...]:
        return tuple(self._kept.healths[name] for name in sorted(self._kept.healths))

    def tell_failure(self, mailbox: str, told_at: datetime) -> None:
        if mailbox in self._kept.healths:
            self._kept.healths[mailbox] = replace(self._kept.healths[mailbox], failure_told_at=told_at)

    def save_scan_health(self, health: ScanHealth) -> None:
        self._kept.scan = health

    def scan_health(self) -> ScanHealth | None:
        return self._kept.scan

    def alarms(self) -> tuple[KeptMessage, ...]:
        return tuple(m for m in self._by_time() if _is_open(m))

    def open_alarms(self) -> tuple[OpenAlarm, ...]:
        told = dict(self._kept.told)
        return tuple(
            OpenAlarm(
                number=message.number,
                is_crisis=message.verdict.emergency is Emergency.CRISIS,
                is_quoted=message.verdict.quoted_alarm,
                backlog=message.backlog,
                told_at=told.get(message.number),
            )
            for message in self.alarms()
        )

    def save_told(self, numbers: Iterable[int], told_at: datetime) -> None:
        self._kept.told += [(number, told_at) for number in numbers]

    def clients(self) -> tuple[Client, ...]:
        return tuple(self._kept.clients[code] for code in sorted(self._kept.clients))

    def save_client(self, client: Client, changed_at: datetime) -> None:  # noqa: ARG002 - as in the file
        addresses = tuple(dict.fromkeys(address.lower() for address in client.addresses))
        if not all(any(_writes_from(known, address) for known in self._kept.clients.values()) for address in addresses):
            self._kept.checkpoints.clear()
        self._kept.clients[client.code] = replace(client, addresses=addresses)

    def remove_client(self, code: str, removed_at: datetime) -> bool:
        is_known = self._kept.clients.pop(code, None) is not None
        for consent in self.billing.consents(code):
            if is_known and not consent.ends_before(removed_at):
                self.billing.withdraw_consent(consent.id, removed_at, removed_at)
        return is_known

    def codes_used(self) -> frozenset[str]:
        by_address = {code for codes in self._kept.by_address.values() for code in codes}
        return codes_in(self._kept) | by_address

    def messages(self, since: datetime, over_seconds: int = 0) -> tuple[KeptMessage, ...]:
        work = self.billing.open_work(over_seconds)
        return tuple(m for m in self._by_time() if m.received_at >= since or _is_open(m) or m.number in work)

    def message(self, number: int) -> KeptMessage | None:
        return self._message(number) if number in self._kept.received else None

    def locations(self, number: int) -> tuple[Location, ...]:
        return tuple(place for place, held in reversed(self._kept.places.items()) if held == number)

    def decide(self, number: int, kind: DecisionKind, decided_at: datetime, client: str = "") -> Decision:
        refuse_decision(kind)
        refuse_unknown(number, is_kept=number in self._kept.received)
        return appended(self._kept, Decision(0, number, kind, decided_at, client))

    def undo(self, decided_at: datetime, number: int | None = None) -> Decision | None:
        history = [d for d in self._kept.decisions if number in (None, d.number)]
        return undone(self._kept, history[-1], decided_at) if history else None

    def decisions(self, number: int) -> tuple[Decision, ...]:
        return tuple(decision for decision in self._kept.decisions if decision.number == number)

    def _copy(self) -> _Kept:
        # The values are frozen: copying their containers is enough.
        return _Kept(**{kept.name: copy.copy(getattr(self._kept, kept.name)) for kept in fields(_Kept)})

    def _locate(self, location: Location, holder: int | str) -> None:
        self._kept.places[location] = holder
        self.release_quarantined(location)

    def _read_first(self, number: int, mailbox: str | None, seen_at: datetime | None) -> None:
        self._kept.read.add(number)
        if seen_at is None:
            return
        received_at = self._kept.received[number].received_at
        health = self._kept.healths.get(mailbox or "")
        seen_at = max(seen_at, received_at)
        unseen_at = max(received_at, health.checked_at if health and health.checked_at else received_at)
        self._kept.intervals[number] = SeenInterval(min(unseen_at, seen_at), seen_at)

    def _by_time(self) -> tuple[KeptMessage, ...]:
        everything = map(self._message, self._kept.received)
        return tuple(sorted(everything, key=lambda message: (message.received_at, message.number)))

    def _message(self, number: int) -> KeptMessage:
        received = self._kept.received[number]
        now = standing(self.decisions(number))
        answered_at = first(sent for sent in self._kept.sent.values() if named_by(sent, received))
        guessed_at = first(sent for sent in self._kept.sent.values() if guessed_from(sent, received))
        by_roster = tuple(client.code for client in self.clients() if _writes_from(client, received.sender))
        return KeptMessage(
            number=number,
            identity=received.identity,
            message_id=received.message_id,
            received_at=received.received_at,
            sent_at=received.sent_at,
            sender=received.sender,
            clients=(now.client,) if now.client else by_roster or self._kept.by_address[number],
            backlog=received.backlog,
            verdict=replace(received.verdict, reasons=()),
            reasons=kept_reasons(received.verdict),
            answered_at=answered_at or guessed_at,
            answer_is_guess=answered_at is None and guessed_at is not None,
            called_at=now.called_at,
            done_at=now.done_at,
            logged_seconds=now.logged_seconds,
            settlement=now.settlement,
            is_reopened=now.is_reopened,
            is_begun=self._is_begun(received),
        )

    def _is_begun(self, received: Received) -> bool:
        named = [sent for sent in self._kept.sent.values() if sent.message_id and sent.message_id in received.answers]
        return any(not sent.answers for sent in named)


def _writes_from(client: Client, sender: str) -> bool:
    return canonical(sender) in map(canonical, client.addresses)


def _is_open(message: KeptMessage) -> bool:
    """An alarm neither called nor done; one in quoted words closes with a sure answer, too."""
    if not message.verdict.emergency.is_alarm or message.called_at or message.done_at:
        return False
    return not (message.verdict.quoted_alarm and message.answered_at and not message.answer_is_guess)
