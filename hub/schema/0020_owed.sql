-- 0020_owed.sql: a surplus that no card could pay back is owed, until a person says how it was paid.
CREATE TABLE prize_owed (
	slip BIGINT NOT NULL PRIMARY KEY REFERENCES prize_slip (slip),
	at   BIGINT NOT NULL -- the kiosk said so
);
CREATE TABLE prize_paid (
	slip   BIGINT NOT NULL PRIMARY KEY REFERENCES prize_owed (slip),
	person TEXT   NOT NULL,
	reason TEXT   NOT NULL, -- how it was paid back
	at     BIGINT NOT NULL
);
