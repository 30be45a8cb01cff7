"""What all tests share: when tests that need something are skipped, how Hypothesis searches, the servers."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from dovecot import dovecot, find_dovecot
from system_calls import NO_STRACE, NOT_ALLOWED, refusal

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from dovecot import Dovecot, MailboxOnDisk

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
MASKED = "IMAP4rev1 SASL-IR AUTH=PLAIN"
_NO_DOVECOT = "no Dovecot on this machine"
_UNTESTED = (
    (
        "IMAP",
        (_NO_DOVECOT,),
        "They need a Dovecot server: sudo apt-get install --no-install-recommends dovecot-imapd",
    ),
    (
        "KILLS AND FULL DISKS",
        (NO_STRACE, NOT_ALLOWED),
        "They need strace, on Linux and where tracing is allowed: sudo apt-get install --no-install-recommends strace",
    ),
)
_LONG = ("bench", "kills", "fuzz")
_CI = os.environ.get("CI", "") == "true"

# An extra, which `make` installs for the tests; whoever has not run it since does without this one.
collect_ignore = [] if _CI or find_spec("keyring") else ["adapters/test_keyring.py"]

# In CI the same examples each time: a red build must be red again when it is looked at.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("here", deadline=None, max_examples=60)
settings.load_profile("ci" if _CI else "here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave what takes minutes to `make bench`, `make kills` and `make fuzz`."""
    if config.option.markexpr:
        return
    left_out = [item for item in items if any(map(item.get_closest_marker, _LONG))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot be run here; in CI a missing program is a failure."""
    if item.get_closest_marker("corpus") and not CORPORA.is_dir():
        pytest.skip("the labelled cases are not beside the checkout")
    if item.get_closest_marker("imap") and not find_dovecot():
        _untested(_NO_DOVECOT)
    if item.get_closest_marker("strace") and (why := refusal()):
        # A missing program can be installed; a container that forbids tracing cannot be talked round.
        _untested(why, fail=why == NO_STRACE)


def _untested(why: str, *, fail: bool = True) -> None:
    if _CI and fail:
        pytest.fail(f"{why}, and in CI nothing may go untested", pytrace=False)
    pytest.skip(why)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """Say loudly what was not tested, behind everything else that is said."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    for title, whys, advice in _UNTESTED:
        untested = [report for report in skipped if any(why in str(report.longrepr) for why in whys)]
        if untested:
            terminalreporter.section(f"NOT TESTED: {title}", sep="!", red=True, bold=True)
            terminalreporter.line(f"{len(untested)} tests were skipped. Nothing is known of:")
            for path in sorted({report.nodeid.split("::")[0] for report in untested}):
                terminalreporter.line(f"  {path}")
            terminalreporter.line(advice)


@pytest.fixture(scope="session")
def server() -> Iterator[Dovecot]:
    """A Dovecot with all it can do."""
    with dovecot() as running:
        yield running


@pytest.fixture(scope="session")
def masked_server() -> Iterator[Dovecot]:
    """A Dovecot that hides its extensions: no CONDSTORE, no SPECIAL-USE."""
    with dovecot(capability=MASKED) as running:
        yield running


@pytest.fixture
def disk(server: Dovecot) -> MailboxOnDisk:
    """An empty mailbox of its own."""
    return server.new_mailbox()


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The labelled cases beside the checkout, for tests marked `corpus`."""
    return CORPORA
