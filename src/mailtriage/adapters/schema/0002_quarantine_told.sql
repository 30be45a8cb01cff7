-- When the therapist was told of a message that could not be read; NULL until an alert of it succeeded.
ALTER TABLE quarantine ADD COLUMN told_at INTEGER;
CREATE INDEX quarantine_untold ON quarantine (id) WHERE told_at IS NULL;
