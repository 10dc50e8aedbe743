-- 0003_decision.sql: a person decides what becomes of disputed cards.
-- A decision is never taken back: the key of decided lets each card have one.

CREATE TABLE decision (
	id        BIGINT NOT NULL PRIMARY KEY,
	accepted  BIGINT NOT NULL, -- 1: accepted, 0: refused
	key_id    BIGINT NOT NULL, -- whose entries; 0: by serial
	first_seq BIGINT NOT NULL,
	last_seq  BIGINT NOT NULL,
	cards     BIGINT NOT NULL, -- as the person saw them
	points    BIGINT NOT NULL,
	person    TEXT   NOT NULL,
	reason    TEXT   NOT NULL,
	at        BIGINT NOT NULL
);
CREATE TABLE decided (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	decision  BIGINT NOT NULL REFERENCES decision (id),
	outcome   TEXT   NOT NULL, -- good, void, refused, kept
	PRIMARY KEY (allotment, number)
);
CREATE INDEX decided_decision ON decided (decision);
