"""The public Python API: bytes of a saved mail -> what triage says of it."""

from __future__ import annotations

import doctest
import json
import tarfile
from functools import cache
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mailtriage.inspection
from mailtriage.inspection import as_json, inspect
from mailtriage.mail.mime import split
from mailtriage.model import Emergency, Flag, Forwarded
from mailtriage.triage.policy import TriagePolicy

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.inspection import Inspection

HEAD = (
    b"From: Anna <anna@client.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@client.example>\r\n"
)


def test_the_examples_in_the_documentation_hold() -> None:
    assert doctest.testmod(mailtriage.inspection).failed == 0
    assert doctest.testmod(mailtriage.inspection).attempted > 0


def test_a_letter_gets_every_flag_that_fits() -> None:
    body = "I can't make it on Thursday. " + "I have so much to tell you. " * 300
    verdict = inspect(HEAD + b"Subject: Thursday\r\n\r\n" + body.encode()).verdict
    assert verdict.long
    assert [wish.value for wish in verdict.diary] == ["cancel"]
    assert verdict.forwarded is Forwarded.NO
    assert verdict.automatic is None
    assert {reason.flag for reason in verdict.reasons} == {Flag.LONG, Flag.DIARY}


def test_automatic_mail_is_never_long_and_never_asks_for_the_diary() -> None:
    body = "We can't make it on Thursday. " * 500
    verdict = inspect(HEAD + b"List-Unsubscribe: <https://shop.example>\r\n\r\n" + body.encode()).verdict
    assert verdict.automatic == "bulk"
    assert not verdict.long
    assert verdict.diary == ()


def test_the_practices_settings_count() -> None:
    mail = HEAD + b"\r\n" + b"word " * 200
    assert not inspect(mail).verdict.long
    assert inspect(mail, policy=TriagePolicy(reading_words_per_minute=100, long_minutes=1)).verdict.long


@pytest.mark.parametrize(
    ("body", "gap"),
    [
        (b"Content-Type: application/pkcs7-mime\r\n\r\nMIAG", "S/MIME"),
        (b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEMA\r\n-----END PGP MESSAGE-----\r\n", "PGP"),
        (b"Content-Type: image/jpeg\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/\r\n", "image"),
        (b"Content-Type: application/ms-tnef; name=winmail.dat\r\n\r\nx", "winmail.dat"),
        (b"\r\n" + b"word " * 300_000, "part of it"),
    ],
)
def test_what_could_not_be_looked_at_is_said_and_is_a_reason(body: bytes, gap: str) -> None:
    verdict = inspect(HEAD + body).verdict
    assert gap in " ".join(verdict.not_scanned)
    assert [r.text for r in verdict.reasons if r.flag is Flag.NOT_SCANNED] == list(verdict.not_scanned)


def test_an_empty_file_is_a_mail_that_was_not_scanned() -> None:
    found = inspect(b"")
    assert found.message.defects
    assert found.verdict.not_scanned
    assert found.verdict.emergency is Emergency.NONE


def test_the_json_object_holds_plain_values_and_names_what_each_reason_speaks_for() -> None:
    row = as_json("a.eml", inspect(HEAD + b"Subject: caf\xe9 \x1b[0m\r\n\r\nI need to cancel our session.\r\n"))
    assert json.loads(json.dumps(row)) == row
    assert row["reasons"] == [{"rule": "diary.cancel", "kind": "diary", "text": "cancel our session", "guard": ""}]
    assert row["words"] == 6
    assert row["reading_seconds"] == {"low": 2, "mid": 2, "high": 3}


_HEADERS = st.sampled_from(
    [
        *(b"Subject: =?utf-8?b?//8=?=", b"Subject: \xff\xfe", b"From: (((", b'From: "a', b"Date: 99 Foo", b" folded"),
        *(b"Content-Type: multipart/mixed; boundary=b", b"Content-Type: multipart/alternative; boundary=b"),
        *(b"Content-Type: text/html; charset=utf-7", b"Content-Type: ;;;", b"Content-Transfer-Encoding: base64"),
        *(b"Content-Type: message/rfc822", b"Content-Type: text/calendar", b"\0", b":"),
        b"Content-Disposition: attachment; filename*=x''%ff",
    ]
)
_BODY = st.sampled_from(
    [
        *(b"--b\r\n", b"--b--\r\n", b"\r\n", b"<p>", b"=\r\n", b"=?", b"> quoted\r\n", b"+AGE-", b"QUJD", b"\0"),
        b"BEGIN:VCALENDAR\r\n",
    ]
)


def _faithful(found: Inspection) -> bool:
    """True if what was read can be written anywhere."""
    json.dumps(as_json("x", found)).encode("ascii")
    (found.message.subject + found.message.own_text + "".join(found.message.defects)).encode("utf-8")
    return all(passage.text == passage.text.replace("\0", "") for passage in found.message.passages)


@given(st.lists(_HEADERS, max_size=6), st.lists(st.one_of(_HEADERS, _BODY), max_size=12))
def test_any_damage_is_data(headers: list[bytes], body: list[bytes]) -> None:
    assert _faithful(inspect(b"".join(line + b"\r\n" for line in headers) + b"\r\n" + b"".join(body)))


@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail(data: bytes) -> None:
    assert _faithful(inspect(data))


@cache
def _malformed(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as files:
        opened = {entry.name: files.extractfile(entry) for entry in files.getmembers() if entry.isfile()}
        return {name: file.read() for name, file in opened.items() if file is not None}


def _has_text(data: bytes) -> bool:
    return any((part.content or b"").strip() for part in split(data).parts if part.media_type == "text/plain")


@pytest.mark.corpus
def test_every_malformed_mail_is_read_or_says_why_not(corpora: Path) -> None:
    mails = _malformed(corpora / "malformed.tar.xz")
    found = {name: inspect(data) for name, data in mails.items()}
    assert len(found) > 700
    assert [name for name, one in found.items() if not _faithful(one)] == []
    silent = [
        name
        for name, one in found.items()
        if not one.message.passages and not one.verdict.not_scanned and _has_text(mails[name])
    ]
    assert silent == []
