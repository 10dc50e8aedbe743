package journal

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"

	"pointkiosk/cards"
)

// keys knows the kiosk's own key alone.
func (j *Journal) keys(id cards.KeyID) ed25519.PublicKey {
	if id != j.opts.Key.ID {
		return nil
	}
	return j.opts.Key.Public()
}

// load checks the newest entries, from the last checkpoint on, and learns from
// them where the journal stands.
func (j *Journal) load(ctx context.Context) error {
	// The receipt before the entries: of a journal that is written beside us it
	// may then know fewer, never more.
	receipt, err := j.receipt(ctx)
	if err != nil {
		return err
	}
	j.known = receipt
	var top uint64
	if err := j.db.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM entry`).Scan(&top); err != nil {
		return fmt.Errorf("journal: read: %w", err)
	}
	j.seq, j.hash, j.at, j.suspect, j.sum = 0, [32]byte{}, 0, false, newSum(nil)
	from := top / checkpointEvery * checkpointEvery
	if from > 1 {
		hash, err := j.hashOf(ctx, from-1)
		if err != nil {
			return err
		}
		j.seq, j.hash = from-1, hash
	}
	if err := j.walk(ctx, from, top, func(e cards.Entry, hash [32]byte) error {
		if e.State == cards.Checkpoint && e.Seq == from {
			j.sum = newSum(e.Sum)
		}
		j.sum.add(e)
		j.seq, j.hash, j.at, j.suspect = e.Seq, hash, e.At, e.Suspect
		return nil
	}); err != nil {
		return err
	}
	if j.seq != top {
		return fmt.Errorf("%w: entry %d is missing", ErrBroken, j.seq+1)
	}
	return j.compareHeads(ctx, receipt)
}

// walk reads entries in order, from a place whose predecessor j knows up to
// another, and checks signature, chain and columns of each.
func (j *Journal) walk(ctx context.Context, from, to uint64, visit func(cards.Entry, [32]byte) error) error {
	rows, err := j.db.QueryContext(ctx,
		`SELECT seq, record, state, coalesce(allotment, 0), coalesce(number, 0), coalesce(copy, 0), coalesce(request, '') FROM entry WHERE seq BETWEEN $1 AND $2 ORDER BY seq`, from, to)
	if err != nil {
		return fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var sealed []byte
		var c cards.Entry // what the columns say
		if err := rows.Scan(&c.Seq, &sealed, &c.State, &c.Allotment, &c.Number, &c.Copy, &c.Request); err != nil {
			return fmt.Errorf("journal: read: %w", err)
		}
		e, _, err := cards.OpenEntry(sealed, j.keys)
		if err != nil {
			return fmt.Errorf("%w: entry %d: %w", ErrBroken, c.Seq, err)
		}
		if e.Seq != j.seq+1 || c.Seq != e.Seq || [32]byte(e.Prev) != j.hash {
			return fmt.Errorf("%w: entry %d does not follow %d", ErrBroken, c.Seq, j.seq)
		}
		if c.State != e.State || c.Serial() != e.Serial() || c.Copy != e.Copy || c.Request != e.Request {
			return fmt.Errorf("%w: entry %d and its columns differ", ErrBroken, e.Seq)
		}
		if err := visit(e, cards.EntryHash(sealed)); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (j *Journal) hashOf(ctx context.Context, seq uint64) ([32]byte, error) {
	var sealed []byte
	err := j.db.QueryRowContext(ctx, `SELECT record FROM entry WHERE seq = $1`, seq).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return [32]byte{}, fmt.Errorf("%w: entry %d is missing", ErrBroken, seq)
	}
	if err != nil {
		return [32]byte{}, fmt.Errorf("journal: read: %w", err)
	}
	return cards.EntryHash(sealed), nil
}

// compareHeads looks for entries that others remember and the file does not:
// the head file, and the hub's newest receipt.
func (j *Journal) compareHeads(ctx context.Context, r cards.Receipt) error {
	type known struct {
		who  string
		seq  uint64
		hash [32]byte
	}
	var heads []known
	if j.head != nil && j.head.seq == 0 && j.seq > 1 && j.opts.Rehead {
		return errors.Join(j.head.set(j.seq, j.hash), j.head.sync())
	}
	if j.head != nil && j.head.seq == 0 && j.seq > 1 { // it was synced with the first entry
		return fmt.Errorf("%w: the head file is missing or damaged", ErrBehind)
	}
	if j.head != nil && j.head.seq > 0 {
		heads = append(heads, known{"head file", j.head.seq, j.head.hash})
	}
	// After a conflict the hub has another entry in this place: issuing is
	// stopped, but the journal has to open, to be seen and exported.
	if r.Cursor > 0 && len(r.Head) == 32 && r.Stop == "" {
		disputed, err := j.disputed(ctx, r.Cursor)
		if err != nil {
			return err
		}
		if !disputed || r.Cursor > j.seq {
			heads = append(heads, known{"hub", r.Cursor, [32]byte(r.Head)})
		}
	}
	for _, h := range heads {
		if h.seq > j.seq {
			return fmt.Errorf("%w: the %s knows %d, the file %d", ErrBehind, h.who, h.seq, j.seq)
		}
		hash, err := j.hashOf(ctx, h.seq)
		if err != nil {
			return err
		}
		if hash != h.hash {
			return fmt.Errorf("%w: the %s has another entry %d", ErrBroken, h.who, h.seq)
		}
	}
	return nil
}

// disputed reports whether the hub set an entry aside for itself: it may have
// come there damaged, and is no head to compare. After a conflict it is one.
func (j *Journal) disputed(ctx context.Context, seq uint64) (aside bool, err error) {
	err = j.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM aside WHERE seq = $1 AND verdict = $2)`, seq, string(cards.Disputed)).Scan(&aside)
	if err != nil {
		return false, fmt.Errorf("journal: read: %w", err)
	}
	return aside, nil
}

// Verify checks every entry from the first: signature, chain, columns, the
// steps of every card, numbers without gaps, and what each checkpoint says.
// Entries that another process adds meanwhile are left to the next check.
func (j *Journal) Verify(ctx context.Context) (entries uint64, err error) {
	end, err := j.begin(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	v := &Journal{opts: j.opts, db: j.db, sum: newSum(nil)}
	steps := map[cards.Serial]step{}
	err = v.walk(ctx, 0, j.seq, func(e cards.Entry, hash [32]byte) error {
		if e.State == cards.Checkpoint && !sameSum(e.Sum, v.sum.signed()) {
			return fmt.Errorf("%w: checkpoint %d does not add up", ErrBroken, e.Seq)
		}
		if e.State.OfCard() {
			if err := steps[e.Serial()].leads(e); err != nil {
				return err
			}
			if e.State == cards.Signed && e.Number != v.sum.tallies[e.Allotment].Signed+1 {
				return fmt.Errorf("%w: entry %d: number %d is out of turn", ErrBroken, e.Seq, e.Number)
			}
			steps[e.Serial()] = step{e.State, e.Copy}
		}
		if e.State == cards.Making && e.Number != v.sum.tallies[e.Allotment].Signed+1 {
			return fmt.Errorf("%w: entry %d: number %d is out of turn", ErrBroken, e.Seq, e.Number)
		}
		v.sum.add(e)
		v.seq, v.hash = e.Seq, hash
		return nil
	})
	if err != nil {
		return v.seq, err
	}
	if v.seq != j.seq || v.hash != j.hash {
		return v.seq, fmt.Errorf("%w: the file ends at entry %d, %d were written", ErrBehind, v.seq, j.seq)
	}
	return v.seq, j.compareHeads(ctx, j.known)
}

// A step is where a card stood; the zero step is before it was signed.
type step struct {
	state cards.State
	copy  uint32
}

// leads reports an entry that can't follow a step: TOKEN.md 8.
func (s step) leads(e cards.Entry) error {
	if !s.state.May(e.State) {
		return fmt.Errorf("%w: entry %d: card %v went from %q to %q", ErrBroken, e.Seq, e.Serial(), s.state, e.State)
	}
	if s.state == cards.Uncertain && e.State == cards.Printing {
		s.copy++
	}
	if e.Copy != s.copy {
		return fmt.Errorf("%w: entry %d: card %v is copy %d, not %d", ErrBroken, e.Seq, e.Serial(), s.copy, e.Copy)
	}
	return nil
}

func sameSum(a, b *cards.Sum) bool {
	x, errX := cards.Encode(a)
	y, errY := cards.Encode(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
