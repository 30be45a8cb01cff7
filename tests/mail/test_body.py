"""Which parts are the letter, and what each says."""

from __future__ import annotations

import base64

import pytest

from mailtriage.mail.body import DIFFERENT, LINES_LIMIT, NO_TEXT, TEXT_LIMIT, body, text_lines
from mailtriage.mail.encodings import DAMAGED_BASE64
from mailtriage.mail.mime import split
from mailtriage.mail.raw import RawPart

LETTER = "I would like to come on Tuesday, if you still have the place that you offered me last week."
PAGE = f"<html><body><p>{LETTER}</p></body></html>"


def part(content: bytes, media_type: str = "text/plain", encoding: str = "", **parameters: str) -> RawPart:
    return RawPart("1", media_type, parameters, encoding, content=content)


def multipart(kind: str, *parts: str) -> str:
    """A multipart of these parts; one that brings no header of its own is plain text."""
    boundary = f"b{abs(hash((kind, *parts)))}"
    inside = "".join(f"--{boundary}\n{p if p.startswith('Content-Type') else chr(10) + p}\n" for p in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inside}--{boundary}--\n'


def html(text: str) -> str:
    return f"Content-Type: text/html\n\n{text}"


def read(mail: str) -> tuple[list[str], list[str]]:
    """(the words of each text that is read, all defects)."""
    texts = body(split(mail.encode()).parts)
    words = [" ".join(" ".join(line.text for line in text.lines).split()) for text in texts if text.lines]
    return words, [defect for text in texts for defect in text.defects]


def test_of_an_alternative_the_plain_part_is_read_if_it_is_the_letter() -> None:
    assert read(multipart("alternative", LETTER, html(PAGE))) == ([LETTER], [])


@pytest.mark.parametrize("notice", ["", "Your e-mail program cannot show HTML.", "View this in your browser."])
def test_a_notice_to_use_another_program_is_not_the_letter(notice: str) -> None:
    assert read(multipart("alternative", notice, html(PAGE))) == ([LETTER], [])


def test_where_both_say_different_things_the_page_is_read_and_it_is_said() -> None:
    assert read(multipart("alternative", "Quite other words, and not a few of them.", html(PAGE))) == (
        [LETTER],
        [DIFFERENT],
    )


def test_a_plain_part_that_is_torn_off_is_not_preferred() -> None:
    assert read(multipart("alternative", LETTER[:40], html(PAGE))) == ([LETTER], [])


def test_texts_around_a_picture_are_all_read() -> None:
    picture = "Content-Type: image/png; name=a.png\n\nxxxx"
    assert read(multipart("mixed", "one", picture, "two"))[0] == ["one", "two"]
    inner = multipart("mixed", html("one two"), picture, html("three four"))
    assert read(multipart("alternative", "one two three four", inner))[0] == ["one two three four"]
    assert read(multipart("alternative", "none", inner))[0] == ["one two", "three four"]


def test_an_alternative_within_an_alternative_says_it_once() -> None:
    inner = multipart("alternative", LETTER, html(PAGE))
    assert read(multipart("alternative", LETTER, inner))[0] == [LETTER]
    assert read(multipart("alternative", "see below", multipart("related", inner)))[0] in (
        [LETTER],
        ["see below", LETTER],
    )


def test_two_parts_of_one_kind_are_both_read() -> None:
    assert read(multipart("alternative", "one", "two"))[0] == ["one", "two"]


def test_an_attached_mail_chooses_for_itself() -> None:
    attached = "Content-Type: message/rfc822\n\n" + multipart("alternative", LETTER, html(PAGE))
    assert read(multipart("mixed", "mine", attached))[0] == ["mine", LETTER]


def test_a_named_attachment_is_not_read_and_unknown_text_is() -> None:
    attached = 'Content-Type: text/plain\nContent-Disposition: attachment; filename="a.txt"\n\nthree'
    assert read(multipart("mixed", "one", "Content-Type: text/x-odd\n\ntwo", attached))[0] == ["one", "two"]


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-8859-1", "iso-8859-1"), ("windows-1252", "iso-8859-1"), ("utf-8", "us-ascii"), ("utf-8", "x-unknown"),
     ("utf-8", ""), ("windows-1252", ""), ("koi8-r", "koi8-r"), ("gb18030", "gb2312"), ("utf-16", "utf-16")],
)  # fmt: skip
def test_eight_bit_text_is_read_as_it_was_meant(charset: str, declared: str) -> None:
    words = {"koi8-r": "привет", "gb18030": "你好"}.get(charset, "Zoë über")
    assert text_lines(part(words.encode(charset), charset=declared)).lines[0].text == words


def test_html_that_names_its_own_character_set_is_believed_where_the_part_names_none() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>привет</p>'.encode("koi8-r")
    assert text_lines(part(page, "text/html")).lines[0].text == "привет"
    assert text_lines(part(page, "text/html", charset="us-ascii")).lines[0].text == "привет"


def test_damage_is_a_defect_and_a_gap() -> None:
    torn = base64.b64encode(LETTER.encode())[:81]
    found = text_lines(part(torn, encoding="base64"))
    assert found.defects == (DAMAGED_BASE64,)
    assert found.gaps == ("part of it, because it is damaged",)


def test_bytes_that_are_no_text_are_said_to_be_none() -> None:
    assert text_lines(part(bytes(range(256)) * 4)).defects == (NO_TEXT,)
    assert text_lines(part("Grüße ✨ 你好\tyes\r\n".encode())).defects == ()


def test_what_is_too_long_is_said_to_be_cut() -> None:
    found = text_lines(part(b"a" * (TEXT_LIMIT + 1)))
    assert len(found.lines[0].text) == TEXT_LIMIT
    assert found.gaps == ("part of it, because it is very long",)


def test_more_lines_than_anybody_writes_are_said_to_be_cut() -> None:
    found = text_lines(part(b"a\n" * (LINES_LIMIT + 1)))
    assert len(found.lines) == LINES_LIMIT
    assert found.gaps == ("part of it, because it is very long",)


def test_an_encrypted_text_is_said_to_be_unread() -> None:
    assert text_lines(part(b"-----BEGIN PGP MESSAGE-----\n\nhQEMA")).gaps == ("encrypted (PGP)",)


def test_enriched_text_loses_its_tags_only() -> None:
    text = "<bold>one</bold> <color><param>red</param>two</color>\nthree"
    assert [line.text for line in text_lines(part(text.encode(), "text/enriched")).lines] == ["one two", "three"]


def test_flowed_text_is_joined() -> None:
    assert [line.text for line in text_lines(part(b"one \r\ntwo\r\n", format="Flowed")).lines] == ["one two", ""]
