-- With which mailtriage and which rules the message was last tried; '' is any before this was kept.
ALTER TABLE quarantine ADD COLUMN tried_with TEXT NOT NULL DEFAULT '';
