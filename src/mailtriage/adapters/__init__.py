"""Everything that touches the world: mailboxes, the ledger file, secrets, alerts, the terminal."""
