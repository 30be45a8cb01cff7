"""What frames a summary: headline, warnings, counts, the closing sentences and the commands that fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.moments import day, moment, stamp
from mailtriage.adapters.terminal.safe import one_line
from mailtriage.billing.proposal import Proposed
from mailtriage.model.duration import spoken
from mailtriage.summary import CLOSED, MailboxState, Section, mailboxes_failing

if TYPE_CHECKING:
    from mailtriage.ledger import ScanHealth
    from mailtriage.summary import Item, MailboxLine, Summary

PROMISE = "No flag does not mean no emergency."


def headline(summary: Summary) -> str:
    """What this is, and of when."""
    looked_back = day(summary.since, summary.now, summary.zone)
    return f"mailtriage, {stamp(summary.now, summary.zone)}, looking back to {looked_back}"


def warning(summary: Summary) -> str:
    """Why the summary may be incomplete or wrong, "" if nothing is known to be amiss."""
    if mailboxes_failing(summary.mailboxes):
        return "MAIL IS NOT BEING CHECKED, something may be missing: see the end"
    scan = summary.scan
    return "THE WORDING RULES FAILED THEIR SELF-TEST: see the end" if scan and scan.self_test_problem else ""


def nothing(summary: Summary) -> str:
    """Said where no message needs anything, "" otherwise."""
    is_open = any(item.section not in CLOSED for item in summary.items)
    return "" if is_open or summary.quarantined else "Nothing is open among the mail that was checked."


def footer(summary: Summary) -> tuple[tuple[str, bool], ...]:
    """The closing sentences, each with whether it is loud; the last is the promise."""
    mailboxes = [_mailbox(line, summary) for line in summary.mailboxes]
    checks = mailboxes or [("NO MAILBOX WAS EVER CHECKED: type mailtriage poll.", True)]
    return (*_timer(summary), *checks, _rules(summary.scan), (PROMISE, False))


def _timer(summary: Summary) -> tuple[tuple[str, bool], ...]:
    """The timer that runs, loud because nobody else will stop it; nothing if none does."""
    timer = summary.timer
    if timer is None:
        return ()
    since = moment(timer.began_at, summary.now, summary.zone)
    ran = spoken(max(0, int((summary.now - timer.began_at).total_seconds())))
    sentence = f"A TIMER RUNS for message {timer.number} ({timer.kind.value}) since {since}, {ran}: mailtriage stop"
    return ((sentence, True),)


def unlisted(summary: Summary) -> str:
    """The automatic mail that is only counted, "" if there is none."""
    total = sum(count for _, count in summary.automatic)
    if not total:
        return ""
    kinds = ", ".join(f"{count} {kind}" for kind, count in summary.automatic)
    unread = summary.automatic_not_scanned
    rest = f"; {unread} of them not scanned" if unread else ""
    return f"{total} automatic not listed: {kinds}{rest}"


def _mailbox(line: MailboxLine, summary: Summary) -> tuple[str, bool]:
    name, health = one_line(line.health.mailbox), line.health
    checked = moment(health.checked_at, summary.now, summary.zone) if health.checked_at else "never"
    if line.state is MailboxState.CURRENT:
        return f"{name} last checked {checked}.", False
    if health.failing_since:
        since = moment(health.failing_since, summary.now, summary.zone)
        problem = one_line(health.problem).rstrip(".")
        return f"{name} CANNOT BE READ since {since}: {problem}. Last checked: {checked}.", True
    return f"{name} IS OUT OF DATE, last checked: {checked}. Is cron running mailtriage poll?", True


def commands(summary: Summary) -> tuple[str, ...]:
    """Two or three commands that fit what is shown, most pressing first."""
    fitting = []
    if mailboxes_failing(summary.mailboxes):
        fitting.append("check")
    if calls := summary.section(Section.CALL):
        fitting += [f"show {calls[0].number}", f"called {calls[0].number}"]
    open_items = [item for item in summary.items if item.section is not Section.CALL and item.section not in CLOSED]
    fitting += [f"assign {item.number} CODE" for item in open_items if len(item.clients) > 1][:1]
    fitting += [f"{verb} {item.number}" for item in open_items[:1] for verb in ("show", _verb(item))]
    if summary.section(Section.UNKNOWN):
        fitting.append("client add CODE")
    return tuple(f"mailtriage {command}" for command in (fitting or ["poll --verbose", "--help"])[:3])


def _verb(item: Item) -> str:
    """What most likely ends it."""
    asked = {Proposed.CONFIRM: "confirm", Proposed.TYPE: "confirm", Proposed.SAVE: "save"}
    decides = item.section is Section.DECIDE and item.proposal is not None
    return asked.get(item.proposal.kind, "done") if decides and item.proposal else "done"


def _rules(scan: ScanHealth | None) -> tuple[str, bool]:
    if scan is None:
        return "No poll has run yet, so nothing was scanned.", True
    if scan.self_test_problem:
        return f"{scan.rules_count} RULES LOADED, SELF-TEST FAILED: {one_line(scan.self_test_problem)}", True
    return f"{scan.rules_count} wording rules loaded, self-test passed.", False
