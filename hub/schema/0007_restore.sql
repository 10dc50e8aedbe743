-- 0007_restore.sql: a database may have been put back from a backup, and lots are used up, by and by, until they expire.
CREATE TABLE restore (
	id    BIGINT NOT NULL PRIMARY KEY,
	lost  BIGINT NOT NULL, -- 1: the mark beside the keys was missing, so that nothing is known
	since BIGINT NOT NULL, -- the last thing that the database knew
	at    BIGINT NOT NULL  -- when it was noticed: what happened in between is not known, and nothing is redeemed from here on
);
CREATE TABLE restore_accepted (
	restore BIGINT NOT NULL PRIMARY KEY REFERENCES restore (id),
	person  TEXT   NOT NULL,
	reason  TEXT   NOT NULL,
	at      BIGINT NOT NULL
);
CREATE TABLE lot_use (
	lot      BIGINT NOT NULL REFERENCES lot (transfer),
	transfer BIGINT NOT NULL REFERENCES transfer (seq),
	points   BIGINT NOT NULL,
	PRIMARY KEY (lot, transfer)
);
CREATE INDEX lot_expires ON lot (expires);
