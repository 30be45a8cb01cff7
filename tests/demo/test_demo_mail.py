"""The demo mailbox: each received mail gets the verdict that stands beside this file, and all of it is invented."""

from __future__ import annotations

import csv
import email
import email.utils
import re
import tomllib
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pytest

from mailtriage.inspection import Inspection, inspect
from mailtriage.triage.emergency import bundled_rules
from mailtriage.triage.policy import TriagePolicy

HERE = Path(__file__).parent
OWN = "therapist@practice.example"
CASES = sorted(HERE.glob("*.toml"))
IDS = [path.stem for path in CASES]
with as_file(files("mailtriage") / "demo") as _demo:
    DEMO = _demo
INBOX = sorted((DEMO / "mail" / "INBOX").glob("*.eml"))
SENT = sorted((DEMO / "mail" / "Sent").glob("*.eml"))


@cache
def expected(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


@cache
def inspected(name: str) -> Inspection:
    data = (DEMO / "mail" / "INBOX" / f"{name}.eml").read_bytes()
    return inspect(data, policy=TriagePolicy(own_addresses=frozenset({OWN})), rules=bundled_rules())


@cache
def clients_by_address() -> dict[str, list[str]]:
    found = defaultdict(list)
    with (DEMO / "clients.csv").open(encoding="utf-8", newline="") as roster:
        for row in csv.DictReader(roster):
            for address in row["addresses"].split(";"):
                found[address].append(row["code"])
    return found


def one_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", IDS)
def test_a_mail_gets_the_flags_that_a_reader_would_give_it(name: str) -> None:
    want, verdict = expected(name), inspected(name).verdict
    emergency = want["emergency"]
    assert verdict.forwarded == want["forwarded"]
    assert verdict.emergency in ([emergency] if isinstance(emergency, str) else emergency)
    assert verdict.long is want["long"]
    assert list(verdict.diary) == want["diary"]
    assert verdict.automatic == want.get("automatic")
    if "not_scanned" in want:
        assert bool(verdict.not_scanned) is want["not_scanned"]


@pytest.mark.parametrize("name", IDS)
def test_the_own_text_is_what_the_sender_typed(name: str) -> None:
    want, message = expected(name), inspected(name).message
    own, signature = one_line(message.own_text), one_line(message.signature_text)
    assert own.startswith(want.get("own_text_starts", ""))
    assert [words for words in want.get("own_text_contains", ()) if words not in own] == []
    assert [words for words in want.get("own_text_excludes", ()) if words in own] == []
    assert [words for words in want.get("signature_contains", ()) if words not in signature] == []


@pytest.mark.parametrize("name", IDS)
def test_the_envelope_is_read_as_it_was_meant(name: str) -> None:
    want, message = expected(name), inspected(name).message
    assert message.sender is not None
    assert clients_by_address().get(message.sender.email, []) == want["sender_clients"]
    assert message.subject == want.get("subject", message.subject)
    assert set(want.get("attachments", ())) <= {attachment.name for attachment in message.attachments}
    assert message.sent_at is not None
    assert datetime(2026, 11, 9, tzinfo=UTC) <= message.sent_at < datetime(2026, 11, 22, 18, tzinfo=UTC)
    if want.get("defects"):
        assert message.defects


def test_every_received_mail_has_its_expectation() -> None:
    assert [path.stem for path in INBOX] == IDS


def test_no_mail_names_a_domain_or_a_telephone_that_could_be_somebodys() -> None:
    for path in (*INBOX, *SENT):
        data = re.sub(rb"=\r?\n", b"", path.read_bytes())  # a soft break of quoted-printable may cut a domain
        addresses = re.findall(rb"[\w.+-]@([\w-]+(?:\.[\w-]+)+)", data)
        assert [domain for domain in addresses if not domain.endswith(b".example")] == [], path.name
        numbers = re.findall(rb"\b0[17]\d{3,4} \d{6}\b|\b0\d{4} \d{3} \d{3}\b", data)
        assert [number for number in numbers if not number.startswith((b"07700 900", b"01632 960"))] == [], path.name
    with (DEMO / "clients.csv").open(encoding="utf-8", newline="") as roster:
        assert all(row["phone"].startswith("07700 900") for row in csv.DictReader(roster))


def test_a_file_keeps_to_one_kind_of_line_end() -> None:
    for path in (*INBOX, *SENT):
        data = path.read_bytes()
        assert data.count(b"\r\n") in (0, data.count(b"\n")), path.name


def test_what_she_sent_answers_some_mail_by_its_id_and_one_by_subject_alone() -> None:
    received = {str(email.message_from_bytes(path.read_bytes())["Message-ID"]) for path in INBOX}
    letters = [email.message_from_bytes(path.read_bytes()) for path in SENT]
    answers = [str(letter["In-Reply-To"]) for letter in letters if letter["In-Reply-To"]]
    assert set(answers) < received
    without = [letter for letter in letters if not letter["In-Reply-To"]]
    assert [str(letter["Subject"]) for letter in without if str(letter["Subject"]).startswith("Re:")] == [
        "Re: October statement"
    ]
    assert all(email.utils.parseaddr(str(letter["From"]))[1] == OWN for letter in letters)
