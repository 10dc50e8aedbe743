package ledger

import (
	"context"
	"fmt"
	"time"

	"pointkiosk/cards"
)

// A saidMay is what the hash covers of who may activate a range.
type saidMay struct {
	N, Allotment, First, Last int64
	Kiosk, Partner, Person    string
	At                        int64
}

// A holder may activate ranges: a kiosk, or a partner on its page.
type holder struct {
	kiosk, partner string
	key            cards.KeyID // the kiosk's, where an entry says so
}

// GrantRange lets a kiosk activate a range of a batch. It hears of that with its
// next receipt.
func (l *Ledger) GrantRange(ctx context.Context, r Range, kiosk string) error {
	return l.grantRange(ctx, r, holder{kiosk: kiosk}, func(t *txn, a allotmentRow) error {
		if _, found, err := t.liveKey(kiosk); err != nil || !found {
			return errorOr(err, ErrNoKiosk)
		}
		return t.rangeWithinCap(kiosk, a, r)
	})
}

// GrantPartner lets a partner activate a range of a batch on its page. Whether there
// is such a partner the caller knows.
func (l *Ledger) GrantPartner(ctx context.Context, r Range, partner string) error {
	if partner == "" {
		return fmt.Errorf("%w: no partner", ErrBadRequest)
	}
	return l.grantRange(ctx, r, holder{partner: partner}, func(*txn, allotmentRow) error { return nil })
}

func (l *Ledger) grantRange(ctx context.Context, r Range, to holder, may func(*txn, allotmentRow) error) error {
	return l.update(ctx, func(t *txn) error {
		if err := t.may(r.Person, RoleGrant); err != nil {
			return err
		}
		a, err := l.batch(t, &r)
		if err != nil {
			return err
		}
		if err := may(t, a); err != nil {
			return err
		}
		if has, err := t.mayActivate(a.ID, to, r.First, r.Last); err != nil || has {
			return err
		}
		n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM batch_grant`)
		if err != nil {
			return err
		}
		s := saidMay{n, int64(a.ID), int64(r.First), int64(r.Last), to.kiosk, to.partner, r.Person, t.ms()}
		_, err = t.exec(`INSERT INTO batch_grant (n, allotment, first_number, last_number, kiosk, partner, person, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			s.N, s.Allotment, s.First, s.Last, s.Kiosk, s.Partner, s.Person, s.At)
		return errorOr(err, t.chain(kindMay, n, s))
	})
}

// checkBatch refuses a batch that can't be: cards beside others under one key, more
// than one transaction should activate, or for an event that is over.
func (t *txn) checkBatch(a cards.Allotment) error {
	beside, err := t.one(`SELECT 1 FROM allotment WHERE key_id = $1 AND practice = 0 AND batch <> $2`, []any{int64(a.Key), bit(a.Batch)}, new(int64))
	switch {
	case err != nil:
		return err
	case beside:
		return ErrBatchKey
	case !a.Batch:
		return nil
	case a.Kind != cards.KindCard:
		return fmt.Errorf("%w: a batch is of cards", ErrBadRequest)
	case a.Until <= t.at.Unix():
		return fmt.Errorf("%w: event %s ended on %s", ErrBadRequest, a.Event.ID, moment(time.Unix(a.Until, 0).UnixMilli()))
	case a.Count > maxBatch:
		return fmt.Errorf("%w: a batch has at most %d cards: grant another beside it", ErrBadRequest, maxBatch)
	}
	return nil
}
