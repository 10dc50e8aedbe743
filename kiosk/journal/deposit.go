package journal

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// A Deposit is what somebody signed for a leased ID, on its way to the hub.
type Deposit struct {
	Hash   [sha256.Size]byte // of Sealed
	Sealed []byte            // [cards.SealProvisional] made it
	Lost   []byte            // of an apply whose answer never came; empty if there is none
	Staff  string            // who helped; empty if nobody did
}

// Give writes down in one commit that a leased ID is somebody's, what they
// signed, and an entry with its hash. It is on the disk when Give returns nil,
// and a slip may be printed. Of the ID nothing is left here but its mark, once
// the journal is swept.
// [ErrLease] reports one that can't be given; another will do.
func (j *Journal) Give(ctx context.Context, one cards.Leased, sealed, lost []byte) error {
	return j.GiveWith(ctx, one, sealed, lost, "")
}

// GiveWith is [Journal.Give] where a member of staff helped.
func (j *Journal) GiveWith(ctx context.Context, one cards.Leased, sealed, lost []byte, staff string) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if j.apart != nil {
		return j.apart
	}
	mark, hash := sha256.Sum256(one.Challenge), sha256.Sum256(sealed)
	var held int
	err = j.db.QueryRowContext(ctx, `SELECT count(*) FROM lease WHERE mark = $1 AND state = 'held' AND ends > $2`, mark[:], j.latest()).Scan(&held)
	if err != nil {
		return fmt.Errorf("journal: read: %w", err)
	}
	if held == 0 {
		return ErrLease
	}
	ctx = context.WithoutCancel(ctx)
	if lost == nil {
		lost = []byte{}
	}
	j.unswept = true
	return j.append(ctx, cards.Entry{State: cards.Given, Digest: hash[:]}, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE lease SET state = 'given', id = '', challenge = x'', code = '' WHERE mark = $1`, mark[:])
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO deposit (hash, sealed, lost, mark) VALUES ($1, $2, $3, $4)`, hash[:], sealed, lost, mark[:])
		if err != nil || staff == "" {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO helped (hash, staff) VALUES ($1, $2)`, hash[:], staff)
		return err
	})
}

// Deposits returns what the hub has not ruled on, oldest first.
func (j *Journal) Deposits(ctx context.Context) ([]Deposit, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	rows, err := j.db.QueryContext(ctx, `SELECT hash, sealed, lost, coalesce((SELECT staff FROM helped WHERE hash = d.hash), '') FROM deposit d ORDER BY n`)
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	var all []Deposit
	for rows.Next() {
		var d Deposit
		var hash []byte
		if err := rows.Scan(&hash, &d.Sealed, &d.Lost, &d.Staff); err != nil {
			return nil, fmt.Errorf("journal: read: %w", err)
		}
		copy(d.Hash[:], hash)
		all = append(all, d)
	}
	return all, rows.Err()
}

// Answered writes down how the hub ruled on a deposit, and wipes it. The same
// answer again changes nothing.
func (j *Journal) Answered(ctx context.Context, hash [sha256.Size]byte, ruling cards.Ruling) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	ctx = context.WithoutCancel(ctx)
	err = j.change(ctx, func(tx *sql.Tx) error {
		if ruling == cards.RulingOK {
			_, err := tx.ExecContext(ctx, `UPDATE lease SET state = 'registered' WHERE mark = (SELECT mark FROM deposit WHERE hash = $1)`, hash[:])
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO ruled (hash, ruling, at) SELECT hash, $2, $3 FROM deposit WHERE hash = $1 ON CONFLICT (hash) DO NOTHING`,
			hash[:], string(ruling), j.opts.Now().UnixMilli())
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `DELETE FROM helped WHERE hash = $1`, hash[:]); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM deposit WHERE hash = $1`, hash[:])
		return err
	})
	if err == nil {
		j.unswept = true
	}
	return err
}

// Sweep empties the write-ahead log, where what was deleted still stands. While
// another process reads, that waits until the next time.
func (j *Journal) Sweep(ctx context.Context) error {
	end, err := j.begin(ctx)
	if err != nil || !j.unswept {
		if err == nil {
			end()
		}
		return err
	}
	defer end()
	ctx = context.WithoutCancel(ctx)
	var busy, pages, moved int
	if _, err := j.db.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil { // nobody who wants a card waits for this
		return fmt.Errorf("journal: sweep: %w", err)
	}
	err = j.db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	if _, again := j.db.ExecContext(ctx, "PRAGMA busy_timeout = 5000"); err == nil {
		err = again
	}
	if err != nil {
		return fmt.Errorf("journal: sweep: %w", err)
	}
	j.unswept = busy != 0
	return nil
}

// refusedFor is how long staff are told of what the hub refused.
const refusedFor = 30 * 24 * time.Hour

// Provisional counts the IDs that were given without a network: those that the
// hub has not ruled on, and those that it refused in the last 30 days.
func (j *Journal) Provisional(ctx context.Context) (waiting, refused int, err error) {
	end, err := j.begin(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer end()
	if j.opts.ReadOnly { // of a journal that was written before there was such a thing
		var tables int
		err := j.db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE name IN ('deposit', 'ruled')`).Scan(&tables)
		if err != nil || tables < 2 {
			return 0, 0, err
		}
	}
	err = j.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM deposit), (SELECT count(*) FROM ruled WHERE ruling <> 'ok' AND at > $1)`,
		j.opts.Now().Add(-refusedFor).UnixMilli()).Scan(&waiting, &refused)
	if err != nil {
		return 0, 0, fmt.Errorf("journal: read: %w", err)
	}
	return waiting, refused, nil
}
