package journal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"pointkiosk/cards"
)

const (
	// checkpointEvery is how many entries lie between two checkpoints: what
	// start-up reads at most.
	checkpointEvery = 256
	// clockSlack is how far the clock may be off before it is suspect.
	clockSlack = 2 * time.Minute
)

// born is before every true date: a clock that shows less was never set.
var born = time.Date(2026, 11, 1, 0, 0, 0, 0, cards.Japan)

var errReadOnly = errors.New("journal: opened to look only")

type row struct {
	entry  cards.Entry
	sealed []byte
}

// append signs an entry behind the newest one and commits it. When it returns
// nil the entry is synced to the disk, with whatever else belongs to it.
func (j *Journal) append(ctx context.Context, e cards.Entry, more ...func(*sql.Tx) error) error {
	if j.opts.ReadOnly {
		return errReadOnly
	}
	rows, err := j.seal(e)
	if err != nil {
		return err
	}
	// A cancelled context must not leave a commit half way.
	ctx = context.WithoutCancel(ctx)
	if err := j.insert(ctx, rows, more...); err != nil {
		// A failed commit is not undone: it is unknown. Only the file can tell.
		j.unknown = err
		if again := j.reread(ctx); again != nil {
			return errors.Join(err, again)
		}
		if j.seq < rows[len(rows)-1].entry.Seq {
			return err
		}
		return nil
	}
	return j.took(rows)
}

// seal makes the entry's row, and before it a checkpoint's where one is due.
func (j *Journal) seal(e cards.Entry) ([]row, error) {
	var rows []row
	seq, prev, now := j.seq, j.hash, j.opts.Now()
	j.watchClock(now)
	add := func(e cards.Entry) error {
		seq++
		e.Seq, e.Prev, e.At, e.Suspect = seq, bytes.Clone(prev[:]), now.UnixMilli(), j.suspect
		sealed, err := cards.Seal(j.opts.Key, cards.PaperEntry, e)
		if err != nil {
			return fmt.Errorf("journal: entry %d: %w", seq, err)
		}
		prev = cards.EntryHash(sealed)
		rows = append(rows, row{e, sealed})
		return nil
	}
	if (seq+1)%checkpointEvery == 0 {
		if err := add(cards.Entry{State: cards.Checkpoint, Sum: j.sum.signed()}); err != nil {
			return nil, err
		}
	}
	return rows, add(e)
}

func (j *Journal) insert(ctx context.Context, rows []row, more ...func(*sql.Tx) error) error {
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: write: %w", err)
	}
	for _, r := range rows {
		e := r.entry
		_, err := tx.ExecContext(ctx,
			`INSERT INTO entry (seq, record, state, allotment, number, copy, request) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			e.Seq, r.sealed, string(e.State), null(e.Allotment), null(e.Number), e.Copy, nullText(e.Request))
		if err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("journal: write entry %d: %w", e.Seq, err)
		}
	}
	for _, do := range more {
		if err := do(tx); err != nil {
			_ = tx.Rollback()
			return fmt.Errorf("journal: write: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("journal: commit: %w", err)
	}
	return nil
}

// took counts rows that are in the file.
func (j *Journal) took(rows []row) error {
	for _, r := range rows {
		j.seq, j.hash, j.at = r.entry.Seq, cards.EntryHash(r.sealed), r.entry.At
		j.suspect = r.entry.Suspect
		j.asked = j.suspect && (j.asked || r.entry.State == cards.ClockSet)
		j.sum.add(r.entry)
	}
	if err := j.head.set(j.seq, j.hash); err != nil {
		return err
	}
	switch rows[len(rows)-1].entry.State {
	case cards.Printing, cards.Given, cards.Making, cards.Opened:
		return j.head.sync() // the next thing to happen leaves the machine
	}
	return nil
}

// begin begins a step; end ends it. While the fate of a commit is unknown,
// nothing that j holds in memory may be believed: the file is read again first.
func (j *Journal) begin(ctx context.Context) (end func(), err error) {
	j.mu.Lock()
	if j.unknown != nil {
		err = j.reread(ctx)
	}
	if err != nil {
		j.mu.Unlock()
		return nil, err
	}
	return j.mu.Unlock, nil
}

// reread opens the file again and learns what is in it. What it finds may never
// have been synced, so that is done here.
func (j *Journal) reread(ctx context.Context) error {
	_ = j.db.Close()
	if err := j.connect(ctx); err != nil {
		return err
	}
	found := &Journal{opts: j.opts, db: j.db, head: j.head}
	if err := found.load(ctx); err != nil {
		return err
	}
	j.seq, j.hash, j.at, j.suspect, j.sum = found.seq, found.hash, found.at, found.suspect, found.sum
	var busy, pages, moved int
	if err := j.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved); err != nil {
		return fmt.Errorf("journal: sync what was found: %w", err)
	}
	if busy != 0 {
		return errors.New("journal: sync what was found: somebody is reading")
	}
	if err := errors.Join(j.head.set(j.seq, j.hash), j.head.sync()); err != nil {
		return err
	}
	j.unknown = nil
	return nil
}

// watchClock makes the clock suspect when it shows a time that can't be: before
// the project, before the newest entry, or before the hub's last word.
func (j *Journal) watchClock(now time.Time) {
	if now.Before(born) || now.Add(clockSlack).UnixMilli() < max(j.at, j.known.At) {
		j.suspect = true
	}
}

// Heard returns the hub's time in its last receipt: now is not before it.
func (j *Journal) Heard() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.UnixMilli(j.known.At)
}

// Suspect reports whether the clock is not to be trusted: windows are not held
// against it, the count alone decides. Only what was over at the hub's last
// word is over.
func (j *Journal) Suspect() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.clockSuspect()
}

// AskDate reports whether the volunteer has to be asked about the date: once
// while the clock is suspect, and again after a restart, since nobody knows for
// how long the kiosk was off.
func (j *Journal) AskDate() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.clockSuspect() && !j.asked
}

func (j *Journal) clockSuspect() bool {
	j.watchClock(j.opts.Now())
	return j.suspect
}

// mayOpen reports whether cards of an allotment may be signed now.
func (j *Journal) mayOpen(a cards.Allotment) bool {
	if j.clockSuspect() {
		return j.known.At < a.Until*1000
	}
	return a.Open(j.opts.Now())
}

// ConfirmDay writes down whether a person said that today is this day.
func (j *Journal) ConfirmDay(ctx context.Context, operator string, day cards.Day, right bool) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	e := cards.Entry{State: cards.ClockSet, Operator: operator, Reason: "the date is " + day.String()}
	if !right {
		e.Reason = "the date is not " + day.String()
	}
	return j.append(ctx, e)
}

func null(n uint32) sql.NullInt64         { return sql.NullInt64{Int64: int64(n), Valid: n != 0} }
func nullText(text string) sql.NullString { return sql.NullString{String: text, Valid: text != ""} }
