"""`read`, `reply` and `draft` as installed commands in a terminal, against a real server, with a scripted editor."""

from __future__ import annotations

import shutil
import signal
import stat
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from answering import Answering, answering, copied, left_behind
from mailtriage.errors import EX_CONFIG, EX_UNAVAILABLE, EX_USAGE
from mailtriage.model.work import Evidence, TimeKind
from pseudo_terminal import PROGRAM

if TYPE_CHECKING:
    from pathlib import Path

    from dovecot import Dovecot
    from mailtriage.model.work import TimeEntry

pytestmark = pytest.mark.imap

WRITES = """sleep 1.2; { echo 'Yes, at four. Ünique.'; cat "$1"; } > "$1.new"; mv "$1.new" "$1"; echo x > "$1~" """


@pytest.fixture(scope="module")
def polled_over_imap(server: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Answering:
    """What `practice` is a copy of. Not to be changed."""
    return answering(tmp_path_factory.mktemp("answering"), server.new_mailbox())


@pytest.fixture
def practice(polled_over_imap: Answering, tmp_path: Path) -> Answering:
    return copied(polled_over_imap, tmp_path)


def times(practice: Answering) -> tuple[TimeEntry, ...]:
    """The time that is kept; no timer runs any more."""
    with practice.ledger() as ledger:
        assert ledger.billing.timer() is None
        return ledger.billing.time_entries(1)


# ---------------------------------------------------------------- reply


def test_an_answer_is_timed_and_lies_in_drafts_for_the_client_alone(practice: Answering) -> None:
    with practice.type("reply", "1", editor=WRITES) as terminal:
        terminal.expect("The message was also sent to mum@home.example; the draft leaves them out.")
        terminal.expect("To jo@home.example alone, from therapist@practice.example")
        terminal.expect("of reply, timed")
        terminal.expect('The draft lies in the folder "Drafts" of practice.')
        terminal.expect("Nothing was sent")
        assert terminal.leave() == 0
    (mail,) = practice.drafts()
    assert (mail["To"], mail["Cc"], mail["Subject"]) == ("jo@home.example", None, "Re: Thursday café")
    assert mail["In-Reply-To"] == "<1@home.example>"
    lines = mail.get_content().splitlines()
    assert lines[0] == "Yes, at four. Ünique."
    assert lines[-2:] == ["> Can we move to the blue café?", "> \\x1b[31mI am tired."]
    (entry,) = times(practice)
    assert (entry.worked.kind, entry.worked.evidence) == (TimeKind.REPLY, Evidence.TIMER)
    assert entry.worked.seconds >= 1
    assert list(practice.runtime.iterdir()) == []
    assert left_behind(practice.folder, "blue") == []


def test_the_copy_that_she_sends_answers_the_message_and_adds_no_time(practice: Answering) -> None:
    with practice.type("reply", "1", editor=WRITES) as terminal:
        assert terminal.leave() == 0
    before = times(practice)
    (mail,) = practice.drafts()
    sent = practice.disk.deliver(mail.as_bytes(), parsedate_to_datetime(mail["Date"]), folder=".Sent", flags="S")
    try:
        practice.run("poll")
    finally:
        sent.unlink()
    with practice.ledger() as ledger:
        message = ledger.message(1)
        (reply,) = ledger.billing.replies(1)
    assert message
    assert message.answered_at
    assert not message.answer_is_guess
    assert reply.words == 4
    assert times(practice) == before
    assert message.logged_seconds == before[0].worked.seconds


def test_while_she_writes_nothing_of_the_mail_is_where_others_could_see_it(practice: Answering) -> None:
    spy = practice.folder / "spied"
    script = f"""
ls -ld "$1" "$(dirname "$1")" | cut -c1-10 > {spy}
env >> {spy}
for part in /proc/[0-9]*; do tr '\\0' ' ' < $part/cmdline; done >> {spy} 2>/dev/null
{WRITES}"""
    with practice.type("reply", "1", editor=script) as terminal:
        assert terminal.leave() == 0
    seen = spy.read_text("utf-8", "replace")
    assert sorted(seen.splitlines()[:2]) == ["-rw-------", "drwx------"]
    assert "blue caf" not in seen
    assert "Thursday" not in seen
    assert len(practice.drafts()) == 1


@pytest.mark.parametrize("editor", ["exit 0", ': > "$1"', 'rm "$1"', 'sed -i /blue/d "$1"'])
def test_without_words_of_hers_nothing_is_put_anywhere_and_the_time_is_asked_about(
    practice: Answering, editor: str
) -> None:
    with practice.type("reply", "1", editor=f"sleep 1.2; {editor}") as terminal:
        terminal.expect("nothing was put into Drafts")
        terminal.expect("Keep that time? [y/n]")
        terminal.type("n\n")
        terminal.expect("nothing of it is kept")
        assert terminal.leave() == 0
    assert practice.drafts() == []
    assert times(practice) == ()


def test_the_time_of_an_answer_that_was_not_written_can_be_kept(practice: Answering) -> None:
    with practice.type("reply", "1", editor="sleep 1.2") as terminal:
        terminal.expect("Keep that time? [y/n]")
        terminal.type("y\n")
        assert terminal.leave() == 0
    assert [entry.worked.kind for entry in times(practice)] == [TimeKind.REPLY]


def test_an_editor_that_fails_puts_nothing_anywhere_but_keeps_the_words(practice: Answering) -> None:
    with practice.type("reply", "1", editor=WRITES + "; exit 1") as terminal:
        terminal.expect("Your editor ended with an error, so nothing was put into Drafts.")
        assert terminal.leave() == 1
    assert practice.drafts() == []
    (kept,) = practice.runtime.glob("*/draft.txt")
    assert "Yes, at four." in kept.read_text("utf-8")
    with practice.type("reply", "1", "--text", str(kept), editor="sleep 1.2") as terminal:
        terminal.expect("The draft lies in the folder")
        assert terminal.leave() == 0
    assert practice.drafts()[0].get_content().startswith("Yes, at four.")
    assert list(practice.runtime.iterdir()) == []


def test_words_that_the_server_does_not_take_are_offered_again_and_then_kept(practice: Answering) -> None:
    config = practice.folder / "config.toml"
    right = config.read_text("utf-8")
    config.write_text(right + 'drafts_folder = "Nowhere"\n', "utf-8")
    with practice.type("reply", "1", editor=WRITES) as terminal:
        terminal.expect('does not open the folder "Nowhere"')
        terminal.expect("Try again? [y/n]")
        terminal.type("y\n")
        terminal.expect("Try again? [y/n]")
        terminal.type("n\n")
        terminal.expect("Your text is kept, for you alone, in")
        assert terminal.leave() == EX_CONFIG
    (kept,) = practice.runtime.glob("*/draft.txt")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert len(times(practice)) == 1
    config.write_text(right, "utf-8")
    with practice.type("reply", "1", "--text", str(kept), editor="sleep 1.2") as terminal:
        assert terminal.leave() == 0
    assert len(practice.drafts()) == 1


def test_a_wish_against_mail_is_asked_about_before_the_editor_opens(practice: Answering) -> None:
    practice.wish("no e-mail")
    with practice.type("reply", "1", editor=WRITES) as terminal:
        terminal.expect("J.T. may be contacted: no e-mail")
        terminal.expect("Write an e-mail all the same? [y/n]")
        terminal.type("n\n")
        assert terminal.leave() == 0
    assert practice.drafts() == []
    assert times(practice) == ()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_removes_the_file_and_keeps_the_timer(practice: Answering, number: int) -> None:
    with practice.type("reply", "1", editor=f"echo opened; kill -{number} $PPID; exec sleep 60") as terminal:
        terminal.expect("opened")
        assert terminal.leave() == 128 + number
    assert list(practice.runtime.iterdir()) == []
    with practice.ledger() as ledger:
        timer = ledger.billing.timer()
    assert timer
    assert (timer.number, timer.kind) == (1, TimeKind.REPLY)


def test_an_editor_that_cannot_be_started_leaves_no_timer_and_no_file(practice: Answering) -> None:
    with practice.type("reply", "1", editor="", shebang="") as terminal:
        terminal.expect("cannot be started: Exec format error")
        assert terminal.leave() == EX_UNAVAILABLE
    assert times(practice) == ()
    assert list(practice.runtime.iterdir()) == []


def test_a_timer_that_was_stopped_elsewhere_is_not_kept_again(practice: Answering) -> None:
    stop = f"{PROGRAM} --config {practice.folder / 'config.toml'} stop > /dev/null"
    with practice.type("reply", "1", editor=f"sleep 1.2; {stop}; {WRITES}") as terminal:
        terminal.expect("The timer was stopped elsewhere meanwhile; nothing more is kept.")
        terminal.expect("The draft lies in")
        assert terminal.leave() == 0
    assert len(times(practice)) == 1


def test_the_ledger_can_be_written_while_she_writes(practice: Answering) -> None:
    config = practice.folder / "config.toml"
    other = f"{PROGRAM} --config {config} done 1 > {practice.folder}/done 2>&1"
    with practice.type("reply", "1", editor=f"{other}; {WRITES}") as terminal:
        assert terminal.leave() == 0
    assert "done, nothing more is needed" in (practice.folder / "done").read_text()


# ---------------------------------------------------------------- read


def test_reading_is_timed_until_it_is_left(practice: Answering) -> None:
    with practice.type("read", "1") as terminal:
        terminal.expect("No consent: time on it is free.")
        terminal.expect("blue café")
        terminal.expect("Enter when you have read it:")
        time.sleep(1.2)
        terminal.type("\n")
        terminal.expect("of reading, timed")
        assert terminal.leave() == 0
    (entry,) = times(practice)
    assert (entry.worked.kind, entry.worked.evidence) == (TimeKind.READING, Evidence.TIMER)


@pytest.mark.skipif(not shutil.which("less"), reason="less is not installed")
def test_a_letter_longer_than_the_window_is_left_by_leaving_the_pager(practice: Answering) -> None:
    with practice.type("read", "1", rows=8) as terminal:
        terminal.expect("q to leave")
        time.sleep(1.2)
        terminal.type("\x03q")
        shown = terminal.expect("of reading, timed")
        assert terminal.leave() == 0
    assert "Enter when" not in shown
    assert len(times(practice)) == 1


def test_a_pager_that_only_prints_is_followed_by_a_question(practice: Answering) -> None:
    with practice.type("read", "1", rows=8, pager="cat") as terminal:
        terminal.expect("blue café")
        terminal.expect("Enter when you have read it:")
        terminal.type("\n")
        assert terminal.leave() == 0


def test_a_long_letter_without_a_consent_is_asked_about_before_it_is_read(practice: Answering) -> None:
    with practice.type("read", "2") as terminal:
        before = terminal.expect("Read it now? [y/n]")
        terminal.type("n\n")
        assert terminal.leave() == 0
    assert "long: about 2,000 words" in before
    assert "Save it for the session: mailtriage save 2" in before
    assert "and on we went" not in terminal.shown
    with practice.ledger() as ledger:
        assert ledger.billing.timer() is None


def test_a_running_timer_refuses_another_and_names_the_way_to_read_without(practice: Answering) -> None:
    practice.run("start", "1")
    for words in (("read", "1"), ("reply", "1")):
        with practice.type(*words, editor=WRITES) as terminal:
            terminal.expect("a timer runs already: reading message 1")
            terminal.expect("`mailtriage show 1` shows the message without a timer.")
            assert terminal.leave() == EX_USAGE
    assert practice.drafts() == []


def test_a_reading_that_is_killed_keeps_its_timer(practice: Answering) -> None:
    with practice.type("read", "1") as terminal:
        terminal.expect("Enter when you have read it:")
    with practice.ledger() as ledger:
        timer = ledger.billing.timer()
    assert timer
    assert timer.kind is TimeKind.READING


# ---------------------------------------------------------------- draft


def test_a_policy_draft_lies_on_the_server_once(practice: Answering) -> None:
    for said in ("The draft lies in", "The same draft lies already in"):
        with practice.type("draft", "1", "--policy") as terminal:
            terminal.expect(said)
            assert terminal.leave() == 0
    (mail,) = practice.drafts()
    assert "units of 15" in " ".join(mail.get_content().split())
