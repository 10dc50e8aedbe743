-- 0021_provisional.sql: what was signed without a network, and deposited, is told apart from what was sent at once.
ALTER TABLE application ADD COLUMN provisional BIGINT NOT NULL DEFAULT 0; -- 1: it was deposited
