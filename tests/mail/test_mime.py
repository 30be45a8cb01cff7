"""The MIME tree as IMAP numbers it, cut to what is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.mime import CONTENT_LIMIT_BYTES, DEPTH_LIMIT, HEADER_NAMES, PARTS_LIMIT, split, wanted
from mailtriage.mail.raw import RawPart

HEAD = b"From: anna@client.example\nX-Spam: no\nSubject: a\n b\n"


def entity(content_type: bytes, body: bytes, more: bytes = b"") -> bytes:
    return b"Content-Type: " + content_type + b"\n" + more + b"\n" + body


def multipart(kind: bytes, boundary: bytes, *parts: bytes) -> bytes:
    inner = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return entity(b"multipart/" + kind + b"; boundary=" + boundary, inner + b"--" + boundary + b"--\n")


TEXT = entity(b"text/plain", b"words\n")
HTML = entity(b"text/html", b"<p>words")
PICTURE = entity(b"image/png; name=a.png", b"AAAA\nAAAA\n", b"Content-Transfer-Encoding: base64\n")


def shape(data: bytes) -> list[tuple[str, str]]:
    return [(part.section, part.media_type) for part in split(data).parts]


def test_sections_are_those_of_imap() -> None:
    attached = entity(b"message/rfc822", HEAD + multipart(b"mixed", b"c", TEXT, PICTURE))
    single = entity(b"message/rfc822", HEAD + TEXT)
    data = HEAD + multipart(b"mixed", b"a", multipart(b"alternative", b"b", TEXT, HTML), attached, single, PICTURE)
    assert shape(data) == [
        ("1.1", "text/plain"),
        ("1.2", "text/html"),
        ("2", "message/rfc822"),
        ("2.1", "text/plain"),
        ("2.2", "image/png"),
        ("3", "message/rfc822"),
        ("3.1", "text/plain"),
        ("4", "image/png"),
    ]


def test_a_mail_of_one_text_is_section_one() -> None:
    assert shape(HEAD + TEXT) == shape(HEAD + b"\nwords") == [("1", "text/plain")]


def test_a_part_knows_what_is_around_it() -> None:
    data = HEAD + multipart(b"mixed", b"a", multipart(b"alternative", b"b", TEXT, HTML), PICTURE)
    html = split(data).parts[1]
    assert html.containers == ("multipart/mixed", "multipart/alternative")
    assert html.container_ids == ("", "1")


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_sizes_and_text_are_as_with_crlf_whatever_the_file_has(line_end: bytes) -> None:
    text, picture = split((HEAD + multipart(b"mixed", b"a", TEXT, PICTURE)).replace(b"\n", line_end)).parts
    assert (text.content, text.size_bytes) == (b"words\r\n", 7)
    assert (picture.content, picture.size_bytes) == (None, 12)
    assert picture.filename == "a.png"


def test_only_the_header_fields_that_reading_needs_are_kept() -> None:
    header = split(HEAD + TEXT).header
    assert header.splitlines()[0] == b"From: anna@client.example"
    assert b"X-Spam" not in header
    assert {line.partition(b":")[0].decode().lower() for line in header.splitlines()} <= set(HEADER_NAMES)


@pytest.mark.parametrize(
    ("part", "is_wanted"),
    [
        (RawPart("1", "text/plain", {}), True),
        (RawPart("1", "text/html", {}, disposition="inline", filename="x.html"), True),
        (RawPart("1", "text/plain", {}, disposition="attachment"), True),
        (RawPart("1", "text/plain", {}, disposition="attachment", filename="diary.txt"), False),
        (RawPart("1", "text/calendar", {}, disposition="attachment", filename="invite.ics"), True),
        (RawPart("1", "text/csv", {}), False),
        (RawPart("1", "application/pdf", {}), False),
        (RawPart("1", "message/rfc822", {}), False),
    ],
)
def test_text_is_read_and_attachments_are_not(part: RawPart, is_wanted: bool) -> None:  # noqa: FBT001 - a column
    assert wanted(part) is is_wanted


def test_a_long_text_is_cut_and_says_so() -> None:
    (part,) = split(HEAD + b"\n" + b"a" * (CONTENT_LIMIT_BYTES + 1)).parts
    assert part.cut
    assert len(part.content or b"") == CONTENT_LIMIT_BYTES


def test_ten_thousand_multiparts_in_each_other_are_named_not_followed() -> None:
    data = b"\nend"
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(10_000)
    )
    found = split(HEAD + levels + data)
    assert any(f"more than {DEPTH_LIMIT} deep" in defect for defect in found.defects)


def test_parts_beyond_a_thousand_are_named_not_read() -> None:
    found = split(HEAD + multipart(b"mixed", b"a", *[TEXT] * (PARTS_LIMIT + 5)))
    assert len(found.parts) == PARTS_LIMIT
    assert any("more than 1,000 parts" in defect for defect in found.defects)


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"  "])
def test_an_empty_file_is_an_empty_mail(data: bytes) -> None:
    found = split(data)
    assert (found.parts, found.defects, found.size_bytes) == ((), ("the message is empty",), len(data))


def test_a_multipart_without_its_boundary_keeps_its_words() -> None:
    found = split(HEAD + entity(b"multipart/mixed; boundary=missing", b"words of hers\n"))
    assert b"words of hers" in (found.parts[0].content or b"")
    assert found.defects


@given(st.lists(st.sampled_from([b"--a\n", b"--a--\n", b"\n", TEXT, HTML, PICTURE, b"x\n", b"\r", b"\0"]), max_size=30))
def test_any_arrangement_of_delimiters_has_unlike_sections(pieces: list[bytes]) -> None:
    found = split(HEAD + b"Content-Type: multipart/mixed; boundary=a\n\n" + b"".join(pieces))
    sections = [part.section for part in found.parts]
    assert len(sections) == len(set(sections))
