"""FETCH answers and their BODYSTRUCTURE -> values and parts, whatever a server sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.adapters.imap.answers import fetch_answers, internal_date
from mailtriage.adapters.imap.failures import PARSER_ERRORS
from mailtriage.adapters.imap.structure import Structure, structure_of
from mailtriage.mail.mime import DEPTH_LIMIT, PARTS_LIMIT
from mailtriage.mail.raw import RawPart

PLAIN = b'("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" 12 1 NIL NIL NIL NIL)'


def parsed(structure: bytes) -> Structure:
    answer = fetch_answers([b"1 (UID 1 BODYSTRUCTURE " + structure + b")"])
    return structure_of(answer[1][b"BODYSTRUCTURE"])


def part(structure: bytes) -> RawPart:
    (found,) = parsed(structure).parts
    return found


def sections(structure: bytes) -> list[tuple[str, str]]:
    return [(found.section, found.media_type) for found in parsed(structure).parts]


def test_a_simple_mail_has_the_section_1() -> None:
    assert part(PLAIN) == RawPart("1", "text/plain", {"charset": "utf-8"}, encoding="7bit", size_bytes=12)


def test_without_extension_data_only_names_are_missing() -> None:
    assert part(b'("TEXT" "PLAIN" NIL NIL NIL "7BIT" 12 1)') == RawPart(
        "1", "text/plain", {}, encoding="7bit", size_bytes=12
    )


def test_the_parts_of_a_multipart_are_numbered_and_know_what_encloses_them() -> None:
    inner = b"(" + PLAIN + b'("TEXT" "HTML" NIL NIL NIL "BASE64" 40 2) "ALTERNATIVE" ("BOUNDARY" "x") NIL NIL NIL)'
    outer = b"(" + inner + PLAIN + b'"MIXED")'
    assert sections(outer) == [("1.1", "text/plain"), ("1.2", "text/html"), ("2", "text/plain")]
    found = parsed(outer).parts[1]
    assert found.containers == ("multipart/mixed", "multipart/alternative")
    assert found.container_ids == ("", "1")


def attached(body: bytes) -> bytes:
    envelope = b"(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"
    extension = b'NIL ("ATTACHMENT" ("FILENAME" "old.eml")) NIL NIL'
    return b'("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 300 ' + envelope + b" " + body + b" 9 " + extension + b")"


def test_an_attached_message_is_a_part_and_holds_parts() -> None:
    outer = b"(" + PLAIN + attached(PLAIN) + b'"MIXED")'
    assert sections(outer) == [("1", "text/plain"), ("2", "message/rfc822"), ("2.1", "text/plain")]
    whole, inside = parsed(outer).parts[1:]
    assert (whole.filename, whole.disposition, whole.size_bytes) == ("old.eml", "attachment", 300)
    assert inside.containers == ("multipart/mixed", "message/rfc822")
    assert inside.container_ids == ("", "2")


def test_the_parts_of_an_attached_multipart_are_numbered_below_it() -> None:
    outer = b"(" + PLAIN + attached(b"(" + PLAIN + PLAIN + b'"MIXED")') + b'"MIXED")'
    assert [section for section, _ in sections(outer)] == ["1", "2", "2.1", "2.2"]


def test_a_message_that_is_nothing_but_an_attached_message_has_its_parts_below_1() -> None:
    assert [section for section, _ in sections(attached(b"(" + PLAIN + PLAIN + b'"MIXED")'))] == ["1", "1.1", "1.2"]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        (b'("FILENAME" "notes.pdf")', "notes.pdf"),
        (b'("FILENAME" "=?utf-8?b?QsOkci5wZGY=?=")', "Bär.pdf"),
        (b'("FILENAME*" "utf-8\'\'B%C3%A4r.pdf")', "Bär.pdf"),
        (b'("FILENAME*0*" "utf-8\'\'B%C3%A4" "FILENAME*1" "r.pdf")', "Bär.pdf"),
        (b'("FILENAME*1" "r.pdf" "FILENAME*x" "?")', "r.pdf"),
        (b'("FILENAME" "a\\"b.pdf")', 'a"b.pdf'),
        (b'("FILENAME" NIL)', ""),
        (b'("FILENAME")', ""),
        (b'("FILENAME" 123)', "123"),
        (b"NIL", ""),
    ],
)
def test_the_name_of_an_attachment_is_read_in_each_way_it_is_written(parameters: bytes, name: str) -> None:
    structure = b'("IMAGE" "PNG" NIL NIL NIL "BASE64" 5000 NIL ("ATTACHMENT" ' + parameters + b") NIL NIL)"
    assert part(structure).filename == name


def test_a_charset_that_servers_add_of_their_own_says_nothing() -> None:
    assert part(PLAIN.replace(b"utf-8", b"us-ascii")).parameters == {}


@pytest.mark.parametrize("words", [b'"" ""', b'"TEXT" ""', b"NIL NIL"])
def test_a_type_that_is_none_is_text(words: bytes) -> None:
    assert part(b"(" + words + b' NIL NIL NIL "7BIT" 12 1)').media_type == "text/plain"


def test_more_parts_or_levels_than_the_limit_are_left_out_and_said_to_be() -> None:
    wide = parsed(b"(" + PLAIN * (PARTS_LIMIT + 5) + b' "MIXED")')
    assert len(wide.parts) == PARTS_LIMIT
    assert wide.defects
    deep = parsed(b"(" * (DEPTH_LIMIT + 5) + PLAIN + b' "MIXED")' * (DEPTH_LIMIT + 5))
    assert deep.parts == []
    assert deep.defects


atoms = (
    st.none() | st.integers(min_value=0) | st.binary(max_size=12) | st.sampled_from([b"TEXT", b"MESSAGE", b"RFC822"])
)
trees: st.SearchStrategy[Any] = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=12).map(tuple), max_leaves=40
)


@given(st.lists(trees, max_size=14).map(tuple))
def test_whatever_a_server_sends_gives_parts_or_an_error_that_sets_the_message_aside(tree: Any) -> None:  # noqa: ANN401
    try:
        structure = structure_of(tree)
    except PARSER_ERRORS:
        return
    assert all(found.section for found in structure.parts)
    assert all(len(found.containers) == len(found.container_ids) for found in structure.parts)


def test_an_answer_is_read_with_its_literals_wherever_they_stand() -> None:
    data: list[bytes | tuple[bytes, bytes]] = [
        (b'3 (UID 7 FLAGS (\\Seen $Mdn) BODY[HEADER.FIELDS (FROM "TO")]<0> {7}', b"a: b\r\n)"),
        (b' BODY[1.2]<0> "say \\"hi\\" \\\\" BODY[2] {3}', b"{5}"),
        b" RFC822.SIZE 120 X NIL)",
        b"4 (FLAGS ())",
    ]
    assert fetch_answers(data) == {
        7: {
            b"UID": 7,
            b"FLAGS": (b"\\Seen", b"$Mdn"),
            b"BODY[HEADER]": b"a: b\r\n)",
            b"BODY[1.2]<0>": b'say "hi" \\',
            b"BODY[2]": b"{5}",
            b"RFC822.SIZE": 120,
            b"X": None,
        }
    }


@pytest.mark.parametrize(
    "data",
    [
        b"1",
        b"1 2",
        b"1 (UID)",
        b"1 (UID 1",
        b"1 UID 1)",
        b'1 (UID "1)',
        b"1 (UID 1 BODY[1] {3}",
        b"1 (UID 1 BODY[1 2)",
        b"1 ((1) 2)",
    ],
)
def test_an_answer_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=" "):
        fetch_answers([data])


@given(st.lists(st.binary(max_size=60) | st.tuples(st.binary(max_size=30), st.binary(max_size=9)), max_size=5))
def test_whatever_a_server_says_is_an_answer_or_refused(data: list[bytes | tuple[bytes, bytes]]) -> None:
    try:
        answers = fetch_answers(data)
    except ValueError:
        return
    assert all(answer[b"UID"] == uid for uid, answer in answers.items())


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (b"20-Nov-2026 10:00:02 +0000", "2026-11-20T10:00:02+00:00"),
        (b" 1-jan-2026 00:30:00 +0100", "2025-12-31T23:30:00+00:00"),
        (b"01-Jan-2026 00:30:00 -0930", "2026-01-01T10:00:00+00:00"),
    ],
)
def test_a_date_of_arrival_is_told_in_utc(text: bytes, instant: str) -> None:
    found = internal_date(text)
    assert found is not None
    assert found.isoformat() == instant


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        b"",
        b"tomorrow",
        b"31-Feb-2026 10:00:00 +0000",
        b"01-Foo-2026 10:00:00 +0000",
        b"01-Jan-0001 00:00:00 +1400",
    ],
)
def test_a_date_of_arrival_that_is_none_is_told_to_be_none(text: object) -> None:
    assert internal_date(text) is None
