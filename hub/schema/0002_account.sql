-- 0002_account.sql: residents have accounts, known devices, sessions and notices.
-- Times are Unix milliseconds. Sessions and devices stand as the SHA-256 of their secret, in hex.

CREATE TABLE account (
	id       TEXT   NOT NULL PRIMARY KEY, -- the MyKey ID
	password TEXT   NOT NULL,             -- argon2id, as a PHC string
	made_at  BIGINT NOT NULL
);
CREATE TABLE device (
	account TEXT   NOT NULL REFERENCES account (id),
	id      TEXT   NOT NULL,
	made_at BIGINT NOT NULL, -- its first sign-in to this account
	PRIMARY KEY (account, id)
);
CREATE TABLE session ( -- rows of this table come, move on and go
	id         TEXT   NOT NULL PRIMARY KEY,
	account    TEXT   NOT NULL REFERENCES account (id),
	device     TEXT   NOT NULL,
	made_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX session_expires ON session (expires_at);
CREATE TABLE notice (
	id      TEXT   NOT NULL PRIMARY KEY,
	account TEXT   NOT NULL REFERENCES account (id),
	kind    TEXT   NOT NULL, -- new device
	at      BIGINT NOT NULL
);
CREATE INDEX notice_account ON notice (account, at);
