"""From seconds to units: the practice's rule, as the clients were told it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mailtriage.model.work import Terms


def units(seconds: int, terms: Terms) -> int:
    """The increments that a time makes: none up to and including the free minutes, then every begun one.

    >>> from mailtriage.model.work import Terms
    >>> [units(seconds, Terms()) for seconds in (300, 301, 900, 901, 1800, 1801)]
    [0, 1, 1, 2, 2, 3]
    >>> units(1200, Terms(basis="excess"))
    1
    """
    free = terms.free_minutes * 60
    if seconds <= free:
        return 0
    counted = seconds if terms.basis == "whole" else seconds - free
    return -(-counted // (terms.increment_minutes * 60))
