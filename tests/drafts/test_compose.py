"""Whatever a hostile mail puts into its header, the draft's header is ours and its body is hers."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.drafts.compose import composed
from mailtriage.drafts.heading import REFERENCES_LIMIT, SUBJECT_LIMIT, Heading, heading
from mailtriage.drafts.recipient import recipient
from mailtriage.errors import ConfigError, UsageError
from mailtriage.mail.message import read
from mailtriage.mail.mime import split
from mailtriage.model import Address, Message

if TYPE_CHECKING:
    from email.message import EmailMessage

OWN = ("therapist@practice.example", "hale@home.example")
AT = datetime(2026, 11, 23, 14, 5, tzinfo=timezone(timedelta(hours=1)))
PLAIN = Heading("t@practice.example", "jo@home.example", "Re: Thursday", "1@home.example", ("1@home.example",), "id")
NAMES = ("Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "MIME-Version")
NAMES_ALL = (*NAMES, "Content-Type", "Content-Transfer-Encoding")
HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "x\r\nBcc: eve@evil.example",
        "x\nBcc: eve@evil.example\n\nbody",
        "x\r\n Bcc: folded@evil.example",
        "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?=",
        "\x00\x0b\x0c\x1c\x85\u2028Bcc: eve@evil.example",
        "<a@b>\r\n\t<c@d>",
        "Re: " * 40,
        "\ud800 lone",
        "",
    ]
)


def parsed(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, policy=email.policy.default)


def letter(**changes: object) -> Message:
    known = Message("1@home.example", Address("Jo", "jo@home.example"), (), (Address("", OWN[0]),), subject="Thursday")
    return replace(known, **changes)  # type: ignore[arg-type]


@given(subject=HOSTILE, message_id=HOSTILE, references=st.lists(HOSTILE, max_size=4), text=st.text(max_size=300))
def test_no_header_of_a_mail_gets_a_line_into_the_draft(
    subject: str, message_id: str, references: list[str], text: str
) -> None:
    message = letter(subject=subject, message_id=message_id, references=tuple(references))
    head = heading(message, recipient(message, (), OWN), OWN)
    content = composed(head, text, AT).content
    found = parsed(content)
    names = [name for name in found.keys() if name not in ("In-Reply-To", "References")]  # noqa: SIM118 - repeats
    assert names == [name for name in NAMES_ALL if name not in ("In-Reply-To", "References")]
    assert (found["From"], found["To"]) == (OWN[0], "jo@home.example")
    assert found["Subject"] == head.subject
    assert not found.defects
    assert all(len(line) <= 998 and line.isascii() for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")


@given(sender=HOSTILE | st.just("jo@home.example, eve@evil.example") | st.just('"a b"@home.example'))
def test_a_sender_that_is_no_plain_address_is_refused_or_stands_alone(sender: str) -> None:
    message = letter(sender=Address("x\r\nBcc: eve@evil.example", sender))
    try:
        to = recipient(message, (), OWN)
    except UsageError:
        return
    found = parsed(composed(heading(message, to, OWN), "Yes.", AT).content)
    assert [address.addr_spec for address in found["To"].addresses] == [to.email]
    assert found["Bcc"] is None


@given(text=st.text(max_size=2000))
def test_the_body_comes_back_as_it_was_written(text: str) -> None:
    body = parsed(composed(PLAIN, text, AT).content).get_content()
    kept = [word for line in body.split("\n") for word in line.split(" ") if word]
    for mark in "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x7f":
        text = text.replace(mark, "")
    text = "".join(c for c in text if not ("\x10" <= c <= "\x1f" or "\ud800" <= c <= "\udfff"))
    assert "".join("".join(kept).split()) == "".join(text.split())


def test_a_subject_of_a_megabyte_is_cut_and_one_that_is_empty_is_named() -> None:
    message = letter(subject="long " * 200_000)
    head = heading(message, recipient(message, (), OWN), OWN)
    assert len(head.subject) <= SUBJECT_LIMIT + 4
    assert len(composed(head, "Yes.", AT).content) < 2_000
    assert heading(letter(subject=" \r\n "), recipient(message, (), OWN), OWN).subject == "Re: your message"


@pytest.mark.parametrize(
    ("subject", "answer"),
    [
        ("Thursday", "Re: Thursday"),
        ("RE: re : AW: Re[2]: Thursday", "Re: Thursday"),
        ("Fwd: Thursday", "Re: Fwd: Thursday"),
        ("[EXT] Re: Thursday", "Re: [EXT] Re: Thursday"),
        ("Re:", "Re: your message"),
        ("Thursday: yes", "Re: Thursday: yes"),
    ],
)
def test_an_answer_has_one_re_and_else_the_subject_as_it_was(subject: str, answer: str) -> None:
    message = letter(subject=subject)
    assert heading(message, recipient(message, (), OWN), OWN).subject == answer


def test_an_answer_comes_from_the_own_address_that_was_written_to() -> None:
    message = letter(to=(Address("", "else@home.example"),), cc=(Address("", "Hale+x@home.example"),))
    to = recipient(message, (), OWN)
    assert heading(message, to, OWN).sender == "hale@home.example"
    assert heading(letter(to=()), to, OWN).sender == OWN[0]
    with pytest.raises(ConfigError, match="no address"):
        heading(letter(to=()), to, ("Dr Hale <t@practice.example>",))


def test_a_thread_is_referred_to_with_its_first_and_newest_letters() -> None:
    many = tuple(f"{n}@home.example" for n in range(100, 200))
    message = letter(references=many)
    head = heading(message, recipient(message, (), OWN), OWN)
    assert (head.references[0], head.references[-2:]) == (many[0], (many[-1], "1@home.example"))
    assert len(head.references) == REFERENCES_LIMIT
    found = parsed(composed(head, "Yes.", AT).content)
    assert found["In-Reply-To"] == "<1@home.example>"
    assert found["References"].split() == [f"<{one}>" for one in head.references]


def test_the_same_text_makes_the_same_draft_and_another_text_another() -> None:
    first, again = composed(PLAIN, "Yes.\n", AT), composed(PLAIN, "\nYes. \r\n", AT + timedelta(hours=1))
    assert first.message_id == again.message_id
    assert first.message_id.endswith("@practice.example")
    assert composed(PLAIN, "No.", AT).message_id != first.message_id
    assert composed(replace(PLAIN, identity="other"), "Yes.", AT).message_id != first.message_id


def test_long_lines_are_wrapped_and_quoted_ones_left_alone() -> None:
    quote = "> " + "word " * 30 + "end"
    text = parsed(composed(PLAIN, "word " * 30 + "\n" + quote + "\n-- \nH.", AT).content).get_content()
    lines = text.splitlines()
    assert max(len(line) for line in lines if not line.startswith(">")) <= 72
    assert quote in lines
    assert "-- " in lines


def test_the_poll_counts_only_her_own_words_in_the_copy_that_she_sends() -> None:
    from mailtriage.drafts.quoting import begun  # noqa: PLC0415 - the one place where both meet

    received = read(split(b"From: jo@home.example\r\nSubject: x\r\n\r\nCan we move Thursday?\r\n\r\nI am tired.\r\n"))
    text = "Yes, to Friday." + begun(received, AT.astimezone(UTC), AT.tzinfo)  # type: ignore[arg-type]
    sent = read(split(composed(PLAIN, text, AT).content))
    assert sent.own_text.strip() == "Yes, to Friday."


def test_a_repr_shows_nothing_of_what_was_written() -> None:
    assert "secret" not in repr(composed(PLAIN, "secret", AT))
