"""Which price of a unit holds on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailtriage.model.money import Money
    from mailtriage.model.work import PriceFrom


def price_on(day: date, own: Sequence[PriceFrom], of_practice: Sequence[PriceFrom]) -> Money | None:
    """The client's own price on a day, else the practice's; None where neither has begun by then.

    Of several the one that began last counts, and of two that began on one day the later in the sequence.
    """
    for prices in (own, of_practice):
        begun = [price for price in prices if (price.from_on or date.min) <= day]
        if begun:
            latest = max((price.from_on or date.min) for price in begun)
            return [price.price for price in begun if (price.from_on or date.min) == latest][-1]
    return None
