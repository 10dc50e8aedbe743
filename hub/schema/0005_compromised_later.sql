-- 0005_compromised_later.sql: a retired key may turn out compromised, and earlier than first thought: the strictest step counts.
CREATE TABLE revocation_step (
	id     BIGINT NOT NULL PRIMARY KEY,
	key_id BIGINT NOT NULL REFERENCES signing_key (id),
	how    TEXT   NOT NULL, -- retired, compromised
	since  BIGINT NOT NULL, -- compromised: entries from here on do not vouch, nor any received later
	at     BIGINT NOT NULL
);
CREATE INDEX revocation_step_key ON revocation_step (key_id);
INSERT INTO revocation_step (id, key_id, how, since, at) SELECT key_id, key_id, how, since, at FROM revocation;
DROP TABLE revocation;
CREATE VIEW revocation AS SELECT key_id, MIN(how) AS how, MIN(since) AS since,
	COALESCE(MIN(CASE WHEN how = 'compromised' THEN at END), MIN(at)) AS at FROM revocation_step GROUP BY key_id;
