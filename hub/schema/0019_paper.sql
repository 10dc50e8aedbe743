-- 0019_paper.sql: a card is good no longer than its paper can be read.
CREATE TABLE paper_rule ( -- the last one counts; a year before the first
	n      BIGINT NOT NULL PRIMARY KEY,
	days   BIGINT NOT NULL, -- from the event's day to the paper's last
	person TEXT   NOT NULL,
	at     BIGINT NOT NULL
);
