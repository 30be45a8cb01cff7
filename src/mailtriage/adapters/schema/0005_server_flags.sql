-- Flags that are still to be written on the server (flag_on_server), one line each, kept with the message itself: a run
-- that ends between the two leaves them to the next.
CREATE TABLE flags_due (
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    flags       TEXT    NOT NULL,
    PRIMARY KEY (mailbox, folder, uidvalidity, key)
) WITHOUT ROWID;

-- What the server last refused of them, as a sentence; '' for nothing.
ALTER TABLE mailbox_health ADD COLUMN flags_problem TEXT NOT NULL DEFAULT '';
