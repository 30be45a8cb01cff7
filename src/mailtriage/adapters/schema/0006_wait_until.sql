-- Until when the server asked to be left alone; NULL for never.
ALTER TABLE mailbox_health ADD COLUMN wait_until INTEGER;
