-- The first ledger. A shipped migration is never edited: what changes later goes into the next number.
--
-- Instants are whole seconds since 1970 in UTC. Lists of our own words (never a client's) are lines of one text.
-- No subject, no body, nothing that a client wrote, but for addresses and Message-IDs.

-- Received mail. The number is what the therapist types: AUTOINCREMENT gives none twice, not even after a deletion.
CREATE TABLE message (
    number       INTEGER PRIMARY KEY AUTOINCREMENT,
    identity     TEXT    NOT NULL UNIQUE,
    message_id   TEXT    NOT NULL,
    received_at  INTEGER NOT NULL,
    sent_at      INTEGER,
    sender       TEXT    NOT NULL,
    thread       TEXT    NOT NULL,
    backlog      INTEGER NOT NULL CHECK (backlog IN (0, 1)),
    forwarded    TEXT    NOT NULL,
    emergency    TEXT    NOT NULL,
    quoted_alarm INTEGER NOT NULL CHECK (quoted_alarm IN (0, 1)),
    long         INTEGER NOT NULL CHECK (long IN (0, 1)),
    words        INTEGER NOT NULL,
    reading_low  INTEGER NOT NULL,
    reading_mid  INTEGER NOT NULL,
    reading_high INTEGER NOT NULL,
    diary        TEXT    NOT NULL,
    automatic    TEXT,
    not_scanned  TEXT    NOT NULL
);
CREATE INDEX message_by_time ON message (received_at);
CREATE INDEX message_by_sender ON message (sender, received_at);

CREATE TABLE reason (
    message  INTEGER NOT NULL REFERENCES message (number),
    position INTEGER NOT NULL,
    rule     TEXT    NOT NULL,
    flag     TEXT    NOT NULL,
    place    TEXT    NOT NULL,
    guard    TEXT    NOT NULL,
    tier     TEXT    NOT NULL,
    PRIMARY KEY (message, position)
) WITHOUT ROWID;

-- Codes that triage named although the sender's address was on no entry of theirs when the mail was kept.
CREATE TABLE message_client (
    message INTEGER NOT NULL REFERENCES message (number),
    code    TEXT    NOT NULL,
    PRIMARY KEY (message, code)
) WITHOUT ROWID;

-- What a received mail says that it answers (In-Reply-To, References).
CREATE TABLE message_answers (
    message    INTEGER NOT NULL REFERENCES message (number),
    message_id TEXT    NOT NULL,
    PRIMARY KEY (message, message_id)
) WITHOUT ROWID;
CREATE INDEX message_answers_by_id ON message_answers (message_id);

-- The practice's own mail.
CREATE TABLE sent (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    identity   TEXT    NOT NULL UNIQUE,
    message_id TEXT    NOT NULL,
    sent_at    INTEGER NOT NULL,
    thread     TEXT    NOT NULL,
    words      INTEGER NOT NULL
);
CREATE INDEX sent_by_message_id ON sent (message_id);

-- Answers are joined when they are read, so that it does not matter which side was polled first. The time stands in
-- the key: the first answer after a message is one step in the index.
CREATE TABLE sent_answers (
    message_id TEXT    NOT NULL,
    sent_at    INTEGER NOT NULL,
    sent       INTEGER NOT NULL REFERENCES sent (id),
    PRIMARY KEY (message_id, sent_at, sent)
) WITHOUT ROWID;
CREATE INDEX sent_answers_by_sent ON sent_answers (sent);

CREATE TABLE sent_recipient (
    address TEXT    NOT NULL,
    thread  TEXT    NOT NULL,
    sent_at INTEGER NOT NULL,
    sent    INTEGER NOT NULL REFERENCES sent (id),
    PRIMARY KEY (address, thread, sent_at, sent)
) WITHOUT ROWID;
CREATE INDEX sent_recipient_by_sent ON sent_recipient (sent);

-- Where the bytes lie. `unread` is 1 while the message is not known as read.
CREATE TABLE location (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    message     INTEGER REFERENCES message (number),
    sent        INTEGER REFERENCES sent (id),
    unread      INTEGER NOT NULL CHECK (unread IN (0, 1)),
    UNIQUE (mailbox, folder, uidvalidity, key),
    CHECK ((message IS NULL) <> (sent IS NULL))
);
CREATE INDEX location_by_message ON location (message) WHERE message IS NOT NULL;
CREATE INDEX location_by_sent ON location (sent) WHERE sent IS NOT NULL;
CREATE INDEX location_unread ON location (mailbox, folder, uidvalidity, id) WHERE unread = 1;

CREATE TABLE quarantine (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity INTEGER NOT NULL,
    key         TEXT    NOT NULL,
    problem     TEXT    NOT NULL,
    found_at    INTEGER NOT NULL,
    UNIQUE (mailbox, folder, uidvalidity, key)
);

CREATE TABLE checkpoint (
    mailbox     TEXT    NOT NULL,
    folder      TEXT    NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uidnext     INTEGER NOT NULL,
    modseq      INTEGER NOT NULL,
    PRIMARY KEY (mailbox, folder)
) WITHOUT ROWID;

-- Hashes of sentences that held emergency-like wording, to recognise them when they come back quoted. The sender is ''
-- for mail of the practice's own.
CREATE TABLE fingerprint (
    fingerprint TEXT NOT NULL,
    identity    TEXT NOT NULL,
    sender      TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    PRIMARY KEY (fingerprint, identity)
) WITHOUT ROWID;

-- When a message was first read: after unseen_at, by seen_at.
CREATE TABLE seen_interval (
    message   INTEGER PRIMARY KEY REFERENCES message (number),
    unseen_at INTEGER NOT NULL,
    seen_at   INTEGER NOT NULL,
    CHECK (unseen_at <= seen_at)
);

-- What the therapist decided. `kind` has no CHECK: later commands bring kinds of their own.
CREATE TABLE decision (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    message    INTEGER NOT NULL REFERENCES message (number),
    kind       TEXT    NOT NULL,
    decided_at INTEGER NOT NULL,
    client     TEXT    NOT NULL,
    undoes     INTEGER UNIQUE REFERENCES decision (id),
    CHECK ((kind = 'undo') = (undoes IS NOT NULL))
);
CREATE INDEX decision_by_message ON decision (message, id);

-- Alarms neither called nor done: what `decision` says, kept at hand so that looking costs what is open.
CREATE TABLE open_alarm (
    message INTEGER PRIMARY KEY REFERENCES message (number)
);

-- When the therapist was told of an alarm.
CREATE TABLE told (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    message INTEGER NOT NULL REFERENCES message (number),
    told_at INTEGER NOT NULL
);
CREATE INDEX told_by_message ON told (message, told_at);

CREATE TABLE client (
    code       TEXT    NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    phone      TEXT    NOT NULL,
    contact    TEXT    NOT NULL,
    changed_at INTEGER NOT NULL
) WITHOUT ROWID;

-- An address may stand on several entries: then the therapist is asked whose mail it is. `mailbox` is the form in which
-- two spellings of one address are equal (triage.senders.canonical).
CREATE TABLE client_address (
    code     TEXT    NOT NULL REFERENCES client (code) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    address  TEXT    NOT NULL,
    mailbox  TEXT    NOT NULL,
    PRIMARY KEY (code, position),
    UNIQUE (code, address)
) WITHOUT ROWID;
CREATE INDEX client_address_by_mailbox ON client_address (mailbox, code);

CREATE TABLE mailbox_health (
    mailbox         TEXT NOT NULL PRIMARY KEY,
    checked_at      INTEGER,
    failing_since   INTEGER,
    problem         TEXT NOT NULL,
    failure_told_at INTEGER
) WITHOUT ROWID;

CREATE TABLE scan_health (
    id                INTEGER PRIMARY KEY CHECK (id = 1),
    scanned_at        INTEGER NOT NULL,
    rules_count       INTEGER NOT NULL,
    rules_digest      TEXT    NOT NULL,
    self_test_problem TEXT    NOT NULL
);

-- Time and decisions are appended: the file itself refuses anything else.
CREATE TRIGGER decision_is_not_changed BEFORE UPDATE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER decision_is_not_deleted BEFORE DELETE ON decision
BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
CREATE TRIGGER seen_interval_is_not_changed BEFORE UPDATE ON seen_interval
BEGIN SELECT RAISE(ABORT, 'seen intervals are append-only'); END;
CREATE TRIGGER seen_interval_is_not_deleted BEFORE DELETE ON seen_interval
BEGIN SELECT RAISE(ABORT, 'seen intervals are append-only'); END;
CREATE TRIGGER told_is_not_changed BEFORE UPDATE ON told
BEGIN SELECT RAISE(ABORT, 'the log of alerts is append-only'); END;
CREATE TRIGGER told_is_not_deleted BEFORE DELETE ON told
BEGIN SELECT RAISE(ABORT, 'the log of alerts is append-only'); END;
CREATE TRIGGER message_is_not_changed BEFORE UPDATE OF number, identity, received_at ON message
BEGIN SELECT RAISE(ABORT, 'a message keeps its number, its identity and its time'); END;
CREATE TRIGGER message_is_not_deleted BEFORE DELETE ON message
BEGIN SELECT RAISE(ABORT, 'messages are append-only'); END;
