package journal

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"pointkiosk/cards"
)

// Keep stores a sealed paper of the hub. Who hands it in has checked it.
func (j *Journal) Keep(ctx context.Context, kind cards.Paper, sealed []byte) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if _, err := j.db.ExecContext(ctx, `INSERT INTO paper (kind, sealed) VALUES ($1, $2)`, string(kind), sealed); err != nil {
		return fmt.Errorf("journal: keep %s: %w", kind, err)
	}
	return nil
}

// Papers returns the sealed papers of a kind, oldest first.
func (j *Journal) Papers(ctx context.Context, kind cards.Paper) ([][]byte, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	rows, err := j.db.QueryContext(ctx, `SELECT sealed FROM paper WHERE kind = $1 ORDER BY id`, string(kind))
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	var out [][]byte
	for rows.Next() {
		var sealed []byte
		if err := rows.Scan(&sealed); err != nil {
			return nil, fmt.Errorf("journal: read: %w", err)
		}
		out = append(out, sealed)
	}
	return out, rows.Err()
}

// Newest returns the newest sealed paper of a kind, nil if there is none.
func (j *Journal) Newest(ctx context.Context, kind cards.Paper) ([]byte, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	return j.newest(ctx, kind)
}

func (j *Journal) newest(ctx context.Context, kind cards.Paper) ([]byte, error) {
	var sealed []byte
	err := j.db.QueryRowContext(ctx, `SELECT sealed FROM paper WHERE kind = $1 ORDER BY id DESC LIMIT 1`, string(kind)).Scan(&sealed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	return sealed, nil
}

// Receipt returns the hub's newest receipt, the zero receipt if there is none.
// Its signature was checked before it was kept.
func (j *Journal) Receipt(ctx context.Context) (cards.Receipt, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return cards.Receipt{}, err
	}
	defer end()
	return j.receipt(ctx)
}

func (j *Journal) receipt(ctx context.Context) (cards.Receipt, error) {
	var r cards.Receipt
	sealed, err := j.newest(ctx, cards.PaperReceipt)
	if err != nil || sealed == nil {
		return r, err
	}
	if err := cards.Unsealed(sealed, cards.PaperReceipt, &r); err != nil {
		return r, fmt.Errorf("%w: the newest receipt: %w", ErrBroken, err)
	}
	return r, nil
}

// Take stores a checked receipt and what it brings, all in one commit: papers,
// entries set aside, and then, as entries of our own, how voids ended. Taking
// it twice changes nothing more.
//
// A receipt for entries that are not here shows that this journal is a copy,
// or was put back from yesterday: it is kept, and no card is signed any more.
func (j *Journal) Take(ctx context.Context, sealed []byte, r cards.Receipt) error {
	end, err := j.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	ctx = context.WithoutCancel(ctx)
	if err := j.keepReceipt(ctx, sealed, r); err != nil {
		return err
	}
	j.known = r
	if j.apart = j.compareHeads(ctx, r); j.apart != nil {
		return j.apart
	}
	hub := time.UnixMilli(r.At)
	if off := j.opts.Now().Sub(hub).Abs(); off <= clockSlack {
		j.suspect, j.asked = false, false
	} else {
		j.suspect = true
	}
	for _, o := range r.Outcomes {
		s := cards.Serial{Allotment: o.Allotment, Number: o.Number}
		if state, _, err := j.state(ctx, s); err != nil || state != cards.VoidAsked || o.State != cards.Void && o.State != cards.Honoured {
			continue // it ends no void that was asked for here
		}
		if _, err := j.mark(ctx, s, o.State, "hub", ""); err != nil && !errors.Is(err, ErrUnknown) && !errors.Is(err, ErrState) {
			return err
		}
	}
	return nil
}

func (j *Journal) keepReceipt(ctx context.Context, sealed []byte, r cards.Receipt) error {
	before, err := j.receipt(ctx)
	if err != nil {
		return err
	}
	tx, err := j.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("journal: take receipt: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	keep := func(kind cards.Paper, sealed []byte) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO paper (kind, sealed) VALUES ($1, $2)`, string(kind), sealed)
		return err
	}
	newDay := cards.DayOf(time.UnixMilli(before.At)) != cards.DayOf(time.UnixMilli(r.At)) // what a doubted clock is held against
	if newDay || before.Cursor != r.Cursor || before.Stop != r.Stop || before.BackedUp != r.BackedUp || len(r.Outcomes) > 0 || !slices.Equal(before.Ranges, r.Ranges) {
		err = keep(cards.PaperReceipt, sealed)
	}
	if len(r.Trust) > 0 {
		err = errors.Join(err, keep(cards.PaperTrustList, r.Trust))
	}
	for _, a := range slices.Concat(r.Allotments, r.Batches) {
		err = errors.Join(err, keep(cards.PaperAllotment, a))
	}
	for _, judged := range r.Judgements {
		if judged.Verdict == cards.Conflict || judged.Verdict == cards.Disputed {
			_, e := tx.ExecContext(ctx, `INSERT INTO aside (seq, verdict, reason) VALUES ($1, $2, $3) ON CONFLICT (seq) DO NOTHING`,
				judged.Seq, string(judged.Verdict), judged.Reason)
			err = errors.Join(err, e)
		}
	}
	if err != nil {
		return fmt.Errorf("journal: take receipt: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("journal: take receipt: %w", err)
	}
	return nil
}

// Aside returns the entries that the hub set aside, and why.
func (j *Journal) Aside(ctx context.Context) ([]cards.Judgement, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	rows, err := j.db.QueryContext(ctx, `SELECT seq, verdict, reason FROM aside ORDER BY seq`)
	if err != nil {
		return nil, fmt.Errorf("journal: read: %w", err)
	}
	defer rows.Close()
	var out []cards.Judgement
	for rows.Next() {
		var g cards.Judgement
		if err := rows.Scan(&g.Seq, &g.Verdict, &g.Reason); err != nil {
			return nil, fmt.Errorf("journal: read: %w", err)
		}
		out = append(out, g)
	}
	return out, rows.Err()
}

// Trust returns the newest trust list, checked against the pinned trust key.
func (j *Journal) Trust(ctx context.Context, pinned ed25519.PublicKey) (cards.TrustList, error) {
	end, err := j.begin(ctx)
	if err != nil {
		return cards.TrustList{}, err
	}
	defer end()
	sealed, err := j.newest(ctx, cards.PaperTrustList)
	if err != nil || sealed == nil {
		return cards.TrustList{}, err
	}
	return cards.OpenTrustList(sealed, pinned)
}
