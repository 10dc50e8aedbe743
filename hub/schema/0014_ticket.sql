-- 0014_ticket.sql: part of a balance becomes a ticket that one shop takes once. A ticket is a card of kind 19: what is known of
-- its paper stands in issued, how it ends in ended (void, lapsed, or spent, with the partner as account).
CREATE TABLE value_request ( -- what a kiosk asked for under a request and what it was told: the same for ever
	key_id  BIGINT NOT NULL REFERENCES signing_key (id),
	request BYTEA  NOT NULL,
	content BYTEA  NOT NULL, -- SHA-256 of what was asked for, then of the cards that came with it; the second is missing if none did
	answer  BYTEA  NOT NULL, -- as CBOR, with the hash of what it answers left out
	at      BIGINT NOT NULL,
	PRIMARY KEY (key_id, request)
);
CREATE TABLE ticket ( -- granted: its points have left the account's lots
	allotment BIGINT NOT NULL REFERENCES allotment (id),
	number    BIGINT NOT NULL,
	account   TEXT   NOT NULL,
	transfer  BIGINT NOT NULL REFERENCES transfer (seq), -- that took them; lot_use says out of which lots
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number)
);
CREATE TABLE spent (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	partner   TEXT   NOT NULL,
	press     TEXT   NOT NULL, -- which press of a button it was: the same one again has the same answer
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number),
	FOREIGN KEY (allotment, number) REFERENCES ticket (allotment, number)
);
CREATE INDEX spent_partner ON spent (partner, at);
CREATE INDEX lot_use_transfer ON lot_use (transfer);
