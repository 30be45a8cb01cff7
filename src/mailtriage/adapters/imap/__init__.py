"""A mailbox over IMAP, read without changing it: EXAMINE and BODY.PEEK only, and no attachment is ever fetched.

`flags` alone writes, where the therapist asks for it.
"""

from mailtriage.adapters.imap.source import Description, ImapSource

__all__ = ["Description", "ImapSource"]
