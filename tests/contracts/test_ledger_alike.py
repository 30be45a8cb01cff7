"""The ledger in memory and the file are the same to everybody: any sequence of calls gets the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from fakes import FakeLedger
from ledgers import CRISIS, HOUR, NOON, Ledger, place, received, sent
from mailtriage.adapters.ledger import open_ledger
from mailtriage.errors import UsageError
from mailtriage.ledger import MailboxHealth, Quarantined, ScanHealth, SeenChange
from mailtriage.model import Client, DecisionKind, Verdict

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    import pytest

Act = tuple[str, int, int, int]
_ACTS = ("receive", "send", "see", "decide", "undo", "roster", "check", "quarantine")
_SENDERS = ("jo@home.example", "Jo+x@home.example", "us@home.example")
_acts = st.lists(st.tuples(st.sampled_from(_ACTS), *[st.integers(0, 5)] * 3), min_size=1, max_size=25)


def _receive(ledger: Ledger, which: int, other: int, hour: int) -> object:
    verdict = (Verdict(), CRISIS, Verdict(emergency=CRISIS.emergency, quoted_alarm=True))[which % 3]
    return ledger.add_received(
        received(
            f"m{which}",
            location=place(f"{other}"),
            sender=_SENDERS[which % 3],
            received_at=NOON + hour * HOUR,
            seen=other == 1,
            thread=f"thread {which % 2}",
            verdict=verdict,
        )
    )


def _send(ledger: Ledger, which: int, other: int, hour: int) -> object:
    answers = (f"m{other}@example.org",) if which % 2 else ()
    ledger.add_sent(
        sent(
            f"s{which}",
            location=place(f"{which}", "Sent"),
            sent_at=NOON + hour * HOUR,
            recipients=_SENDERS[: other % 3],
            answers=answers,
            thread=f"thread {other % 2}",
        )
    )
    return ledger.sent_ids([f"s{n}@practice.example" for n in range(6)])


def _see(ledger: Ledger, which: int, other: int, hour: int) -> object:
    ledger.add_seen(SeenChange(place(f"{which}"), seen=other != 0, noticed_at=NOON + hour * HOUR))
    return ledger.open_locations("practice", "INBOX", 7)


def _decide(ledger: Ledger, which: int, other: int, hour: int) -> object:
    kind = (DecisionKind.CALLED, DecisionKind.DONE, DecisionKind.ASSIGN)[other % 3]
    try:
        return ledger.decide(which + 1, kind, NOON + hour * HOUR, "Z.Z." if kind is DecisionKind.ASSIGN else "")
    except UsageError:
        return "refused"


def _undo(ledger: Ledger, which: int, _other: int, hour: int) -> object:
    return ledger.undo(NOON + hour * HOUR, which or None)


def _roster(ledger: Ledger, which: int, other: int, _hour: int) -> object:
    if other == 0:
        return ledger.remove_client(f"C{which % 2}", NOON)
    ledger.save_client(Client(f"C{which % 2}", addresses=_SENDERS[other % 3 :]), NOON)
    return ledger.clients()


def _check(ledger: Ledger, _which: int, _other: int, hour: int) -> object:
    ledger.save_scan_health(ScanHealth(NOON + hour * HOUR, 1, "digest"))
    ledger.save_mailbox_health(MailboxHealth("practice", NOON + hour * HOUR))
    return ledger.mailbox_health()


def _quarantine(ledger: Ledger, which: int, other: int, hour: int) -> object:
    ledger.add_quarantined(Quarantined(place(f"{which}"), f"problem {other}", NOON + hour * HOUR, f"tried {other}"))
    return ledger.quarantined(), ledger.quarantined_before("practice", f"tried {hour}", 3)


_CALLS: dict[str, Callable[[Ledger, int, int, int], object]] = {
    "receive": _receive,
    "send": _send,
    "see": _see,
    "decide": _decide,
    "undo": _undo,
    "roster": _roster,
    "check": _check,
    "quarantine": _quarantine,
}


def _everything(ledger: Ledger) -> object:
    numbers = range(1, 8)
    return (
        ledger.messages(NOON),
        ledger.messages(NOON + 3 * HOUR),
        ledger.alarms(),
        [ledger.message(number) for number in numbers],
        [ledger.locations(number) for number in numbers],
        [ledger.decisions(number) for number in numbers],
        [ledger.seen_interval(number) for number in numbers],
        ledger.open_locations("practice", "INBOX", 7),
        ledger.known_keys("practice", "INBOX", 7, [str(key) for key in range(8)]),
        ledger.quarantined(),
    )


@settings(max_examples=40)
@given(acts=_acts)
def test_any_sequence_of_calls_gets_the_same_answers(tmp_path_factory: pytest.TempPathFactory, acts: list[Act]) -> None:
    fake: Ledger = FakeLedger()
    path = tmp_path_factory.mktemp("alike") / "ledger.db"
    with open_ledger(path, "none", None) as real:
        real._database.rows("PRAGMA synchronous = OFF")  # noqa: SLF001 - the disk is not what is tested here
        for started in (fake, real):
            _check(started, 0, 0, 0)
        for name, *values in acts:
            assert _CALLS[name](fake, *values) == _CALLS[name](real, *values)
        assert _everything(fake) == _everything(real)
        assert real.verify() == ()


_mails = st.lists(
    st.tuples(st.sampled_from(["receive", "send"]), st.integers(0, 5)), unique=True, min_size=2, max_size=10
)


@settings(max_examples=40)
@given(mails=_mails, shuffled=st.randoms(use_true_random=False))
def test_the_order_in_which_mail_is_polled_changes_only_its_numbers(
    mails: list[tuple[str, int]], shuffled: random.Random
) -> None:
    def outcome(order: list[tuple[str, int]]) -> set[tuple[object, ...]]:
        ledger = FakeLedger()
        for name, which in order:
            _CALLS[name](ledger, which, (which * 2 + 1) % 6, which)
        return {(kept.identity, kept.answered_at, kept.answer_is_guess) for kept in ledger.messages(NOON)}

    assert outcome(shuffled.sample(mails, len(mails))) == outcome(mails)
