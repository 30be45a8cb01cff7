"""The report as JSON values and as CSV; docs/statements.md describes both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mailtriage.billing.report import sum_of
from mailtriage.documents.cells import csv_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.billing.report import Period, Row

VERSION = 1
_HEADER = (
    *("month", "client", "measured_seconds", "charged_minutes", "charged", "currency"),
    *("waived_seconds", "saved_seconds", "open_seconds", "unpaid_seconds", "charged_seconds", "free_seconds"),
)


def report_document(rows: Sequence[Row], period: Period, currency: str) -> dict[str, Any]:
    """The report as JSON values; a client that is not certain is null."""
    return {
        "version": VERSION,
        "from": period.start.isoformat(),
        "until": period.end.isoformat(),
        "currency": currency,
        "rows": [{"month": str(row.month), "client": row.client or None} | _values(row) for row in rows],
        "total": _values(sum_of(rows, None, "", currency)),
    }


def report_csv(rows: Sequence[Row]) -> str:
    """The report as CSV, a row for each month and client."""
    return csv_text(
        _HEADER,
        (
            (
                *(str(row.month), row.client, row.measured, row.charged_minutes, row.charged, row.charged.currency),
                *(row.waived, row.saved, row.open, row.unpaid, row.billed, row.free),
            )
            for row in rows
        ),
    )


def _values(row: Row) -> dict[str, Any]:
    return {
        "measured_seconds": row.measured,
        "charged_minutes": row.charged_minutes,
        "charged": row.charged.plain,
        "waived_seconds": row.waived,
        "saved_seconds": row.saved,
        "open_seconds": row.open,
        "unpaid_seconds": row.unpaid,
        "charged_seconds": row.billed,
        "free_seconds": row.free,
    }
