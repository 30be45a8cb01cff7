"""`read` and `draft` without a terminal, typed at a real practice folder."""

from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING

import pytest

from mailtriage.errors import EX_CONFIG, EX_UNAVAILABLE, EX_USAGE
from mailtriage.model import Client
from practice_folder import NOW

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from practice_folder import PracticeFolder

    Capture = pytest.CaptureFixture[str]


@pytest.fixture
def drafts(practice: PracticeFolder) -> Path:
    """Its folder for drafts."""
    folder = practice.path / "Maildir" / ".Drafts"
    for part in ("cur", "new", "tmp"):
        (folder / part).mkdir(parents=True)
    return folder


def drafted(folder: Path) -> EmailMessage:
    """The one draft that lies there."""
    (file,) = (folder / "cur").iterdir()
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


def wishes(practice: PracticeFolder, contact: str) -> None:
    with practice.ledger() as ledger:
        ledger.save_client(Client("J.T.", "Jo Tarn", ("jo@home.example",), "07700 900123", contact), NOW)


def test_read_in_a_pipe_prints_and_keeps_nothing(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("read", "4") == 0
    out = capsys.readouterr().out
    assert out.startswith("Message 4 from J.T., received yesterday 12:00\n")
    first, _, letter = out.partition("\n\nFrom: ")
    assert first.endswith(
        "\nJ.T. may be contacted: no voicemail\nFewer than 50 words, a minute or less to read.\n"
        "No consent: time on it is free."
    )
    assert letter.startswith("jo@home.example\n")
    assert "Thank you for the invoice." in out
    with practice.ledger() as ledger:
        assert ledger.billing.timer() is None
        assert ledger.billing.time_entries(4) == ()


def test_read_says_what_bars_a_charge_and_whom_to_call(practice: PracticeFolder, capsys: Capture) -> None:
    practice.run("read", "1")
    out = capsys.readouterr().out
    assert "No charge is proposed for it: emergency-like wording." in out
    assert "116 123" in out


def test_read_of_a_message_that_is_gone_says_so(practice: PracticeFolder, capsys: Capture) -> None:
    practice.remove_letter(4)
    assert practice.run("read", "4") == 1
    assert "It is no longer where it was read" in capsys.readouterr().out
    assert practice.run("draft", "4", "--policy") == EX_UNAVAILABLE


def test_a_policy_draft_lies_in_drafts_addressed_to_the_client_alone(
    practice: PracticeFolder, drafts: Path, capsys: Capture
) -> None:
    assert practice.run("draft", "4", "--policy") == 0
    out = capsys.readouterr().out
    assert 'The draft lies in the folder "Drafts" of practice. To jo@home.example alone' in out
    assert "Nothing was sent" in out
    mail = drafted(drafts)
    assert (mail["To"], mail["From"]) == ("jo@home.example", "therapist@practice.example")
    assert (mail["Subject"], mail["In-Reply-To"], mail["Cc"], mail["Bcc"]) == (
        "Re: thanks",
        "<4@home.example>",
        None,
        None,
    )
    assert "in units of 15 minutes" in " ".join(mail.get_content().split())
    assert "invoice" not in mail.get_content()


def test_the_same_draft_twice_lies_there_once(practice: PracticeFolder, drafts: Path, capsys: Capture) -> None:
    practice.run("draft", "1", "--emergency")
    assert "Its telephone numbers were checked on 23 Nov 2026." in capsys.readouterr().out
    practice.run("draft", "1", "--emergency")
    assert "The same draft lies already in the folder" in capsys.readouterr().out
    assert "116 123" in drafted(drafts).get_content()


def test_a_printed_text_stands_alone_on_stdout_and_nothing_is_fetched(
    practice: PracticeFolder, capsys: Capture
) -> None:
    practice.remove_letter(1)
    assert practice.run("draft", "1", "--emergency", "--print") == 0
    said = capsys.readouterr()
    assert said.out.startswith("I cannot be sure to read e-mail quickly")
    assert said.out.count("\n") == 1
    assert said.err == "Its telephone numbers were checked on 23 Nov 2026.\n"


def test_without_a_folder_for_drafts_the_candidates_are_named(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("draft", "4", "--policy") == EX_CONFIG
    assert 'Set drafts_folder in [[mailbox]] to one of: "INBOX", "Sent"' in capsys.readouterr().err


def test_a_wish_against_mail_stops_a_draft_in_a_pipe_unless_it_is_said(
    practice: PracticeFolder, drafts: Path, capsys: Capture
) -> None:
    wishes(practice, "phone only")
    assert practice.run("draft", "4", "--policy") == EX_USAGE
    assert "J.T. may be contacted: phone only; nothing was written" in capsys.readouterr().err
    assert list((drafts / "cur").iterdir()) == []
    assert practice.run("draft", "4", "--policy", "--anyway") == 0
    assert drafted(drafts)["To"] == "jo@home.example"


def test_a_stranger_and_a_shared_address_are_said_before(
    practice: PracticeFolder, drafts: Path, capsys: Capture
) -> None:
    practice.run("draft", "3", "--policy")
    assert "not on the roster: do not say who is a client of yours." in capsys.readouterr().out
    mail = drafted(drafts)
    assert (mail["To"], mail["Subject"]) == ("new@elsewhere.example", "Re: [31mred [0m [bold]bold[/x]")
    practice.run("draft", "2", "--policy")
    assert "J.T., R.S. share this address" in capsys.readouterr().out


def test_an_empty_text_is_refused_with_its_key(practice: PracticeFolder, drafts: Path, capsys: Capture) -> None:
    config = practice.path / "config.toml"
    config.write_text(config.read_text() + '\n[billing]\npolicy_text = " "\n')
    assert practice.run("draft", "4", "--policy") == EX_CONFIG
    assert "[billing] policy_text is empty" in capsys.readouterr().err
    assert list((drafts / "cur").iterdir()) == []


def test_reply_in_a_pipe_is_refused(practice: PracticeFolder, capsys: Capture) -> None:
    assert practice.run("reply", "4") == EX_USAGE
    assert "needs a terminal" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("read", "99"), ("read", "1-2"), ("draft", "4"), ("draft", "4", "--policy", "--emergency")]
)
def test_what_names_no_one_message_or_no_one_text_is_refused(practice: PracticeFolder, words: tuple[str, ...]) -> None:
    try:
        status = practice.run(*words)
    except SystemExit as end:
        status = int(str(end.code))
    assert status == EX_USAGE
