"""Invented mail in any number, for tests that need a mailbox; always the same, but for MIME boundaries."""

from __future__ import annotations

import os
import random
from email.message import EmailMessage
from email.utils import format_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta
    from pathlib import Path

THERAPIST = "therapist@practice.example"
CLIENTS = ("anna@client.example", "ben@client.example", "chloe@client.example", "family@client.example")
STRANGERS = ("office@school.example", "enquiry@web.example")
_SENTENCES = (
    "I have been thinking about what we said last week.",
    "Work is busy, and the garden helps.",
    "My sister is coming to stay for a few days.",
    "I slept a little better after the walk.",
    "Could you tell me which page of the book you meant?",
    "The children start at their new school on Monday.",
)
_OPENERS = (
    "Sorry, I can't make it on Thursday, could we move to Friday?",
    "I am running ten minutes late, the train is stuck.",
    "I keep thinking about killing myself.",
    "I'm not suicidal, just very tired.",
    "Thank you for the invoice.",
)


def letters(count: int, *, last_at: datetime, apart: timedelta, first: int = 0) -> Iterator[tuple[datetime, bytes]]:
    """(when it was sent, its bytes with CRLF), oldest first, `apart` from each other, the newest at `last_at`.

    `first` leaves out so many of the oldest.
    """
    for number in range(first, count):
        sent_at = last_at - apart * (count - 1 - number)
        yield sent_at, _letter(number, sent_at, random.Random(number))  # noqa: S311 - no secret, a seed


def _letter(number: int, sent_at: datetime, chance: random.Random) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Somebody <{chance.choice(CLIENTS + STRANGERS)}>"
    mail["To"] = THERAPIST
    mail["Date"] = format_datetime(sent_at)
    mail["Message-ID"] = f"<letter-{number}@client.example>"
    prefix = chance.choice(["", "", "Re: ", "Fwd: "])
    mail["Subject"] = f"{prefix}Café, Thursday and number {number}"
    sentences = chance.choices(_SENTENCES, k=chance.choices([3, 12, 250], weights=[50, 45, 5])[0])
    body = "\n".join([chance.choice(_OPENERS), *sentences]) + "\n"
    if prefix == "Re: ":
        body += f"\nOn Mon, 2 Nov 2026 at 09:00, Dr Hale <{THERAPIST}> wrote:\n> See you on Thursday.\n"
    if prefix == "Fwd: ":
        body += (
            "\n---------- Forwarded message ---------\nFrom: Aunt May <may@family.example>\n"
            "Date: Mon, 2 Nov 2026 at 09:00\nSubject: cake\nTo: <anna@client.example>\n\nHere is the recipe.\n"
        )
    mail.set_content(body, cte=chance.choice(["quoted-printable", "base64", "8bit"]))
    shape = number % 5
    if shape in (1, 2):
        mail.add_alternative("<p>" + body.replace("\n", "<br>\n") + "</p>", subtype="html")
    if shape in (2, 3):
        mail.add_attachment(chance.randbytes(9_000), maintype="image", subtype="jpeg", filename=f"photo {number}.jpg")
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def deliver(maildir: Path, mails: Iterator[tuple[datetime, bytes]], *, start: int = 0) -> int:
    """How many mails were put into `cur` of a Maildir, unseen, with file times as a server's INTERNALDATE."""
    for part in ("tmp", "new", "cur"):
        (maildir / part).mkdir(parents=True, exist_ok=True)
    number = start
    for number, (sent_at, data) in enumerate(mails, start + 1):
        target = maildir / "cur" / f"{int(sent_at.timestamp())}.M{number}P1.test:2,"
        target.write_bytes(data)
        os.utime(target, (sent_at.timestamp(), sent_at.timestamp()))
    return number - start
