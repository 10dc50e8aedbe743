-- 0022_owed_said.sql: a person says that the card over a surplus never came; then it is owed, though its kiosk never said so.
CREATE TABLE prize_owed_said (
	slip   BIGINT NOT NULL PRIMARY KEY REFERENCES prize_owed (slip),
	person TEXT   NOT NULL,
	reason TEXT   NOT NULL, -- how they know
	at     BIGINT NOT NULL
);
