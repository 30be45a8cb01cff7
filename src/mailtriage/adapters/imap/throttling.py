"""A server that asks to be left alone for a while. Of its words, only a number, codes and a few phrases are used."""

from __future__ import annotations

import re

WAIT_LIMIT_SECONDS = 3600
"""No server is left alone for longer, whatever it says: an emergency may lie in the mailbox."""

_SHORT, _LONG = 300, 900
_LOOKED_AT = 500
_NAMED = re.compile(r"backoff time:?\s?(\d{1,9})\s?(milliseconds|seconds)", re.IGNORECASE)
_SIGNS = (
    # Microsoft 365 without a time; Gmail, which opens again after hours; Gmail's and Dovecot's limits of connections.
    (re.compile(r"request is throttled", re.IGNORECASE), _SHORT),
    (re.compile(r"\[(?:OVERQUOTA|THROTTLED)\]|command or bandwidth limits", re.IGNORECASE), _LONG),
    (re.compile(r"too many (?:\w{1,20} )?connections|maximum number of connections", re.IGNORECASE), _SHORT),
)
_NOT_NOW = re.compile(r"\[(?:UNAVAILABLE|LIMIT)\]", re.IGNORECASE)
"""RFC 5530. Only at the login: later a server may say it of one message, which must not keep others from being read."""


def wait_seconds(error: Exception, *, at_login: bool = False) -> int | None:
    """How long the server wants to be left alone, 1 to `WAIT_LIMIT_SECONDS`; None if it does not say that.

    Microsoft 365 names a time ("Suggested Backoff Time: 299961 milliseconds"); where others name none, it is ours.
    """
    words = str(error)[:_LOOKED_AT]
    if "unexpected response" in words:  # imaplib on what is no answer: it may be out of a mail
        return None
    named = _NAMED.search(words)
    if named:
        milliseconds = int(named[1]) * (1 if named[2].lower() == "milliseconds" else 1000)
        return min(max(1, -(-milliseconds // 1000)), WAIT_LIMIT_SECONDS)
    if at_login and _NOT_NOW.search(words):
        return _SHORT
    return next((seconds for sign, seconds in _SIGNS if sign.search(words)), None)
