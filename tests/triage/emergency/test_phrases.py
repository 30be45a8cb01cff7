"""The language of phrases, and that scanning all at once finds what looking one by one finds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailtriage.triage.emergency.matcher import Matcher
from mailtriage.triage.emergency.phrases import PhraseError, PhraseReader
from mailtriage.triage.emergency.tokens import Spelling, Words, tokens

_READER = PhraseReader({"colour": ["red", "deep blue"]}, str.split)


def _words(text: str) -> Words:
    return tokens(text, Spelling())


def _matches(phrase: str, text: str) -> bool:
    return bool(Matcher([_READER.phrase(phrase)]).ends(_words(text)))


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("a b", "x a b y", True),
        ("a b", "a x b", False),
        ("a {0-2} b", "a x y b", True),
        ("a {0-2} b", "a x y z b", False),
        ("a [x] b", "a b", True),
        ("a [x|y z] b", "a y z b", True),
        ("a (x|y z) b", "a b", False),
        ("<colour> sky", "a deep blue sky", True),
        ("<colour> sky", "a blue sky", False),
        ("a b", "a. b", False),
        ("a b", "a\nb", True),
        ("a b", "a\n\nb", False),
        ("take # pills", "take 30 pills", True),
        ("a {0-3} [x] {0-2} b", "a 1 2 3 4 5 b", True),
    ],
)
def test_phrases_mean_what_the_files_say(phrase: str, text: str, *, expected: bool) -> None:
    assert _matches(phrase, text) is expected


@pytest.mark.parametrize(
    "phrase", ["", "{0-2} a", "a {0-2}", "(a", "a)", "<nix>", "[a]", "(a||b)", "a {0-90} b", "a | b"]
)
def test_a_phrase_that_makes_no_sense_is_refused(phrase: str) -> None:
    with pytest.raises(PhraseError):
        _READER.phrase(phrase)


_PARTS = st.lists(st.sampled_from(["a", "b", "c", "(a|b c)", "[b]", "<colour>"]), min_size=1, max_size=4)


@given(_PARTS, _PARTS, st.lists(st.sampled_from(["a", "b", "c", "red", "deep", "blue", "x"]), max_size=12))
def test_scanning_phrases_together_finds_what_each_finds_alone(one: list[str], two: list[str], text: list[str]) -> None:
    phrases = [_READER.phrase("a {0-2} " + " ".join([*one, "c"])), _READER.phrase(" ".join(["b", *two]))]
    together = Matcher(phrases)
    words = _words(" ".join(text))
    found = set(together.ends(words))
    alone = {(number, end) for number, phrase in enumerate(phrases) for _, end in Matcher([phrase]).ends(words)}
    assert found == alone
    for phrase, end in found:
        match = together.match(phrase, end, words)
        assert match.start <= end < match.end


def test_steps_that_were_forgotten_are_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailtriage.triage.emergency.matcher._MOST_STEPS", 3)
    matcher = Matcher([_READER.phrase("a {0-2} b"), _READER.phrase("<colour> sky")])
    texts = [_words(text) for text in ("a x y b", "a deep blue sky", "b a b", "red sky")] * 3
    assert [matcher.ends(text) for text in texts] == [[(0, 3)], [(1, 3)], [(0, 2)], [(1, 1)]] * 3


def test_what_is_written_twice_is_one_object_in_memory() -> None:
    reader = PhraseReader({"colour": ["red", "deep blue"]}, str.split)
    first, second = reader.phrase("the (red|deep blue) sky"), reader.phrase("a (red|deep blue) sky")
    assert first[1:] == second[1:]
    assert all(one is other for one, other in zip(first[1:], second[1:], strict=True))
