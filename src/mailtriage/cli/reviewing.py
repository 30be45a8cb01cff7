"""A review with single keys. Each decision is kept at once, and by itself; what was kept can be undone here."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from mailtriage.cli.charge import Minutes, adjust_one, confirm_one, refuse_nobodys, time_to_add
from mailtriage.cli.clock import now as read_clock
from mailtriage.cli.decide import call_one, finish_one
from mailtriage.cli.questions import answered_at, ask, ask_until, ask_yes_or_no
from mailtriage.cli.review import items_to_decide
from mailtriage.cli.settle import needed_reason, refuse_unsaveable, save_one, waive_one, was_skimmed
from mailtriage.errors import MailtriageError, UsageError
from mailtriage.model.duration import parse_minutes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mailtriage.adapters.terminal.keystrokes import Keyboard
    from mailtriage.adapters.terminal.rows import Row
    from mailtriage.cli.desk import Desk
    from mailtriage.ledger import KeptMessage

_STAYS = frozenset("tk")
"""Keys after which the same message is shown again: it still waits for a decision."""

_OVER = "That was the last one. b goes back, u undoes what was decided last, q leaves; `mailtriage` shows what is left."


class Review:
    """The messages of one review, and where it stands."""

    def __init__(self, desk: Desk, numbers: Sequence[int], keyboard: Keyboard) -> None:
        self._desk = desk
        self._keyboard = keyboard
        self._numbers = numbers
        self._at = 0
        # The decisions that the last key brought, to be taken back together, and at which message.
        self._last: tuple[int, tuple[int, ...]] | None = None

    def run(self) -> None:
        """Until she quits: after the last message, too, what was decided last can be undone."""
        is_shown = False
        try:
            while True:
                self._wake()
                if not is_shown:
                    self._show()
                key = self._pressed()
                if key == "q":
                    return
                is_shown = not self._did(key)
        except KeyboardInterrupt:
            print()
            raise

    def _pressed(self) -> str:
        """The next key; "q" where the terminal ends."""
        sys.stdout.flush()
        try:
            return self._keyboard.pressed()
        except EOFError:
            return "q"

    def _wake(self) -> None:
        """A desk at the present time: a review may lie open for hours."""
        now = read_clock()
        self._desk = replace(self._desk, now=now, wording=replace(self._desk.wording, now=now), said=[])

    def _show(self) -> None:
        from mailtriage.adapters.terminal.cards import card

        if self._is_over:
            _print(["", _OVER])
            return
        place = f"{self._at + 1} of {len(self._numbers)}"
        (item,) = items_to_decide(self._desk, [self._number])
        _print(["", *card(item, self._desk.wording, place)])

    def _did(self, key: str) -> bool:
        """Whether something is to be shown anew after this key."""
        if key == "b":
            self._at = max(self._at - 1, 0)
        elif key == "?":
            from mailtriage.adapters.terminal.cards import help_rows

            _print(help_rows())
            return False
        elif key == "u":
            self._attempt(self._undo)
        elif self._is_over:
            _print([_OVER])
            return False
        elif key in ("n", " "):
            self._at += 1
        elif key in self._acts:
            if self._attempt(self._decide(key)) and key not in _STAYS:
                self._at += 1
        else:
            print("? shows the keys.")
            return False
        return True

    @property
    def _is_over(self) -> bool:
        """True after the last message."""
        return self._at >= len(self._numbers)

    @property
    def _number(self) -> int:
        return self._numbers[self._at]

    @property
    def _acts(self) -> Mapping[str, Callable[[KeptMessage], Callable[[], None]]]:
        """For each key: what asks her whatever must be known, and hands back what then keeps it."""
        return {
            "c": self._confirm,
            "a": self._adjust,
            "w": self._waive,
            "s": self._save,
            "t": self._log,
            "d": lambda message: lambda: finish_one(self._desk, message),
            "k": lambda message: lambda: call_one(self._desk, message),
        }

    def _attempt(self, act: Callable[[], None]) -> bool:
        """True if it went through; else what stood against it is said, and nothing was changed."""
        from mailtriage.adapters.terminal.rows import row
        from mailtriage.adapters.terminal.safe import safe

        try:
            act()
        except MailtriageError as error:
            _print([row(safe(line)) for line in str(error).splitlines()])
            return False
        _print([row(safe(sentence)) for sentence in self._desk.said])
        return True

    def _decide(self, key: str) -> Callable[[], None]:
        def act() -> None:
            number = self._number
            with answered_at(self._keyboard):
                keep = self._acts[key](self._desk.one(str(number)))
            before = self._decided(number)
            with self._desk.ledger.transaction():
                keep()
            self._last = (self._at, self._decided(number)[len(before) :])

        return act

    def _decided(self, number: int) -> tuple[int, ...]:
        return tuple(decision.id for decision in self._desk.ledger.decisions(number))

    def _undo(self) -> None:
        """Take back what the last key brought, and go back to its message; again, and it holds again."""
        if self._last is None or not self._last[1]:
            raise UsageError("nothing was decided here yet", "For earlier decisions: mailtriage undo N")
        at, decisions = self._last
        number = self._numbers[at]
        before = self._decided(number)
        with self._desk.ledger.transaction():
            for decision in reversed(decisions):
                self._desk.billing.undo_decision(decision, self._desk.now)
        self._at, self._last = at, (at, self._decided(number)[len(before) :])
        self._desk.say(f"Message {number}: what was decided last is undone; u once more brings it back.")

    def _confirm(self, message: KeptMessage) -> Callable[[], None]:
        anyway = self._may_charge(message)
        added = time_to_add(self._desk, message, Minutes())
        return lambda: confirm_one(self._desk, message, added, anyway=anyway)

    def _adjust(self, message: KeptMessage) -> Callable[[], None]:
        anyway = self._may_charge(message)
        seconds = ask_until("How many minutes do you charge? ", parse_minutes)
        note = ""
        if seconds > self._desk.assessment(message).covered_seconds:
            note = needed_reason(None, "That is more than was recorded. Why? ")
        return lambda: adjust_one(self._desk, message, seconds, note, anyway=anyway)

    def _may_charge(self, message: KeptMessage) -> bool:
        """True where it is never proposed, and she charges it all the same. Raises UsageError where she does not."""
        from mailtriage.billing.proposal import barred

        refuse_nobodys(self._desk, message)
        ground = barred(message)
        if ground is None:
            return False
        if not ask_yes_or_no(f"It is not meant to be charged ({ground}). Charge it all the same?"):
            raise UsageError("It is not charged.", f"w waives it: mailtriage waive {message.number}")
        return True

    def _waive(self, message: KeptMessage) -> Callable[[], None]:
        note = needed_reason(None)
        return lambda: waive_one(self._desk, message, note)

    def _save(self, message: KeptMessage) -> Callable[[], None]:
        refuse_unsaveable(self._desk, message)
        skimmed = was_skimmed(message, given=None)
        return lambda: save_one(self._desk, message, skimmed=skimmed)

    def _log(self, message: KeptMessage) -> Callable[[], None]:
        from mailtriage.cli.log import keep_time, typed_until
        from mailtriage.cli.overlap import may_be_so_long, may_overlap
        from mailtriage.cli.recording import not_before_it_came

        reading, reply = (
            ask_until(f"Minutes of {what} (Enter for none, Esc goes back): ", _minutes_or_none, needs_answer=False)
            for what in ("reading", "answering")
        )
        if reading is None and reply is None:
            raise UsageError("No time was given; nothing was changed.")
        finished = ask('Finished when, as in "16:05" (Enter for now, Esc goes back): ', needs_answer=False)
        worked = typed_until(self._desk.instant(finished or None), reading, reply)
        not_before_it_came(self._desk, message, worked[0].began_at)

        kept = may_be_so_long(worked) and may_overlap(self._desk, message.number, worked, is_dated=bool(finished))
        if not kept:
            raise UsageError("Nothing was changed.")
        return lambda: keep_time(self._desk, message, worked)


def _minutes_or_none(typed: str) -> int | None:
    return parse_minutes(typed) if typed else None


def _print(rows: Iterable[Row | str]) -> None:
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.rows import drawn_rows, row

    sys.stdout.write(drawn_rows([row(one) if isinstance(one, str) else one for one in rows], capabilities()))
