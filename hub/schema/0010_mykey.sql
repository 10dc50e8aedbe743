-- 0010_mykey.sql: an account has a name of its own, and MyKey IDs that follow on each other and are never given twice.
CREATE TABLE mykey (
	id      TEXT   NOT NULL PRIMARY KEY,
	account TEXT   NOT NULL REFERENCES account (id),
	n       BIGINT NOT NULL, -- from 1: an account's last one counts, unless it ended
	at      BIGINT NOT NULL,
	UNIQUE (account, n)
);
INSERT INTO mykey (id, account, n, at) SELECT id, id, 1, made_at FROM account;
CREATE TABLE mykey_ended (id TEXT NOT NULL PRIMARY KEY REFERENCES mykey (id), at BIGINT NOT NULL);
CREATE TABLE mykey_spent (mark TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL); -- the keyed hash of an ID whose holder had everything deleted
