-- Time worked, what was decided about it, consents, prices and statements. All of it is history: appended, never changed.
--
-- Money is whole minor units beside the code of its currency. A client is named by the code, which may leave the roster.

ALTER TABLE client ADD COLUMN postal TEXT NOT NULL DEFAULT '';

-- Of LOG the seconds of its entries; of a settlement what it settles. A price stands exactly where there are units.
ALTER TABLE decision ADD COLUMN seconds INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN units INTEGER NOT NULL DEFAULT 0;
ALTER TABLE decision ADD COLUMN price_minor INTEGER;
ALTER TABLE decision ADD COLUMN currency TEXT;
ALTER TABLE decision ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE decision ADD COLUMN skimmed INTEGER CHECK (skimmed IN (0, 1));

-- [began_at, ended_at). An entry is in force while the LOG decision is that brought it.
CREATE TABLE time_entry (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    message  INTEGER NOT NULL REFERENCES message (number),
    decision INTEGER NOT NULL REFERENCES decision (id),
    kind     TEXT    NOT NULL,
    seconds  INTEGER NOT NULL CHECK (seconds > 0),
    evidence TEXT    NOT NULL,
    began_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL CHECK (ended_at = began_at + seconds)
);
CREATE INDEX time_entry_by_message ON time_entry (message, id);
CREATE INDEX time_entry_by_end ON time_entry (ended_at, message);
CREATE INDEX time_entry_by_kind ON time_entry (kind, message);

-- The one timer that may run.
CREATE TABLE timer (
    id             INTEGER PRIMARY KEY CHECK (id = 1),
    message        INTEGER NOT NULL REFERENCES message (number),
    kind           TEXT    NOT NULL,
    began_at       INTEGER NOT NULL,
    boot           TEXT    NOT NULL,
    asleep_seconds INTEGER NOT NULL
);

-- message is NULL for a standing consent.
CREATE TABLE consent (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    client      TEXT    NOT NULL,
    message     INTEGER REFERENCES message (number),
    given_at    INTEGER NOT NULL,
    how         TEXT    NOT NULL,
    price_minor INTEGER NOT NULL,
    currency    TEXT    NOT NULL,
    policy      TEXT    NOT NULL,
    recorded_at INTEGER NOT NULL
);
CREATE INDEX consent_by_client ON consent (client, id);

-- Of several withdrawals of a consent the earliest counts; one from its beginning, or before, voids it.
CREATE TABLE consent_withdrawal (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    consent      INTEGER NOT NULL REFERENCES consent (id),
    withdrawn_at INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL
);
CREATE INDEX consent_withdrawal_by_consent ON consent_withdrawal (consent, withdrawn_at);

-- from_on is a day, or NULL for always; of two prices for one day the one that was set last holds.
CREATE TABLE client_price (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    client      TEXT    NOT NULL,
    price_minor INTEGER NOT NULL,
    currency    TEXT    NOT NULL,
    from_on     TEXT,
    set_at      INTEGER NOT NULL
);
CREATE INDEX client_price_by_client ON client_price (client, from_on, id);

-- Statements and credits, in one sequence without gaps. `content` is the statement as values (JSON), `text` the bytes that
-- went out; what is asked of statements as a whole (whose, which month) stands in columns of its own.
CREATE TABLE statement (
    number    INTEGER PRIMARY KEY,
    kind      TEXT    NOT NULL CHECK (kind IN ('statement', 'credit')),
    client    TEXT    NOT NULL,
    month     TEXT    NOT NULL,
    currency  TEXT    NOT NULL,
    credits   INTEGER REFERENCES statement (number),
    issued_at INTEGER NOT NULL,
    content   TEXT    NOT NULL,
    text      BLOB    NOT NULL,
    CHECK ((kind = 'credit') = (credits IS NOT NULL))
);
CREATE INDEX statement_by_client ON statement (client, month);
CREATE INDEX statement_by_month ON statement (month);

-- The lines of statements, not of credits; position counts from 0.
CREATE TABLE statement_line (
    statement   INTEGER NOT NULL REFERENCES statement (number),
    position    INTEGER NOT NULL,
    worked_on   TEXT    NOT NULL,
    units       INTEGER NOT NULL CHECK (units > 0),
    price_minor INTEGER NOT NULL,
    PRIMARY KEY (statement, position)
) WITHOUT ROWID;

-- Which messages a line charges, and which decisions it carries out: each of them once, for ever.
CREATE TABLE statement_message (
    message   INTEGER NOT NULL REFERENCES message (number),
    statement INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    PRIMARY KEY (message, statement, position),
    FOREIGN KEY (statement, position) REFERENCES statement_line (statement, position)
) WITHOUT ROWID;
CREATE TABLE statement_charge (
    decision  INTEGER PRIMARY KEY REFERENCES decision (id),
    statement INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    FOREIGN KEY (statement, position) REFERENCES statement_line (statement, position)
);

-- Lines that a credit took back: each once.
CREATE TABLE credited_line (
    statement INTEGER NOT NULL,
    position  INTEGER NOT NULL,
    credit    INTEGER NOT NULL REFERENCES statement (number),
    PRIMARY KEY (statement, position),
    FOREIGN KEY (statement, position) REFERENCES statement_line (statement, position)
) WITHOUT ROWID;

-- paid_on is NULL where it turned out not to be paid; the last row of a statement counts.
CREATE TABLE payment (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    statement   INTEGER NOT NULL REFERENCES statement (number),
    paid_on     TEXT,
    recorded_at INTEGER NOT NULL
);
CREATE INDEX payment_by_statement ON payment (statement, id);

-- What `decision` says, kept at hand in the same transaction so that looking costs what is open:
-- messages that wait for a settlement, with the time in force; NULL where they wait whatever it is (long, reopened),
CREATE TABLE open_work (
    message INTEGER PRIMARY KEY REFERENCES message (number),
    seconds INTEGER
);
CREATE INDEX open_work_by_seconds ON open_work (seconds);
-- charges that hold and stand on no statement,
CREATE TABLE charge_due (
    decision  INTEGER PRIMARY KEY REFERENCES decision (id),
    message   INTEGER NOT NULL UNIQUE REFERENCES message (number),
    client    TEXT    NOT NULL,
    worked_at INTEGER NOT NULL
);
CREATE INDEX charge_due_by_client ON charge_due (client, worked_at);
CREATE INDEX charge_due_by_time ON charge_due (worked_at);
-- and messages that are saved for a session; the client is '' where the decision named none.
CREATE TABLE saved_work (
    message INTEGER PRIMARY KEY REFERENCES message (number),
    client  TEXT    NOT NULL
);
CREATE INDEX saved_work_by_client ON saved_work (client, message);

-- The messages that an answer names by References, and those that one without References may answer.
CREATE INDEX message_by_message_id ON message (message_id);
CREATE INDEX message_by_thread ON message (sender, thread, received_at);

-- Long mail that was kept before waits for a settlement from now on, unless a DONE is in force: an even number of UNDOs
-- stands on it.
INSERT INTO open_work (message)
WITH RECURSIVE undone (decision, last, undos) AS (
    SELECT id, id, 0 FROM decision WHERE kind = 'done'
    UNION ALL
    SELECT undone.decision, d.id, undone.undos + 1 FROM undone JOIN decision d ON d.undoes = undone.last
)
SELECT m.number FROM message m
WHERE m.long = 1 AND m.automatic IS NULL AND m.number NOT IN (
    SELECT d.message FROM decision d
    WHERE d.id IN (SELECT decision FROM undone GROUP BY decision HAVING max(undos) % 2 = 0)
);

CREATE TRIGGER time_entry_is_not_changed BEFORE UPDATE ON time_entry
BEGIN SELECT RAISE(ABORT, 'time is append-only'); END;
CREATE TRIGGER time_entry_is_not_deleted BEFORE DELETE ON time_entry
BEGIN SELECT RAISE(ABORT, 'time is append-only'); END;
CREATE TRIGGER consent_is_not_changed BEFORE UPDATE ON consent
BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER consent_is_not_deleted BEFORE DELETE ON consent
BEGIN SELECT RAISE(ABORT, 'consents are append-only'); END;
CREATE TRIGGER consent_withdrawal_is_not_changed BEFORE UPDATE ON consent_withdrawal
BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END;
CREATE TRIGGER consent_withdrawal_is_not_deleted BEFORE DELETE ON consent_withdrawal
BEGIN SELECT RAISE(ABORT, 'withdrawals are append-only'); END;
CREATE TRIGGER client_price_is_not_changed BEFORE UPDATE ON client_price
BEGIN SELECT RAISE(ABORT, 'prices are append-only'); END;
CREATE TRIGGER client_price_is_not_deleted BEFORE DELETE ON client_price
BEGIN SELECT RAISE(ABORT, 'prices are append-only'); END;
CREATE TRIGGER statement_has_the_next_number BEFORE INSERT ON statement
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM statement)
BEGIN SELECT RAISE(ABORT, 'statements are append-only, and numbered without gaps'); END;
CREATE TRIGGER statement_is_not_changed BEFORE UPDATE ON statement
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_is_not_deleted BEFORE DELETE ON statement
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_line_is_not_changed BEFORE UPDATE ON statement_line
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_line_is_not_deleted BEFORE DELETE ON statement_line
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_message_is_not_changed BEFORE UPDATE ON statement_message
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_message_is_not_deleted BEFORE DELETE ON statement_message
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_charge_is_not_changed BEFORE UPDATE ON statement_charge
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER statement_charge_is_not_deleted BEFORE DELETE ON statement_charge
BEGIN SELECT RAISE(ABORT, 'statements are append-only'); END;
CREATE TRIGGER credited_line_is_not_changed BEFORE UPDATE ON credited_line
BEGIN SELECT RAISE(ABORT, 'credits are append-only'); END;
CREATE TRIGGER credited_line_is_not_deleted BEFORE DELETE ON credited_line
BEGIN SELECT RAISE(ABORT, 'credits are append-only'); END;
CREATE TRIGGER payment_is_not_changed BEFORE UPDATE ON payment
BEGIN SELECT RAISE(ABORT, 'payments are append-only'); END;
CREATE TRIGGER payment_is_not_deleted BEFORE DELETE ON payment
BEGIN SELECT RAISE(ABORT, 'payments are append-only'); END;
