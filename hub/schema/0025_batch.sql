-- 0025_batch.sql: cards that are printed beforehand are inactive until their range is activated, and what is activated counts against the event's budget.
ALTER TABLE allotment ADD COLUMN batch BIGINT NOT NULL DEFAULT 0; -- 1: its cards are printed beforehand

CREATE TABLE money_rule ( -- the last one of a name and subject counts
	n       BIGINT NOT NULL PRIMARY KEY,
	name    TEXT   NOT NULL, -- budget: yen, of the event; most: points a card, of the scheme; wait: days that a claim waits for its card to be activated, of all
	subject TEXT   NOT NULL, -- '' if it is about all
	value   BIGINT NOT NULL,
	person  TEXT   NOT NULL,
	at      BIGINT NOT NULL
);

CREATE TABLE batch_grant ( -- who may activate which cards: a kiosk, or a partner on its page
	n            BIGINT NOT NULL PRIMARY KEY,
	allotment    BIGINT NOT NULL REFERENCES allotment (id),
	first_number BIGINT NOT NULL,
	last_number  BIGINT NOT NULL,
	kiosk        TEXT   NOT NULL, -- '' if it is a partner
	partner      TEXT   NOT NULL, -- '' if it is a kiosk
	person       TEXT   NOT NULL,
	at           BIGINT NOT NULL
);
CREATE INDEX batch_grant_holder ON batch_grant (kiosk, partner);

CREATE TABLE batch_range ( -- what was said of a range and believed, in its order
	n            BIGINT NOT NULL PRIMARY KEY,
	allotment    BIGINT NOT NULL REFERENCES allotment (id),
	first_number BIGINT NOT NULL,
	last_number  BIGINT NOT NULL,
	state        TEXT   NOT NULL, -- making, made, opened, activated, withdrawn, lost
	cards        BIGINT NOT NULL, -- that were inactive, and are not any more
	key_id       BIGINT NOT NULL, -- whose entry says so; 0: the person or partner, at the hub
	seq          BIGINT NOT NULL,
	person       TEXT   NOT NULL, -- the operator, of an entry
	partner      TEXT   NOT NULL, -- who says so on its page
	reason       TEXT   NOT NULL,
	request      TEXT   NOT NULL, -- the order, with making
	copy         BIGINT NOT NULL,
	digest       BYTEA  NOT NULL, -- of the manifest, with made
	at           BIGINT NOT NULL
);
CREATE INDEX batch_range_allotment ON batch_range (allotment, n);

CREATE TABLE batch_card ( -- which card was redeemed: what activates a range knows no card's digest
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	digest    BYTEA  NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number),
	FOREIGN KEY (allotment, number) REFERENCES issued (allotment, number)
);

CREATE TABLE batch_claim ( -- of a card that was not active yet
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	account   TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	digest    BYTEA  NOT NULL,
	PRIMARY KEY (allotment, number, account, at)
);
CREATE INDEX batch_claim_account ON batch_claim (account);
CREATE TABLE batch_claim_end ( -- a claim that waits ends once, and this key decides how
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	account   TEXT   NOT NULL,
	claimed   BIGINT NOT NULL,
	how       TEXT   NOT NULL, -- given, used, once, withdrawn, late, lapsed, other, person
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number, account, claimed),
	FOREIGN KEY (allotment, number, account, claimed) REFERENCES batch_claim (allotment, number, account, at)
);
