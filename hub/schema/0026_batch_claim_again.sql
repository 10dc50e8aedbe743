-- 0026_batch_claim_again.sql: claims that a compromised key ended, by withdrawing their cards, wait again until a person decides.
-- The row in batch_claim_end is taken out and kept here.
CREATE TABLE batch_claim_again (
	allotment BIGINT NOT NULL,
	number    BIGINT NOT NULL,
	account   TEXT   NOT NULL,
	claimed   BIGINT NOT NULL,
	ended     BIGINT NOT NULL,
	at        BIGINT NOT NULL,
	PRIMARY KEY (allotment, number, account, claimed, ended),
	FOREIGN KEY (allotment, number, account, claimed) REFERENCES batch_claim (allotment, number, account, at)
);
