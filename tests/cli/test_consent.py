"""`consent` and `price`, typed at a real practice folder; given, withdrawn and raised at every place of a time line."""

from __future__ import annotations

import json
import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import EX_USAGE
from practice_folder import NOW
from pseudo_terminal import pseudo_terminal

if TYPE_CHECKING:
    from books import Books

POUND = "\N{POUND SIGN}"
ADD = 'consent add J.T. --how "signed agreement" --price 20.00 --given'
CHARGED = [(4, 1, f"{POUND}20.00")]


def worked(books: Books) -> None:
    """Twelve minutes of message 4, from 10:00 to 10:12 today."""
    books.type("log 4 --reading 12m --at 10:12")


# ---------------------------------------------------------------- where the work lies


@pytest.mark.parametrize(
    ("given", "covers"),
    [
        ("2026-11-01", True),
        ("2026-11-22", True),  # yesterday: from its end
        ("'2026-11-23 10:00'", True),
        ("'2026-11-23 10:01'", False),  # during the work
        ("'2026-11-23 10:12'", False),
        ("today", False),
    ],
)
def test_only_work_that_began_under_the_consent_is_charged(books: Books, given: str, *, covers: bool) -> None:
    worked(books)
    books.type(f"{ADD} {given}")
    books.type("confirm 4")
    assert books.due() == (CHARGED if covers else [])


def test_a_day_alone_does_not_cover_the_work_of_that_day(books: Books) -> None:
    books.type("log 4 --reading 12m --at 'yesterday 13:00'")
    assert "It holds from Mon 23 Nov 2026 00:00; work done before stays free." in books.type(f"{ADD} yesterday")
    books.type("confirm 4")
    assert books.due() == []
    books.type(f"{ADD} 'yesterday 12:30'")
    books.type("confirm 4")
    assert books.due() == CHARGED


@pytest.mark.parametrize(
    ("on", "covers"),
    [
        ("'2026-11-23 10:12'", True),  # as the work ended
        ("'2026-11-23 10:11'", False),  # during it
        ("'2026-11-23 10:00'", False),
        ("today", False),  # from the day's beginning
        ("yesterday", False),
    ],
)
def test_only_work_that_was_over_before_a_withdrawal_is_charged(books: Books, on: str, *, covers: bool) -> None:
    worked(books)
    books.type(f"{ADD} 2026-11-01")
    books.type(f"consent withdraw J.T. --on {on}")
    books.type("confirm 4")
    assert books.due() == (CHARGED if covers else [])


def test_a_withdrawal_for_a_time_in_the_past_takes_back_the_charges_of_that_time(books: Books) -> None:
    worked(books)
    books.type(f"{ADD} 2026-11-01")
    books.type("confirm 4")
    out = books.type("consent withdraw J.T. --on yesterday")
    assert "The charge for message 4 is taken back: no consent covers this time any more." in out
    assert books.due() == []


def test_a_withdrawal_from_now_on_leaves_earlier_charges(books: Books) -> None:
    worked(books)
    books.type(f"{ADD} 2026-11-01")
    books.type("confirm 4")
    assert "taken back" not in books.type("consent withdraw J.T.")
    assert books.due() == CHARGED


def test_a_consent_for_one_message_covers_no_other(books: Books) -> None:
    other = books.receive("other", NOW - timedelta(hours=6))
    worked(books)
    books.type(f"log {other} --reading 12m --at 10:30")
    books.type(f"{ADD} 2026-11-01 --message {other}")
    books.type(f"confirm 4 {other}")
    assert [number for number, *_ in books.due()] == [other]


def test_withdrawing_for_one_message_leaves_the_standing_consent(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.type(f"{ADD} 2026-11-01 --message 4")
    assert "a consent for message 4 to" in books.type("consent withdraw J.T. --message 4")
    assert "has no consent for message 4 that is in force" in books.refused("consent withdraw J.T. --message 4")
    assert "a standing consent to" in books.type("consent withdraw J.T.")
    assert "has no consent that is in force" in books.refused("consent withdraw J.T.")


def test_the_policy_agreed_to_is_the_configured_one_unless_another_is_named(books: Books) -> None:
    config = books.practice.path / "config.toml"
    config.write_text(config.read_text("utf-8") + 'policy = "2026-01"\n', "utf-8")
    assert "is recorded: signed agreement, policy 2026-01." in books.type(f"{ADD} 2026-11-01")
    assert "is recorded: signed agreement, policy 2025-02." in books.type(f"{ADD} 2026-11-01 --policy 2025-02")


def test_withdrawing_without_a_message_withdraws_everything(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.type(f"{ADD} 2026-11-01 --message 4")
    assert books.type("consent withdraw J.T.").count("is withdrawn") == 2


# ---------------------------------------------------------------- recorded by mistake


def test_a_consent_recorded_by_mistake_is_void_from_its_beginning_as_the_hint_says(books: Books) -> None:
    worked(books)
    out = books.type(f"{ADD} 2026-11-01")
    hint = out.rpartition("If it is a mistake: mailtriage ")[2].strip()
    assert hint == "consent void 1"
    books.type("confirm 4")
    assert books.due() == CHARGED
    out = books.type(hint)
    assert f"J.T.: consent 1, a standing consent to {POUND}20.00 a unit, is void: it counts as never given." in out
    assert "The charge for message 4 is taken back: no consent covers this time any more." in out
    assert books.due() == []
    books.type("confirm 4")
    assert books.due() == []
    assert "from Mon 2 Nov 2026 00:00, void: it covers nothing; signed agreement." in books.type("consent list J.T.")
    assert json.loads(books.type("consent list --json"))["consents"][0]["is_void"]
    assert "consent 1 is void already" in books.refused("consent void 1")


def test_voiding_one_consent_leaves_the_others(books: Books) -> None:
    worked(books)
    books.type(f"{ADD} 2026-11-01")
    assert "If it is a mistake: mailtriage consent void 2" in books.type(f"{ADD} 2026-11-02")
    books.type("consent void 2")
    books.type("confirm 4")
    assert books.due() == CHARGED


def test_a_withdrawal_moves_to_an_earlier_time_and_never_to_a_later_one(books: Books) -> None:
    worked(books)
    books.type(f"{ADD} 2026-11-01")
    books.type("confirm 4")
    books.type("consent withdraw J.T.")
    assert books.due() == CHARGED
    out = books.type("consent withdraw J.T. --on yesterday")
    assert "is withdrawn earlier than was recorded before." in out
    assert "It ends Sun 22 Nov 2026 00:00" in out
    assert "The charge for message 4 is taken back" in out
    assert books.due() == []
    for later in ("", " --on yesterday", " --on today"):
        assert "has no consent that is in force" in books.refused(f"consent withdraw J.T.{later}")


def test_a_withdrawal_before_the_consent_began_voids_it_and_says_so(books: Books) -> None:
    worked(books)
    books.type(f"{ADD} 2026-11-01")
    out = books.type("consent withdraw J.T. --on 2026-11-01")
    assert "is void: it would end before it began, so it covers nothing." in out
    assert "stays covered" not in out
    books.type("confirm 4")
    assert books.due() == []


def test_withdrawing_one_consent_by_its_number_leaves_the_others(books: Books) -> None:
    for _ in range(2):
        books.type(f"{ADD} 2026-11-01")
    assert books.type("consent withdraw J.T. --consent 2").count("is withdrawn") == 1
    assert "has no consent 2 that is in force" in books.refused("consent withdraw J.T. --consent 2")
    assert [c["withdrawn_at"] is None for c in json.loads(books.type("consent list --json"))["consents"]] == [
        True,
        False,
    ]


@pytest.mark.parametrize("which", ["2", "0", "''", "x", "1-2", "-1"])
def test_a_consent_that_is_not_there_is_not_void(books: Books, which: str) -> None:
    books.type(f"{ADD} 2026-11-01")
    status, out, _ = books.typed(f"consent void {which}")
    assert (status, out) == (EX_USAGE, "")
    assert "void" not in books.type("consent list")


def test_the_very_same_consent_again_is_remarked(books: Books) -> None:
    assert "the very same" not in books.type(f"{ADD} 2026-11-01")
    assert "Consent 1 says the very same and holds already: one of them is enough." in books.type(f"{ADD} 2026-11-01")
    assert "the very same" not in books.type(f"{ADD} 2026-11-02")


# ---------------------------------------------------------------- given again after a withdrawal


def test_an_older_consent_given_again_after_a_withdrawal_needs_a_yes(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.type("consent withdraw J.T. --on 2026-11-20")
    err = books.refused(f"{ADD} 2026-11-01")
    assert "J.T. withdrew consent 1, Fri 20 Nov 2026 00:00." in err
    assert "would make work since then chargeable" in err
    assert len(json.loads(books.type("consent list --json"))["consents"]) == 1
    books.type(f"{ADD} 2026-11-01 --yes")
    assert len(json.loads(books.type("consent list --json"))["consents"]) == 2


@pytest.mark.parametrize(("answer", "kept"), [("n", 1), ("y", 2)])
def test_it_is_asked_about_in_a_terminal(books: Books, answer: str, kept: int) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.type("consent withdraw J.T. --on 2026-11-20")
    words = ["--config", str(books.practice.path / "config.toml"), *shlex.split(f"{ADD} 2026-11-01")]
    with pseudo_terminal(words) as terminal:
        terminal.expect("Did J.T. agree to that? [y/n] ")
        terminal.type(f"{answer}\n")
        assert terminal.leave() == (0 if answer == "y" else EX_USAGE)
    assert len(json.loads(books.type("consent list --json"))["consents"]) == kept


@pytest.mark.parametrize(
    ("first", "again", "asks"),
    [
        ("", "", True),
        ("", " --message 4", True),
        (" --message 4", "", True),
        (" --message 4", " --message 4", True),
        (" --message 4", " --message 5", False),
    ],
)
def test_it_is_asked_about_where_both_are_for_the_same_messages(
    books: Books, first: str, again: str, *, asks: bool
) -> None:
    books.receive("other", NOW - timedelta(hours=6))
    books.type(f"{ADD} 2026-11-01{first}")
    books.type("consent withdraw J.T. --on 2026-11-20")
    assert (books.typed(f"{ADD} 2026-11-01{again}")[0] != 0) == asks


@pytest.mark.parametrize("ending", ["consent void 1", "consent withdraw J.T. --on 2026-11-20"])
def test_a_consent_of_after_the_withdrawal_or_beside_a_void_one_is_not_asked_about(books: Books, ending: str) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.type(ending)
    books.type(f"{ADD} '2026-11-20 00:00'")


# ---------------------------------------------------------------- what was decided before


@pytest.mark.parametrize(
    "event",
    ["price set 30.00 --client J.T. --from 2026-11-01", "consent withdraw J.T. --on 2026-11-01", "consent void 1"],
)
def test_what_is_taken_back_lets_nothing_older_hold_again(books: Books, event: str) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.type("log 4 --reading 17m --at 10:17")
    books.type("confirm 4")
    books.type("adjust 4 --minutes 15")
    assert books.due() == CHARGED
    assert "The charge for message 4 is taken back" in books.type(event)
    assert books.due() == []
    assert "Nothing is decided about it." in books.type("history 4")
    books.type("undo 4")
    assert books.due() == CHARGED  # the last decision alone, which is checked again before it is issued
    assert "adjusted to 15 min" in books.type("history 4").splitlines()[-1]


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    "line",
    [
        *(f"{ADD} tomorrow", f"{ADD} 14:06", f"{ADD} ''", f"{ADD} 2026-11-01 --message 1-2", f"{ADD} soon"),
        *(f"{ADD} 2026-11-01 --message 99", f"{ADD} 2026-11-01 --message 3", f"{ADD} 2026-11-01 --policy ''"),
        'consent add J.T. --given 2026-11-01 --how "" --price 20.00',
        *(
            f"consent add J.T. --given 2026-11-01 --how x --price {price}"
            for price in ("''", "0.00", "20.0", "x", "$9")
        ),
        "consent add N.N. --given 2026-11-01 --how x --price 20.00",
        *("consent withdraw J.T.", "consent withdraw J.T. --on tomorrow", "consent list N.N."),
    ],
)
def test_what_is_no_consent_is_refused_and_nothing_is_kept(books: Books, line: str) -> None:
    books.refused(line)
    assert "No consent is recorded" in books.type("consent list")


@pytest.mark.parametrize("line", ["consent withdraw J.T. --on ''", "consent withdraw J.T. --message ''"])
def test_an_empty_value_withdraws_nothing(books: Books, line: str) -> None:
    books.type(f"{ADD} 2026-11-01")
    books.refused(line)
    assert "withdrawn" not in books.type("consent list")


# ---------------------------------------------------------------- prices


def test_a_price_above_the_agreed_one_voids_the_consent_for_new_work_and_is_warned_of(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01")
    out = books.type("price set 25.00 --client J.T. --from 2026-11-24")
    assert f"J.T. agreed to {POUND}20.00: from Tue 24 Nov 2026 on that consent covers no work at this price" in out
    worked(books)
    books.type("confirm 4")
    assert books.due() == CHARGED
    late = books.receive("late")
    books.type(f"log {late} --reading 12m --at 09:30", at="2026-11-24 10:00")
    assert "12 min stay free: the price was above what was agreed to" in books.type(f"confirm {late}")
    assert books.due() == CHARGED


def test_a_lower_price_is_what_is_charged(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01")
    assert "agreed" not in books.type("price set 15.00 --client J.T.")
    worked(books)
    books.type("confirm 4")
    assert books.due() == [(4, 1, f"{POUND}15.00")]


@pytest.mark.parametrize("amount", ["15.00", "25.00"])
def test_a_price_set_for_a_day_in_the_past_takes_back_the_charges_of_that_day(books: Books, amount: str) -> None:
    books.type(f"{ADD} 2026-11-01")
    worked(books)
    books.type("confirm 4")
    assert "The charge for message 4 is taken back" in books.type(f"price set {amount} --client J.T. --from 2026-11-20")
    assert books.due() == []


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("15.00", f"is at {POUND}15.00 a unit now, not at {POUND}20.00."),
        ("25.00", f"stays free now, not at {POUND}20.00."),
        ("20.00", ""),
    ],
)
def test_a_price_for_a_day_in_the_past_says_which_recorded_work_costs_something_else(
    books: Books, amount: str, said: str
) -> None:
    books.type(f"{ADD} 2026-11-01")
    worked(books)
    other = books.receive("issued", NOW - timedelta(hours=6))
    books.type(f"log {other} --reading 12m --at 10:30")
    books.type(f"confirm {other}")
    out = books.type(f"price set {amount} --client J.T. --from 2026-11-20")
    assert (f"The time recorded for message 4 {said}" in out) == bool(said)
    assert f"recorded for message {other}" not in out
    assert "time recorded" not in books.type(f"price set {amount} --client J.T. --from 2026-11-20")
    assert "time recorded" not in books.type("price set 9.00 --client J.T. --from 2026-11-24")


def test_a_price_that_a_consent_covers_again_says_that_work_was_free_before(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01")
    worked(books)
    books.type("price set 25.00 --client J.T.")
    out = books.type("price set 20.00 --client J.T.")
    assert f"The time recorded for message 4 is at {POUND}20.00 a unit now, and was free before." in out


def test_a_consent_below_todays_price_says_that_work_stays_free(books: Books) -> None:
    out = books.type('consent add J.T. --given 2026-11-01 --how "by letter" --price 18.00')
    assert f"Today's price is {POUND}20.00, above that: work stays free" in out


@pytest.mark.parametrize(
    "line",
    ["price set '' --client J.T.", "price set 0 --client J.T.", "price set 9.00 --client N.N."]
    + [f"price set 9.00 --client J.T. --from {day}" for day in ("''", "soon", "1/1")],
)
def test_what_is_no_price_is_refused(books: Books, line: str) -> None:
    books.refused(line)
    assert json.loads(books.type("price list --json"))["clients"] == {}


# ---------------------------------------------------------------- lists


def test_consents_are_listed_in_words_and_as_json(books: Books) -> None:
    books.type(f"{ADD} 2026-11-01 --policy 2026-01")
    books.type("consent withdraw J.T. --on 14:00")
    assert books.type("consent list J.T.") == (
        f"J.T.: consent 1, a standing consent to {POUND}20.00 a unit, from Mon 2 Nov 2026 00:00 "
        "until Mon 23 Nov 2026 14:00, withdrawn; signed agreement, policy 2026-01.\n"
    )
    assert json.loads(books.type("consent list --json")) == {
        "version": 1,
        "consents": [
            {
                "id": 1,
                "client": "J.T.",
                "message": None,
                "given_at": "2026-11-02T00:00:00+00:00",
                "withdrawn_at": "2026-11-23T14:00:00+00:00",
                "is_void": False,
                "how": "signed agreement",
                "price": "20.00",
                "currency": "GBP",
                "policy": "2026-01",
                "recorded_at": "2026-11-23T14:05:00+00:00",
            }
        ],
    }


def test_prices_are_listed_in_words_and_as_json(books: Books) -> None:
    books.type("price set 15.00 --client J.T. --from 2027-01-01")
    assert books.type("price list").splitlines() == [
        f"Practice: {POUND}20.00 a unit.",
        f"J.T.: {POUND}15.00 a unit from Fri 1 Jan 2027.",
    ]
    assert json.loads(books.type("price list J.T. --json")) == {
        "version": 1,
        "practice": [{"price": "20.00", "currency": "GBP", "from": None}],
        "clients": {"J.T.": [{"price": "15.00", "currency": "GBP", "from": "2027-01-01"}]},
    }
