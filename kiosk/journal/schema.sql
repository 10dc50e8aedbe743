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
