-- 0006_watch.sql: the hub looks for cards that were used and never printed, and keeps only so much a day of what comes late.

CREATE TABLE swept ( -- up to which claims an allotment's cards were looked for in the journal
	allotment BIGINT NOT NULL REFERENCES allotment (id),
	through   BIGINT NOT NULL, -- those made before this moment
	PRIMARY KEY (allotment, through)
);
CREATE INDEX ended_at ON ended (allotment, at);
CREATE TABLE late_kept ( -- what an upload under a compromised key added
	key_id BIGINT NOT NULL REFERENCES signing_key (id),
	day    BIGINT NOT NULL,
	n      BIGINT NOT NULL,
	bytes  BIGINT NOT NULL, -- of that day, up to and with this upload
	PRIMARY KEY (key_id, day, n)
);
