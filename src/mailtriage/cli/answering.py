"""What `reply` and `draft` share: to whom an answer goes, whether it may, and putting it into Drafts; never sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mailtriage.cli.questions import ask_yes_or_no, can_ask
from mailtriage.cli.saying import say
from mailtriage.errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from mailtriage.cli.desk import Desk
    from mailtriage.cli.opening import Opened
    from mailtriage.config import Mailbox
    from mailtriage.drafts.heading import Heading
    from mailtriage.drafts.ports import Draft
    from mailtriage.drafts.recipient import Recipient
    from mailtriage.model import Message


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is about to be written: its header, and the mailbox that its draft goes into."""

    opened: Opened
    recipient: Recipient
    heading: Heading
    mailbox: Mailbox


def answer_to(desk: Desk, opened: Opened) -> Answer:
    """The answer to a message.

    Raises:
        MailtriageError: if it is gone, has no sender to answer, or lies in a mailbox that is no longer configured.
    """
    from mailtriage.drafts.heading import heading
    from mailtriage.drafts.recipient import recipient

    own = desk.config.practice.addresses
    to = recipient(opened.message, opened.live.item.clients, own)
    return Answer(opened, to, heading(opened.message, to, own), _home(desk, opened.kept.number))


def _home(desk: Desk, number: int) -> Mailbox:
    """The mailbox in which the message lies."""
    mailboxes = {mailbox.name: mailbox for mailbox in desk.config.mailboxes}
    found = (mailboxes.get(location.mailbox) for location in desk.ledger.locations(number))
    home = next((mailbox for mailbox in found if mailbox), None)
    if home is None:
        raise UnavailableError(f"message {number} lies in no mailbox that is configured", "See [[mailbox]] name.")
    return home


def shown_safe(message: Message) -> Message:
    """The message with the words of its body made safe for an editor in a terminal."""
    from mailtriage.adapters.terminal.safe import safe

    passages = (replace(passage, text=safe(passage.text, multiline=True)) for passage in message.passages)
    return replace(message, passages=tuple(passages))


def say_before(answer: Answer) -> None:
    """Print what should be known before an answer is written: of the message, of its sender, of others it named."""
    from mailtriage.adapters.terminal.capabilities import capabilities
    from mailtriage.adapters.terminal.rows import drawn_rows, plain_rows, row
    from mailtriage.adapters.terminal.safe import one_line

    words = (row(f"{one_line(sentence)}.", "loud") for sentence in answer.recipient.words)
    rows = [*answer.opened.head, *answer.opened.before, *words, row(f"{_addressed(answer)}.")]
    able = capabilities()
    print(able.text(plain_rows(rows)) if able.plain else drawn_rows(rows, able), end="", flush=True)


def may_write(answer: Answer, *, anyway: bool) -> bool:
    """True unless the client's contact preference speaks against e-mail and she does not want to write all the same.

    Raises:
        UsageError: where nobody can be asked.
    """
    from mailtriage.drafts.contact import speaks_against_mail

    clients = answer.opened.live.item.clients
    against = [client for client in clients if speaks_against_mail(client.contact)]
    if not against or anyway:
        return True
    wishes = "; ".join(f"{client.code} may be contacted: {client.contact}" for client in against)
    if not can_ask():
        raise UsageError(f"{wishes}; nothing was written", "--anyway writes all the same; --print only shows the text.")
    return ask_yes_or_no(f"{wishes}. Write an e-mail all the same?")


def composed_now(answer: Answer, text: str, now: datetime) -> Draft:
    """The draft with this text."""
    from mailtriage.drafts.compose import composed

    return composed(answer.heading, text, now.astimezone(answer.opened.config.practice.timezone))


def put(answer: Answer, draft: Draft) -> None:
    """Put the draft into Drafts and say where it is. Raises MailtriageError if it cannot be put there."""
    from mailtriage.adapters.terminal.safe import one_line
    from mailtriage.cli.wiring import drafts_of

    with drafts_of(answer.mailbox) as store:
        placed = store.put(draft)
    what = "The same draft lies already" if placed.was_there else "The draft lies"
    where = f'in the folder "{placed.folder}" of {answer.mailbox.name}'
    say(f"{what} {where}. {one_line(_addressed(answer))}.")
    say("Nothing was sent: look it through and send it from your mail program.")


def _addressed(answer: Answer) -> str:
    return f"To {answer.heading.recipient} alone, from {answer.heading.sender}, subject: {answer.heading.subject}"
