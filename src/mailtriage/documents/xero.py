"""Statements as Xero's import file for sales invoices: its column names, days as DD/MM/YYYY, a row for each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.documents.cells import csv_text
from mailtriage.documents.words import description, percent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mailtriage.documents.cells import Cell
    from mailtriage.model.statements import Line, Statement

HEADER = (
    *("*ContactName", "EmailAddress", "POAddressLine1", "POAddressLine2", "POAddressLine3", "POAddressLine4"),
    *("POCity", "PORegion", "POPostalCode", "POCountry", "*InvoiceNumber", "Reference", "*InvoiceDate", "*DueDate"),
    *("InventoryItemCode", "*Description", "*Quantity", "*UnitAmount", "Discount", "*AccountCode", "*TaxType"),
    *("TrackingName1", "TrackingOption1", "TrackingName2", "TrackingOption2", "Currency", "BrandingTheme"),
)
"""The template that Xero hands out for sales invoices; the order of the columns is its own."""

ACCOUNT_CODE = "200"
"""Sales, in the chart of accounts that Xero sets up for a practice in the UK."""

_ADDRESS_LINES = 4
_BLANK = ""


def as_xero(statements: Sequence[Statement]) -> str:
    """The file, with CRLF line ends; previews are left out: they have no number.

    A credit has positive quantities at negative prices: an invoice whose total is below zero is a credit note.
    """
    rows = (_row(statement, line) for statement in statements if statement.number for line in statement.lines)
    return csv_text(HEADER, rows, "\r\n")


def _row(statement: Statement, line: Line) -> tuple[Cell, ...]:
    postal = statement.recipient.postal
    head, rest = postal[: _ADDRESS_LINES - 1], postal[_ADDRESS_LINES - 1 :]
    address = (*head, ", ".join(rest)) if rest else head
    return (
        statement.recipient.name or statement.client,
        _BLANK,
        *(*address, *[_BLANK] * (_ADDRESS_LINES - len(address))),
        *([_BLANK] * 4),
        statement.number,
        statement.client if statement.credits is None else f"{statement.client}, on statement {statement.credits}",
        _day(statement.issued_on),
        _day(statement.due_on or statement.issued_on),
        _BLANK,
        description(line),
        abs(line.units),
        line.price if line.units > 0 else -line.price,
        _BLANK,
        ACCOUNT_CODE,
        _tax(line),
        *([_BLANK] * 4),
        statement.currency,
        _BLANK,
    )


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _tax(line: Line) -> str:
    """The rate by the name that Xero shows in the UK; `No VAT` keeps a line out of the VAT return."""
    return "No VAT" if line.vat_percent is None else f"{percent(line.vat_percent)} (VAT on Income)"
