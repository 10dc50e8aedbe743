package uplink

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"slices"

	"pointkiosk/cards"
	"pointkiosk/kiosk/journal"
)

// isApart reports whether the journal has taken an answer and found in it that
// the hub knows another journal.
func isApart(err error) bool {
	return errors.Is(err, journal.ErrBehind) || errors.Is(err, journal.ErrBroken)
}

// Next returns the entry behind which the next ones are to be sent, by network
// or on a stick.
func (u *Uplink) Next(ctx context.Context) (after uint64, err error) {
	r, err := u.opts.Journal.Receipt(ctx)
	if err != nil {
		return 0, err
	}
	return u.place(ctx, r)
}

// place is Next after a receipt: the hub's cursor, if the entry there is this
// journal's. Else the cursor says nothing of it, and it goes on behind the last
// of its own that has a verdict.
func (u *Uplink) place(ctx context.Context, r cards.Receipt) (after uint64, err error) {
	own, err := u.owns(ctx, r)
	if err != nil {
		return 0, err
	}
	u.apart = !own
	if own {
		u.told = r.Cursor
	} else if u.told == 0 {
		u.told, err = u.recollect(ctx)
	}
	return u.told, err
}

// owns reports whether the entry at a receipt's cursor is this journal's. One
// that came there damaged is not, and the next one is again.
func (u *Uplink) owns(ctx context.Context, r cards.Receipt) (bool, error) {
	if r.Cursor == 0 || len(r.Head) != sha256.Size {
		return true, nil
	}
	hash, err := u.hash(ctx, r.Cursor)
	return bytes.Equal(hash, r.Head), err
}

// hash returns the hash of an entry, nil if there is none.
func (u *Uplink) hash(ctx context.Context, seq uint64) ([]byte, error) {
	if top, hash := u.opts.Journal.Head(); seq == top {
		return hash[:], nil
	}
	records, err := u.opts.Journal.Records(ctx, seq-1, 1)
	if err != nil || len(records) == 0 || records[0].Seq != seq {
		return nil, err
	}
	hash := cards.EntryHash(records[0].Data)
	return hash[:], nil
}

// recollect finds after a restart the last cursor that was this journal's.
func (u *Uplink) recollect(ctx context.Context) (last uint64, err error) {
	receipts, err := u.opts.Journal.Papers(ctx, cards.PaperReceipt)
	if err != nil {
		return 0, err
	}
	for _, sealed := range slices.Backward(receipts) {
		var r cards.Receipt
		if err := cards.Unsealed(sealed, cards.PaperReceipt, &r); err != nil {
			return 0, err
		}
		if own, err := u.owns(ctx, r); err != nil || own {
			return r.Cursor, err
		}
	}
	return 0, nil
}
