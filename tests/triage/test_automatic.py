"""Mail that no person typed, by kind."""

from __future__ import annotations

import pytest

from mailtriage.model import Address, Automatic, Flag, Message
from mailtriage.triage.automatic import automatic


def message(sender: str = "somebody@mail.example", subject: str = "", **headers: str) -> Message:
    found: dict[str, tuple[str, ...]] = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return Message(sender=Address("", sender), subject=subject, headers=found)


@pytest.mark.parametrize(
    ("kind", "mail"),
    [
        (Automatic.BOUNCE, message(content_type='multipart/report; report-type="delivery-status"; boundary=x')),
        (Automatic.BOUNCE, message("MAILER-DAEMON@mx.example".lower(), return_path="<>")),
        (Automatic.BOUNCE, message(x_failed_recipients="me@practice.example")),
        (Automatic.CALENDAR, Message(calendar="reply accepted")),
        (Automatic.CALENDAR, Message(media_type="text/calendar")),
        (Automatic.CALENDAR, Message(media_type="multipart/alternative", calendar="request")),
        (Automatic.AUTO_REPLY, message(auto_submitted="auto-replied (vacation)")),
        (Automatic.AUTO_REPLY, message(auto_submitted="Auto-Generated; owner-email=x")),
        (Automatic.AUTO_REPLY, message(precedence="auto_reply")),
        (Automatic.AUTO_REPLY, message(x_autoreply="yes")),
        (Automatic.SOCIAL, message("friends@facebookmail.com", "Anna wants to be friends")),
        (Automatic.SOCIAL, message("invitations@e.linkedin.com")),
        (Automatic.SOCIAL, message("x@net.example", "You have a new friend request", list_unsubscribe="<x>")),
        (Automatic.LIST, message(list_id="<peers.example>", list_post="<mailto:peers@lists.example>")),
        (Automatic.LIST, message(precedence="list")),
        (Automatic.BULK, message(list_unsubscribe="<https://shop.example/u>")),
        (Automatic.BULK, message(precedence="Bulk")),
    ],
)
def test_each_kind_is_known_by_its_marks(kind: Automatic, mail: Message) -> None:
    found = automatic(mail)
    assert found is not None
    assert found[0] is kind
    assert found[1].flag is Flag.AUTOMATIC
    assert found[1].text


@pytest.mark.parametrize(
    "mail",
    [
        message(),
        message(auto_submitted="no"),
        message(precedence="first-class"),
        message("anna@facebookmail.com.example"),
        message("anna@notfacebook.com"),
        message("postmaster@school.example", return_path="<postmaster@school.example>"),
        message(subject="I got a friend request from my ex"),
        message(x_autoreply="no"),
        message(feedback_id="1:2:3:provider"),
        Message(),
    ],
)
def test_a_persons_mail_is_of_no_kind(mail: Message) -> None:
    assert automatic(mail) is None


def test_a_bounce_of_a_newsletter_is_a_bounce() -> None:
    mail = message(list_unsubscribe="<x>", x_failed_recipients="a@b.example", auto_submitted="auto-replied")
    found = automatic(mail)
    assert found is not None
    assert found[0] is Automatic.BOUNCE


def test_a_calendar_file_that_a_person_attached_makes_no_automatic_mail() -> None:
    assert automatic(Message(calendar="publish", part_types=("text/plain", "text/calendar"))) is None
    assert automatic(Message(part_types=("text/plain", "text/calendar"))) is None
