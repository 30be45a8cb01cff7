"""SIGKILL and a full disk at every system call that writes, a folder that is read-only, a clock that was set back.

All or nothing, and the next run makes the same ledger.
"""

from __future__ import annotations

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledgers import tables
from letters import deliver, letters
from measured import Measured, measured
from system_calls import Call, killed_at, refused_from, was_killed, writing_calls

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Sequence

PROGRAM = Path(sys.executable).with_name("mailtriage")
NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
CONFIG = """
[practice]
addresses = ["therapist@practice.example"]
name = "Dr Hale"
postal = ["1 Quiet Road", "Leeds"]
[[mailbox]]
name = "practice"
type = "maildir"
path = "Maildir"
sent_folder = "Sent"
[ledger]
path = "ledger.db"
key_file = "ledger.key"
"""
CLIENTS = (
    "code,name,addresses,phone,contact\nA.B.,Anna,anna@client.example,07700 900001,\nB.C.,Ben,ben@client.example,,"
)
FIRST, LATER = "the first poll", "a poll"
LOG, CONFIRM = "log 2 --reading 20m", "confirm 2 --anyway"
ISSUE = "statement issue 2026-11 -y --so-far"
SCENARIOS = {
    FIRST: ("poll",),
    LATER: ("poll",),
    "called": ("called 1 3",),
    "done": ("done 2-4",),
    "undo": ("undo",),
    "assign": ("assign 4 A.B.",),
    "client add": ("client add C.D. --no-input --address chloe@client.example",),
    "client edit": ("client edit A.B. --no-input --phone 07700",),
    "client remove": ("client remove A.B. --yes",),
    "client import": ("client import clients.csv",),
    "consent add": ("consent add A.B. --given 2026-10-01 --how signed --price 20.00",),
    "consent withdraw": ("consent withdraw B.C.",),
    "consent void": ("consent void 1",),
    "price set": ("price set --client B.C. 22.00",),
    "start": ("start 2",),
    "stop": ("start 2", "stop --minutes 7"),
    "log": (LOG,),
    "erase": (LOG, "erase 2 1"),
    "confirm": (LOG, CONFIRM),
    "adjust": (LOG, "adjust 2 --minutes 30 --why longer --anyway"),
    "waive": (LOG, "waive 2 --why kindness"),
    "save": (LOG, "save 2 --skimmed"),
    "statement issue": (LOG, CONFIRM, ISSUE),
    "statement paid": (LOG, CONFIRM, ISSUE, "statement paid 1"),
    "statement credit": (LOG, CONFIRM, ISSUE, "statement credit 1 --why wrong -y"),
}
"""The last command is the one that is disturbed; those before it prepare for it."""
IN_SHORT = (FIRST, LATER, "called", "client import", "statement issue")
Tables = dict[str, list[tuple[object, ...]]]


@dataclass(frozen=True, slots=True)
class Trial:
    """A command, the folder that it starts from, and what its ledger is before and after.

    Attributes:
        repeats: true if the command may do a part, and what is left when it is typed again: a poll.
    """

    words: tuple[str, ...]
    start: Path
    before: Tables
    after: Tables
    calls: Sequence[Call]
    repeats: bool

    def copy(self, name: str) -> Path:
        folder = self.start.with_name(f"{self.start.name}.{name}")
        shutil.copytree(self.start, folder)
        return folder


def argv(folder: Path, words: Sequence[str]) -> list[str]:
    named = [str(folder / word) if word.endswith(".csv") else word for word in words]
    return [str(PROGRAM), "--config", str(folder / "config.toml"), *named]


def env(folder: Path, now: datetime = NOW) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "MAILTRIAGE_NOW": now.isoformat()}


def run(folder: Path, *words: str, now: datetime = NOW) -> Measured:
    return measured(argv(folder, words), env(folder, now), within_seconds=60)


def ledger(folder: Path) -> Tables:
    """What is kept; nothing where there is no ledger yet."""
    key = folder / "ledger.key"
    if not (key.exists() and (folder / "ledger.db").exists()):
        return {}
    return tables(folder / "ledger.db", bytes.fromhex(key.read_text().strip()))


@pytest.fixture(scope="session")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice that was polled once, with four letters. Not to be changed."""
    folder = new_practice(tmp_path_factory.mktemp("kills") / "polled", 4)
    (folder / "clients.csv").write_text(CLIENTS)
    assert run(folder, "client", "import", "clients.csv").status == 0
    (folder / "clients.csv").write_text(CLIENTS.replace("Anna", "Anne") + "\nD.E.,Dora,dora@client.example,,")
    for line in ("poll", "called 2", "consent add B.C. --given 2026-10-01 --how signed --price 20.00"):
        done = run(folder, *line.split())
        assert done.status == 0, done.err
    return folder


def new_practice(folder: Path, count: int) -> Path:
    receive(folder, count)
    deliver(folder / "Maildir" / ".Sent", iter(()))
    (folder / "config.toml").write_text(CONFIG)
    return folder


def receive(folder: Path, count: int, start: int = 0) -> None:
    mails = list(letters(start + count, last_at=NOW - timedelta(hours=1), apart=timedelta(minutes=1)))
    deliver(folder / "Maildir", iter(mails[start:]), start=start)


def trial(scenario: str, polled: Path, folder: Path) -> Trial:
    """A scenario with its calls counted, by a run that nothing disturbs."""
    start = folder / "start"
    if scenario == FIRST:
        new_practice(start, 4)
    else:
        shutil.copytree(polled, start)
    if scenario == LATER:
        receive(start, 102, start=4)  # two batches
    *first, words = (tuple(line.split()) for line in SCENARIOS[scenario])
    for line in first:
        done = run(start, *line)
        assert done.status == 0, done.err
    before = ledger(start)
    whole = folder / "whole"
    shutil.copytree(start, whole)
    calls = writing_calls(argv(whole, words), env(whole), whole)
    after = ledger(whole)
    assert calls
    assert before != after
    return Trial(words, start, before, after, calls, repeats=words == ("poll",))


def spread(count: int, most: int) -> list[int]:
    """Indexes over the whole range, both ends among them."""
    return sorted({round(number * (count - 1) / (most - 1)) for number in range(min(most, count))})


def failures(trial: Trial, indexes: Sequence[int], check: Callable[[Trial, int], list[str]]) -> dict[str, list[str]]:
    with ThreadPoolExecutor(max_workers=2) as pool:
        found = zip(indexes, pool.map(lambda index: check(trial, index), indexes), strict=True)
    return {f"{index}: {trial.calls[index].text}": problems for index, problems in found if problems}


def after_a_kill(trial: Trial, index: int) -> list[str]:
    folder = trial.copy(f"kill-{index}")
    done = killed_at(trial.calls[index], argv(folder, trial.words), env(folder))
    problems = [] if was_killed(done.returncode) else [f"it was not killed: {done.returncode} {done.stderr}"]
    return problems + afterwards(trial, folder)


def on_a_full_disk(trial: Trial, index: int) -> list[str]:
    folder = trial.copy(f"full-{index}")
    done = refused_from(index, trial.calls, argv(folder, trial.words), env(folder))
    return ending_problems(done) + afterwards(trial, folder, completed=done.returncode == 0)


def ending_problems(done: subprocess.CompletedProcess[str]) -> list[str]:
    told = done.returncode == 0 or (done.returncode == 74 and "\nmailtriage: " in f"\n{done.stderr}")
    return [] if told and "Traceback" not in done.stderr else [f"it ended with {done.returncode}: {done.stderr}"]


def afterwards(trial: Trial, folder: Path, *, completed: bool = False) -> list[str]:
    """What is wrong with the ledger that was left, and with the one after the same command again."""
    problems = []
    again = trial.repeats
    # A poll that was killed is left alone until the next one, which is to find the file as it lies.
    if completed or not trial.repeats:
        left = ledger(folder)
        again = again or left == trial.before
        if left != trial.after and (completed or left != trial.before):
            problems.append(f"it said it was done, or did a part: {left}")
    if again:
        done = run(folder, *trial.words)
        if done.status:
            problems.append(f"the next run ended with {done.status}: {done.err}")
    found = ledger(folder)
    problems += [
        f"the table {name} differs: {found.get(name)}" for name in trial.after if found[name] != trial.after[name]
    ]
    shutil.rmtree(folder)
    return problems


@pytest.mark.strace
@pytest.mark.parametrize("scenario", IN_SHORT)
def test_a_kill_or_a_full_disk_at_some_writes_loses_and_repeats_nothing(
    scenario: str, polled: Path, tmp_path: Path
) -> None:
    tried = trial(scenario, polled, tmp_path)
    inner = spread(len(tried.calls), 4 if tried.repeats else 3)[1:-1]
    assert failures(tried, [*inner, len(tried.calls) - 1], after_a_kill) == {}
    assert failures(tried, inner, on_a_full_disk) == {}


@pytest.mark.strace
@pytest.mark.kills
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_kill_or_a_full_disk_at_any_write_loses_and_repeats_nothing(
    scenario: str, polled: Path, tmp_path: Path
) -> None:
    tried = trial(scenario, polled, tmp_path)
    every = range(len(tried.calls))
    print(f"\n{scenario}: {len(tried.calls)} calls")  # noqa: T201 - a long run says how far it is
    assert failures(tried, every, after_a_kill) == {}
    assert failures(tried, every, on_a_full_disk) == {}


READ_ONLY = ("poll", "called", "client import")


@pytest.mark.parametrize("name", READ_ONLY)
def test_in_a_folder_that_is_read_only_nothing_is_done_and_it_is_said(name: str, polled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "practice"
    shutil.copytree(polled, folder)
    receive(folder, 2, start=4)
    words = SCENARIOS.get(name, ("poll",))[-1].split()
    before = ledger(folder)
    folder.chmod(0o500)
    # The superuser may write all the same, but for this capability.
    drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if os.geteuid() == 0 else []
    if drop and not shutil.which("setpriv"):
        pytest.skip("the superuser can write to a read-only folder, and there is no setpriv")
    try:
        done = measured([*drop, *argv(folder, words)], env(folder), within_seconds=60)
    finally:
        folder.chmod(0o700)
    assert (done.status, done.out) == (74, "")
    assert "must be yours to write" in done.err
    assert ledger(folder) == before
    assert run(folder, *words).status == 0
    assert ledger(folder) != before


def test_a_clock_that_was_set_back_loses_and_repeats_nothing(polled: Path, tmp_path: Path) -> None:
    found, said = [], []
    for polls in ((NOW - timedelta(days=400), NOW - timedelta(days=2), NOW), (NOW,)):
        folder = tmp_path / str(len(polls))
        shutil.copytree(polled, folder)
        receive(folder, 20, start=4)
        runs = [run(folder, "poll", now=now) for now in polls]
        assert [done.status for done in runs] == [0] * len(polls)
        said.append(runs[0].out)
        found.append(ledger(folder))
    assert all("need a phone call" in line for line in said)
    # When the calls were told is noted by the clock, and under a wrong one all are told once more.
    assert {**found[0], "told": [], "sqlite_sequence": []} == {**found[1], "told": [], "sqlite_sequence": []}
