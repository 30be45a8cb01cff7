from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from mailtriage.adapters.terminal.progress import Bar
from mailtriage.ledger import Checkpoint
from mailtriage.poll import Batch

if TYPE_CHECKING:
    import pytest

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"


def test_an_interrupted_poll_gives_the_cursor_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    with contextlib.suppress(KeyboardInterrupt), Bar() as bar:
        bar("INBOX", Batch((), (), (), Checkpoint(), 10, 100))
        raise KeyboardInterrupt
    err = capsys.readouterr().err
    assert HIDE_CURSOR in err
    assert err.rindex(SHOW_CURSOR) > err.rindex(HIDE_CURSOR)
