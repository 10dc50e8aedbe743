-- The journal of one kiosk. Rows are only ever added.
CREATE TABLE IF NOT EXISTS entry (
	seq       INTEGER PRIMARY KEY,
	record    BLOB    NOT NULL, -- the sealed entry; the columns below repeat what it says, for look-up alone
	state     TEXT    NOT NULL,
	allotment INTEGER,
	number    INTEGER,
	copy      INTEGER,
	request   TEXT UNIQUE
) STRICT;
CREATE INDEX IF NOT EXISTS entry_card ON entry (allotment, number, seq);
CREATE INDEX IF NOT EXISTS entry_void_asked ON entry (seq) WHERE state = 'void asked';
CREATE UNIQUE INDEX IF NOT EXISTS entry_signed ON entry (allotment, number) WHERE state = 'signed';

-- What the hub signed for this kiosk: receipts, trust lists, allotments.
CREATE TABLE IF NOT EXISTS paper (
	id     INTEGER PRIMARY KEY,
	kind   TEXT NOT NULL,
	sealed BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS paper_kind ON paper (kind, id);

-- Judgements that set an entry aside, and why.
CREATE TABLE IF NOT EXISTS aside (
	seq     INTEGER PRIMARY KEY,
	verdict TEXT NOT NULL,
	reason  TEXT NOT NULL
) STRICT;

CREATE TRIGGER IF NOT EXISTS entry_kept    BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
CREATE TRIGGER IF NOT EXISTS entry_stays   BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS paper_kept    BEFORE UPDATE ON paper BEGIN SELECT RAISE(ABORT, 'a paper is never changed'); END;
CREATE TRIGGER IF NOT EXISTS paper_stays   BEFORE DELETE ON paper BEGIN SELECT RAISE(ABORT, 'a paper is never deleted'); END;
CREATE TRIGGER IF NOT EXISTS aside_kept    BEFORE UPDATE ON aside BEGIN SELECT RAISE(ABORT, 'a verdict is never changed'); END;
CREATE TRIGGER IF NOT EXISTS aside_stays   BEFORE DELETE ON aside BEGIN SELECT RAISE(ABORT, 'a verdict is never deleted'); END;

-- MyKey IDs that the hub leased, to be given without a network. Rows come and go.
CREATE TABLE IF NOT EXISTS lease (
	mark      BLOB    PRIMARY KEY NOT NULL, -- SHA-256 of the challenge
	scheme    TEXT    NOT NULL,
	state     TEXT    NOT NULL, -- held; given to somebody; back: for nobody, and on its way to the hub; registered
	ends      INTEGER NOT NULL, -- given to nobody from then on, Unix milliseconds
	id        TEXT    NOT NULL, -- this and what follows are empty once it was given
	challenge BLOB    NOT NULL,
	code      TEXT    NOT NULL
) STRICT;
-- Under which terms a scheme's IDs are leased, and the key that hides what is signed.
CREATE TABLE IF NOT EXISTS lessor (
	scheme TEXT    PRIMARY KEY NOT NULL,
	asked  INTEGER NOT NULL, -- 1: the hub may have leased IDs of which nothing is known here
	terms  BLOB    NOT NULL, -- empty before the first answer
	seal   BLOB    NOT NULL
) STRICT;
-- What people signed without a network, for the hub alone to read. A row goes
-- when the hub has ruled on it; the journal keeps its hash.
CREATE TABLE IF NOT EXISTS deposit (
	n      INTEGER PRIMARY KEY,
	hash   BLOB NOT NULL UNIQUE,
	sealed BLOB NOT NULL,
	lost   BLOB NOT NULL,
	mark   BLOB NOT NULL
) STRICT;
-- Who of the staff said yes at their door when it was signed. A row goes with its deposit.
CREATE TABLE IF NOT EXISTS helped (
	hash  BLOB PRIMARY KEY NOT NULL,
	staff TEXT NOT NULL
) STRICT;
-- How the hub ruled.
CREATE TABLE IF NOT EXISTS ruled (
	hash   BLOB    PRIMARY KEY NOT NULL,
	ruling TEXT    NOT NULL,
	at     INTEGER NOT NULL
) STRICT;
