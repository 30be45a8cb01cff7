"""A mailbox over IMAP, read without changing it: EXAMINE and BODY.PEEK only, and no attachment is ever fetched.

Two parts write, where the therapist asks for it: `flags`, and `drafts`, which puts a draft of hers there.
"""

from mailtriage.adapters.imap.source import Description, ImapSource

__all__ = ["Description", "ImapSource"]
