"""The only clock of the house."""

from __future__ import annotations

import os
from datetime import UTC, datetime


def now() -> datetime:
    """The current time in UTC, whole seconds.

    `MAILTRIAGE_NOW` (ISO 8601 with an offset) sets it instead: the demo and the tests of whole screens use that.
    """
    fixed = os.environ.get("MAILTRIAGE_NOW")
    instant = datetime.fromisoformat(fixed) if fixed else datetime.now(UTC)  # noqa: TID251 - this is the clock
    return instant.astimezone(UTC).replace(microsecond=0)
