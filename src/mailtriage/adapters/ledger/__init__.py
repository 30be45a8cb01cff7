"""The ledger in an SQLite file, encrypted by SQLCipher unless the configuration says otherwise."""

from mailtriage.adapters.ledger.sqlite import SqlLedger, open_ledger

__all__ = ["SqlLedger", "open_ledger"]
