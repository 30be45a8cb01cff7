"""What all tests share: when tests that need something are skipped, how Hypothesis searches, the servers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from dovecot import dovecot, find_dovecot

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from dovecot import Dovecot, MailboxOnDisk

CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
MASKED = "IMAP4rev1 SASL-IR AUTH=PLAIN"
_NO_DOVECOT = "no Dovecot on this machine"
_CI = os.environ.get("CI", "") == "true"

# In CI the same examples each time: a red build must be red again when it is looked at.
settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60)
settings.register_profile("here", deadline=None, max_examples=60)
settings.load_profile("ci" if _CI else "here")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the benches to `make bench`."""
    if config.option.markexpr:
        return
    benches = [item for item in items if item.get_closest_marker("bench")]
    if benches:
        config.hook.pytest_deselected(items=benches)
        items[:] = [item for item in items if item not in benches]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what cannot be run here; in CI a missing server is a failure."""
    if item.get_closest_marker("corpus") and not CORPORA.is_dir():
        pytest.skip("the labelled cases are not beside the checkout")
    if item.get_closest_marker("imap") and not find_dovecot():
        if _CI:
            pytest.fail(f"{_NO_DOVECOT}, and in CI nothing may go untested", pytrace=False)
        pytest.skip(_NO_DOVECOT)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, None, None]:
    """Say loudly what was not tested, behind everything else that is said."""
    yield
    skipped = terminalreporter.stats.get("skipped", [])
    untested = [report for report in skipped if _NO_DOVECOT in str(report.longrepr)]
    if untested:
        terminalreporter.section("NOT TESTED: IMAP", sep="!", red=True, bold=True)
        terminalreporter.line(f"{len(untested)} tests need a Dovecot server and were skipped. Nothing is known of:")
        for path in sorted({report.nodeid.split("::")[0] for report in untested}):
            terminalreporter.line(f"  {path}")
        terminalreporter.line("Install it: sudo apt-get install --no-install-recommends dovecot-imapd")


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
