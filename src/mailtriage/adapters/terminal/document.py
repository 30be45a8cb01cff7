"""The summary as a JSON document; docs/summary.md describes it. A change that breaks a reader raises `VERSION`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailtriage.summary import Section

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.billing.proposal import Proposal
    from mailtriage.ledger import Quarantined, ScanHealth
    from mailtriage.model import Client, Decision
    from mailtriage.model.money import Money
    from mailtriage.model.work import Timer
    from mailtriage.summary import Item, MailboxLine, Summary

VERSION = 1


def document(summary: Summary, *, names: bool = False) -> dict[str, Any]:
    """The summary as JSON values: every section in the screen's order, empty ones too; instants are ISO 8601 in UTC."""
    return {
        "version": VERSION,
        "now": _instant(summary.now),
        "since": _instant(summary.since),
        "timezone": str(summary.zone),
        "sections": {
            section.value: [_item(item, names=names) for item in summary.section(section)] for section in Section
        },
        "quarantined": [_quarantined(found) for found in summary.quarantined],
        "automatic": {
            "not_listed": {kind.value: count for kind, count in summary.automatic},
            "not_scanned": summary.automatic_not_scanned,
        },
        "mailboxes": [_mailbox(line) for line in summary.mailboxes],
        "rules": _rules(summary.scan),
        "timer": _timer(summary.timer),
        "note": "No flag does not mean no emergency.",
    }


def _item(item: Item, *, names: bool) -> dict[str, Any]:
    message, verdict = item.message, item.message.verdict
    return {
        "number": message.number,
        "clients": [_client(client, names=names) for client in item.clients],
        "sender": message.sender,
        "received_at": _instant(message.received_at),
        "emergency": verdict.emergency.value,
        "quoted_alarm": verdict.quoted_alarm,
        "set_aside": list(item.guards),
        "not_scanned": list(verdict.not_scanned),
        "long": verdict.long,
        "words": verdict.words,
        "reading_seconds": {"low": verdict.reading.low, "mid": verdict.reading.mid, "high": verdict.reading.high},
        "diary": [wish.value for wish in verdict.diary],
        "forwarded": verdict.forwarded.value,
        "automatic": verdict.automatic.value if verdict.automatic else None,
        "backlog": message.backlog,
        "answered_at": _instant(message.answered_at),
        "answer_is_guess": message.answer_is_guess,
        "called_at": _instant(message.called_at),
        "done_at": _instant(message.done_at),
        "begun_by_you": message.is_begun,
        "recorded_seconds": message.logged_seconds,
        "reopened": message.is_reopened,
        "settlement": _settlement(message.settlement),
        "proposal": _proposal(item.proposal) if item.proposal else None,
    }


def _settlement(decision: Decision | None) -> dict[str, Any] | None:
    settled = decision.settlement if decision else None
    if decision is None or settled is None:
        return None
    return {
        "kind": settled.kind.value,
        "decided_at": _instant(decision.decided_at),
        "client": settled.client,
        "seconds": settled.seconds,
        "units": settled.units,
        "price": _money(settled.price),
    }


def _proposal(proposal: Proposal) -> dict[str, Any]:
    assessment, estimate, interval = proposal.assessment, proposal.estimate, proposal.interval
    return {
        "kind": proposal.kind.value,
        "ground": proposal.ground.value,
        "measured_seconds": assessment.measured_seconds,
        "covered_seconds": assessment.covered_seconds,
        "units": assessment.units,
        "price": _money(assessment.price),
        "estimated_seconds": {"low": estimate.low, "mid": estimate.mid, "high": estimate.high},
        "interval_seconds": {"least": interval.least, "most": interval.most} if interval else None,
        "added_seconds": proposal.added_seconds,
    }


def _timer(timer: Timer | None) -> dict[str, Any] | None:
    if timer is None:
        return None
    return {"number": timer.number, "kind": timer.kind.value, "began_at": _instant(timer.began_at)}


def _money(money: Money | None) -> dict[str, str] | None:
    return {"amount": money.plain, "currency": money.currency} if money else None


def _client(client: Client, *, names: bool) -> dict[str, str]:
    shown = {"code": client.code, "phone": client.phone, "contact": client.contact}
    return shown | {"name": client.name} if names else shown


def _quarantined(found: Quarantined) -> dict[str, Any]:
    return {
        "mailbox": found.location.mailbox,
        "folder": found.location.folder,
        "found_at": _instant(found.found_at),
        "problem": found.problem,
    }


def _mailbox(line: MailboxLine) -> dict[str, Any]:
    return {
        "name": line.health.mailbox,
        "state": line.state.value,
        "checked_at": _instant(line.health.checked_at),
        "failing_since": _instant(line.health.failing_since),
        "problem": line.health.problem,
    }


def _rules(scan: ScanHealth | None) -> dict[str, Any] | None:
    if scan is None:
        return None
    return {
        "scanned_at": _instant(scan.scanned_at),
        "count": scan.rules_count,
        "self_test_problem": scan.self_test_problem,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
