-- 0011_application.sql: the holder of a My Number card applies at a kiosk, and what was asked and answered is kept.
-- Times are Unix milliseconds; requests, challenges and CAs stand as SHA-256 in hex, certificates as a keyed hash of their public key.

CREATE TABLE registry_key (n BIGINT NOT NULL PRIMARY KEY, mark TEXT NOT NULL); -- the first one counts: what the key makes of a fixed text

CREATE TABLE challenge ( -- rows of this table come, are used once and go
	id      TEXT   NOT NULL PRIMARY KEY,
	kiosk   TEXT   NOT NULL,
	purpose TEXT   NOT NULL,
	scheme  TEXT   NOT NULL,
	terms   TEXT   NOT NULL, -- the version that was shown
	offered TEXT   NOT NULL, -- MyKey IDs that were shown, with blanks between them
	request TEXT   NOT NULL, -- what used it; '' until then
	ends_at BIGINT NOT NULL
);
CREATE INDEX challenge_ends ON challenge (ends_at);
CREATE TABLE lease ( -- MyKey IDs that a kiosk may give without a network; rows come and go
	id        TEXT   NOT NULL PRIMARY KEY,
	kiosk     TEXT   NOT NULL,
	scheme    TEXT   NOT NULL,
	challenge BYTEA  NOT NULL UNIQUE,
	ends_at   BIGINT NOT NULL, -- the kiosk gives it to nobody from then on
	kept_till BIGINT NOT NULL, -- and what it gave before may come until then
	at        BIGINT NOT NULL
);
CREATE INDEX lease_kiosk ON lease (kiosk, scheme);

CREATE TABLE application (
	request   TEXT   NOT NULL PRIMARY KEY, -- the sealed apply, or what was deposited
	challenge TEXT   NOT NULL UNIQUE,
	body      BYTEA  NOT NULL, -- cards.Application, as it was signed
	ruling    TEXT   NOT NULL,
	standing  TEXT   NOT NULL, -- good, not checked, revoked; '' if it came to no check
	ca        TEXT   NOT NULL, -- its public key; '' if none is known
	account   TEXT   NOT NULL, -- '' if it came to none
	mykey     TEXT   NOT NULL, -- the ID in the answer
	code_ends BIGINT NOT NULL, -- 0: the answer has no slip code
	kiosk     TEXT   NOT NULL,
	person    TEXT   NOT NULL, -- who helped
	at        BIGINT NOT NULL
);
CREATE INDEX application_account ON application (account);
CREATE TABLE certificate ( -- which one opens an account now
	hash    TEXT   NOT NULL PRIMARY KEY,
	account TEXT   NOT NULL UNIQUE REFERENCES account (id),
	at      BIGINT NOT NULL
);
CREATE TABLE certificate_replaced (
	hash    TEXT   NOT NULL PRIMARY KEY,
	account TEXT   NOT NULL REFERENCES account (id),
	at      BIGINT NOT NULL
);
CREATE TABLE membership (
	account TEXT   NOT NULL REFERENCES account (id),
	scheme  TEXT   NOT NULL,
	terms   TEXT   NOT NULL, -- the version agreed to
	at      BIGINT NOT NULL,
	PRIMARY KEY (account, scheme)
);

CREATE TABLE slip_code ( -- rows go when they are used
	hash    TEXT   NOT NULL PRIMARY KEY, -- keyed
	account TEXT   NOT NULL REFERENCES account (id),
	ends_at BIGINT NOT NULL
);
CREATE INDEX slip_code_account ON slip_code (account);
CREATE TABLE sitting ( -- rows go when they are over
	id      TEXT   NOT NULL PRIMARY KEY,
	account TEXT   NOT NULL REFERENCES account (id),
	kiosk   TEXT   NOT NULL,
	ends_at BIGINT NOT NULL
);
CREATE INDEX sitting_account ON sitting (account);
CREATE TABLE rebind_allowed ( -- rows go when they are used
	account TEXT   NOT NULL PRIMARY KEY REFERENCES account (id),
	person  TEXT   NOT NULL,
	reason  TEXT   NOT NULL,
	ends_at BIGINT NOT NULL
);
CREATE TABLE mykey_audit (
	seq     BIGINT NOT NULL PRIMARY KEY, -- from 1, without gaps
	what    TEXT   NOT NULL, -- register, change, retire, rebind, code, password, allow rebind, delete
	account TEXT   NOT NULL,
	kiosk   TEXT   NOT NULL, -- '' at the command line or on a page
	person  TEXT   NOT NULL, -- '' for the holder alone
	reason  TEXT   NOT NULL,
	at      BIGINT NOT NULL
);
CREATE INDEX mykey_audit_account ON mykey_audit (account);
