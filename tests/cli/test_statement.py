"""`statement` at real ledgers, plain and encrypted: from what was confirmed to what is paid."""

from __future__ import annotations

import csv
import io
import json
import stat
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from charged_practice import ALMA, JO, ChargedPractice, at, charged_practice
from invoices import PLAIN
from invoices import issued as invoice
from ledgers import broken_group, received
from mailtriage.adapters.terminal.accounts import issued_text
from mailtriage.adapters.terminal.capabilities import Capabilities
from mailtriage.billing.issuing import Accounts, drafts
from mailtriage.billing.issuing import issue as issue_statements
from mailtriage.cli.accounts import office_of
from mailtriage.documents import document
from mailtriage.errors import EX_CONFIG, EX_IOERR, EX_USAGE
from mailtriage.model import Emergency, Verdict
from mailtriage.model.money import Money
from mailtriage.model.statements import Month
from pseudo_terminal import pseudo_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from mailtriage.model.statements import Issued

    Capture = pytest.CaptureFixture[str]

NOVEMBER = at(2, 9, 11)
DECEMBER = at(1, 9, 12)


@pytest.fixture(params=["none", "sqlcipher"])
def practice(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChargedPractice:
    return charged_practice(tmp_path, monkeypatch, request.param)


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ChargedPractice:
    return charged_practice(tmp_path, monkeypatch)


def issued(practice: ChargedPractice) -> tuple[Issued, ...]:
    with practice.ledger() as ledger:
        return ledger.billing.all_issued()


def issue(practice: ChargedPractice, month: str = "2026-10", *words: str) -> list[int]:
    """The totals of what was issued by typing this, in pence."""
    before = len(issued(practice))
    assert practice.run("statement", "issue", month, "-y", *words) == 0
    return [each.statement.total.minor for each in issued(practice)[before:]]


def test_a_month_is_shown_issued_and_printed_as_it_was_issued(practice: ChargedPractice, capsys: Capture) -> None:
    practice.charge(at(14), 400)
    practice.charge(at(28), 901)
    assert practice.run("statement", "show", "2026-10") == 0
    preview = capsys.readouterr().out
    assert "PREVIEW, NOT ISSUED" in preview
    assert issued(practice) == ()
    assert issue(practice) == [6000]
    assert "Statement 1 for J.T., 2026-10: £60.00." in capsys.readouterr().out
    assert practice.run("statement", "print", "1") == 0
    printed = capsys.readouterr().out
    assert "STATEMENT 1" in printed
    assert "Correspondence, 14 Oct, 1 x 15 min                    1 x £20.00          £20.00\n" in printed
    assert "Correspondence, 28 Oct, 2 x 15 min                    2 x £20.00          £40.00\n" in printed
    assert "Dr Ada Hale\n1 Quiet Lane\nLondon N1 1AA\n\nTo   Jo Tarn\n     2 Long Road\n     York\n" in printed
    assert printed.encode() == issued(practice)[0].text


def test_what_was_issued_stays_whatever_is_changed_afterwards(practice: ChargedPractice, capsys: Capture) -> None:
    practice.charge(at(14))
    issue(practice)
    practice.configure(prices='["35.00"]', payment='"by cheque"', vat='"20%"', vat_number='"GB 1"')
    practice.run("client", "remove", "J.T.", "-y")
    capsys.readouterr()
    practice.run("statement", "print", "1")
    text = capsys.readouterr().out
    practice.run("statement", "print", "1", "--format", "json")
    (kept,) = json.loads(capsys.readouterr().out)["statements"]
    assert ("Jo Tarn" in text, "£20.00" in text, "cheque" in text) == (True, True, False)
    assert (kept["recipient"]["name"], kept["total"], kept["vat"], kept["payment"]) == ("Jo Tarn", "20.00", "0.00", "")


def test_nothing_due_uses_no_number(practice: ChargedPractice, capsys: Capture) -> None:
    assert issue(practice) == []
    assert "Nothing is due for 2026-10: nothing was issued, and no number was used." in capsys.readouterr().out
    practice.charge(at(14))
    issue(practice)
    assert [each.statement.number for each in issued(practice)] == [1]


def test_clients_are_numbered_in_order_and_one_can_be_issued_alone(practice: ChargedPractice) -> None:
    practice.charge(at(14), client=JO)
    practice.charge(at(15), client=ALMA)
    practice.charge(at(16), client=ALMA)
    assert issue(practice, "2026-10", "--client", "jt") == [2000]
    assert issue(practice) == [4000]
    assert [(each.statement.number, each.statement.client) for each in issued(practice)] == [(1, "J.T."), (2, "A.B.")]


def test_what_is_confirmed_late_goes_onto_the_next_statement_with_its_date(practice: ChargedPractice) -> None:
    late = practice.work(at(30))
    practice.charge(at(14))
    assert issue(practice) == [2000]
    practice.confirm(late, at(3, 9, 11))
    practice.charge(at(4, 9, 11))
    practice.set_clock(DECEMBER)
    assert issue(practice, "2026-11") == [4000]
    (first, second) = issued(practice)[1].statement.lines
    assert (first.is_late, second.is_late) == (True, False)
    assert b"Correspondence, 30 Oct 2026 *, 1 x 15 min" in issued(practice)[1].text


def test_a_second_issue_of_a_month_makes_a_further_statement_with_only_what_is_new(practice: ChargedPractice) -> None:
    practice.charge(at(14))
    late = practice.work(at(30))
    assert issue(practice) == [2000]
    assert issue(practice) == []
    practice.confirm(late, NOVEMBER)
    assert issue(practice) == [2000]
    assert [each.statement.lines[0].messages for each in issued(practice)] == [(1,), (2,)]


def test_time_added_after_a_month_was_issued_charges_only_the_difference(practice: ChargedPractice) -> None:
    number = practice.charge(at(14))
    issue(practice)
    practice.work(at(5, 10, 11), 600, number=number)
    practice.confirm(number, at(5, 11, 11))
    practice.set_clock(DECEMBER)
    assert issue(practice, "2026-11") == [2000]
    assert issued(practice)[1].statement.lines[0].worked_on.day == 5


def test_a_credit_takes_back_and_a_new_confirmation_charges_again(practice: ChargedPractice, capsys: Capture) -> None:
    number = practice.charge(at(14))
    practice.charge(at(15), 901)
    issue(practice)
    assert practice.run("statement", "credit", "1", "--line", "1", "--why", "a  mistake", "-y") == 0
    assert "Credit 2 on statement 1 for J.T.: -£20.00." in capsys.readouterr().out
    assert b"Reason: a mistake" in issued(practice)[1].text
    assert issue(practice) == []
    practice.confirm(number, NOVEMBER)
    assert issue(practice) == [2000]
    assert practice.run("statement", "credit", "1", "--line", "1", "--why", "again", "-y") == EX_USAGE
    assert "line 1 of statement 1 is credited already" in capsys.readouterr().err
    assert practice.run("statement", "credit", "1", "--why", "the rest", "-y") == 0
    assert [each.statement.total.minor for each in issued(practice)] == [6000, -2000, 2000, -4000]


@pytest.mark.parametrize("code", ["J.T.", "A.B."])
def test_a_credit_is_never_charged_again_by_what_was_confirmed_before_it(
    plain: ChargedPractice, capsys: Capture, code: str
) -> None:
    plain.agree("A.B.")
    number = plain.charge(at(14), 1020)
    assert issue(plain) == [4000]
    plain.work(at(30), 840, number=number)
    assert plain.run("assign", "1", code) == 0
    assert plain.run("confirm", "1") == 0
    assert "2 of its units stand on a statement already; only what differs is new." in capsys.readouterr().out
    plain.run("statement", "credit", "1", "--why", "goodwill", "-y")
    said = "Whatever you confirmed of message 1 before this credit is not charged any more."
    assert said in capsys.readouterr().out
    assert issue(plain) == []
    doubt = (
        f"Message 1 of {code} is not charged: it was confirmed before statement 1 was credited. To charge it, confirm "
        "it again: mailtriage confirm 1; to charge nothing: mailtriage waive 1"
    )
    assert doubt in capsys.readouterr().err
    plain.run("statement", "show", "2026-10")
    assert doubt in capsys.readouterr().err
    assert plain.run("confirm", "1") == 0
    assert "Message 1 from" in capsys.readouterr().out
    assert issue(plain) == [6000]


def test_after_a_credit_the_same_confirmation_is_a_new_one_and_nothing_says_it_is_charged(
    practice: ChargedPractice, capsys: Capture
) -> None:
    practice.charge(at(14), 1020)
    issue(practice)
    practice.run("statement", "credit", "1", "--why", "goodwill", "-y")
    capsys.readouterr()
    practice.run("summary", "--since", "2026-10-01")
    summary = capsys.readouterr().out
    assert "charged 2" not in summary
    assert "credited since you confirmed, so not charged now; 17 min typed: 2 \u00d7 15 min at" in summary
    practice.run("report", "--month", "2026-10", "--csv")
    assert "2026-10,J.T.,1020,0,0.00,GBP,0,0,1020" in capsys.readouterr().out
    assert practice.run("confirm", "1") == 0
    assert "confirmed: 2 units at \u00a320.00" in capsys.readouterr().out
    assert issue(practice) == [4000]


def test_history_tells_of_statement_credit_and_payment(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14), 1020)
    issue(plain)
    plain.run("statement", "paid", "1")
    plain.set_clock(at(3, 9, 11))
    plain.run("statement", "credit", "1", "--why", "goodwill", "-y")
    capsys.readouterr()
    plain.run("history", "1")
    told = [line.split("  ")[-1] for line in capsys.readouterr().out.splitlines()[1:]]
    assert told[2:5] == [
        "statement 1 for J.T.: 2 units, paid on 2 Nov 2026",
        "credit 2 on statement 1 for J.T.: -2 units",
        "credited: what was confirmed before is not charged any more",
    ]
    assert "What was decided holds no longer: decide again." in told[5]
    plain.run("history", "1", "--json")
    (message,) = json.loads(capsys.readouterr().out)["messages"]
    assert [(each["number"], each["kind"], each["credits"], each["paid_on"]) for each in message["statements"]] == [
        (1, "statement", None, "2026-11-02"),
        (2, "credit", 1, None),
    ]


def test_what_waits_for_a_decision_is_said_before_the_month_is_issued(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    plain.work(at(15), 600)
    plain.work(at(16), 901)
    plain.work(at(17), 200)
    plain.work(at(1, 10, 11), 600)
    plain.work(at(18), 660, ALMA)
    waits = "2 messages with 25 min 1 s recorded wait for your decision, not charged yet (2, 3): mailtriage review"
    for words in (("show", "2026-10"), ("issue", "2026-10", "-y", "--client", "J.T.")):
        plain.run("statement", *words)
        said = capsys.readouterr().err.splitlines()
        assert f"J.T.: {waits}" in said
        assert any(line.startswith("A.B.: 1 message with 11 min recorded waits") for line in said) == ("show" in words)


def test_what_was_confirmed_anyway_is_named_with_its_ground_and_on_no_document(
    plain: ChargedPractice, capsys: Capture
) -> None:
    plain.charge(at(14))
    with plain.ledger() as ledger:
        verdict = Verdict(emergency=Emergency.CRISIS)
        mail = received("a crisis", sender=JO.addresses[0], clients=("J.T.",), received_at=at(13), verdict=verdict)
        number = ledger.add_received(mail)
    plain.work(at(15), number=number)
    assert plain.run("confirm", "2", "--anyway") == 0
    ground = "Message 2 of J.T. is charged although it is not meant to be (emergency-like wording)."
    capsys.readouterr()
    plain.run("statement", "show", "2026-10")
    shown = capsys.readouterr()
    assert (ground in shown.err, "emergency" in shown.out) == (True, False)
    assert issue(plain) == [4000]
    err = capsys.readouterr().err
    assert err.index(ground) < err.index("J.T. (Jo Tarn): £40.00")
    assert b"emergency" not in issued(plain)[0].text


def test_an_undo_does_not_take_a_credit_back(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    issue(plain)
    plain.run("statement", "credit", "1", "--why", "goodwill", "-y")
    for words in ((), ("1",)):
        assert plain.run("undo", *words) == EX_USAGE
        assert "the credit on message 1 is issued, and cannot be undone" in capsys.readouterr().err
    assert issue(plain) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("9", "--why", "x", "-y"), "there is no statement 9"),
        (("1", "--line", "2", "--why", "x", "-y"), "has no line 2"),
        (("1", "--line", "0", "--why", "x", "-y"), "has no line 0"),
        (("1", "--why", "  ", "-y"), "a credit needs a reason"),
        (("1", "--why", "x"), "nobody can be asked here"),
    ],
)
def test_a_credit_that_cannot_be_leaves_no_gap(
    plain: ChargedPractice, capsys: Capture, words: tuple[str, ...], said: str
) -> None:
    plain.charge(at(14))
    issue(plain)
    assert plain.run("statement", "credit", *words) == EX_USAGE
    assert said in capsys.readouterr().err
    assert len(issued(plain)) == 1


def test_paid_and_not_paid_after_all(practice: ChargedPractice, capsys: Capture) -> None:
    practice.charge(at(14))
    issue(practice)
    capsys.readouterr()
    practice.set_clock(at(4, 9, 11))
    practice.run("statement", "paid", "1", "--on", "3 Nov")
    practice.run("statement", "paid", "1", "--on", "2026-11-03")
    practice.run("statement", "list")
    assert capsys.readouterr().out.splitlines() == [
        "Statement 1 for J.T. is paid, on 3 Nov 2026. Not so: mailtriage statement paid 1 --not",
        "Statement 1 is paid on 3 Nov 2026 already.",
        "Statement 1 of 2 Nov 2026 for J.T., 2026-10: £20.00, paid 3 Nov 2026.",
        "Nothing of these is left to pay.",
    ]
    practice.run("statement", "paid", "1", "--not")
    practice.run("statement", "list", "--unpaid")
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Statement 1 of 2 Nov 2026 for J.T., 2026-10: £20.00, unpaid.",
        "Left to pay: £20.00 on 1 statement.",
    ]


@pytest.mark.parametrize("words", [("1", "--on", "3 Nov"), ("2",), ("3",), ("1", "--on", "3 Dec 2026")])
def test_a_payment_that_cannot_be_is_refused(plain: ChargedPractice, words: tuple[str, ...]) -> None:
    plain.charge(at(14))
    issue(plain)
    plain.run("statement", "credit", "1", "--why", "all", "-y")
    assert plain.run("statement", "paid", *words) == EX_USAGE
    assert issued(plain)[0].paid_on is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("1", "--on", ""), '"" is no date'),
        (("1", "--on", "1 Nov"), "statement 1 was issued on 2 Nov 2026 and cannot be paid before, on 1 Nov 2026"),
        (("2", "--on", "3 Nov"), "take it back first: mailtriage statement paid 2 --not"),
        (("3", "--not"), "3 is a credit, and credits are not paid"),
    ],
)
def test_a_day_that_cannot_be_or_a_second_payment_is_refused(
    plain: ChargedPractice, capsys: Capture, words: tuple[str, ...], said: str
) -> None:
    plain.charge(at(14), client=ALMA)
    plain.charge(at(15), client=ALMA)
    plain.charge(at(16))
    issue(plain)
    plain.run("statement", "credit", "1", "--line", "1", "--why", "a mistake", "-y")
    plain.set_clock(at(4, 9, 11))
    plain.run("statement", "paid", "2")
    before = issued(plain)
    assert plain.run("statement", "paid", *words) == EX_USAGE
    assert said in capsys.readouterr().err
    assert issued(plain) == before


def test_a_credit_of_a_paid_statement_says_what_is_owed_back(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    plain.charge(at(15), 901)
    issue(plain)
    plain.run("statement", "paid", "1")
    plain.set_clock(at(3, 9, 11))
    capsys.readouterr()
    plain.run("statement", "credit", "1", "--line", "2", "--why", "x", "-y")
    assert (
        "Statement 1 was paid on 2 Nov 2026: £40.00 is owed back to J.T.; once it is given back: "
        "mailtriage statement paid 1 --not, then for the rest: mailtriage statement paid 1\n"
    ) in capsys.readouterr().out
    plain.run("statement", "list")
    assert capsys.readouterr().out.splitlines() == [
        "Statement 1 of 2 Nov 2026 for J.T., 2026-10: £60.00, paid 2 Nov 2026, £40.00 of it credited and owed back.",
        "Credit 2 of 3 Nov 2026 for J.T., 2026-10: -£40.00, credit on 1.",
        "Nothing of these is left to pay. Owed back to clients: £40.00 on 1 statement.",
    ]
    plain.set_clock(at(3, 10, 11))
    plain.run("statement", "paid", "1", "--not")
    plain.run("statement", "paid", "1")
    capsys.readouterr()
    plain.run("statement", "list", "--json")
    listed = json.loads(capsys.readouterr().out)["statements"][0]
    assert (listed["paid_on"], listed["left_to_pay"], listed["owed_back"]) == ("2026-11-03", "0.00", "0.00")


def test_list_says_what_is_unpaid_of_whom(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    plain.charge(at(15))
    plain.charge(at(15), client=ALMA)
    issue(plain)
    plain.run("statement", "credit", "2", "--line", "1", "--why", "x", "-y")
    plain.set_clock(at(3, 9, 12))
    capsys.readouterr()
    plain.run("statement", "list", "--client", "J.T.")
    assert capsys.readouterr().out.splitlines() == [
        "Statement 2 of 2 Nov 2026 for J.T., 2026-10: £40.00, unpaid, due 2 Dec 2026, £20.00 of it credited.",
        "Credit 3 of 2 Nov 2026 for J.T., 2026-10: -£20.00, credit on 2.",
        "Left to pay: £20.00 on 1 statement.",
    ]
    plain.run("statement", "list", "--month", "2026-10", "--json")
    listed = json.loads(capsys.readouterr().out)["statements"]
    assert [(each["number"], each["left_to_pay"], each["credited_lines"]) for each in listed] == [
        (1, "20.00", []),
        (2, "20.00", [1]),
        (3, "0.00", []),
    ]
    plain.run("statement", "list", "--month", "2026-09")
    assert capsys.readouterr().out == "No statement fits that.\n"


def test_a_failed_issue_leaves_no_gap_and_no_lines(practice: ChargedPractice) -> None:
    practice.charge(at(14))
    with practice.ledger() as ledger, broken_group(ledger):
        office = office_of(practice.config())
        accounts = Accounts(ledger.billing, ledger, office.terms, office.zone)
        planned = drafts(accounts, office, {"J.T.": JO}, Month(2026, 10), NOVEMBER)
        assert len(issue_statements(ledger.billing, [draft.statement for draft in planned], document, NOVEMBER)) == 1
    assert issued(practice) == ()
    assert issue(practice) == [2000]
    assert issued(practice)[0].statement.number == 1


@pytest.mark.parametrize(
    ("day", "month", "issued_for"),
    [
        ((31, 23, 10), "2026-10", "October has 23:30 in winter time"),
        ((31, 22, 3), "2026-03", "March ends an hour earlier in UTC"),
    ],
)
def test_the_last_half_hour_of_a_month_with_a_clock_change_is_of_that_month(
    plain: ChargedPractice, day: tuple[int, int, int], month: str, issued_for: str
) -> None:
    number, hour, of = day
    last = at(number, hour, of) + timedelta(minutes=30)
    plain.charge(last)
    plain.charge(last + timedelta(hours=1))
    assert issue(plain, month) == [2000], issued_for
    assert str(issued(plain)[0].statement.lines[0].worked_on) == f"{month}-{number}"


def test_the_hour_that_the_clocks_repeat_is_charged_once_on_its_day(plain: ChargedPractice) -> None:
    first, second = at(25, 0) + timedelta(minutes=30), at(25, 1) + timedelta(minutes=30)
    plain.charge(first)
    plain.charge(second)
    assert issue(plain) == [4000]
    assert {str(line.worked_on) for line in issued(plain)[0].statement.lines} == {"2026-10-25"}


def test_a_consent_that_turns_out_withdrawn_charges_nothing_and_says_so(
    practice: ChargedPractice, capsys: Capture
) -> None:
    practice.charge(at(14))
    practice.charge(at(16), client=ALMA)
    practice.withdraw(1, at(13), NOVEMBER)
    assert issue(practice) == [2000]
    assert issued(practice)[0].statement.client == "A.B."
    said = "Message 1 of J.T. must be confirmed again, and is not charged: no consent covers this time any more."
    assert said in capsys.readouterr().err


def test_a_consent_withdrawn_after_the_work_still_covers_it(plain: ChargedPractice) -> None:
    plain.charge(at(14))
    plain.withdraw(1, at(14, 11), NOVEMBER)
    assert issue(plain) == [2000]


def test_a_message_of_another_client_charges_nobody(practice: ChargedPractice, capsys: Capture) -> None:
    practice.charge(at(14))
    practice.run("client", "edit", "A.B.", "--address", "jo@home.example", "--no-input")
    assert issue(practice) == []
    assert "it was confirmed as J.T.'s, and now it is not certain whose it is" in capsys.readouterr().err
    practice.assign(1, "A.B.", NOVEMBER)
    assert issue(practice) == []


def test_a_price_that_fell_below_what_was_confirmed_is_asked_about(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    plain.configure(prices='["15.00"]')
    assert issue(plain) == []
    assert "the price that may be charged is now £15.00, not £20.00" in capsys.readouterr().err
    plain.confirm(1, NOVEMBER)
    assert issue(plain) == [1500]


def test_a_price_that_rose_changes_nothing_that_was_confirmed(plain: ChargedPractice) -> None:
    plain.agree(price=Money(3000, "GBP"))
    plain.charge(at(14))
    plain.configure(prices='["20.00", "25.00 from 2026-10-20"]')
    assert issue(plain) == [2000]


def test_vat_is_on_every_line_and_rounded_to_the_penny(plain: ChargedPractice) -> None:
    plain.configure(prices='["3.33"]', vat='"17.5%"', vat_number='"GB 123"')
    for day in (14, 15, 16):
        plain.charge(at(day))
    assert issue(plain) == [3 * (333 + 58)]
    assert b"VAT 17.5%" in issued(plain)[0].text


def test_a_day_in_one_is_charged_at_the_lower_count_and_says_both(plain: ChargedPractice, capsys: Capture) -> None:
    plain.configure(pool='"day"')
    plain.charge(at(14, 10), 400)
    plain.charge(at(14, 12), 400)
    assert issue(plain) == [2000]
    assert "J.T., 14 Oct 2026: 2 units message by message, 1 unit together; 1 unit charged." in capsys.readouterr().err
    assert issued(plain)[0].statement.lines[0].messages == (1, 2)


def test_a_late_message_of_a_day_in_one_pays_only_what_the_day_lacks(plain: ChargedPractice) -> None:
    plain.configure(pool='"day"')
    late = [plain.work(at(14, hour), 400) for hour in (12, 14)]
    plain.charge(at(14, 10), 400)
    assert issue(plain) == [2000]
    plain.confirm(late[0], NOVEMBER)
    assert issue(plain) == []
    plain.confirm(late[1], NOVEMBER)
    assert issue(plain) == [2000]


def test_a_charged_message_that_was_reopened_still_counts_in_its_day(plain: ChargedPractice) -> None:
    plain.configure(pool='"day"')
    late = plain.work(at(14, 12), 400)
    first = plain.charge(at(14, 10), 400)
    assert issue(plain) == [2000]
    plain.work(at(1, 9, 11), 60, number=first)
    plain.confirm(late, NOVEMBER)
    assert issue(plain) == []


def test_a_message_that_is_due_again_counts_once_in_its_day(plain: ChargedPractice) -> None:
    plain.configure(pool='"day"')
    late = plain.work(at(14, 12), 400)
    first = plain.charge(at(14, 10), 400)
    assert issue(plain) == [2000]
    plain.work(at(14, 11), 100, number=first)
    plain.confirm(first, NOVEMBER)
    plain.confirm(late, NOVEMBER)
    assert issue(plain) == []


def test_a_month_that_is_not_over_is_issued_only_when_asked_for(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(1, 9, 11))
    assert plain.run("statement", "issue", "2026-11", "-y") == EX_USAGE
    assert "2026-11 is not over" in capsys.readouterr().err
    assert issue(plain, "2026-11", "--so-far") == [2000]
    assert plain.run("statement", "issue", "2026-12", "-y", "--so-far") == EX_USAGE


def test_a_pipe_is_not_asked_and_issues_nothing_without_a_yes(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    assert plain.run("statement", "issue", "2026-10") == EX_USAGE
    said = capsys.readouterr().err
    assert "J.T. (Jo Tarn): £20.00\n  14 Oct 2026: 1 x £20.00 = £20.00 (message 1)\n" in said
    assert "say -y" in said
    assert issued(plain) == ()


@pytest.mark.parametrize("missing", ['name = "Dr Ada Hale"\n', 'postal = ["1 Quiet Lane", "London N1 1AA"]\n'])
def test_without_the_practice_s_name_and_address_nothing_is_issued(
    plain: ChargedPractice, capsys: Capture, missing: str
) -> None:
    plain.charge(at(14))
    file = plain.path / "config.toml"
    file.write_text(file.read_text("utf-8").replace(missing, ""), "utf-8")
    assert plain.run("statement", "issue", "2026-10", "-y") == EX_CONFIG
    assert "[practice] name or postal is empty" in capsys.readouterr().err
    assert plain.run("statement", "show", "2026-10") == 0


def test_vat_without_a_number_issues_nothing(plain: ChargedPractice) -> None:
    plain.charge(at(14))
    plain.configure(vat='"20%"')
    assert plain.run("statement", "issue", "2026-10", "-y") == EX_CONFIG


def test_a_second_currency_issues_nothing(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    issue(plain)
    plain.configure(currency='"EUR"')
    plain.agree(price=Money(2000, "EUR"), given_at=at(15, 8))
    plain.charge(at(15))
    assert plain.run("statement", "issue", "2026-10", "-y") == EX_USAGE
    assert "statements are in one currency, not in EUR and GBP" in capsys.readouterr().err
    assert len(issued(plain)) == 1


@pytest.mark.parametrize("month", ["october", "2026-13", "2026", "2027-01"])
def test_what_is_no_month_that_has_begun_is_refused(plain: ChargedPractice, month: str) -> None:
    assert plain.run("statement", "show", month) == EX_USAGE


def test_show_puts_what_was_issued_before_what_would_be(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    issue(plain)
    plain.charge(at(15))
    capsys.readouterr()
    plain.run("statement", "show", "2026-10", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["number"], row["kind"], row["worked_on"]) for row in rows] == [
        ("1", "statement", "2026-10-14"),
        ("", "preview", "2026-10-15"),
    ]
    plain.run("statement", "show", "2026-10", "--format", "xero")
    assert [row["*InvoiceNumber"] for row in csv.DictReader(io.StringIO(capsys.readouterr().out))] == ["1"]


def test_where_there_is_nothing_show_says_so(plain: ChargedPractice, capsys: Capture) -> None:
    assert plain.run("statement", "show", "2026-10") == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "Nothing of that is issued, and nothing is due: no document was made.\n")
    plain.run("statement", "show", "2026-10", "--format", "json")
    assert json.loads(capsys.readouterr().out) == {"version": 1, "statements": []}
    assert plain.run("statement", "show", "2026-10", "--format", "xero") == EX_USAGE


def test_a_file_is_private_whole_and_never_replaced_unasked(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    issue(plain)
    file = plain.path / "statement.txt"
    words = ("statement", "print", "1", "--output", str(file))
    assert plain.run(*words) == 0
    assert file.read_bytes() == issued(plain)[0].text
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("hers", "utf-8")
    assert plain.run(*words) == EX_USAGE
    assert "is there already" in capsys.readouterr().err
    assert file.read_text("utf-8") == "hers"
    assert plain.run(*words, "--force", "--format", "html") == 0
    assert file.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert plain.run("statement", "print", "1", "--output", str(plain.path / "no" / "x")) == EX_IOERR
    assert [path.name for path in plain.path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize("typed", ["x", "-1", "99999999999999999999", "\u0663", ""])
def test_what_can_be_no_number_is_refused(plain: ChargedPractice, typed: str) -> None:
    with pytest.raises(SystemExit) as ended:
        plain.run("statement", "print", typed)
    assert ended.value.code == EX_USAGE


def test_a_file_never_follows_a_link(plain: ChargedPractice) -> None:
    plain.charge(at(14))
    issue(plain)
    target, link = plain.path / "target", plain.path / "link"
    link.symlink_to(target)
    assert plain.run("statement", "print", "1", "--output", str(link)) == EX_USAGE
    assert plain.run("statement", "print", "1", "--output", str(link), "--force") == 0
    assert not target.exists()
    assert not link.is_symlink()


def test_no_document_says_who_else_wrote_or_what_about(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    issue(plain)
    for form in ("text", "csv", "json", "xero", "timedot", "html"):
        capsys.readouterr()
        plain.run("statement", "print", "1", "--format", form)
        shown = capsys.readouterr().out
        assert "@home.example" not in shown
        assert "thread" not in shown


def test_a_client_off_the_roster_is_charged_nothing_more_and_stays_in_the_list(
    plain: ChargedPractice, capsys: Capture
) -> None:
    plain.charge(at(14))
    assert issue(plain) == [2000]
    plain.charge(at(15))
    plain.run("client", "remove", "J.T.", "-y")
    assert issue(plain, "2026-10", "--client", "J.T.") == []
    capsys.readouterr()
    assert plain.run("statement", "list", "--client", "J.T.") == 0
    assert "Statement 1 of 2 Nov 2026 for J.T." in capsys.readouterr().out
    assert plain.run("statement", "list", "--client", "X.Y.") == EX_USAGE


@pytest.mark.parametrize(("answer", "count"), [("n", 0), ("y", 1)])
def test_in_a_terminal_it_is_shown_what_would_be_issued_and_asked(
    plain: ChargedPractice, answer: str, count: int
) -> None:
    plain.charge(at(14))
    words = ["--config", str(plain.path / "config.toml"), "statement", "issue", "2026-10"]
    with pseudo_terminal(words) as terminal:
        asked = terminal.expect("only credited. [y/n] ")
        assert "14 Oct 2026: 1 x £20.00 = £20.00 (message 1)\nIssue 1 statement?" in asked
        terminal.type(f"{answer}\n")
        terminal.expect("Statement 1 for J.T." if count else "Nothing was issued.")
        assert terminal.leave() == 0
    assert len(issued(plain)) == count


def test_what_is_confirmed_while_she_is_asked_is_not_issued_unseen(plain: ChargedPractice) -> None:
    plain.charge(at(14))
    words = ["--config", str(plain.path / "config.toml"), "statement", "issue", "2026-10"]
    with pseudo_terminal(words) as terminal:
        terminal.expect("only credited. [y/n] ")
        plain.charge(at(15))
        terminal.type("y\n")
        terminal.expect("what is due changed while you were asked; nothing was issued")
        assert terminal.leave() == EX_USAGE
    assert issued(plain) == ()


def test_an_ascii_terminal_keeps_the_columns(plain: ChargedPractice) -> None:
    plain.charge(at(14))
    issue(plain)
    words = ["--config", str(plain.path / "config.toml"), "statement", "print", "1"]
    with pseudo_terminal(words, rows=60, environment={"LANG": "C", "LC_ALL": "C"}) as terminal:
        assert terminal.leave() == 0
    line = "Correspondence, 14 Oct, 1 x 15 min                 1 x GBP 20.00       GBP 20.00\n"
    assert line in terminal.shown
    assert terminal.shown.isascii()
    assert max(map(len, terminal.shown.splitlines())) == 80


def test_a_client_without_an_address_is_named_before_anything_is_issued(
    plain: ChargedPractice, capsys: Capture
) -> None:
    with plain.ledger() as ledger:
        ledger.save_client(replace(JO, postal=""), NOVEMBER)
    plain.charge(at(14))
    plain.charge(at(14), client=ALMA)
    assert plain.run("statement", "issue", "2026-10") == EX_USAGE
    said = capsys.readouterr().err
    assert 'J.T. has no postal address on the roster: mailtriage client edit J.T. --postal "2 Long Road; York"' in said
    assert "A.B. has no" not in said


def test_a_terminal_shows_a_table_of_what_was_issued(plain: ChargedPractice) -> None:
    plain.charge(at(14))
    issue(plain)
    with pseudo_terminal(["--config", str(plain.path / "config.toml"), "statement", "list"]) as terminal:
        assert terminal.leave() == 0
    assert terminal.shown.splitlines() == [
        "NUMBER  ISSUED      MONTH    CLIENT   TOTAL  STATE",
        "     1  2 Nov 2026  2026-10  J.T.    £20.00  unpaid",
        "Left to pay: £20.00 on 1 statement.",
    ]


# ---------------------------------------------------------------- words that name nothing


def test_before_the_first_statement_the_list_says_that_none_was_issued(plain: ChargedPractice, capsys: Capture) -> None:
    said = "No statement was issued yet. `mailtriage statement show` shows what can be.\n"
    for words in ((), ("--unpaid",), ("--month", "2026-10")):
        plain.run("statement", "list", *words)
        assert capsys.readouterr().out == said
    plain.charge(at(14))
    issue(plain)
    capsys.readouterr()
    plain.run("statement", "list", "--month", "2026-01")
    assert capsys.readouterr().out == "No statement fits that.\n"


@pytest.mark.parametrize("form", ["text", "html", "timedot"])
def test_of_nothing_no_document_is_made(plain: ChargedPractice, capsys: Capture, form: str) -> None:
    plain.run("statement", "show", "2026-10", "--format", form, "--output", str(plain.path / "out"))
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "Nothing of that is issued, and nothing is due: no document was made.\n")
    assert not (plain.path / "out").exists()


def test_an_empty_month_or_file_is_refused(plain: ChargedPractice, capsys: Capture) -> None:
    plain.charge(at(14))
    issue(plain)
    assert plain.run("statement", "list", "--month", "") == EX_USAGE
    with pytest.raises(SystemExit) as left:
        plain.run("statement", "print", "1", "--output", "")
    assert left.value.code == EX_USAGE
    assert "argument --output: no file is named" in capsys.readouterr().err


def test_a_credit_that_nobody_can_be_asked_about_says_so_in_its_own_words(
    plain: ChargedPractice, capsys: Capture
) -> None:
    plain.charge(at(14))
    issue(plain)
    assert plain.run("statement", "credit", "1", "--why", "a mistake") == EX_USAGE
    said = "nothing was credited: nobody can be asked here\n  To have it credited without a question, say -y."
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("columns", [40, 80])
def test_the_list_is_never_wider_than_the_terminal_and_breaks_between_words(columns: int) -> None:
    many = [invoice(PLAIN, (0,), date(2026, 11, 3)), invoice(PLAIN)]
    text = issued_text(many, date(2026, 12, 20), Capabilities(columns=columns))
    assert max(map(len, text.splitlines())) <= columns
    whole = issued_text(many, date(2026, 12, 20), Capabilities(plain=True, columns=columns))
    assert text.split()[-8:] == whole.split()[-8:]
