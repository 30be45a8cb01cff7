from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from mailtriage.drafts.quoting import QUOTED_LIMIT, WIDTH, begun, has_own_words
from mailtriage.model import Message, Passage, PassageKind

ZONE = ZoneInfo("Europe/London")
AT = datetime(2026, 7, 23, 14, 5, tzinfo=UTC)
OWN, QUOTED = PassageKind.OWN, PassageKind.QUOTED


def letter(*passages: tuple[PassageKind, str], sent_at: datetime | None = AT) -> Message:
    return Message(sent_at=sent_at, passages=tuple(Passage(kind, text) for kind, text in passages))


def test_the_sender_s_own_words_are_quoted_under_the_practice_s_own_time() -> None:
    message = letter((OWN, "Hello,\n\nI am late."), (PassageKind.SIGNATURE, "Jo"), (QUOTED, "See you."))
    assert begun(message, AT, ZONE) == "\n\nOn 23 Jul 2026, at 15:05, you wrote:\n> Hello,\n>\n> I am late.\n"


def test_what_was_quoted_stays_where_it_is_answered_line_by_line() -> None:
    message = letter((QUOTED, "Friday?"), (OWN, "Yes."), (QUOTED, "At nine?"), (OWN, "No."), (QUOTED, "Yours, H."))
    assert begun(message, AT, ZONE).splitlines()[3:] == [">> Friday?", ">", "> Yes.", ">", ">> At nine?", ">", "> No."]


def test_a_message_without_any_words_leaves_an_empty_page() -> None:
    assert begun(letter(), AT, ZONE) == "\n"
    assert begun(letter((PassageKind.SIGNATURE, "Jo")), AT, ZONE) == "\n"


def test_long_lines_are_wrapped_behind_their_marks() -> None:
    lines = begun(letter((OWN, "word " * 100 + "\n>> " + "deep " * 100)), AT, ZONE).splitlines()[3:]
    assert all(len(line) <= WIDTH for line in lines)
    assert all(line.startswith(("> word", ">>> deep")) for line in lines)


def test_lines_that_the_sender_s_program_wrapped_stay_as_they_are() -> None:
    line = "x" * 75
    assert begun(letter((OWN, f"{line}\n{line}")), AT, ZONE).splitlines()[3:] == [f"> {line}"] * 2


def test_an_endless_letter_is_cut_and_said_to_be() -> None:
    text = begun(letter((OWN, "line\n" * 1_000_000), (OWN, "never")), AT, ZONE)
    assert len(text) < 2 * QUOTED_LIMIT
    assert text.endswith("> [...]\n")


@given(st.text(max_size=200), st.text(max_size=200))
def test_an_untouched_page_holds_no_words_of_hers(own: str, quoted: str) -> None:
    page = begun(letter((QUOTED, quoted), (OWN, own)), AT, ZONE)
    assert not has_own_words(page, page)
    assert not has_own_words(page.replace("\n", "\r\n"), page)
    assert not has_own_words("", page)
    assert has_own_words("Yes." + page, page)


def test_a_page_with_only_less_of_the_quote_holds_no_words_of_hers() -> None:
    page = begun(letter((OWN, "one\ntwo")), AT, ZONE)
    assert not has_own_words(page.replace("> one\n", ""), page)
