"""Time and charges in memory and in the file are the same to everybody: any sequence of calls gets the same answers."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from bills import PRICE, charge, credit_of, line_for, statement_with, typed
from fakes import FakeLedger
from ledgers import HOUR, NOON, Ledger, received, sent
from mailtriage.adapters.ledger import open_ledger
from mailtriage.errors import UsageError
from mailtriage.model import Client, DecisionKind, Settlement, Verdict
from mailtriage.model.statements import Month
from mailtriage.model.work import Awake, NewConsent, PriceFrom, TimeKind, Timer

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

Act = tuple[str, int, int, int]
_CODES = ("J.T.", "R.S.")
_LATER = NOON + 100 * HOUR


def _receive(ledger: Ledger, which: int, other: int, hour: int) -> object:
    verdict = Verdict(long=other % 2 == 1, words=other * 100)
    answers = (f"s{other}@practice.example",) if hour % 2 else ()
    mail = received(f"m{which}", received_at=NOON + hour * HOUR, verdict=verdict, answers=answers)
    return ledger.add_received(mail)


def _send(ledger: Ledger, which: int, other: int, hour: int) -> object:
    answers = tuple(f"m{n}@example.org" for n in range(other)) if which % 3 else ()
    thread = "thread" if which % 2 else "another"
    ledger.add_sent(sent(f"s{which}", sent_at=NOON + hour * HOUR, answers=answers, thread=thread, words=which * 7))
    return [ledger.billing.replies(number) for number in range(1, 7)]


def _log(ledger: Ledger, which: int, other: int, hour: int) -> object:
    kind = tuple(TimeKind)[other % 3]
    return ledger.billing.log_time(which + 1, [typed(200 * other + 1, NOON + hour * HOUR, kind)], _LATER)


def _settle(ledger: Ledger, which: int, other: int, hour: int) -> object:
    kind = (DecisionKind.CONFIRM, DecisionKind.ADJUST, DecisionKind.WAIVE, DecisionKind.SAVE)[other % 4]
    client = _CODES[hour % 2] if hour else ""
    settlement = charge(client, units=2) if other % 4 < 2 else Settlement(kind, client, note="why")
    return ledger.billing.settle(which + 1, settlement, _LATER)


def _decide(ledger: Ledger, which: int, other: int, _hour: int) -> object:
    kind = (DecisionKind.ASSIGN, DecisionKind.DONE, DecisionKind.CALLED)[other % 3]
    return ledger.decide(which + 1, kind, _LATER, _CODES[other % 2] if kind is DecisionKind.ASSIGN else "")


def _undo(ledger: Ledger, which: int, other: int, hour: int) -> object:
    if hour == 0:
        return ledger.billing.reopen(which + 1, _LATER)
    if other % 2:
        return ledger.billing.undo_decision(which + other, _LATER)
    return ledger.undo(_LATER, which or None)


def _issue(ledger: Ledger, which: int, _other: int, _hour: int) -> object:
    client = _CODES[which % 2]
    lines = tuple(line_for(due) for due in ledger.billing.due(client))
    number = ledger.billing.next_statement_number()
    return ledger.billing.issue(statement_with(*lines, number=number, client=client), b"text", _LATER)


def _credit(ledger: Ledger, which: int, other: int, _hour: int) -> object:
    original = ledger.billing.issued(which + 1)
    if original is None:
        return None
    lines = original.statement.lines[: other % 3]
    number = ledger.billing.next_statement_number()
    return ledger.billing.issue(credit_of(original.statement, *lines, number=number), b"credit", _LATER)


def _pay(ledger: Ledger, which: int, other: int, _hour: int) -> object:
    return ledger.billing.pay(which + 1, date(2026, 4, 1) if other else None, _LATER)


def _agree(ledger: Ledger, which: int, other: int, hour: int) -> object:
    if other == 0:
        return ledger.billing.withdraw_consent(which, NOON + hour * HOUR, _LATER)
    consent = NewConsent(_CODES[which % 2], hour or None, NOON, "by letter", PRICE, "2026-01")
    return ledger.billing.add_consent(consent, _LATER)


def _price(ledger: Ledger, which: int, other: int, hour: int) -> object:
    day = date(2026, 3, hour) if hour else None
    ledger.billing.set_client_price(_CODES[which % 2], PriceFrom(PRICE * other, day), _LATER)
    return [ledger.billing.client_prices(code) for code in _CODES]


def _time(ledger: Ledger, which: int, other: int, _hour: int) -> object:
    if other % 2:
        return ledger.billing.stop_timer()
    ledger.billing.start_timer(Timer(which + 1, TimeKind.READING, NOON, Awake("boot", which)))
    return ledger.billing.timer()


def _roster(ledger: Ledger, which: int, other: int, _hour: int) -> object:
    addresses = ("jo@example.org",) if other % 2 else ()
    ledger.save_client(Client(_CODES[which % 2], addresses=addresses, postal="1 Road\nTown"), NOON)
    return ledger.clients()


_CALLS: dict[str, Callable[[Ledger, int, int, int], object]] = {
    "receive": _receive,
    "send": _send,
    "log": _log,
    "settle": _settle,
    "decide": _decide,
    "undo": _undo,
    "issue": _issue,
    "credit": _credit,
    "pay": _pay,
    "agree": _agree,
    "price": _price,
    "time": _time,
    "roster": _roster,
}
_acts = st.lists(st.tuples(st.sampled_from(sorted(_CALLS)), *[st.integers(0, 5)] * 3), min_size=1, max_size=30)


def _answer(ledger: Ledger, name: str, values: list[int]) -> object:
    try:
        with ledger.transaction():
            return _CALLS[name](ledger, *values)
    except UsageError as refused:
        return refused.message


def _everything(ledger: Ledger) -> object:
    billing, numbers = ledger.billing, range(1, 8)
    return (
        ledger.messages(NOON),
        ledger.messages(_LATER),
        [ledger.decisions(number) for number in numbers],
        [billing.time_entries(number) for number in numbers],
        [billing.replies(number) for number in numbers],
        billing.worked_between(NOON, NOON + 3 * HOUR),
        [billing.speeds(kind, 3) for kind in (TimeKind.READING, TimeKind.REPLY)],
        billing.timer(),
        billing.open_work(),
        billing.due(),
        billing.due(before=NOON + 3 * HOUR),
        [(billing.due(code), billing.saved(code), billing.client_prices(code)) for code in _CODES],
        billing.charged(numbers),
        billing.consents(),
        billing.all_issued(),
        billing.all_issued("J.T."),
        billing.all_issued(month=Month(2026, 3)),
        billing.next_statement_number(),
    )


_START = [("receive", [n, n, n]) for n in range(4)] + [("log", [n, n, n]) for n in range(3)]


@settings(max_examples=40, deadline=None)
@given(acts=_acts)
def test_any_sequence_of_calls_gets_the_same_answers(tmp_path_factory: pytest.TempPathFactory, acts: list[Act]) -> None:
    fake: Ledger = FakeLedger()
    path = tmp_path_factory.mktemp("alike") / "ledger.db"
    with open_ledger(path, "none", None) as real:
        real._database.rows("PRAGMA synchronous = OFF")  # noqa: SLF001 - the disk is not what is tested here
        for name, values in [*_START, *((name, list(values)) for name, *values in acts)]:
            assert _answer(fake, name, values) == _answer(real, name, values)
        assert _everything(fake) == _everything(real)
        assert real.verify() == ()
