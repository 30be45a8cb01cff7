"""All flags together: what a mail says decides, not how it was sent."""

from __future__ import annotations

import base64
import quopri
from typing import TYPE_CHECKING

import pytest

from mailtriage.inspection import inspect
from mailtriage.model import Automatic, Diary, Emergency, Flag, Message, Passage, PassageKind
from mailtriage.triage.emergency import bundled_rules
from mailtriage.triage.policy import ThreadContext, TriagePolicy
from mailtriage.triage.verdict import triage

if TYPE_CHECKING:
    from collections.abc import Callable

    from mailtriage.model import Verdict

HEAD = "From: Zoë <zoe@client.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\nSubject: Tomorrow\r\n"
LETTERS = [
    "Hi,\r\n\r\nI can't make our session tomorrow, sorry \u2013 could we move it to Friday?\r\n\r\nZoë\r\n",
    "Hi,\r\n\r\nI want to kill myself. I can\u2019t do this any more.\r\n\r\nZoë\r\n",
    (
        "See below.\r\n\r\n---------- Forwarded message ---------\r\nFrom: May <may@family.example>\r\n"
        "Date: Sun, 1 Nov 2026 at 10:00\r\nSubject: Zoë\r\nTo: <zoe@client.example>\r\n\r\nPlease ring home.\r\n"
    ),
    "Thank you for last week.\r\n\r\n" + "It helped to say it out loud, and I went on thinking of it for days. " * 100,
]
FORMS: dict[str, Callable[[str], bytes]] = {
    "base64": lambda text: _mail("utf-8", "base64", base64.encodebytes(text.encode())),
    "base64 in one line": lambda text: _mail("utf-8", "base64", base64.b64encode(text.encode())),
    "quoted-printable": lambda text: _mail("utf-8", "quoted-printable", quopri.encodestring(text.encode())),
    "windows-1252": lambda text: _mail("windows-1252", "8bit", text.encode("windows-1252")),
    "called iso-8859-1": lambda text: _mail("iso-8859-1", "8bit", text.encode("windows-1252")),
    "of an unknown character set": lambda text: _mail("x-unknown", "8bit", text.encode()),
    "utf-16": lambda text: _mail("utf-16", "base64", base64.encodebytes(text.encode("utf-16"))),
    "with bare line feeds": lambda text: _mail("utf-8", "8bit", text.encode()).replace(b"\r\n", b"\n"),
    "with a byte order mark": lambda text: _mail("utf-8", "8bit", b"\xef\xbb\xbf" + text.encode()),
    "in a multipart": lambda text: _wrapped(_part(text), "mixed"),
    "in a multipart that is torn off": lambda text: _wrapped(_part(text), "mixed")[: -len("--b--\r\n")],
    "with an attachment": lambda text: _wrapped(
        _part(text) + "--b\r\nContent-Type: image/png\r\n\r\nAAAA\r\n", "mixed"
    ),
}


def _mail(charset: str, encoding: str, body: bytes) -> bytes:
    header = f"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return HEAD.encode() + header.encode() + body


def _part(text: str) -> str:
    return f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"


def _wrapped(parts: str, kind: str) -> bytes:
    return f"{HEAD}Content-Type: multipart/{kind}; boundary=b\r\n\r\n{parts}--b--\r\n".encode()


def _flags(verdict: Verdict) -> tuple[object, ...]:
    fired = sorted((reason.rule, reason.guard) for reason in verdict.reasons)
    return verdict.forwarded, verdict.emergency, verdict.long, verdict.words, verdict.diary, verdict.not_scanned, fired


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("letter", LETTERS, ids=["diary", "crisis", "forward", "long"])
def test_how_a_letter_was_sent_changes_nothing_in_the_verdict(letter: str, form: str) -> None:
    plain = inspect(_mail("utf-8", "8bit", letter.encode())).verdict
    assert _flags(inspect(FORMS[form](letter)).verdict) == _flags(plain)
    assert plain.reasons


def _triaged(message: Message) -> Verdict:
    return triage(message, TriagePolicy(), bundled_rules(), ThreadContext())


def _said(text: str, **headers: tuple[str, ...]) -> Message:
    names = {name.replace("_", "-"): values for name, values in headers.items()}
    return Message(headers=names, passages=(Passage(PassageKind.OWN, text),))


def test_automatic_mail_is_never_long_and_asks_for_nothing() -> None:
    text = "I can't make our session tomorrow. " * 300
    verdict = _triaged(_said(text, auto_submitted=("auto-replied",)))
    assert verdict.automatic is Automatic.AUTO_REPLY
    assert (verdict.long, verdict.diary) == (False, ())
    assert {reason.flag for reason in verdict.reasons} == {Flag.AUTOMATIC}
    assert _triaged(_said(text)).long


def test_a_declined_appointment_is_automatic_and_a_diary_matter() -> None:
    verdict = _triaged(Message(calendar="reply declined"))
    assert (verdict.automatic, verdict.diary) == (Automatic.CALENDAR, (Diary.CANCEL,))


def test_what_was_not_scanned_is_a_reason_and_never_clean() -> None:
    verdict = _triaged(Message(not_scanned=("only an image",)))
    assert verdict.not_scanned == ("only an image",)
    assert [(reason.flag, reason.text) for reason in verdict.reasons] == [(Flag.NOT_SCANNED, "only an image")]
    assert verdict.emergency is Emergency.NONE
