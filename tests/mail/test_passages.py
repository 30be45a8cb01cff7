"""Own words, quotes, forwarded text and signatures, told apart."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailtriage.mail.lexicon import lexicon
from mailtriage.mail.lines import Line, Markup
from mailtriage.mail.passages import passages
from mailtriage.model import Message, Passage, PassageKind, QuoteOrigin

BLOCK = "From: Bea Third <bea@third.example>\nSent: 02 November 2026 10:00\nTo: Anna\nSubject: Dates"


def read(text: str) -> tuple[Passage, ...]:
    return passages([Line(line) for line in text.split("\n")])


def own(text: str) -> str:
    return Message(passages=read(text)).own_text


def kinds(text: str) -> list[PassageKind]:
    return [p.kind for p in read(text)]


LETTERS = {
    "times with labels": "Here is when I could come:\n\nFrom: 3 pm\nTo: 5 pm\nDate: Tuesday\n\nDoes that suit you?",
    "a list with labels": "Name: Anna\nDate: 3 May\nSubject: the form\n\nI filled it in.",
    "a story with wrote": "On Monday my mother wrote:\n\nI never want to see you again.\n\nI cried all day.",
    "a date and wrote": "On 3 May 2026 my sister wrote:\n\nCome home.\n\nI did not.",
    "a time and a colon": "We said 2.11.2026 at 10:00:\n\nI will be there.",
    "forward as a word": "I look forward to it.\n\nForwarded message: I never got it.\n\nAnna",
    "dashes between topics": "First thing.\n\n---\n\nSecond thing, which is longer.\n\n---\n\nThird thing.",
    "a ruled heading": "----- My week -----\n\nMonday was hard.\n\n----- My sleep -----\n\nBad.",
    "a lone mark": "It was\n>5 times a day\nand more.",
    "mbox's mark": "I am well.\n>From now on I sleep.",
    "a face": "I missed the bus\n>:(\nand came late.",
    "a sign-off": "See you then.\n\nKind regards,\nAnna",
    "only a name": "Anna",
    "a disclaimer of her own": "This message is confidential and I mean it.\n\nPlease do not tell him.",
    "from my, as words": "Von meinem Mann habe ich nichts gehört.\n\nAnna",
    "a table": "| day | sleep |\n| Mon | bad |\n| Tue | good |",
    "an address to write to": "Please write to my brother, bob@third.example:\n\nhe has the papers.",
    "numbered points": "1. I sleep badly\n2. I eat badly\n3. At 10:00 I get up",
    "a dialogue": "He: you are late.\nMe: sorry.\nHe: again.\n\nThat is how it goes.",
}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
def test_a_letter_is_all_its_sender_s_own(letter: str) -> None:
    assert own(letter) == letter


def test_answers_between_quotes_are_own_words() -> None:
    text = "On 2 Nov 2026, at 10:00, Bea wrote:\n> Can you come?\nYes.\n> And on Friday?\n\nNo.\n\n> Bea"
    assert own(text) == "Yes.\n\nNo."
    assert kinds(text) == [PassageKind.QUOTED, PassageKind.OWN] * 2 + [PassageKind.QUOTED]


def test_an_answer_below_the_quote_is_own() -> None:
    assert own("On 2 Nov 2026, at 10:00, Bea wrote:\n\n> Can you come?\n\nYes, I can.") == "Yes, I can."


def test_a_quote_without_marks_goes_on_to_the_end() -> None:
    assert own("Yes.\n\nOn 2 Nov 2026, at 10:00, Bea wrote:\n\nCan you come?\n\nBea") == "Yes."


def test_an_indented_quote_with_text_at_the_margin_below_may_hold_an_answer_and_is_kept() -> None:
    assert own("On 2 Nov 2026, at 10:00, Bea wrote:\n\n    Can you come?\n\nYes.") == "    Can you come?\n\nYes."


def test_a_forward_quoted_in_a_reply_is_only_a_quote() -> None:
    text = f"Yes.\n\nOn 2 Nov 2026, at 10:00, Bea wrote:\n> ---- Forwarded message ----\n> {BLOCK}".replace("\n", "\n")
    assert PassageKind.FORWARDED not in kinds(text)


def test_a_forward_in_an_outlook_reply_is_only_a_quote() -> None:
    text = f"Yes.\n\n{BLOCK}\n\nSee below.\n\n---- Forwarded message ----\n{BLOCK}\n\nTheir words."
    assert kinds(text) == [PassageKind.OWN, PassageKind.QUOTED]


def test_a_chain_of_forwards_is_one_passage_with_the_outermost_sender() -> None:
    inner = "---- Forwarded message ----\nFrom: Carl <carl@third.example>\nSubject: Dates\n\nHis words."
    found = read(f"Look.\n\n---- Forwarded message ----\n{BLOCK}\n\n{inner}")
    assert [p.kind for p in found] == [PassageKind.OWN, PassageKind.FORWARDED]
    assert found[1].quote is not None
    assert found[1].quote.sender == "bea@third.example"


def test_a_folded_header_belongs_to_its_block() -> None:
    folded = (
        "From: Bea Third\n<bea@third.example>\nSent: 02 November 2026\n"
        "To: Anna <anna@client.example>,\n Carl <carl@third.example>\nSubject: Dates"
    )
    found = read(f"Look.\n\n{folded}\n\nTheir words.")
    assert found[0].text == "Look."
    assert found[1].quote is not None
    assert found[1].quote.labels == ("from", "date", "to", "subject")
    assert found[1].quote.sender == "bea@third.example"


def test_headers_with_blank_lines_between_them_are_one_block() -> None:
    found = read(f"Look.\n\n{BLOCK.replace(chr(10), chr(10) * 2)}\n\nTheir words.")
    assert found[1].quote is not None
    assert found[1].quote.labels == ("from", "date", "to", "subject")


def test_a_separator_with_labels_under_it_needs_no_marks_and_no_dashes() -> None:
    assert kinds(f"Look.\n\nForwarded message:\n\n{BLOCK}\n\nTheirs.") == [PassageKind.OWN, PassageKind.FORWARDED]


def test_bars_mark_a_quote_too() -> None:
    assert own("On 2 Nov 2026, at 10:00, Bea wrote:\n\n| Can you come?\n|\n| Bea\n\nYes.") == "Yes."


def test_initials_mark_a_quote_too() -> None:
    assert own("BT> Can you come?\nBT> On Friday?\n\nYes.") == "Yes."


def test_the_broken_end_of_a_long_quoted_line_stays_quoted() -> None:
    long = "> Can you come on the other day, because on the first day I have to be at the\ndentist's\n> all day?"
    assert own(f"On 2 Nov 2026, at 10:00, Bea wrote:\n\n{long}\n\nYes.") == "Yes."


def test_an_address_broken_before_its_bracket_is_no_quote() -> None:
    assert own("Yes.\n\nOn Mon, 2 Nov 2026 at 10:00, Bea <bea@third.example\n> wrote:\n\n> Can you come?") == "Yes."


def test_an_own_line_right_above_an_attribution_is_kept() -> None:
    assert own("On 3 May I shall come.\nOn 2 Nov 2026, at 10:00, Bea wrote:\n> Can you?") == "On 3 May I shall come."


@pytest.mark.parametrize("delimiter", ["-- ", "--", "_______________"])
def test_a_signature_is_separated_and_kept(delimiter: str) -> None:
    found = read(f"Yes.\n\n{delimiter}\nAnna Client\n07700 900000")
    assert [p.kind for p in found] == [PassageKind.OWN, PassageKind.SIGNATURE]
    assert "07700 900000" in found[1].text


def test_what_is_too_long_for_a_signature_is_own() -> None:
    text = "Yes.\n\n--\n" + "\n".join(f"And this is line {n} of what I want to say." for n in range(30))
    assert own(text) == text


def test_a_signature_above_a_quote_is_separated() -> None:
    text = "Yes.\n\n-- \nAnna Client\n\nOn 2 Nov 2026, at 10:00, Bea wrote:\n> Can you come?"
    assert kinds(text) == [PassageKind.OWN, PassageKind.SIGNATURE, PassageKind.QUOTED]


def test_words_below_a_mobile_footer_are_kept() -> None:
    assert own("Yes.\n\nSent from my iPhone\n\nP.S. I cannot come.") == "Yes.\n\nP.S. I cannot come."


def test_the_link_below_a_mobile_footer_belongs_to_it() -> None:
    assert own("Yes.\n\nGet Outlook for iOS\n<https://aka.example/o0ukef>") == "Yes."


def test_structural_depth_quotes_like_marks() -> None:
    found = passages(
        [Line("Yes."), Line("On 2 Nov 2026, at 10:00, Bea wrote:"), Line("Can you?", depth=1), Line("Anna")]
    )
    assert [(p.kind, p.text) for p in found if p.kind is PassageKind.OWN] == [
        (PassageKind.OWN, "Yes."),
        (PassageKind.OWN, "Anna"),
    ]


@pytest.mark.parametrize(
    ("markup", "kind", "origin"),
    [
        (Markup.FORWARD, PassageKind.FORWARDED, QuoteOrigin.FORWARD_SEPARATOR),
        (Markup.REPLY_HEADER, PassageKind.QUOTED, QuoteOrigin.HEADER_BLOCK),
    ],
)
def test_markup_opens_a_quote_where_its_header_block_follows(
    markup: Markup, kind: PassageKind, origin: QuoteOrigin
) -> None:
    lines = [Line("Look."), Line("", markup=markup), *map(Line, BLOCK.split("\n")), Line("Their words.")]
    found = passages(lines)
    assert [p.kind for p in found] == [PassageKind.OWN, kind]
    assert found[1].quote is not None
    assert (found[1].quote.origin, found[1].quote.sender) == (origin, "bea@third.example")


def test_markup_of_a_signature_is_believed() -> None:
    found = passages([Line("Yes."), Line("Anna Client", markup=Markup.SIGNATURE), Line("07700 900000")])
    assert [p.kind for p in found] == [PassageKind.OWN, PassageKind.SIGNATURE]


# ---------------------------------------------------------------- composed mails

WORDS = [
    "I",
    "you",
    "we",
    "came",
    "home",
    "late",
    "slept",
    "badly",
    "again",
    "Monday",
    "session",
    "10:00",
    "2026",
    "50%",
    "wrote",
    "from",
    "to",
    "my",
    "mother",
    "said:",
    "yes",
    "no,",
    "forward",
    "really?",
    "sorry!",
    "(twice)",
    "really...",
    "I'm",
    "-",
    "can't",
    "über",
    "très",
    "mañana",
    "снова",
    "明日",
    "מחר",
    "غدا",
]
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join)
PARAGRAPH = st.lists(SENTENCE.map(lambda s: f"I {s}."), min_size=1, max_size=4).map("\n".join)
OWN_TEXT = st.lists(PARAGRAPH, min_size=1, max_size=4).map("\n\n".join)
PROGRAMS = tomllib.loads(Path(__file__).with_name("programs.toml").read_text("utf-8"))["program"]
LANGUAGES = tuple(lexicon().languages.values())
QUOTED = "Their words, on some day.\n\nAnd more."


def _marked(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


@st.composite
def a_block(draw: st.DrawFn) -> str:
    """A quote as some program writes it in some language: separator and labels, or an attribution; marked or not."""
    language = draw(st.sampled_from(LANGUAGES))
    english = lexicon().languages["en"].labels
    quoted = draw(st.sampled_from([QUOTED, _marked(QUOTED)]))
    if draw(st.booleans()):
        return f"{draw(st.sampled_from(language.attributions))}\n\n{quoted}"
    values = {"from": "Bea <bea@third.example>", "date": "02.11.2026 10:00", "to": "Anna", "subject": "Dates"}
    colon = draw(st.sampled_from([": ", " : ", ":\t", "\uff1a"]))
    order = draw(st.permutations(list(values)))
    labels = {field: draw(st.sampled_from(language.labels.get(field, english[field]))) for field in order}
    block = "\n".join(f"{label}{colon}{values[field]}" for field, label in labels.items())
    separators = ["________________________________\n", ""]
    separators += [f"---------- {phrase} ---------\n" for phrase in (*language.forward, *language.original)]
    separators += [f"{phrase}:\n\n" for phrase in language.forward]
    text = f"{draw(st.sampled_from(separators))}{block}\n\n{QUOTED}"
    return _marked(text) if draw(st.booleans()) else text


@settings(max_examples=300, deadline=None)
@given(OWN_TEXT, a_block())
def test_any_own_text_above_any_language_s_quote_comes_back(text: str, block: str) -> None:
    assert own(f"{text}\n\n{block}") == text


@settings(max_examples=150, deadline=None)
@given(OWN_TEXT, st.sampled_from(PROGRAMS))
def test_any_own_text_above_any_program_s_quote_comes_back(text: str, program: dict[str, str]) -> None:
    assert own(f"{text}\n\n{program['text'].replace('{q}', 'Their words.')}") == text


@settings(max_examples=150, deadline=None)
@given(OWN_TEXT, OWN_TEXT, a_block())
def test_own_text_above_and_below_a_marked_quote_comes_back(above: str, below: str, block: str) -> None:
    assert own(f"{above}\n\n{_marked(block)}\n\n{below}") == f"{above}\n\n{below}"


HOSTILE_PIECES = [
    *["> ", ">", "| ", "-- ", "---- Forwarded message ----", "From: a@b.example", "Date: 02.11.2026", "Subject: x"],
    *["To:", "On 2 Nov 2026, at 10:00, Bea wrote:", "Sent from my iPhone", "________", "words", "", "    indented"],
    "To unsubscribe",
]
PIECES = st.sampled_from(HOSTILE_PIECES)
ANY_TEXT = st.lists(st.lists(PIECES | st.text(max_size=8), max_size=3).map("".join), max_size=14).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_every_word_is_in_exactly_one_passage(text: str) -> None:
    lines = text.split("\n")
    found = "".join(p.text for p in passages([Line(line) for line in lines]))

    def letters(words: str) -> list[str]:
        return sorted(c for c in words if c.isalnum())

    assert letters(found) == letters("".join(lines)) or "|" in text or ">" in text


# Each piece for itself: what stood between two pieces may have kept the lines of a header block apart.
@settings(max_examples=300, deadline=None)
@given(ANY_TEXT | OWN_TEXT)
def test_a_piece_of_own_text_read_again_is_own_text_to_the_letter(text: str) -> None:
    for piece in read(text):
        assert piece.kind is not PassageKind.OWN or own(piece.text) == piece.text


def test_lines_that_a_footer_kept_apart_are_no_header_block() -> None:
    text = "Date: 02.11.2026\nSent from my iPhone\nFrom: a@b.example"
    assert own(text) == "Date: 02.11.2026\n\nFrom: a@b.example"
