package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// ErrLease reports a MyKey ID that is not there to be given: it was given, it
// goes back to the hub, or its time is over.
var ErrLease = errors.New("journal: this MyKey ID is not there to be given")

// The states of a leased ID.
const (
	leaseHeld       = "held"
	leaseGiven      = "given"
	leaseBack       = "back"
	leaseRegistered = "registered"
)

// A Mark names a leased ID when the ID itself is forgotten.
type Mark [sha256.Size]byte

// Lent is a leased ID as the uplink sees it.
type Lent struct {
	Mark   Mark
	Scheme string
	ID     string // empty once it was given
	Ends   int64  // Unix milliseconds
	Given  bool   // and the hub has not registered it, as far as is known
	Back   bool   // to be given to nobody: it goes back to the hub
}

// Lent returns every leased ID but those that the hub has registered, the first
// to end first.
func (j *Journal) Lent(ctx context.Context) ([]Lent, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	rows, err := j.db.QueryContext(ctx, `SELECT mark, scheme, id, ends, state FROM lease WHERE state <> 'registered' ORDER BY ends, mark`)
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	var all []Lent
	for rows.Next() {
		var l Lent
		var mark []byte
		var state string
		if err := rows.Scan(&mark, &l.Scheme, &l.ID, &l.Ends, &state); err != nil {
			return nil, fmt.Errorf("journal: read: %w", err)
		}
		copy(l.Mark[:], mark)
		l.Given, l.Back = state == leaseGiven, state == leaseBack
		all = append(all, l)
	}
	return all, rows.Err()
}

// Leased returns the IDs that may be given now in a scheme, the first to end
// first, with the terms and the sealing key that go with them.
func (j *Journal) Leased(ctx context.Context, scheme string) (l cards.Lease, err error) {
	end, err := j.begin(ctx)
	if err != nil {
		return l, err
	}
	defer end()
	var terms []byte
	err = j.db.QueryRowContext(ctx, `SELECT terms, seal FROM lessor WHERE scheme = $1 AND length(terms) > 0`, scheme).Scan(&terms, &l.Seal)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return l, nil
	case err != nil:
		return l, fmt.Errorf("journal: read: %w", err)
	}
	if err := cards.Decode(terms, &l.Terms); err != nil {
		return l, fmt.Errorf("%w: the terms of leased IDs: %w", ErrBroken, err)
	}
	rows, err := j.db.QueryContext(ctx, `SELECT id, challenge, code, ends FROM lease WHERE scheme = $1 AND state = 'held' AND ends > $2 ORDER BY ends, mark`,
		scheme, j.latest())
	if err != nil {
		return l, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var one cards.Leased
		if err := rows.Scan(&one.ID, &one.Challenge, &one.Code, &one.Ends); err != nil {
			return l, fmt.Errorf("journal: read: %w", err)
		}
		l.Leased = append(l.Leased, one)
	}
	return l, rows.Err()
}

// latest is the latest that it is known to be, Unix milliseconds.
func (j *Journal) latest() int64 { return max(j.opts.Now().UnixMilli(), j.known.At) }

// Asking writes down that the hub is asked for leased IDs of a scheme, and that
// some that are held go back: from then on nobody is given one. The hub has to be
// told before they are forgotten.
func (j *Journal) Asking(ctx context.Context, scheme string, marks []Mark) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	return j.change(ctx, func(tx *sql.Tx) error {
		for _, m := range marks {
			if _, err := tx.ExecContext(ctx, `UPDATE lease SET state = 'back' WHERE mark = $1 AND state = 'held'`, m[:]); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO lessor (scheme, asked, terms, seal) VALUES ($1, 1, x'', x'')
			ON CONFLICT (scheme) DO UPDATE SET asked = 1`, scheme)
		return err
	})
}

// Asked returns the schemes of which the hub may have leased IDs that are not
// known here: it was asked, and no answer came.
func (j *Journal) Asked(ctx context.Context) (schemes []string, err error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	rows, err := j.db.QueryContext(ctx, `SELECT scheme FROM lessor WHERE asked = 1 ORDER BY scheme`)
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, fmt.Errorf("journal: read: %w", err)
		}
		schemes = append(schemes, s)
	}
	return schemes, rows.Err()
}

// TakeLease stores a checked lease: all that the hub says this kiosk holds in
// the scheme. IDs that were asked back, by their marks, are forgotten. One that
// is held and not named is the hub's no longer, or under other terms: it goes
// back. One that was given stays given, whatever the hub says.
func (j *Journal) TakeLease(ctx context.Context, scheme string, l cards.Lease, back []Mark) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	terms, err := cards.Encode(l.Terms)
	if err != nil {
		return err
	}
	return j.change(ctx, func(tx *sql.Tx) error {
		for _, m := range back {
			if _, err := tx.ExecContext(ctx, `DELETE FROM lease WHERE mark = $1 AND state = 'back'`, m[:]); err != nil {
				return err
			}
		}
		if err := hold(ctx, tx, scheme, l.Leased); err != nil {
			return err
		}
		// The hub names none that has ended, so nobody has to remember those.
		if _, err := tx.ExecContext(ctx, `DELETE FROM lease WHERE state IN ('given', 'registered') AND ends <= $1`, l.At); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO lessor (scheme, asked, terms, seal) VALUES ($1, 0, $2, $3)
			ON CONFLICT (scheme) DO UPDATE SET asked = 0, terms = excluded.terms, seal = excluded.seal`, scheme, terms, l.Seal)
		return err
	})
}

// hold keeps the IDs that the hub has named, and no others of the scheme.
func hold(ctx context.Context, tx *sql.Tx, scheme string, named []cards.Leased) error {
	const was = `UPDATE lease SET state = 'named' WHERE mark = $1 AND state = 'held'`
	for _, one := range named {
		mark := sha256.Sum256(one.Challenge)
		if _, err := tx.ExecContext(ctx, was, mark[:]); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `UPDATE lease SET state = 'back' WHERE scheme = $1 AND state = 'held'`, scheme); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `UPDATE lease SET state = 'held' WHERE state = 'named'`); err != nil {
		return err
	}
	for _, one := range named {
		mark := sha256.Sum256(one.Challenge)
		_, err := tx.ExecContext(ctx, `INSERT INTO lease (mark, scheme, state, ends, id, challenge, code) VALUES ($1, $2, 'held', $3, $4, $5, $6)
			ON CONFLICT (mark) DO NOTHING`, mark[:], scheme, one.Ends, one.ID, one.Challenge, string(one.Code))
		if err != nil {
			return err
		}
	}
	return nil
}

// change is one transaction beside the entries.
func (j *Journal) change(ctx context.Context, do func(*sql.Tx) error) error {
	if j.opts.ReadOnly {
		return errReadOnly
	}
	ctx = context.WithoutCancel(ctx)
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: write: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if err := do(tx); err != nil {
		return fmt.Errorf("journal: write: %w", err)
	}
	if err := tx.Commit(); err != nil {
		j.unknown = err
		return fmt.Errorf("journal: commit: %w", err)
	}
	return nil
}
