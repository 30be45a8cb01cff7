"""What every ledger must tell of answers: which mail answers which messages, and whose its words are."""

from __future__ import annotations

import pytest

from ledgers import HOUR, NOON, Ledger, received, sent
from mailtriage.ledger.answers import shares
from mailtriage.model import Verdict
from mailtriage.model.work import Reply


def _receive(ledger: Ledger, name: str, hours: int = 0, words: int = 100, **changes: object) -> int:
    at = NOON + hours * HOUR
    return ledger.add_received(
        received(name, received_at=at, sent_at=at, verdict=Verdict(words=words), thread=name, **changes)
    )


def _send(ledger: Ledger, name: str, hours: int, words: int, *answers: str, **changes: object) -> None:
    ids = tuple(f"{answer}@example.org" for answer in answers)
    ledger.add_sent(sent(name, sent_at=NOON + hours * HOUR, words=words, answers=ids, **changes))


def _parts(ledger: Ledger, number: int) -> list[tuple[int, int, int]]:
    return [(reply.answers, reply.words, reply.part_words) for reply in ledger.billing.replies(number)]


def test_a_message_without_an_answer_has_no_replies(ledger: Ledger) -> None:
    assert ledger.billing.replies(_receive(ledger, "a")) == ()
    assert ledger.billing.replies(7) == ()


def test_an_answer_counts_whole_for_the_one_message_it_answers(ledger: Ledger) -> None:
    number = _receive(ledger, "a")
    _send(ledger, "s", 1, 120, "a")
    assert ledger.billing.replies(number) == (Reply(NOON + HOUR, 120, 1, 120, is_guess=False),)


def test_an_answer_to_several_waiting_messages_is_shared_by_their_words(ledger: Ledger) -> None:
    numbers = [_receive(ledger, name, words=words) for name, words in (("a", 300), ("b", 100), ("c", 0))]
    _send(ledger, "s", 1, 121, "a", "b", "c")
    assert [_parts(ledger, number) for number in numbers] == [[(3, 121, 91)], [(3, 121, 30)], [(3, 121, 0)]]


@pytest.mark.parametrize("words", [0, 1, 2, 7, 100])
def test_the_parts_of_an_answer_sum_to_the_whole(ledger: Ledger, words: int) -> None:
    numbers = [_receive(ledger, name, words=count) for name, count in (("a", 1), ("b", 1), ("c", 1))]
    _send(ledger, "s", 1, words, "a", "b", "c")
    assert sum(reply.part_words for number in numbers for reply in ledger.billing.replies(number)) == words


def test_messages_without_words_share_an_answer_equally(ledger: Ledger) -> None:
    numbers = [_receive(ledger, name, words=0) for name in "ab"]
    _send(ledger, "s", 1, 5, "a", "b")
    assert [_parts(ledger, number) for number in numbers] == [[(2, 5, 3)], [(2, 5, 2)]]


def test_an_answer_that_names_the_thread_answers_only_what_was_not_answered_yet(ledger: Ledger) -> None:
    first = _receive(ledger, "a")
    _send(ledger, "s1", 1, 40, "a")
    second = _receive(ledger, "b", hours=2)
    _send(ledger, "s2", 3, 60, "a", "b")
    assert _parts(ledger, first) == [(1, 40, 40)]
    assert _parts(ledger, second) == [(1, 60, 60)]


def test_one_more_answer_belongs_to_the_last_message_that_it_names(ledger: Ledger) -> None:
    first, second = _receive(ledger, "a"), _receive(ledger, "b", hours=1)
    _send(ledger, "s1", 2, 40, "a", "b")
    _send(ledger, "s2", 3, 60, "a", "b")
    assert _parts(ledger, first) == [(2, 40, 20)]
    assert _parts(ledger, second) == [(2, 40, 20), (1, 60, 60)]


def test_replies_come_oldest_first_whatever_was_polled_first(ledger: Ledger) -> None:
    _send(ledger, "late", 3, 30, "a")
    _send(ledger, "early", 1, 10, "a")
    number = _receive(ledger, "a")
    assert [reply.words for reply in ledger.billing.replies(number)] == [10, 30]


def test_a_mail_that_was_sent_before_is_no_answer(ledger: Ledger) -> None:
    number = _receive(ledger, "a", hours=2)
    _send(ledger, "s", 1, 10, "a")
    assert ledger.billing.replies(number) == ()


def test_without_references_an_answer_is_a_guess_by_subject_and_person(ledger: Ledger) -> None:
    number = _receive(ledger, "a")
    _send(ledger, "s", 1, 50, thread="a")
    _send(ledger, "other subject", 1, 50, thread="b")
    _send(ledger, "other person", 1, 50, thread="a", recipients=("ann@example.org",))
    assert ledger.billing.replies(number) == (Reply(NOON + HOUR, 50, 1, 50, is_guess=True),)


def test_there_is_no_guess_where_an_answer_is_certain(ledger: Ledger) -> None:
    number = _receive(ledger, "a")
    _send(ledger, "guess", 1, 50, thread="a")
    _send(ledger, "sure", 2, 60, "a")
    assert ledger.billing.replies(number) == (Reply(NOON + 2 * HOUR, 60, 1, 60, is_guess=False),)


def test_an_answer_that_another_message_may_share_is_shared(ledger: Ledger) -> None:
    sure = _receive(ledger, "a", words=100)
    guessed = ledger.add_received(received("b", verdict=Verdict(words=300), thread="a"))
    _send(ledger, "s", 1, 80, "a", thread="a")
    assert ledger.billing.replies(sure) == (Reply(NOON + HOUR, 80, 2, 20, is_guess=False),)
    assert ledger.billing.replies(guessed) == (Reply(NOON + HOUR, 80, 2, 60, is_guess=True),)


def test_a_later_guess_goes_to_what_came_since_the_last_one(ledger: Ledger) -> None:
    first = _receive(ledger, "a")
    _send(ledger, "s1", 1, 10, thread="a")
    second = ledger.add_received(received("b", received_at=NOON + 2 * HOUR, thread="a"))
    _send(ledger, "s2", 3, 20, thread="a")
    _send(ledger, "s3", 4, 30, thread="a")
    assert _parts(ledger, first) == [(1, 10, 10)]
    assert _parts(ledger, second) == [(1, 20, 20), (1, 30, 30)]


def test_no_message_id_and_no_subject_match_nothing(ledger: Ledger) -> None:
    number = ledger.add_received(received(message_id="", thread=""))
    ledger.add_sent(sent(answers=("",), thread=""))
    assert ledger.billing.replies(number) == ()


def test_the_first_reply_is_the_answer_that_the_summary_knows(ledger: Ledger) -> None:
    for name, hours in (("a", 0), ("b", 1), ("c", 2)):
        _receive(ledger, name, hours)
    _send(ledger, "s1", 3, 10, "a", "b")
    _send(ledger, "s2", 4, 10, thread="c")
    for number in (1, 2, 3):
        kept, replies = ledger.message(number), ledger.billing.replies(number)
        assert kept is not None
        assert (kept.answered_at, kept.answer_is_guess) == (replies[0].sent_at, replies[0].is_guess)


@pytest.mark.parametrize("weights", [[1], [0], [1, 1, 1], [0, 0], [5, 0, 3], [1, 2, 3, 4, 1_000_000]])
def test_shares_sum_to_the_whole_and_are_never_a_word_off(weights: list[int]) -> None:
    for whole in range(200):
        parts = shares(whole, weights)
        assert sum(parts) == whole
        total = sum(weights)
        if total:
            assert all(abs(part * total - whole * w) < total for part, w in zip(parts, weights, strict=True))


# ---------------------------------------------------------------- who began


@pytest.mark.parametrize("sent_first", [True, False])
def test_a_message_that_answers_a_mail_with_which_she_began_is_begun_by_her(
    ledger: Ledger, *, sent_first: bool
) -> None:
    mail = sent("began", sent_at=NOON - HOUR)
    if sent_first:
        ledger.add_sent(mail)
    number = ledger.add_received(received(answers=("x@y", "began@practice.example")))
    if not sent_first:
        ledger.add_sent(mail)
    kept = ledger.message(number)
    assert kept is not None
    assert kept.is_begun


def test_an_answer_to_her_answer_is_begun_by_the_client(ledger: Ledger) -> None:
    _receive(ledger, "a")
    _send(ledger, "s", 1, 10, "a")
    number = _receive(ledger, "b", hours=2, answers=("a@example.org", "s@practice.example"))
    kept = ledger.message(number)
    assert kept is not None
    assert not kept.is_begun


def test_mail_that_answers_nothing_or_an_unnamed_mail_is_begun_by_the_client(ledger: Ledger) -> None:
    ledger.add_sent(sent("nameless", message_id=""))
    ledger.add_received(received("a"))
    ledger.add_received(received("b", answers=("",)))
    assert [message.is_begun for message in ledger.messages(NOON)] == [False, False]
