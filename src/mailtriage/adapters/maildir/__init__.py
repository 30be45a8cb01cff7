"""A mailbox that mbsync or offlineimap keeps on disk: read without changing it.

`drafts` puts a draft there when she asks for it; nothing else writes.
"""

from mailtriage.adapters.maildir.source import MaildirSource

__all__ = ["MaildirSource"]
