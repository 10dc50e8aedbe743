-- 0015_prize.sql: paper cards buy prizes at the counter. Their points go to no account: ended has prize:SLIP in its place.
CREATE TABLE prize (
	id       TEXT   NOT NULL,
	revision BIGINT NOT NULL, -- the last one counts
	scheme   TEXT   NOT NULL,
	name_ja  TEXT   NOT NULL,
	name_en  TEXT   NOT NULL,
	points   BIGINT NOT NULL,
	person   TEXT   NOT NULL,
	at       BIGINT NOT NULL,
	PRIMARY KEY (id, revision)
);
CREATE TABLE prize_slip (
	slip     BIGINT NOT NULL PRIMARY KEY, -- from 1, without gaps
	prize    TEXT   NOT NULL,
	revision BIGINT NOT NULL,
	scheme   TEXT   NOT NULL,
	points   BIGINT NOT NULL,
	surplus  BIGINT NOT NULL,
	change   BIGINT NOT NULL, -- the allotment of the card that pays the surplus back; 0: it was given up, or there was none
	key_id   BIGINT NOT NULL REFERENCES signing_key (id),
	operator TEXT   NOT NULL,
	second   TEXT   NOT NULL, -- '' where it took nobody else
	at       BIGINT NOT NULL,
	FOREIGN KEY (prize, revision) REFERENCES prize (id, revision)
);
CREATE TABLE prize_stock ( -- the sum is what is there
	seq    BIGINT NOT NULL PRIMARY KEY,
	prize  TEXT   NOT NULL,
	change BIGINT NOT NULL,
	slip   BIGINT NOT NULL, -- 0: a person said so
	person TEXT   NOT NULL,
	at     BIGINT NOT NULL
);
CREATE INDEX prize_stock_prize ON prize_stock (prize);
CREATE TABLE prize_rule ( -- the last one counts; 1 before the first
	n      BIGINT NOT NULL PRIMARY KEY,
	a_day  BIGINT NOT NULL, -- how many cards of one event day one person may take in alone
	person TEXT   NOT NULL,
	at     BIGINT NOT NULL
);
CREATE INDEX ended_account ON ended (account);
