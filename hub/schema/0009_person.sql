-- 0009_person.sql: people have roles, what they do to keys and allotments names them, and one of them caps what an unbound kiosk may hold.
CREATE TABLE person (
	id     BIGINT NOT NULL PRIMARY KEY, -- the last one of a name and role counts
	name   TEXT   NOT NULL,
	role   TEXT   NOT NULL, -- decide, revoke, grant, people
	holds  BIGINT NOT NULL, -- 1: has the role from here on, 0: has it no longer
	said   TEXT   NOT NULL, -- who said so; '' the first time
	at     BIGINT NOT NULL
);
CREATE INDEX person_role ON person (role, name, id);
ALTER TABLE revocation_step ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE allotment ADD COLUMN person TEXT NOT NULL DEFAULT '';
CREATE TABLE unbound_cap (n BIGINT NOT NULL PRIMARY KEY, yen BIGINT NOT NULL, person TEXT NOT NULL, at BIGINT NOT NULL); -- the last one counts; 0: none
