-- 0004_kept_digest.sql: a kept claim knows which card it was made with, '' if it was kept before this change.
ALTER TABLE kept_claim ADD COLUMN digest BYTEA NOT NULL DEFAULT '';
