"""Every entry of the lexicon, run in the mail it is for."""

from __future__ import annotations

import pytest

from mailtriage.mail.lexicon import Language, fold, lexicon
from mailtriage.mail.lines import Line
from mailtriage.mail.passages import passages
from mailtriage.mail.subject import subject_prefixes
from mailtriage.model import Passage, PassageKind, PrefixMeaning, QuoteOrigin

LANGUAGES = tuple(lexicon().languages.values())
WRAPPED_AFTER = 34
OWN = "Could we meet on the other day"
VALUES = {
    "from": "Bea Third <bea@third.example>",
    "date": "2026-11-02 10:00",
    "to": "Anna Client <anna@client.example>",
    "cc": "carl@third.example",
    "bcc": "dora@third.example",
    "reply-to": "office@third.example",
    "subject": "Dates",
    "other": "some value",
}


def read(*lines: str) -> tuple[Passage, ...]:
    return passages([Line(line) for text in lines for line in text.split("\n")])


def own(found: tuple[Passage, ...]) -> str:
    return "\n\n".join(p.text for p in found if p.kind is PassageKind.OWN)


def block(language: Language, **chosen: str) -> str:
    """A header block with the first label of each kind that every program writes; `chosen` takes another label."""
    english = lexicon().languages["en"].labels
    fields = dict.fromkeys(["from", "date", "to", "subject", *chosen])
    labels = {field: chosen.get(field) or (language.labels.get(field) or english[field])[0] for field in fields}
    return "\n".join(f"{label}: {VALUES[field]}" for field, label in labels.items())


def each(name: str) -> list[object]:
    return [
        pytest.param(language, entry, id=f"{language.code}-{entry}")
        for language in LANGUAGES
        for entry in getattr(language, name)
    ]


@pytest.mark.parametrize(("language", "phrase"), each("forward"))
def test_a_forward_separator_with_a_header_block_opens_forwarded_text(language: Language, phrase: str) -> None:
    for drawn in ("---------- {} ---------", "--- {} ---", "{}:", "*{}:*", "-----  {}  -----"):
        found = read(OWN, "", drawn.format(phrase), "", block(language), "", "Their words.")
        assert own(found) == OWN
        assert [(p.kind, p.quote and p.quote.origin) for p in found[1:]] == [
            (PassageKind.FORWARDED, QuoteOrigin.FORWARD_SEPARATOR)
        ]


@pytest.mark.parametrize(("language", "phrase"), each("original"))
def test_an_original_separator_opens_a_quote_with_or_without_headers(language: Language, phrase: str) -> None:
    for below in (block(language), ""):
        found = read(OWN, "", f"-----{phrase}-----", below, "", "Their words.")
        assert own(found) == OWN
        assert found[1].quote is not None
        assert found[1].quote.origin is QuoteOrigin.ORIGINAL_SEPARATOR


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
@pytest.mark.parametrize("drawn", ["{}: {}", "{} : {}", "*{}:* {}", "\u200f{}\u200f:\u00a0{}", "{}\uff1a{}", "{}:\t{}"])
def test_every_header_label_stands_in_a_header_block(language: Language, drawn: str) -> None:
    for field, label in ((field, label) for field, labels in language.labels.items() for label in labels):
        lines = block(language, **{field: label}).split("\n")
        found = read(OWN, "", *(drawn.format(*line.split(": ", 1)) for line in lines), "", "Their words.")
        assert own(found) == OWN
        quote = found[1].quote
        assert quote is not None
        assert (quote.origin, quote.sender) == (QuoteOrigin.HEADER_BLOCK, "bea@third.example"), label
        assert field in quote.labels, label


@pytest.mark.parametrize(("language", "line"), each("attributions"))
def test_an_attribution_opens_a_quote_marked_or_not(language: Language, line: str) -> None:
    for quoted in ("> Their words.\n>\n> More of them.", "Their words.\n\nMore of them."):
        found = read(OWN, "", line, "", quoted)
        assert own(found) == OWN, language
        assert [p.quote and p.quote.origin for p in found[1:]] == [QuoteOrigin.ATTRIBUTION]


@pytest.mark.parametrize(("language", "line"), each("attributions"))
def test_an_attribution_is_recognised_wherever_it_is_wrapped(language: Language, line: str) -> None:
    words = line.split(" ")
    for at in range(1, len(words)):
        wrapped = " ".join(words[:at]) + "\n" + " ".join(words[at:])
        if len(" ".join(words[:at])) < WRAPPED_AFTER or line.startswith(">>>"):
            continue
        found = read(OWN, "", wrapped, "", "> Their words.")
        assert own(found) == OWN, (language.code, wrapped)


@pytest.mark.parametrize(("language", "word"), each("wrote"))
def test_every_word_for_wrote_stands_in_an_example(language: Language, word: str) -> None:
    assert any(fold(word) in fold(example) for example in language.attributions)


@pytest.mark.parametrize(("language", "entry"), each("sent_from"))
def test_a_mobile_footer_is_no_own_word(language: Language, entry: str) -> None:
    start, star, end = entry.partition("*")
    footer = f"{start}Fairphone{end}" if star or start.endswith(" ") else entry
    found = read(OWN, "", footer)
    assert own(found) == OWN, language
    assert found[1] == Passage(PassageKind.SIGNATURE, footer)


@pytest.mark.parametrize(("language", "entry"), each("footers"))
def test_a_disclaimer_is_no_own_word(language: Language, entry: str) -> None:
    found = read(OWN, "", f"{entry} and so on, at length", "", "and further")
    assert own(found) == OWN, language
    assert found[1].kind is PassageKind.FOOTER


@pytest.mark.parametrize(("language", "phrase"), each("forward_end"))
def test_what_stands_below_the_end_of_a_forward_is_own(language: Language, phrase: str) -> None:
    found = read("---- Forwarded message ----", block(language), "", "Their words.", f"---- {phrase} ----", OWN)
    assert own(found) == OWN


@pytest.mark.parametrize(
    ("language", "prefix", "meaning"),
    [
        pytest.param(language, prefix, meaning, id=f"{language.code}-{prefix}")
        for language in LANGUAGES
        for meaning, prefixes in (
            (PrefixMeaning.FORWARD, language.subject_forward),
            (PrefixMeaning.REPLY, language.subject_reply),
            (PrefixMeaning.AMBIGUOUS, language.subject_ambiguous),
        )
        for prefix in prefixes
    ],
)
def test_a_subject_prefix_is_read_in_any_case(language: Language, prefix: str, meaning: PrefixMeaning) -> None:
    for written in (
        f"{prefix}: Dates",
        f"{prefix.upper()} : Dates",
        f"[EXT] {prefix.lower()}\uff1aDates",
        f"{prefix}[2]: Dates",
    ):
        found = subject_prefixes(written)
        assert found, (language.code, written)
        assert found[0].meaning in (meaning, PrefixMeaning.AMBIGUOUS)


def test_folding_twice_changes_nothing() -> None:
    for phrase in lexicon().forward:
        assert fold(phrase) == phrase
