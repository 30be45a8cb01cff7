"""Statements of an invented practice, for documents and for what is issued."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from mailtriage.model.money import Money
from mailtriage.model.statements import Issued, Line, Month, Party, Statement, StatementKind

OCTOBER = Month(2026, 10)
TWENTY = Money(2000, "GBP")
PRACTICE = Party("Dr Ada Hale", ("1 Quiet Lane", "London N1 1AA"))
JO = Party("Jo Tarn", ("2 Long Road", "Flat 3", "Micklegate", "York", "YO1 1AA"))


def line(day: date = date(2026, 10, 14), units: int = 1, *, late: bool = False, vat: str = "", number: int = 1) -> Line:
    return Line(day, units, 15, TWENTY, Decimal(vat) if vat else None, (number,), (number,), late)


PLAIN = Statement(
    number=7,
    kind=StatementKind.STATEMENT,
    month=OCTOBER,
    issued_on=date(2026, 11, 2),
    client="J.T.",
    practice=PRACTICE,
    recipient=JO,
    currency="GBP",
    lines=(line(), line(date(2026, 10, 28), 2, number=2)),
    due_on=date(2026, 12, 2),
    payment="Bank transfer: Dr A Hale, sort code 00-00-00, account 00000000.\nPlease give the number of the statement.",
)
LATE = replace(PLAIN, number=8, lines=(line(date(2025, 12, 30), 3, late=True), *PLAIN.lines))
TAXED = replace(
    PLAIN,
    number=9,
    vat_number="GB 123 4567 89",
    lines=(line(vat="20"), line(date(2026, 10, 15), 3, vat="17.5", number=2)),
)
CREDIT = replace(
    PLAIN,
    number=10,
    kind=StatementKind.CREDIT,
    lines=(replace(PLAIN.lines[1], units=-2),),
    credits=7,
    note="Charged by mistake.",
    due_on=None,
    payment="",
)
PREVIEW = replace(LATE, number=0)
HOSTILE = replace(
    PLAIN,
    number=11,
    client="-1+1",
    practice=Party("木村心理相談室" * 7, ("",)),
    recipient=Party('=cmd|"/c x"!A1\x1b[31m\u202egnp', ("@SUM(A1)", "<script>alert(1)</script>", "\ta;b, c")),
    note="\x1b]0;x\x07<b>",
)
SAMPLES = {
    "plain": PLAIN,
    "late": LATE,
    "taxed": TAXED,
    "credit": CREDIT,
    "preview": PREVIEW,
    "hostile": HOSTILE,
}


def issued(statement: Statement = PLAIN, credited: tuple[int, ...] = (), paid_on: date | None = None) -> Issued:
    return Issued(statement, datetime(2026, 11, 2, 9, tzinfo=UTC), b"kept", credited, paid_on)
