-- 0023_unvoided.sql: a void that only a compromised key asked for, and that a person does not believe, is taken back, once for each card.
-- Its row in ended is taken out and kept here: the card is outstanding again. Only a row of claimed_day is taken out as well.
CREATE TABLE unvoided (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	person    TEXT   NOT NULL, -- who voided it, as the entry said, why, and when
	reason    TEXT   NOT NULL,
	void_at   BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number),
	FOREIGN KEY (allotment, number) REFERENCES issued (allotment, number)
);
