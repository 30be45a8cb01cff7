-- 'typed' where she said when the timer began, else 'timer'.
ALTER TABLE timer ADD COLUMN evidence TEXT NOT NULL DEFAULT 'timer';
