"""Every ledger there is: the one in memory, and the files, plain and encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fakes import FakeLedger
from mailtriage.adapters.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ledgers import Ledger


@pytest.fixture(params=["memory", "none", "sqlcipher"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    if request.param == "memory":
        yield FakeLedger()
        return
    with open_ledger(tmp_path / "ledger.db", request.param, bytes(range(32))) as opened:
        yield opened
        assert opened.verify() == ()
