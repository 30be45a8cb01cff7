"""Made-up damage: nothing that a mail or a server says is more than data. Briefly here, for minutes by `make fuzz`.

`MAILTRIAGE_FUZZ_EXAMPLES` says how many examples each part tries; Hypothesis keeps what fails and makes it small.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes import FakeLedger
from hostile import HTML, MAILS
from mailtriage.adapters.imap.answers import fetch_answers
from mailtriage.adapters.imap.failures import PARSER_ERRORS
from mailtriage.adapters.imap.structure import structure_of
from mailtriage.adapters.terminal.safe import safe
from mailtriage.cli.wiring import RulesTriager
from mailtriage.inspection import as_json, inspect
from mailtriage.poll import MailboxAccess, poll
from mailtriage.triage.policy import TriagePolicy
from mailtriage.triage.rule_texts import bundled_texts
from scripted_imap import head
from sources import MemorySource, Stored

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailtriage.ledger import ScanHealth

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
LONG = settings(
    max_examples=int(os.environ.get("MAILTRIAGE_FUZZ_EXAMPLES", "3000")),
    deadline=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
)


def _demo_mails() -> list[bytes]:
    folder = files("mailtriage") / "demo" / "mail" / "INBOX"
    return [entry.read_bytes() for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)]


SEEDS = [*_demo_mails(), *(bomb(30) for bomb in MAILS.values())]
PIECES = [
    *(
        b"\r\n",
        b"\n\n",
        b"\0",
        b"\xff",
        b"\xed\xa0\x80",
        b"\x1b[2J",
        b"--",
        b"--b0--\r\n",
        b"=?utf-8?b?",
        b"=?x?q?=?=",
        b"=\n",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=",
        b"Content-Type: message/rfc822\r\n\r\n",
        b"charset=utf-7\r\n",
        b";;;;",
    ),
    *(b"Content-Transfer-Encoding: base64\r\n", b"> ", b"On 2 Nov 2026, at 10:00, Bea wrote:\n", b"Date: 99 Foo\r\n"),
    *(
        b"---------- Forwarded message ---------\n",
        b"I want to kill myself tonight. ",
        "\u202e\u200d\U0001f600".encode(),
    ),
    *(piece.encode() for piece in HTML.values()),
]
Edit = tuple[int, float, float, bytes]
EDITS = st.lists(
    st.tuples(st.integers(0, 4), st.floats(0, 1), st.floats(0, 0.3), st.sampled_from(PIECES) | st.binary(max_size=12)),
    max_size=12,
)


def edited(data: bytes, edits: list[Edit]) -> bytes:
    """The data after so many cuts, repetitions, replacements and insertions."""
    for kind, where, share, piece in edits:
        start = int(where * len(data))
        end = min(len(data), start + int(share * len(data)))
        if kind == 0:
            data = data[:start] + data[end:]
        elif kind == 1 and len(data) < 100_000:
            data = data[:end] + data[start:]
        elif kind == 2:
            data = data[:start] + bytes(reversed(data[start:end])) + data[end:]
        else:
            data = data[:start] + piece * (1 + kind % 2 * 20) + data[start:]
    return data


DAMAGED = st.builds(edited, st.sampled_from(SEEDS), EDITS)
TRIAGER = RulesTriager(
    TriagePolicy(own_addresses=frozenset({"therapist@practice.example"})), bundled_texts(), second_reading=True
)


@cache
def health() -> ScanHealth:
    """With this in a ledger the rules' own examples are not run once more."""
    return TRIAGER.health(None, NOW)


def check_inspection(data: bytes) -> None:
    """A mail is read and triaged, and what is said of it can be written and shown anywhere."""
    found = inspect(data)
    row = json.dumps(as_json("x", found))
    row.encode("ascii")
    message = found.message
    shown = [message.subject, *message.defects, *found.verdict.not_scanned, *(p.text for p in message.passages)]
    shown += [reason.text for reason in found.verdict.reasons]
    for text in shown:
        text.encode("utf-8")
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 for c in safe(text))


def check_poll(mails: list[bytes]) -> None:
    """Every mail is kept, none stands in another's way, and a second poll finds nothing new."""
    stored = [Stored(data, NOW - timedelta(hours=1)) for data in mails]
    source = MemorySource(folders_by_name={"INBOX": stored}, batch_size=3)
    ledger = FakeLedger()
    ledger.save_scan_health(health())
    for expected in (len(mails), 0):
        report = poll(
            [MailboxAccess("practice", lambda: source)], ledger, (), TRIAGER, now=NOW, first_poll=timedelta(days=30)
        )
        assert (report.failures, report.unreadable, report.received) == ([], 0, expected)


def check_answer(data: bytes) -> None:
    """What a server says of a message is read, or refused as what cannot be read."""
    before, _, rest = data.partition(b"\r\n")
    try:
        for answer in fetch_answers([(before, rest[:60]), rest[60:]]).values():
            body = answer.get(b"BODYSTRUCTURE")
            if isinstance(body, tuple):
                structure_of(body)
    except (*PARSER_ERRORS, OverflowError):
        pass


ANSWERS = st.builds(edited, st.sampled_from([head(uid).partition(b" FETCH ")[2] for uid in (1, 2, 3)]), EDITS)
_brief = settings(suppress_health_check=list(HealthCheck))


def test_any_damage_to_a_mail_is_data() -> None:
    _brief(given(DAMAGED)(check_inspection))()


def test_any_damaged_mails_are_kept_by_a_poll_and_none_twice() -> None:
    _brief(given(st.lists(DAMAGED, max_size=5))(check_poll))()


def test_any_damaged_answer_of_a_server_is_read_or_refused() -> None:
    _brief(given(ANSWERS | st.binary(max_size=60))(check_answer))()


@pytest.mark.fuzz
@pytest.mark.parametrize(
    ("strategy", "check"),
    [
        (DAMAGED | st.binary(max_size=2_000), check_inspection),
        (st.lists(DAMAGED, max_size=5), check_poll),
        (ANSWERS | st.binary(max_size=200), check_answer),
    ],
    ids=["mails", "polls", "answers of servers"],
)
def test_for_minutes(strategy: st.SearchStrategy[object], check: Callable[[object], None]) -> None:
    LONG(given(strategy)(check))()
