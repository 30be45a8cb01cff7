"""HTML as a reader sees it: no word lost, nothing shown that is hidden, quotes where the mail program marked them."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.mail.html import html_lines
from mailtriage.mail.lines import Markup


def texts(source: str) -> list[str]:
    return [line.text for line in html_lines(source)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", []),
        ("plain words", ["plain words"]),
        ("<p>one<p>two", ["one", "", "two"]),
        ("<div>one</div><div>two</div>", ["one", "two"]),
        ("one<br>two<br><br>three", ["one", "two", "", "three"]),
        ("<ul><li>one<li>two</ul>", ["- one", "- two"]),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", ["a b", "c"]),
        ("<pre>one\n  two\n\nthree</pre>", ["one", "  two", "", "three"]),
        ("<p>one\n   two</p>", ["one two"]),
        ("<b>bo</b>ld <i>wor</i>d", ["bold word"]),
        ("fish &amp; chips caf&eacute; &#8217;", ["fish & chips caf\u00e9 \u2019"]),
        ("<meta charset=iso-8859-1><p>\u0644\u0627</p>", ["\u0644\u0627"]),
        ("<img src='cid:1' alt='a sunset'>", ["a sunset"]),
        ("<select><option>one<option>two</select>", ["one", "two"]),
    ],
)
def test_block_structure_becomes_lines(source: str, lines: list[str]) -> None:
    assert texts(source) == lines


@pytest.mark.parametrize(
    "source",
    [
        "<html><body>seen</body></html> after the end",
        "<p>seen</p></div></b></table> after the end",
        "<font color=white>seen after the end</font>",
        "<noscript>seen after the end</noscript>",
        "<object data=x>seen after the end</object>",
        "<b><b><b>seen <!-- not --> after <!>the end",
        "<div " + "a=b " * 5_000 + ">seen after the end",
        "<div>" * 2_000 + "seen after the end",
    ],
)
def test_words_in_odd_places_are_read(source: str) -> None:
    assert " ".join(" ".join(texts(source)).split()).startswith("seen")
    assert "after" in " ".join(texts(source))
    assert "the end" in " ".join(texts(source))


@pytest.mark.parametrize(
    "hidden",
    [
        "<style>p { color: red }</style>",
        "<script>alert(1)</script>",
        "<head><title>word</title></head>",
        "<div style='DISPLAY : NONE'>word</div>",
        "<ul hidden><li>word<li>word</ul>",
        "<table style='display:none'><tr><td>word<td><hr><img alt=word></table>",
        "<!-- word -->",
    ],
)
def test_what_no_reader_sees_leaves_no_trace(hidden: str) -> None:
    assert texts(f"<p>before</p>{hidden}<p>after</p>") == ["before", "", "after"]


def test_what_yahoo_quotes_is_one_deeper_without_a_blockquote() -> None:
    found = html_lines("mine<div class=yahoo_quoted><div>On Monday X wrote:</div><div>theirs</div></div>mine too")
    assert [line.depth for line in found if line.text] == [0, 1, 1, 0]


def test_blockquotes_nest_and_end() -> None:
    found = html_lines("mine<blockquote type=cite>a<blockquote>b</blockquote>c</blockquote>mine too")
    assert [(line.text, line.depth) for line in found if line.text] == [
        ("mine", 0), ("a", 1), ("b", 2), ("c", 1), ("mine too", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "markup"),
    [
        ("<blockquote type=cite>here</blockquote>", Markup.QUOTE),
        ("<div class=gmail_quote><blockquote class='gmail_quote x'>here</blockquote></div>", Markup.QUOTE),
        ("<div id=divRplyFwdMsg>here</div>", Markup.REPLY_HEADER),
        ("<div id=x_divRplyFwdMsg>here</div>", Markup.REPLY_HEADER),
        ("<div id=appendonsend></div><div>here</div>", Markup.REPLY_HEADER),
        ("<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>here</p></div>", Markup.REPLY_HEADER),
        ("<div class=moz-forward-container>here</div>", Markup.FORWARD),
        ("<div class='gmail_signature'>here</div>", Markup.SIGNATURE),
        ("<div class=moz-signature>here</div>", Markup.SIGNATURE),
        ("<div id=ms-outlook-mobile-signature>here</div>", Markup.SIGNATURE),
        ("<blockquote>here</blockquote>", None),
        ("<div class=quote>here</div>", None),
    ],
)
def test_what_mail_programs_mark_is_marked_at_its_first_line(source: str, markup: Markup | None) -> None:
    found = [line for line in html_lines(f"<p>before</p>{source}<p>after</p>") if line.text]
    assert [(line.text, line.markup) for line in found] == [("before", None), ("here", markup), ("after", None)]


_WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=12)
_SOUP = [
    *("<", ">", "</", "div", "p", "&", "#", ";", "<!--", "<![CDATA[", "<?", "'", '"', "=", "li>"),
    *("\0", "x", " ", "\ud800", "\n"),
]
_TAGS = st.sampled_from(["p", "div", "b", "i", "span", "blockquote", "ul", "li", "h1", "pre", "a", "font", "em"])


@st.composite
def _trees(draw: st.DrawFn) -> tuple[list[str], str]:
    """(the words in order, well-formed HTML that shows them)."""
    words: list[str] = []
    out: list[str] = []
    opened: list[str] = []
    for _ in range(draw(st.integers(1, 30))):
        step = draw(st.integers(0, 2))
        if step == 0:
            opened.append(draw(_TAGS))
            out.append(f"<{opened[-1]}>")
        elif step == 1 and opened:
            out.append(f"</{opened.pop()}>")
        else:
            words.append(draw(_WORDS))
            out.append(f" {html.escape(words[-1])} ")
    return words, "".join(out) + "".join(f"</{tag}>" for tag in reversed(opened))


@given(_trees())
def test_no_word_of_well_formed_html_is_lost_or_moved(tree: tuple[list[str], str]) -> None:
    words, source = tree
    assert re.sub(r"(?:^|\s)-(?=\s|$)", " ", "\n".join(texts(source))).split() == words


@given(st.lists(st.sampled_from(_SOUP)))
def test_any_tag_soup_becomes_lines(pieces: list[str]) -> None:
    found = html_lines("".join(pieces))
    assert all("\n" not in line.text and line.depth >= 0 for line in found)
    assert not any(not first.text and not found[0].text for first, _ in pairwise(found))
