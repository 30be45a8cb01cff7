"""Clients who left the roster: what they still owe, and that nobody else gets their code and what stands under it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from mailtriage.adapters.ledger import SqlLedger
    from mailtriage.ledger.work import BillingLedger


def still_owed(billing: BillingLedger, code: str) -> Iterator[str]:
    """What a client who is to be removed owes, in sentences: statements not paid, and charges on none yet."""
    from mailtriage.billing.statement import left_to_pay

    for issued in billing.all_issued(code):
        if (left := left_to_pay(issued)).minor:
            yield f"Statement {issued.statement.number} of {code} is not paid: {left}."
    if numbers := sorted(due.decision.number for due in billing.due(code)):
        which = f"message{'' if len(numbers) == 1 else 's'} {', '.join(map(str, numbers))}"
        yield (
            f"Charges of {code} stand on no statement yet ({which}). Issue them while it is known whose they are: "
            f"mailtriage statement issue MONTH --client {code} --so-far"
        )


def remove(ledger: SqlLedger, code: str, now: datetime) -> str:
    """Take a client off the roster; a sentence for the consents that end with that, "" for none."""
    with ledger.transaction():
        ended = sum(not consent.ends_before(now) for consent in ledger.billing.consents(code))
        ledger.remove_client(code, now)
    consents = "1 consent ends" if ended == 1 else f"{ended} consents end"
    return f" {consents} now; work that was over stays covered." if ended else ""


def refuse_used(ledger: SqlLedger, codes: Sequence[str], *, again: bool) -> bool:
    """True if a code is to be given to the same person `again`; False if none of them was ever used.

    Raises:
        UsageError: if one was a client's before, and it is not said that it is the same person's; capital letters make
            no difference.
    """
    used = {code.casefold(): code for code in ledger.codes_used()}
    found = [used[code.strip().casefold()] for code in codes if code.strip().casefold() in used]
    if found and not again:
        raise UsageError(
            f"{', '.join(found[:5])}: used for a client before; decisions or charges are recorded under that code",
            "Somebody else needs another code. For the same person: --again. Nothing was changed.",
        )
    return bool(found)
