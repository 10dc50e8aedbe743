-- 0016_partner.sql: shops and offices that take point tickets sign in on their own pages. Sessions stand as the SHA-256 of their secret, in hex.
CREATE TABLE partner (
	id       TEXT   NOT NULL,
	revision BIGINT NOT NULL, -- the last one counts
	name_ja  TEXT   NOT NULL,
	name_en  TEXT   NOT NULL,
	password TEXT   NOT NULL, -- argon2id, as a PHC string; '' ends the partner: nobody signs in any more
	person   TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (id, revision)
);
CREATE TABLE partner_session ( -- rows come and go
	id         TEXT   NOT NULL PRIMARY KEY,
	partner    TEXT   NOT NULL,
	made_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX partner_session_partner ON partner_session (partner);
