"""Whether a client's contact preference speaks against an answer by e-mail."""

from __future__ import annotations

import re

_WORDS = re.compile(r"[\w']+")
_NOT = frozenset({"no", "not", "never", "without", "avoid", "don't", "dont"})
_ONLY = frozenset({"only", "just", "solely"})
_MAIL = frozenset(
    {"email", "emails", "mail", "mails", "mailing", "emailing", "write", "writing", "written", "messages"}
)


def speaks_against_mail(contact: str) -> bool:
    """True for "no e-mail" and the like, and where something else is said to be the only way.

    Free text in English: what is doubtful is asked about, so only a clear word keeps the question away.

    >>> speaks_against_mail("phone only"), speaks_against_mail("No E-mail!"), speaks_against_mail("no voicemail")
    (True, True, False)
    """
    words = _WORDS.findall(contact.casefold().replace("\u2019", "'").replace("e-mail", "email"))
    by_mail = not _MAIL.isdisjoint(words)
    if by_mail:
        return not _NOT.isdisjoint(words)
    return not _ONLY.isdisjoint(words)
