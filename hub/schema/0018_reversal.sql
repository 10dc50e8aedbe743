-- 0018_reversal.sql: the points of a card that went to the wrong account are moved to another, or given up, once for each card.
-- Its row in claimed_day is the only one that is taken out again: the day is the first account's again, and the other's from then on.
CREATE TABLE reversal (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	account   TEXT   NOT NULL, -- who had the points; ended goes on saying so
	heir      TEXT   NOT NULL, -- whose the card is now; '': nobody's, the points were given up
	points    BIGINT NOT NULL, -- what was left of them
	transfer  BIGINT NOT NULL UNIQUE REFERENCES transfer (seq),
	person    TEXT   NOT NULL,
	reason    TEXT   NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number),
	FOREIGN KEY (allotment, number) REFERENCES ended (allotment, number)
);
CREATE INDEX reversal_account ON reversal (account);
CREATE INDEX reversal_heir ON reversal (heir);
