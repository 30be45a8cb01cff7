"""What is known of a message, in words. Screen and plain text both speak these; colour only repeats them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.moments import elapsed, moment
from mailtriage.adapters.terminal.proposals import about_words, minutes_between, proposed
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.model import Automatic, Client, DecisionKind, Diary, Emergency, Forwarded
from mailtriage.model.duration import spoken
from mailtriage.summary import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from mailtriage.ledger import Location, Quarantined
    from mailtriage.model import Verdict
    from mailtriage.summary import Item

TITLES: Mapping[Section, str] = {
    Section.CALL: "Call first",
    Section.LOOK: "Look",
    Section.DECIDE: "Decide",
    Section.DIARY: "Diary",
    Section.FORWARDED: "Forwarded",
    Section.WAITING: "Waiting for an answer",
    Section.UNKNOWN: "Unknown senders",
    Section.SAVED: "Saved for the session",
    Section.CHARGED: "Charged",
    Section.HANDLED: "Handled without charge",
}

_ADDRESS_CHARACTERS = 120
_FEW_WORDS = 50
_MINUTE = 60
_DIARY = {Diary.CANCEL: "cancelling", Diary.MOVE: "moving an appointment", Diary.LATE: "running late"}
_ALARM = {Emergency.CRISIS: "crisis wording", Emergency.URGENT: "urgent wording"}


@dataclass(frozen=True, slots=True)
class Wording:
    """Phrases about messages as seen at `now` in `zone`; all have passed `safe`. `names` shows names beside codes."""

    now: datetime
    zone: ZoneInfo
    names: bool = False

    def who(self, item: Item) -> str:
        """The sender as "J.T.", "one of J.T., R.S.?", or an unknown sender's address."""
        if not item.clients:
            return _brief(item.message.sender) or "(no address)"
        people = ", ".join(self._person(client) for client in item.clients)
        return people if len(item.clients) == 1 else f"one of {people}?"

    def when(self, item: Item) -> str:
        """When it was received."""
        return moment(item.message.received_at, self.now, self.zone)

    def at(self, at: datetime) -> str:
        """Any instant: "today 09:14"."""
        return moment(at, self.now, self.zone)

    def facts(self, item: Item) -> tuple[str, ...]:
        """What is known of a message: first why it stands in its section, then its other flags."""
        told = [*self._flags(item), *self._answers(item), *self._time(item), *self._circumstances(item)]
        own = [fact for section, fact in told if section is item.section]
        return tuple(own + [fact for section, fact in told if section is not item.section])

    def contact(self, item: Item) -> str:
        """How the person may be reached, "" outside the CALL section."""
        if item.section is not Section.CALL:
            return ""
        if not item.clients:
            return "Not on the roster: no phone number known"
        return "; ".join(_reach(client, named=len(item.clients) > 1) for client in item.clients)

    def found(self, found: Quarantined) -> str:
        """When a message that could not be read was found."""
        return moment(found.found_at, self.now, self.zone)

    def quarantined(self, found: Quarantined) -> str:
        """Where a message that could not be read lies, and why."""
        return f"{_place(found.location)}: {one_line(found.problem)}; look at it in your mail program"

    def short(self, items: Iterable[Item]) -> tuple[str, ...]:
        """Messages by sender, in numbers and ranges that commands take: "A.B. 22-29"."""
        numbers: dict[str, list[int]] = {}
        for item in items:
            numbers.setdefault(self.who(item), []).append(item.number)
        return tuple(f"{who} {ranges(found)}" for who, found in numbers.items())

    def _person(self, client: Client) -> str:
        code = one_line(client.code)
        return f"{code} {one_line(client.name)}" if self.names and client.name else code

    def _flags(self, item: Item) -> Iterator[tuple[Section | None, str]]:
        verdict = item.message.verdict
        if verdict.emergency.is_alarm:
            yield _alarm(verdict)
        if verdict.not_scanned:
            yield Section.LOOK, "not scanned: " + ", ".join(map(one_line, verdict.not_scanned))
        if verdict.automatic is Automatic.BOUNCE:
            yield Section.LOOK, "a bounce: mail of yours did not arrive"
        elif verdict.automatic:
            yield None, f"automatic: {verdict.automatic}"
        if item.section is Section.DECIDE and item.proposal:
            yield from ((Section.DECIDE, fact) for fact in proposed(item.number, item.proposal, verdict))
        elif verdict.long:
            yield Section.DECIDE, long_words(verdict)
        if verdict.diary:
            yield Section.DIARY, ", ".join(_DIARY[wish] for wish in verdict.diary)
        if verdict.forwarded is not Forwarded.NO:
            certain = verdict.forwarded is Forwarded.FORWARD
            yield Section.FORWARDED, "a forwarded mail" if certain else "possibly a forwarded mail"
        if item.guards or verdict.emergency is Emergency.MENTION:
            aside = f", set aside: {', '.join(map(one_line, item.guards))}" if item.guards else ""
            yield None, f"mentions emergency wording{aside}"

    def _answers(self, item: Item) -> Iterator[tuple[Section | None, str]]:
        message = item.message
        waits = not (message.answered_at or message.called_at or message.done_at or message.verdict.automatic)
        if waits and item.section in (Section.WAITING, Section.UNKNOWN):
            yield item.section, f"waiting for {elapsed(message.received_at, self.now)}"
        if message.answered_at:
            probably = "probably answered" if message.answer_is_guess else "answered"
            yield Section.HANDLED, f"{probably} {moment(message.answered_at, self.now, self.zone)}"
        if message.called_at:
            yield Section.HANDLED, f"called {moment(message.called_at, self.now, self.zone)}"
        if message.done_at:
            yield Section.HANDLED, f"done {moment(message.done_at, self.now, self.zone)}"

    def _time(self, item: Item) -> Iterator[tuple[Section | None, str]]:
        """What was decided about its time; what was recorded, where nothing was decided."""
        message = item.message
        settlement = message.settlement.settlement if message.settlement else None
        if settlement and settlement.units and settlement.price is not None:
            yield Section.CHARGED, f"charged {settlement.units} \u00d7 {settlement.price}"
        elif item.section is Section.CHARGED:
            yield Section.CHARGED, "charged on a statement"
        elif settlement and settlement.kind is DecisionKind.SAVE:
            yield Section.SAVED, "saved for the session"
        elif settlement:
            yield Section.HANDLED, f"{'waived' if settlement.kind is DecisionKind.WAIVE else 'confirmed'}: no charge"
        if message.logged_seconds and item.section is not Section.DECIDE:
            yield None, f"{spoken(message.logged_seconds)} recorded"

    def _circumstances(self, item: Item) -> Iterator[tuple[Section | None, str]]:
        if item.message.backlog and item.section is Section.CALL:
            yield None, "old at the first poll, so not rung"
        if not item.clients and item.section not in (Section.UNKNOWN, Section.CALL):
            yield None, "sender not on the roster"
        if len(item.clients) > 1:
            yield None, f"whose? mailtriage assign {item.number} CODE"


def ranges(numbers: Iterable[int]) -> str:
    """Numbers in rising order, neighbours joined.

    >>> ranges([5, 1, 6, 7, 9])
    '1 5-7 9'
    """
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def long_words(verdict: Verdict) -> str:
    """A long message's length: "long: about 1,400 words, 4-9 min to read"."""
    return f"long: {length(verdict)}"


def length(verdict: Verdict) -> str:
    """How many words the sender wrote, and how long they likely take: "about 1,400 words, 4-9 min to read"."""
    low, high = verdict.reading.low, verdict.reading.high
    words = f"about {about_words(verdict.words):,}" if verdict.words >= _FEW_WORDS else f"fewer than {_FEW_WORDS}"
    time = f"{minutes_between(low, high)} min" if high > _MINUTE else "a minute or less"
    return f"{words} words, {time} to read"


def _alarm(verdict: Verdict) -> tuple[Section, str]:
    words = _ALARM[verdict.emergency]
    if verdict.quoted_alarm:
        return Section.LOOK, f"{words}, only in quoted or forwarded text"
    return Section.CALL, f"{words} in own words"


def _reach(client: Client, *, named: bool) -> str:
    phone = f"Phone {one_line(client.phone)}" if client.phone else "No phone number on the roster"
    wish = f", {one_line(client.contact)}" if client.contact else ""
    return f"{one_line(client.code)}: {phone}{wish}" if named else f"{phone}{wish}"


def _place(location: Location) -> str:
    return f"{one_line(location.mailbox)}/{one_line(location.folder)}"


def _brief(address: str) -> str:
    """An address, cut where no honest one is so long; the cut is said."""
    shown = one_line(address)
    return shown if len(shown) <= _ADDRESS_CHARACTERS else f"{shown[:_ADDRESS_CHARACTERS]}... (cut)"
