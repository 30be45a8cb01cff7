"""A raw mail read: its fields, whose words its body holds, what could not be read."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.message import read
from mailtriage.mail.mime import split
from mailtriage.model import Message, PassageKind, QuoteOrigin

HEAD = b"From: Anna <Anna@Client.example>\r\nDate: Mon, 02 Nov 2026 10:00:00 +0000\r\n"
LONG = "I have been thinking about what we said, and I would like to tell you more of it when we meet again."

BEGUN = (
    "See this.\r\n\r\n---------- Forwarded message ---------\r\nFrom: May <may@family.example>\r\nSubject: x\r\n\r\none"
)


def message(data: bytes) -> Message:
    return read(split(HEAD + data))


def part(content_type: str, body: str, *more: str) -> str:
    return "\r\n".join([f"Content-Type: {content_type}", *more, "", body])


def multipart(kind: str, *parts: str) -> bytes:
    inner = "".join(f"--b\r\n{one}\r\n" for one in parts)
    return f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n{inner}--b--\r\n".encode()


def test_the_envelope_is_read() -> None:
    found = message(
        b"To: a@x.example, B <b@x.example>\r\nMessage-ID: <1@client.example>\r\nReferences: <0@x> <9@x>\r\n"
        b"In-Reply-To: <9@x>\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n\r\nHello\r\n"
    )
    assert found.sender is not None
    assert (found.sender.name, found.sender.email) == ("Anna", "anna@client.example")
    assert [address.email for address in found.to] == ["a@x.example", "b@x.example"]
    assert (found.message_id, found.subject) == ("1@client.example", "Caf\u00e9")
    assert (found.references, found.in_reply_to) == (("0@x", "9@x"), ("9@x",))
    assert found.defects == ()


def test_of_two_ways_to_say_it_the_plain_one_is_read() -> None:
    html = part("text/html", f"<p><b>{LONG}</b></p>")
    assert message(multipart("alternative", part("text/plain", LONG), html)).own_text == LONG


@pytest.mark.parametrize("plain", ["", "   ", "Your e-mail program cannot show HTML messages.", "Hello"])
def test_a_plain_part_that_is_not_the_letter_gives_way_to_html(plain: str) -> None:
    html = part("text/html", f"<p>{LONG}</p><p>{LONG}</p>")
    assert LONG in message(multipart("alternative", part("text/plain", plain), html)).own_text


def test_several_texts_are_read_in_their_order() -> None:
    found = message(multipart("mixed", part("text/plain", "one"), part("image/png", "AAAA"), part("text/plain", "two")))
    assert found.own_text.split() == ["one", "two"]
    assert [attachment.media_type for attachment in found.attachments] == ["image/png"]


def test_an_attached_mail_is_forwarded_text() -> None:
    attached = part("message/rfc822", f"From: may@family.example\r\n\r\n{LONG}")
    found = message(multipart("mixed", part("text/plain", "See below."), attached))
    assert found.own_text == "See below."
    (passage,) = [passage for passage in found.passages if passage.kind is PassageKind.FORWARDED]
    assert passage.quote is not None
    assert passage.quote.origin is QuoteOrigin.ATTACHED
    assert LONG in passage.text


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("base64", base64.encodebytes("I need caf\u00e9 time".encode()).decode()),
        ("BASE64", base64.b64encode("I need caf\u00e9 time".encode()).decode().rstrip("=")),
        ("quoted-printable", "I need caf=C3=A9 =\r\ntime"),
        ("8bit", "I need caf\u00e9 time"),
        ("x-unknown", "I need caf\u00e9 time"),
    ],
)
def test_every_transfer_encoding_is_undone(encoding: str, body: str) -> None:
    data = f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}"
    assert message(data.encode()).own_text.strip() == "I need caf\u00e9 time"


def test_damaged_base64_is_read_where_it_can_be_and_named() -> None:
    lines = base64.encodebytes((LONG * 4).encode()).decode().splitlines()
    lines[2] = lines[2][:20] + "*%" + lines[2][20:41]
    data = "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + "\r\n".join(lines)
    found = message(data.encode())
    assert found.own_text.startswith(LONG)
    assert any("base64" in defect for defect in found.defects)


@pytest.mark.parametrize(
    ("data", "gap"),
    [
        (multipart("encrypted", part("application/pgp-encrypted", "Version: 1"), part("x/y", "z")), "encrypted"),
        (b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n\r\nMIAG", "S/MIME"),
        (multipart("mixed", part("text/plain", ""), part("image/jpeg", "AAAA")), "image"),
        (multipart("mixed", part("text/plain", "\r\nSent from my iPhone"), part("image/jpeg", "AAAA")), "image"),
        (multipart("mixed", part("application/pdf", "AAAA")), "only attachments"),
    ],
)
def test_what_is_no_text_is_not_scanned(data: bytes, gap: str) -> None:
    assert gap in " ".join(message(data).not_scanned)


def test_a_signed_mail_is_read_like_any_other() -> None:
    signature = part("application/pgp-signature; name=signature.asc", "-----BEGIN PGP SIGNATURE-----")
    found = message(multipart("signed", part("text/plain", LONG), signature))
    assert (found.own_text, found.not_scanned) == (LONG, ())


def test_damage_is_named_in_words() -> None:
    found = read(split(b"Date: yesterday\r\nSubject: x\r\n\r\nHello"))
    assert found.sender is None
    assert found.sent_at is None
    assert found.defects == ("the Date header cannot be read", "it has no readable From address")


def test_a_letter_that_a_picture_cuts_in_two_goes_on_with_what_it_was() -> None:
    picture = part("image/png; name=a.png", "AAAA", "Content-Transfer-Encoding: base64")
    found = message(multipart("mixed", part("text/plain", BEGUN), picture, part("text/plain", LONG)))
    assert found.own_text == "See this."
    assert LONG in found.text_of(PassageKind.FORWARDED)


def test_a_named_text_is_a_letter_of_its_own() -> None:
    notes = part("text/plain; name=notes.txt", LONG)
    found = message(multipart("mixed", part("text/plain", BEGUN), notes))
    assert found.own_text == f"See this.\n\n{LONG}"


@pytest.mark.parametrize(
    ("content_type", "gap"),
    [
        ("message/partial; id=x; number=1; total=2", "a piece of a mail that was sent in several"),
        ("message/external-body; access-type=local-file", "text that is kept elsewhere"),
        ("application/ms-tnef; name=winmail.dat", "packed by Outlook (winmail.dat)"),
        ("application/pkcs7-mime; name=smime.p7m", "encrypted or sealed (S/MIME)"),
    ],
)
def test_a_part_that_may_hold_words_and_is_not_read_is_named(content_type: str, gap: str) -> None:
    assert gap in message(multipart("mixed", part("text/plain", LONG), part(content_type, "AAAA"))).not_scanned


def test_an_attached_mail_that_stays_shut_is_named() -> None:
    attached = part(
        "message/rfc822", base64.b64encode(b"Subject: x\n\nhi").decode(), "Content-Transfer-Encoding: base64"
    )
    found = message(multipart("mixed", part("text/plain", LONG), attached))
    assert found.not_scanned == ("an attached mail that could not be opened",)
    assert [attachment.media_type for attachment in found.attachments] == ["message/rfc822"]


def test_a_signature_alone_beside_a_picture_is_no_letter() -> None:
    picture = part("image/jpeg; name=page.jpg", "AAAA", "Content-Transfer-Encoding: base64")
    found = message(multipart("mixed", part("text/plain", "\r\n\r\nSent from my iPhone"), picture))
    assert found.not_scanned == ("only an image",)


def test_a_calendar_answer_says_so_and_its_comment_is_the_senders_own() -> None:
    answer = "METHOD:REPLY\r\nATTENDEE;PARTSTAT=DECLINED:mailto:a@client.example\r\nCOMMENT:I am ill\r\nSUMMARY:Session"
    found = message(multipart("alternative", part("text/plain", "Declined."), part("text/calendar", answer)))
    assert found.calendar == "reply declined"
    assert found.own_text == "Declined.\n\nI am ill"
    alone = message(part("text/calendar; method=REQUEST", "SUMMARY:Session\r\n").encode())
    assert (alone.calendar, alone.own_text, alone.not_scanned) == ("request", "Session", ())


def test_a_second_from_header_is_named_and_the_first_counts() -> None:
    found = message(b"From: Eve <eve@other.example>\r\n\r\nhi")
    assert found.sender is not None
    assert found.sender.email == "anna@client.example"
    assert found.defects == ("it has more than one From header; the first counts",)


@given(
    st.lists(
        st.sampled_from(["I", "would", "like", "to", "come", "earlier", "Zoë", "naïve", "✨"]), min_size=1, max_size=30
    )
)
def test_the_words_of_a_letter_are_kept_however_it_is_sent(words: list[str]) -> None:
    text = " ".join(words)
    mail = EmailMessage(policy=SMTP.clone(max_line_length=998))
    for encoding in ("base64", "quoted-printable", "8bit"):
        mail.set_content(text, cte=encoding)
        assert message(mail.as_bytes()).own_text.split() == words
        mail.set_content(f"<p>{text}</p>", subtype="html", cte=encoding)
        assert message(mail.as_bytes()).own_text.split() == words
