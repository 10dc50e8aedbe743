-- 0027_batch_grant_end.sql: what somebody may activate is taken back. What was activated before stands.
CREATE TABLE batch_grant_end (
	n            BIGINT NOT NULL PRIMARY KEY,
	granted      BIGINT NOT NULL REFERENCES batch_grant (n),
	first_number BIGINT NOT NULL,
	last_number  BIGINT NOT NULL,
	person       TEXT   NOT NULL,
	reason       TEXT   NOT NULL,
	at           BIGINT NOT NULL
);
CREATE INDEX batch_grant_end_granted ON batch_grant_end (granted);
