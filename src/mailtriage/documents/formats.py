"""The formats by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.documents.data import as_json
from mailtriage.documents.html import as_html
from mailtriage.documents.table import as_csv
from mailtriage.documents.text import as_text
from mailtriage.documents.timedot import as_timedot
from mailtriage.documents.xero import as_xero

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mailtriage.model.statements import Statement

FORMATS: Mapping[str, Callable[[Sequence[Statement]], str]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
    "xero": as_xero,
    "timedot": as_timedot,
    "html": as_html,
}
"""What each makes of statements and credits, in their order: the whole file, ending with a line end."""


def document(statement: Statement) -> bytes:
    """The bytes that are issued: the text, in UTF-8."""
    return as_text([statement]).encode("utf-8")
