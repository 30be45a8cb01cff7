"""A message that the server could not hand over, asked for again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from certificates import make_certificates
from mailtriage.adapters.imap import ImapSource
from mailtriage.config.secret import Secret
from mailtriage.errors import TemporaryError
from mailtriage.ledger import Location
from mailtriage.poll import Fetched, Unreadable
from scripted_imap import Fault, head, scripted_imap

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="certificates are made by openssl")

PLACE = Location("practice", "INBOX", 7, "2")


def test_a_message_asked_for_again_is_unreadable_only_as_long_as_its_answer_breaks(tmp_path: Path) -> None:
    make_certificates(tmp_path, (-1, 30), "localhost")
    without_date = head(2).replace(b'INTERNALDATE "20-Nov-2026 10:00:02 +0000" ', b"")
    fault = Fault("UID FETCH 2 .*INTERNALDATE", without_date + b"TAG OK done\r\n")
    with (
        scripted_imap(tmp_path, fault) as server,
        ImapSource(server.mailbox(), Secret("password", "hunter2")) as source,
    ):
        assert source.fetch_whole(PLACE) == Unreadable(PLACE, "the server hands it over without its date of arrival")
        with pytest.raises(TemporaryError, match="cannot be read"):
            source.fetch(PLACE)
        server.faults.clear()
        found = source.fetch_whole(PLACE)
    assert isinstance(found, Fetched)
    assert found.raw.parts[0].content == b"Hello 2\r\n"
