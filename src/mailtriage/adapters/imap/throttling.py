"""A server that asks to be left alone for a while. Of its words, only a number, codes and a few phrases are used.

The expressions are compiled when a server refuses something: that is rare, and every poll starts with this module.
"""

from __future__ import annotations

import re

WAIT_LIMIT_SECONDS = 3600
"""No server is left alone for longer, whatever it says: an emergency may lie in the mailbox."""

_SHORT, _LONG = 300, 900
_LOOKED_AT = 500
_NAMED = r"(?i)backoff time:?\s?(\d{1,9})\s?(milliseconds|seconds)"
_SIGNS = (
    # Microsoft 365 without a time; Gmail, which opens again after hours; Gmail's and Dovecot's limits of connections.
    (r"(?i)request is throttled", _SHORT),
    (r"(?i)\[(?:OVERQUOTA|THROTTLED)\]|command or bandwidth limits", _LONG),
    (r"(?i)too many (?:\w{1,20} )?connections|maximum number of connections", _SHORT),
)
_NOT_NOW = r"(?i)\[(?:UNAVAILABLE|LIMIT)\]"
"""RFC 5530. Only at the login: later a server may say it of one message, which must not keep others from being read."""


def wait_seconds(error: Exception, *, at_login: bool = False) -> int | None:
    """How long the server wants to be left alone, 1 to `WAIT_LIMIT_SECONDS`; None if it does not say that.

    Microsoft 365 names a time ("Suggested Backoff Time: 299961 milliseconds"); where others name none, it is ours.
    """
    words = str(error)[:_LOOKED_AT]
    if "unexpected response" in words:  # imaplib on what is no answer: it may be out of a mail
        return None
    named = re.search(_NAMED, words)
    if named:
        milliseconds = int(named[1]) * (1 if named[2].lower() == "milliseconds" else 1000)
        return min(max(1, -(-milliseconds // 1000)), WAIT_LIMIT_SECONDS)
    if at_login and re.search(_NOT_NOW, words):
        return _SHORT
    return next((seconds for sign, seconds in _SIGNS if re.search(sign, words)), None)
