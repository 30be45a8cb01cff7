"""A heading and a text -> the bytes of a mail: text/plain in UTF-8, nothing in its header but what is ours."""

from __future__ import annotations

import binascii
import hashlib
import re
import textwrap
from email.header import Header
from email.utils import format_datetime
from typing import TYPE_CHECKING

from mailtriage.drafts.ports import Draft
from mailtriage.drafts.quoting import LONGEST, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from mailtriage.drafts.heading import Heading

TEXT_LIMIT = 1_000_000
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def composed(heading: Heading, text: str, at: datetime) -> Draft:
    """The draft, the same for the same heading and text but for its Date, so that it is never put anywhere twice.

    Args:
        heading: from `drafts.heading`.
        text: what was written; its long lines are wrapped, quoted ones are left alone.
        at: when it was written, in the zone that the Date shall name.
    """
    body = "".join(f"{line}\n" for line in _lines(text[:TEXT_LIMIT]))
    message_id = _message_id(heading, body)
    encoding, content = _encoded(body)
    fields = (
        ("Date", format_datetime(at)),
        ("From", heading.sender),
        ("To", heading.recipient),
        ("Subject", _field_text(heading.subject)),
        ("Message-ID", f"<{message_id}>"),
        ("In-Reply-To", f"<{heading.answered_id}>" if heading.answered_id else ""),
        ("References", "\n ".join(f"<{found}>" for found in heading.references)),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", encoding),
    )
    header = "".join(f"{name}: {value}\n" for name, value in fields if value)
    return Draft(message_id, f"{header}\n{content}".replace("\n", "\r\n").encode("ascii"))


def _message_id(heading: Heading, body: str) -> str:
    seed = f"{heading.identity}\0{heading.sender}\0{heading.recipient}\0{body}"
    digest = hashlib.sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{digest[:32]}@{heading.sender.rpartition('@')[2]}"


def _field_text(text: str) -> str:
    """A text for a header field, in encoded words (RFC 2047) unless it is plain, folded."""
    plain = text.isascii() and "=?" not in text
    return Header(text, "us-ascii" if plain else "utf-8", header_name="Subject").encode(linesep="\n")


def _lines(text: str) -> Iterator[str]:
    """The lines without blanks at the end and without empty ones around them all; long ones wrapped."""
    whole = _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))
    for line in whole.strip("\n").split("\n"):
        kept = line if line == "-- " else line.rstrip()
        if len(kept) <= LONGEST or kept.startswith(">"):
            yield kept
        else:
            yield from textwrap.wrap(kept, WIDTH, break_long_words=False, break_on_hyphens=False)


def _encoded(body: str) -> tuple[str, str]:
    """(Content-Transfer-Encoding, the body in it): as it is where every server takes that."""
    if body.isascii() and all(len(line) <= LONGEST for line in body.split("\n")):
        return "7bit", body
    return "quoted-printable", binascii.b2a_qp(body.encode("utf-8"), istext=True).decode("ascii")
