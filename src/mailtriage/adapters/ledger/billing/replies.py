"""Answers of the practice's: which mail answers which messages, joined when it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mailtriage.adapters.ledger.times import instant
from mailtriage.ledger.answers import Asked, answered_by, reply_to

if TYPE_CHECKING:
    from mailtriage.adapters.ledger.database import Database
    from mailtriage.model.work import Reply

# Whether a mail answers a message, review.py says the same: surely by References, else by subject and person.
_FIRST_SURE = """
(SELECT min(b.sent_at) FROM sent_answers b WHERE b.message_id = m.message_id
 AND b.sent_at > min(m.received_at, coalesce(m.sent_at, m.received_at)))
"""
_FIRST_GUESS = """
(SELECT min(b.sent_at) FROM sent_recipient b
 WHERE b.address = m.sender AND b.thread = m.thread AND b.sent_at > m.received_at)
"""
_SURE_MAILS = """
SELECT s.id, s.sent_at, s.words FROM message m
CROSS JOIN sent_answers a ON a.message_id = m.message_id
CROSS JOIN sent s ON s.id = a.sent
WHERE m.number = ? AND m.message_id <> '' AND a.sent_at > min(m.received_at, coalesce(m.sent_at, m.received_at))
ORDER BY s.sent_at, s.identity
"""
_GUESSED_MAILS = """
SELECT s.id, s.sent_at, s.words FROM message m
CROSS JOIN sent_recipient r ON r.address = m.sender AND r.thread = m.thread
CROSS JOIN sent s ON s.id = r.sent
WHERE m.number = ? AND m.thread <> '' AND r.sent_at > m.received_at
ORDER BY s.sent_at, s.identity
"""
_SURELY_ASKED = f"""
SELECT m.number, m.received_at, m.words, {_FIRST_SURE} FROM sent_answers a
CROSS JOIN message m ON m.message_id = a.message_id
WHERE a.sent = ? AND m.message_id <> '' AND a.sent_at > min(m.received_at, coalesce(m.sent_at, m.received_at))
"""  # noqa: S608 - constants
_ASKED_BY_GUESS = f"""
SELECT m.number, m.received_at, m.words, {_FIRST_GUESS} FROM sent_recipient r
CROSS JOIN message m ON m.sender = r.address AND m.thread = r.thread AND m.received_at < r.sent_at
WHERE r.sent = ? AND m.thread <> '' AND (m.message_id = '' OR {_FIRST_SURE} IS NULL)
"""  # noqa: S608 - constants


class RepliesPart:
    """`Replies`."""

    _database: Database

    def replies(self, number: int) -> tuple[Reply, ...]:
        """The mails that answer this message, oldest first; a guess only where none is certain."""
        mails = self._database.rows(_SURE_MAILS, number) or self._database.rows(_GUESSED_MAILS, number)
        found = [
            reply_to(number, instant(sent_at), words, answered_by(instant(sent_at), self._asked(mail)))
            for mail, sent_at, words in mails
        ]
        return tuple(reply for reply in found if reply)

    def _asked(self, mail: int) -> list[Asked]:
        """The messages that a mail of the practice's may answer."""
        return [
            Asked(number, instant(received_at), words, instant(first_answer_at), is_guess)
            for question, is_guess in ((_SURELY_ASKED, False), (_ASKED_BY_GUESS, True))
            for number, received_at, words, first_answer_at in self._database.rows(question, mail)
        ]
