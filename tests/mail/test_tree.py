"""The MIME tree: well-formed mail to the letter, damaged mail without loss, hostile mail within limits."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailtriage.mail.tree import DEPTH_LIMIT, PARTS_LIMIT, Node, tree

MIXED = b'Subject: x\nContent-Type: multipart/mixed; boundary="b"\n\npreamble\n'


def texts(data: bytes) -> list[str]:
    """The contents of the leaves, in order."""

    def leaves(node: Node) -> list[Node]:
        return [leaf for child in node.children for leaf in leaves(child)] if node.children else [node]

    return [data[leaf.start : leaf.end].decode() for leaf in leaves(tree(data)[0])]


def test_the_line_end_before_a_delimiter_belongs_to_the_delimiter() -> None:
    data = MIXED + b"--b\n\none\n\n--b\n\ntwo\n--b--\nepilogue\n"
    assert texts(data) == ["one\n", "two"]
    assert tree(data)[1] == ()
    assert texts(data.replace(b"\n", b"\r\n")) == ["one\r\n", "two"]


def test_a_part_may_have_no_header_and_a_delimiter_trailing_blanks() -> None:
    assert texts(MIXED + b"--b  \n\none\n--b\t\nContent-Type: text/html\n\n<p>two\n--b-- \n") == ["one", "<p>two"]


def test_an_inner_multipart_ends_with_its_own_delimiter_or_with_an_outer_one() -> None:
    inner = b"--b\nContent-Type: multipart/alternative; boundary=i\n\n--i\n\none\n--i\n\ntwo\n"
    assert texts(MIXED + inner + b"--i--\n\n--b\n\nthree\n--b--\n") == ["one", "two", "three"]
    assert texts(MIXED + inner + b"--b\n\nthree\n--b--\n") == ["one", "two", "three"]


def test_a_boundary_that_begins_like_another_is_another() -> None:
    inner = b"--b\nContent-Type: multipart/mixed; boundary=b-b\n\n--b-b\n\none\n--b-b--\n"
    assert texts(MIXED + inner + b"--b\n\ntwo\n--b--\n") == ["one", "two"]


def test_the_parts_of_a_digest_are_mails() -> None:
    data = b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: inner\n\nhello\n--b--\n"
    node = tree(data)[0].children[0]
    assert node.media_type == "message/rfc822"
    assert texts(data) == ["hello"]


def test_an_attached_mail_that_is_encoded_stays_shut() -> None:
    data = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeA0KDQpoaQ==\n"
    assert tree(data)[0].children == []


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (MIXED + b"--b\n\none\n--b\n\ntwo is torn", ["one", "two is torn"]),
        (MIXED + b"--c\n\none\n--c--\n", ["preamble\n--c\n\none\n--c--\n"]),
        (b"Content-Type: multipart/mixed\n\none\n", ["one\n"]),
        (b"Subject: x\nDear you,\nno blank line\n", ["Dear you,\nno blank line\n"]),
        (b"Subject: x\njunk\nDate: now\n\none\n", ["one\n"]),
        (MIXED + b"--b\none has no blank line\n--b--\n", ["one has no blank line"]),
        (MIXED + b"--b\n\none\n--b--\n--b\n\ntwo\n--b--\n", ["one"]),
    ],
)
def test_damage_is_named_and_the_words_are_kept(data: bytes, kept: list[str]) -> None:
    assert texts(data) == kept
    root, defects = tree(data)
    assert defects or (root.media_type == "multipart/mixed" and not root.children)


def test_what_follows_the_end_of_all_parts_is_said_to_be_unread() -> None:
    assert "was not read" in tree(MIXED + b"--b\n\none\n--b--\n--b\n\ntwo\n--b--\n")[1][0]


def test_doubled_delimiters_part_as_one() -> None:
    assert texts(MIXED + b"--b\n--b\n\none\n--b\n--b\n\ntwo\n--b--\n") == ["one", "two"]


def test_of_a_boundary_used_twice_the_inner_part_is_closed_first() -> None:
    data = MIXED + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\n\ntwo\n--b--\n"
    assert texts(data) == ["one", "two"]


def test_a_header_is_taken_over_leading_blank_lines_and_an_mbox_line() -> None:
    assert texts(b"\n\nFrom - Sat Jun  1 19:00:50 1996\nSubject: x\n\none\n") == ["one\n"]


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=b{n}", "message/rfc822"])
def test_what_stands_too_deep_is_left_shut_and_said(kind: str) -> None:
    levels = [
        f"Content-Type: {kind}\n\n--b{{n}}\n" if "multi" in kind else f"Content-Type: {kind}\n\n" for _ in range(500)
    ]
    data = "".join(level.replace("{n}", str(n)) for n, level in enumerate(levels)).encode() + b"\nhello\n"
    node, defects = tree(data)
    depth = 0
    while node.children:
        node, depth = node.children[0], depth + 1
    assert depth == DEPTH_LIMIT
    assert node.shut
    assert defects[0] == f"its parts are nested more than {DEPTH_LIMIT} deep; the rest was not read"


def test_parts_beyond_the_limit_are_said_to_be_unread() -> None:
    root, defects = tree(MIXED + b"--b\n\nx\n" * (PARTS_LIMIT + 10))
    assert len(root.children) == PARTS_LIMIT
    assert "was not read" in defects[0]


LINES = st.sampled_from(
    [
        *(b"", b"--b", b"--b--", b"--i", b"--i--", b" ", b"words", b"Subject: x", b"\xff\x00"),
        *(b"Content-Type: " + kind for kind in (b"message/rfc822", b"multipart/mixed; boundary=b", b";;;")),
        b"Content-Type: multipart/digest; boundary=i",
    ]
)


@given(st.lists(LINES, max_size=40), st.sampled_from([b"\n", b"\r\n"]))
@example([b"Content-Type: multipart/digest; boundary=i", b"--i", b"", b"--i--"], b"\n")
@example([b"Content-Type: message/rfc822", b"", b"--i", b"Content-Type: multipart/digest; boundary=i"], b"\n")
def test_children_stand_within_their_parents_in_order(lines: list[bytes], line_end: bytes) -> None:
    data = line_end.join(lines)
    stack = [tree(data)[0]]
    while stack:
        node = stack.pop()
        assert 0 <= node.header[0] <= node.header[1] <= node.start <= node.end <= len(data)
        places = [(child.header[0], child.end) for child in node.children]
        assert places == sorted(places)
        assert all(node.start <= start and end <= node.end for start, end in places)
        stack += node.children


@given(st.lists(st.sampled_from(["one", "two words", "", "-- ", "--", "--x", "> q"]), min_size=1, max_size=8))
def test_the_texts_of_well_formed_parts_are_kept_to_the_letter(bodies: list[str]) -> None:
    data = MIXED + b"".join(b"--b\n\n" + body.encode() + b"\n" for body in bodies) + b"--b--\n"
    assert texts(data) == bodies
