-- 0001_ledger.sql: keys, kiosks, events, allotments, journal entries, cards and the double-entry ledger.
-- Rows are only ever added. Times are Unix milliseconds, days count from 1970-01-01 in Japan.

CREATE TABLE signing_key (
	id             BIGINT NOT NULL PRIMARY KEY, -- never used again
	role           TEXT   NOT NULL,             -- trust, hub, live, practice
	public         BYTEA  NOT NULL UNIQUE,
	kiosk          TEXT   NOT NULL,             -- '' for the hub's own
	signs_from     BIGINT NOT NULL,
	signs_until    BIGINT NOT NULL,
	honoured_until BIGINT NOT NULL
);
CREATE TABLE revocation (
	key_id BIGINT NOT NULL PRIMARY KEY REFERENCES signing_key (id),
	how    TEXT   NOT NULL, -- retired, compromised
	since  BIGINT NOT NULL, -- compromised: entries from here on do not vouch, nor any received later
	at     BIGINT NOT NULL
);
CREATE TABLE trust_list (version BIGINT NOT NULL PRIMARY KEY, sealed BYTEA NOT NULL, at BIGINT NOT NULL);
CREATE TABLE claim_host (n BIGINT NOT NULL PRIMARY KEY, host TEXT NOT NULL, at BIGINT NOT NULL);

CREATE TABLE kiosk (name TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL);
CREATE TABLE enrolment (
	code    BIGINT NOT NULL PRIMARY KEY, -- random; finds the row, proves nothing
	kiosk   TEXT   NOT NULL REFERENCES kiosk (name),
	secret  BYTEA  NOT NULL,             -- SHA-256 of it
	made_at BIGINT NOT NULL,
	ends_at BIGINT NOT NULL
);
CREATE TABLE enrolment_try (
	code BIGINT NOT NULL REFERENCES enrolment (code),
	n    BIGINT NOT NULL,
	at   BIGINT NOT NULL,
	PRIMARY KEY (code, n)
);
CREATE TABLE enrolment_use (
	code         BIGINT NOT NULL PRIMARY KEY REFERENCES enrolment (code),
	live_key     BIGINT NOT NULL REFERENCES signing_key (id),
	practice_key BIGINT NOT NULL REFERENCES signing_key (id),
	at           BIGINT NOT NULL
);

CREATE TABLE event (
	id         TEXT   NOT NULL,
	revision   BIGINT NOT NULL, -- the last one counts
	body       BYTEA  NOT NULL, -- cards.Event as CBOR
	points     BIGINT NOT NULL,
	day        BIGINT NOT NULL,
	card_days  BIGINT NOT NULL, -- a card is good this long after the event's day
	point_days BIGINT NOT NULL, -- points are good this long after the claim
	at         BIGINT NOT NULL,
	PRIMARY KEY (id, revision)
);
CREATE TABLE allotment (
	id           BIGINT NOT NULL PRIMARY KEY,
	key_id       BIGINT NOT NULL REFERENCES signing_key (id),
	event        TEXT   NOT NULL,
	scheme       TEXT   NOT NULL,
	kind         BIGINT NOT NULL,
	practice     BIGINT NOT NULL,
	points       BIGINT NOT NULL,
	cards        BIGINT NOT NULL,
	day          BIGINT NOT NULL,
	expires      BIGINT NOT NULL,
	once_per_day BIGINT NOT NULL,
	point_days   BIGINT NOT NULL,
	sealed       BYTEA  NOT NULL,
	at           BIGINT NOT NULL
);
CREATE INDEX allotment_key ON allotment (key_id);

CREATE TABLE entry (
	key_id   BIGINT NOT NULL REFERENCES signing_key (id),
	seq      BIGINT NOT NULL,
	hash     BYTEA  NOT NULL,
	data     BYTEA  NOT NULL,
	late     BIGINT NOT NULL, -- 1: came after the key was revoked as compromised
	received BIGINT NOT NULL,
	PRIMARY KEY (key_id, seq)
);
CREATE TABLE entry_aside (
	key_id   BIGINT NOT NULL REFERENCES signing_key (id),
	seq      BIGINT NOT NULL,
	hash     BYTEA  NOT NULL,
	data     BYTEA  NOT NULL,
	reason   TEXT   NOT NULL, -- conflict: another stands in its place; place: it names none
	received BIGINT NOT NULL,
	PRIMARY KEY (key_id, seq, hash)
);
CREATE TABLE judged (
	key_id    BIGINT NOT NULL,
	seq       BIGINT NOT NULL, -- without gaps: the last is the kiosk's cursor
	verdict   TEXT   NOT NULL, -- accepted, disputed
	reason    TEXT   NOT NULL,
	state     TEXT   NOT NULL,
	allotment BIGINT NOT NULL, -- 0: speaks of no card
	number    BIGINT NOT NULL,
	copy      BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (key_id, seq),
	FOREIGN KEY (key_id, seq) REFERENCES entry (key_id, seq)
);
CREATE INDEX judged_card ON judged (allotment, number, seq);
CREATE TABLE stop (id BIGINT NOT NULL PRIMARY KEY, key_id BIGINT NOT NULL REFERENCES signing_key (id), why TEXT NOT NULL, at BIGINT NOT NULL);
CREATE TABLE stop_cleared (stop BIGINT NOT NULL PRIMARY KEY REFERENCES stop (id), person TEXT NOT NULL, at BIGINT NOT NULL);
CREATE TABLE alarm (
	kind      TEXT   NOT NULL,
	key_id    BIGINT NOT NULL,
	seq       BIGINT NOT NULL,
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	words     TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (kind, key_id, seq, allotment, number)
);

CREATE TABLE issued (
	allotment BIGINT NOT NULL REFERENCES allotment (id),
	number    BIGINT NOT NULL,
	source    TEXT   NOT NULL, -- entry, card: which came first
	digest    BYTEA  NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number)
);
CREATE TABLE ended (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	state     TEXT   NOT NULL, -- redeemed, void, lapsed: a card ends once, and this key decides how
	account   TEXT   NOT NULL, -- whose, if redeemed
	person    TEXT   NOT NULL, -- operator, if void
	reason    TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number),
	FOREIGN KEY (allotment, number) REFERENCES issued (allotment, number)
);
CREATE TABLE claimed_day (
	account   TEXT   NOT NULL,
	event     TEXT   NOT NULL,
	day       BIGINT NOT NULL,
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (account, event, day)
);
CREATE TABLE kept_claim (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	account   TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number, account)
);

CREATE TABLE transfer (
	seq       BIGINT NOT NULL PRIMARY KEY, -- from 1, without gaps
	kind      TEXT   NOT NULL,             -- grant, issue, redeem, void, lapse
	reference TEXT   NOT NULL,             -- ALLOTMENT or ALLOTMENT/NUMBER
	at        BIGINT NOT NULL,
	hash      BYTEA  NOT NULL,             -- over the transfer, its postings and the hash before
	UNIQUE (kind, reference)
);
CREATE TABLE posting (
	transfer BIGINT NOT NULL REFERENCES transfer (seq),
	account  TEXT   NOT NULL,
	amount   BIGINT NOT NULL, -- the sum of a transfer is zero
	PRIMARY KEY (transfer, account)
);
CREATE INDEX posting_account ON posting (account);
CREATE TABLE lot (
	transfer BIGINT NOT NULL PRIMARY KEY REFERENCES transfer (seq),
	account  TEXT   NOT NULL, -- the MyKey ID
	scheme   TEXT   NOT NULL,
	points   BIGINT NOT NULL,
	expires  BIGINT NOT NULL
);
CREATE INDEX lot_account ON lot (account);
