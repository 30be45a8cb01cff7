"""`start`, `stop`, `log` and `erase`, typed at a real practice folder. Message 4 is J.T.'s, received the day before."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mailtriage.model import Diary, Emergency, Forwarded, Verdict
from mailtriage.model.work import Awake, Evidence, TimeKind, Timer, Worked
from practice_folder import NOW
from pseudo_terminal import PROGRAM, PseudoTerminal, pseudo_terminal

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from books import Books

CONSENT = 'consent add J.T. --given {} --how "signed agreement" --price 20.00'


STOP_QUESTION = "k keeps that, minutes replace it, 0 drops it; Ctrl-C leaves the timer running: "


def clock(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23 {text}+00:00")


def worked(books: Books, number: int = 4) -> list[Worked]:
    return [entry.worked for entry in books.entries(number)]


# ---------------------------------------------------------------- start and stop


def test_stop_keeps_what_was_timed_and_says_what_it_comes_to(books: Books) -> None:
    books.type(CONSENT.format("2026-11-01"))
    out = books.type("start 4", at="14:10")
    assert "Message 4 from J.T.: the timer for reading runs since today 14:10." in out
    out = books.type("stop", at="14:16")
    assert "Message 4 from J.T.: kept 6 min of reading, timed, until today 14:16." in out
    assert "In all 6 min measured: 1 unit of 15 min at \N{POUND SIGN}20.00, \N{POUND SIGN}20.00." in out
    assert "Confirm it: mailtriage confirm 4." in out
    assert worked(books) == [Worked(TimeKind.READING, 360, Evidence.TIMER, clock("14:10"))]


def test_a_reply_is_timed_as_a_reply_from_when_she_says_to_when_she_says(books: Books) -> None:
    books.type("start 4 --reply --at 13:50")
    books.type("stop --at 13:58", at="15:00")
    assert worked(books) == [Worked(TimeKind.REPLY, 480, Evidence.TYPED, clock("13:50"))]


def test_a_second_timer_is_refused_and_the_first_runs_on(books: Books) -> None:
    books.type("start 4")
    assert "a timer runs already: reading message 4, since today 14:05" in books.refused("start 3")
    assert "kept 5 min of reading" in books.type("stop", at="14:10")


def test_stop_without_a_timer_says_how_to_start_one(books: Books) -> None:
    assert "no timer runs\n  `mailtriage start N` starts one" in books.refused("stop")


@pytest.mark.parametrize(
    "line", ["start 4 --at 14:06", "start 4 --at ''", "start 4 --at soon", "start 4-5", "start 99"]
)
def test_a_start_to_come_or_of_nothing_is_refused(books: Books, line: str) -> None:
    books.refused(line)
    assert "no timer runs" in books.refused("stop")


def test_a_timer_cannot_begin_before_its_message_came(books: Books) -> None:
    assert "came yesterday 12:00, after that" in books.refused("start 4 --at 'yesterday 11:59'")


@pytest.mark.parametrize("line", ["log 4 --reading 3h --at", "log 4 --reading 2m --reply 10m --at"])
def test_typed_work_cannot_begin_before_its_message_came(books: Books, line: str) -> None:
    said = books.refused(f"{line} 'yesterday 12:01'")
    assert "came yesterday 12:00, after that: the work would have begun" in said
    assert books.entries(4) == ()
    books.type("log 4 --reading 2m --reply 10m --at 'yesterday 12:12'")


def test_an_end_before_the_start_is_refused_and_the_timer_runs_on(books: Books) -> None:
    books.type("start 4")
    assert "the timer was started today 14:05, after that" in books.refused("stop --at 14:04", at="14:20")
    assert "kept 15 min" in books.type("stop")


@pytest.mark.parametrize("line", ["stop --minutes ''", "stop --minutes x", "stop --minutes -3", "stop --at ''"])
def test_an_empty_or_wrong_value_is_refused_and_the_timer_runs_on(books: Books, line: str) -> None:
    books.type("start 4")
    status, out, _ = books.typed(line.replace("--minutes -3", "--minutes=-3"), at="14:20")
    assert (status, out) == (64, "")
    assert "kept 15 min" in books.type("stop")


def test_an_overlong_timer_is_not_booked_in_a_pipe_and_the_way_to_say_it_is_named(books: Books) -> None:
    books.type("start 4")
    err = books.refused("stop", at="14:36")
    assert "measured 31 min since today 14:05: that is longer than 30 min. Nothing is kept" in err
    assert "mailtriage stop --minutes 12" in err
    assert books.entries(4) == ()
    assert "kept 12 min of reading, typed, until today 14:17." in books.type("stop --minutes 12")


def test_a_timer_over_midnight_is_asked_about_however_short(books: Books) -> None:
    books.type("start 4", at="2026-11-23 23:50")
    assert "midnight lies between" in books.refused("stop", at="2026-11-24 00:10")
    books.type("stop --minutes 20")
    assert worked(books)[0].began_at == datetime(2026, 11, 23, 23, 50, tzinfo=UTC)


def test_zero_minutes_drop_the_timer(books: Books) -> None:
    books.type("start 4")
    assert "the timer is stopped, and nothing of it is kept" in books.type("stop --minutes 0", at="18:00")
    assert books.entries(4) == ()
    assert "no timer runs" in books.refused("stop")


def test_a_reboot_is_asked_about(books: Books) -> None:
    books.type("start 4")
    with books.practice.ledger() as ledger:
        ledger.billing.start_timer(_of_another_boot(ledger.billing.stop_timer()))
    assert "the machine was started anew meanwhile" in books.refused("stop", at="14:10")


def test_sleep_is_asked_about(books: Books) -> None:
    books.type("start 4")
    with books.practice.ledger() as ledger:
        timer = ledger.billing.stop_timer()
        assert timer
        before = replace(timer.awake, asleep_seconds=timer.awake.asleep_seconds - 100)
        ledger.billing.start_timer(replace(timer, awake=before))
    err = books.refused("stop", at="14:10")
    assert "the machine slept for 1 min 4" in err or "the machine slept for 1 min 3" in err
    assert "kept 3 min of reading, typed" in books.type("stop --minutes 3")


def test_a_clock_that_was_set_back_is_asked_about(books: Books) -> None:
    books.type("start 4")
    assert "the clock was set back" in books.refused("stop", at="13:00")
    books.type("stop --minutes 4")
    assert worked(books) == [Worked(TimeKind.READING, 240, Evidence.TYPED, clock("12:56"))]


def test_minutes_typed_at_stop_are_of_the_run_so_a_consent_given_meanwhile_does_not_cover_them(books: Books) -> None:
    books.type("start 4", at="14:10")
    books.type(CONSENT.format("14:20"), at="14:20")
    out = books.type("stop --minutes 12", at="15:00")
    assert worked(books) == [Worked(TimeKind.READING, 720, Evidence.TYPED, clock("14:10"))]
    assert "12 min stay free: no consent was in force" in out


def test_more_minutes_than_were_measured_end_with_the_run(books: Books) -> None:
    books.type("start 4", at="14:10")
    books.type("stop --minutes 12", at="14:15")
    assert worked(books) == [Worked(TimeKind.READING, 720, Evidence.TYPED, clock("14:03"))]


def test_a_price_raised_between_start_and_stop_does_not_touch_typed_minutes(books: Books) -> None:
    books.type('consent add J.T. --given 2026-11-01 --how "by letter" --price 30.00')
    books.type("start 4", at="2026-11-23 23:55")
    books.type("price set 25.00 --client J.T.", at="2026-11-24 00:01")
    out = books.type("stop --minutes 10", at="2026-11-24 00:20")
    assert "1 unit of 15 min at \N{POUND SIGN}20.00" in out


def test_start_and_stop_are_separate_processes_and_a_crash_keeps_the_timer(books: Books) -> None:
    config = ["--config", str(books.practice.path / "config.toml")]

    def run(*words: str, at: str) -> str:
        environment = os.environ | {"MAILTRIAGE_NOW": f"2026-11-23T{at}:00+00:00"}
        done = subprocess.run([PROGRAM, *config, *words], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    run("start", "4", at="14:10")
    assert "kept 7 min of reading, timed" in run("stop", at="14:17")


def _of_another_boot(timer: Timer | None) -> Timer:
    assert timer
    return replace(timer, awake=Awake("another boot", 0))


# ---------------------------------------------------------------- asked in a terminal


@pytest.fixture
def overlong(books: Books) -> AbstractContextManager[PseudoTerminal]:
    """`stop` of a timer that measured an hour, in a terminal."""
    books.type("start 4")
    config = str(books.practice.path / "config.toml")
    books.monkeypatch.setenv("MAILTRIAGE_NOW", "2026-11-23T15:05:00+00:00")
    return pseudo_terminal(["--config", config, "stop"])


def answered(terminal: PseudoTerminal, keys: str) -> str:
    terminal.expect("measured 1 h since today 14:05: that is longer than 30 min.")
    terminal.expect(STOP_QUESTION)
    terminal.type(keys)
    assert terminal.leave() == 0
    return terminal.shown


def test_k_keeps_what_was_measured_and_enter_alone_books_nothing(
    books: Books, overlong: AbstractContextManager[PseudoTerminal]
) -> None:
    with overlong as terminal:
        shown = answered(terminal, "\nk\n")
        assert "Nothing is booked by Enter alone. Type k, the minutes, or 0." in shown
        assert "kept 1 h of reading, timed" in shown
    assert worked(books) == [Worked(TimeKind.READING, 3600, Evidence.TIMER, clock("14:05"))]


def test_minutes_replace_it_and_nonsense_is_asked_again(
    books: Books, overlong: AbstractContextManager[PseudoTerminal]
) -> None:
    with overlong as terminal:
        assert "'soon' is no duration" in answered(terminal, "soon\n12\n")
    assert worked(books) == [Worked(TimeKind.READING, 720, Evidence.TYPED, clock("14:05"))]


def test_zero_drops_it(books: Books, overlong: AbstractContextManager[PseudoTerminal]) -> None:
    with overlong as terminal:
        assert "nothing of it is kept" in answered(terminal, "0\n")
    assert books.entries(4) == ()


def test_a_question_that_is_left_keeps_the_timer(
    books: Books, overlong: AbstractContextManager[PseudoTerminal]
) -> None:
    with overlong as terminal:
        terminal.expect(STOP_QUESTION)
        terminal.type("\x04")
        assert terminal.leave() == 64
    assert "a timer runs already" in books.refused("start 4")


def test_ctrl_c_leaves_the_timer_running(books: Books, overlong: AbstractContextManager[PseudoTerminal]) -> None:
    with overlong as terminal:
        terminal.expect(STOP_QUESTION)
        terminal.interrupt()
        assert terminal.leave() == 130
    assert "a timer runs already" in books.refused("start 4")


# ---------------------------------------------------------------- the same time twice


def test_a_timer_whose_start_was_typed_is_typed(books: Books) -> None:
    books.type("start 4 --at 13:50")
    assert "kept 10 min of reading, typed" in books.type("stop", at="14:00")


def test_the_same_half_hour_is_not_kept_for_two_messages_unless_it_is_said(books: Books) -> None:
    books.type("start 4 --at 13:30", at="14:00")
    books.type("stop")
    books.type("start 3 --at 13:30")
    err = books.refused("stop")
    assert "that overlaps today 13:30 to 14:00, recorded for message 4; nothing is kept" in err
    assert "keep it all the same with --overlap" in err
    assert books.entries(3) == ()
    books.type("stop --overlap")
    assert worked(books, 3) == [Worked(TimeKind.READING, 1800, Evidence.TYPED, clock("13:30"))]


def test_time_that_was_taken_back_is_no_hindrance_and_neighbours_do_not_overlap(books: Books) -> None:
    books.type("log 4 --reading 10m --at 13:30")
    books.type("log 4 --reading 10m --at 13:40")
    books.type("undo 4")
    books.type("log 3 --reading 10m --at 13:40")
    assert [entry.began_at for entry in worked(books)] == [clock("13:20")]


def test_dated_minutes_over_others_are_refused_in_a_pipe(books: Books) -> None:
    books.type("log 4 --reading 10m --at 13:30")
    assert "overlaps today 13:20 to 13:30" in books.refused("log 3 --reading 20m --at 13:35")
    number = books.receive("another", NOW - timedelta(hours=2))
    assert "overlaps today 13:20 to 13:30" in books.refused(f"confirm {number} --minutes 20 --at 13:35")
    books.type("log 3 --reading 20m --at 13:35 --overlap")


def test_minutes_without_a_time_of_day_are_kept_and_what_they_lie_over_is_said(books: Books) -> None:
    books.type("log 4 --reading 10m")
    out = books.type("log 3 --reading 4m")
    assert "Worked until then, it overlaps what is recorded for 4; --at says when it was." in out
    assert len(worked(books, 3)) == 1


def test_the_same_minutes_again_are_refused_in_a_pipe(books: Books) -> None:
    books.type("log 4 --reading 10m")
    assert "recorded for message 4; nothing is kept" in books.refused("log 4 --reading 10m", at="14:06")
    assert len(worked(books)) == 1


@pytest.mark.parametrize(("key", "kept"), [("y", 2), ("n", 1)])
def test_in_a_terminal_an_overlap_is_asked_about(books: Books, key: str, kept: int) -> None:
    books.type("log 4 --reading 10m")
    config = str(books.practice.path / "config.toml")
    with pseudo_terminal(["--config", config, "log", "4", "--reading", "10m"]) as terminal:
        terminal.expect("Keep it all the same? [y/n] ")
        terminal.type(f"{key}\n")
        assert terminal.leave() == 0
    assert len(worked(books)) == kept


def test_more_than_eight_hours_in_all_must_be_said_to_be_so(books: Books) -> None:
    books.type("log 4 --reading 4h --reply 4h")
    books.type("undo 4")
    assert "8 h 1 s for one message; nothing is kept" in books.refused("log 4 --reading 4h --reply 4h1s")
    books.type("log 4 --reading 4h --reply 4h1s --yes")


# ---------------------------------------------------------------- what is never proposed


@pytest.mark.parametrize(
    ("verdict", "ground"),
    [
        (Verdict(emergency=Emergency.CRISIS), "emergency-like wording"),
        (Verdict(diary=(Diary.CANCEL,)), "about the diary"),
        (Verdict(forwarded=Forwarded.FORWARD), "forwarded"),
    ],
)
def test_no_charge_is_proposed_after_recording_what_is_never_charged(
    books: Books, verdict: Verdict, ground: str
) -> None:
    books.type(CONSENT.format("2026-11-01"))
    number = books.receive("barred", NOW - timedelta(hours=2), verdict=verdict)
    out = books.type(f"log {number} --reading 12m")
    assert f"{ground}, so no charge is proposed." in out
    assert "mailtriage confirm" not in out
    assert f"although it is not meant to be charged ({ground})." in books.type(f"confirm {number} --anyway")


# ---------------------------------------------------------------- log and erase


def test_log_keeps_reading_and_reply_one_after_the_other(books: Books) -> None:
    out = books.type("log 4 --reading 4m --reply 6m30s")
    assert "kept 4 min of reading, typed; 6 min 30 s of reply, typed, until today 14:05." in out
    assert "In all 10 min 30 s measured: no charge. 10 min 30 s stay free: no consent was in force" in out
    assert worked(books) == [
        Worked(TimeKind.READING, 240, Evidence.TYPED, clock("13:54:30")),
        Worked(TimeKind.REPLY, 390, Evidence.TYPED, clock("13:58:30")),
    ]


def test_log_at_says_when_it_ended(books: Books) -> None:
    books.type("log 4 --reading 9:30 --at 'yesterday 16:05'")
    assert worked(books)[0].ended_at == datetime(2026, 11, 22, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "line",
    [
        *("log 4", "log 4 --reading ''", "log 4 --reading 4", "log 4 --reading 0m", "log 4 --reading 25h"),
        *("log 4 --reading 4m --at 14:06", "log 4 --reading 4m --at ''", "log 4 --reading 4m --at 'yesterday 11:00'"),
        *("log 4-5 --reading 4m", "log 99 --reading 4m", "log 4 --reading 4m --reply x"),
    ],
)
def test_what_is_no_time_is_refused_and_nothing_is_kept(books: Books, line: str) -> None:
    books.refused(line)
    assert books.entries(4) == ()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("5", 'names no unit: "5m" is minutes'),
        ("-5m", "'-5m' is less than nothing"),
        ("99999999m", "'99999999m' is longer than a day"),
        ("0m", "'0m' is no time at all"),
    ],
)
def test_what_is_wrong_with_a_time_is_said(books: Books, typed: str, said: str) -> None:
    assert said in books.refused(f"log 4 --reading {typed}")


def test_seconds_are_said_where_only_they_tell_two_times_apart(books: Books) -> None:
    number = books.receive("late", NOW.replace(second=42) - timedelta(minutes=5))
    assert "came today 14:00 (42 s), after that" in books.refused(f"start {number} --at 14:00")


@pytest.mark.parametrize("columns", [40, 80])
def test_in_a_terminal_sentences_break_between_words(books: Books, columns: int) -> None:
    books.type("log 4 --reading 10m")
    config = str(books.practice.path / "config.toml")
    for words, status in (("history 4", 0), ("log 4 --reading 5", 64), ("rules list", 0), ("--help", 0)):
        with pseudo_terminal(["--config", config, *words.split()], columns=columns) as terminal:
            assert terminal.leave() == status
            assert max(map(len, terminal.shown.splitlines())) <= columns
            assert "recorded" in terminal.shown or words != "history 4"


def test_a_pipe_gets_whole_lines(books: Books) -> None:
    books.type("log 4 --reading 10m --reply 10m")
    assert max(map(len, books.type("history 4").splitlines())) > 80


def test_exactly_five_minutes_are_free_and_a_second_more_is_a_unit(books: Books) -> None:
    books.type(CONSENT.format("2026-11-01"))
    assert "5 min measured: no charge, as up to 5 min are free." in books.type("log 4 --reading 5m")
    assert "5 min 1 s measured: 1 unit of 15 min" in books.type("log 4 --reply 1s")


def test_a_strangers_time_can_be_logged_and_is_free(books: Books) -> None:
    out = books.type("log 3 --reading 20m")
    assert "20 min measured: no charge." in out
    assert "confirm" not in out


def test_erase_takes_back_all_that_was_recorded_together_and_undo_brings_it_back(books: Books) -> None:
    books.type("log 4 --reading 4m --reply 6m30s")
    books.type("log 4 --reading 1m", at="14:30")
    out = books.type("erase 4 1")
    assert "entry 1 is taken back: 4 min of reading, typed; 6 min 30 s of reply, typed, recorded today 14:05." in out
    assert "What is left: 1 min measured" in out
    books.type("undo 4")
    assert len(books.entries(4)) == 3


@pytest.mark.parametrize("entry", ["0", "2", "x", "''", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_an_entry_that_is_not_there_is_refused(books: Books, entry: str) -> None:
    books.type("log 4 --reading 4m")
    assert "it has 1" in books.refused(f"erase 4 {entry}")


def test_an_entry_is_erased_once(books: Books) -> None:
    books.type("log 4 --reading 4m")
    books.type("erase 4 1")
    assert "taken back already" in books.refused("erase 4 1")
