-- 0008_order.sql: enrolment codes have an order that no clock decides, and an account's kept claims are found by its name.
CREATE TABLE enrolment_order (
	seq  BIGINT NOT NULL PRIMARY KEY, -- from 1; of a kiosk's codes the last one counts
	code BIGINT NOT NULL UNIQUE REFERENCES enrolment (code)
);
INSERT INTO enrolment_order (seq, code) SELECT ROW_NUMBER() OVER (ORDER BY made_at, code), code FROM enrolment;
CREATE INDEX kept_claim_account ON kept_claim (account);
