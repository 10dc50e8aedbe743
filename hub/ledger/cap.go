package ledger

import (
	"context"
	"fmt"

	"pointkiosk/cards"
)

// A CapError reports an allotment that would let an unbound kiosk hold more
// than the cap.
type CapError struct{ Cap, Yen int64 }

func (e *CapError) Error() string {
	return fmt.Sprintf("ledger: with it the kiosk could cost %d yen if stolen, more than the cap of %d", e.Yen, e.Cap)
}

// SetCap caps what a kiosk may cost at most if it is stolen and its key is not
// bound to the machine (DECISIONS 10). No kiosk can prove a bound key yet, so
// that it holds for all. What was granted before stays; 0 is no cap.
func (l *Ledger) SetCap(ctx context.Context, yen int64, person string) error {
	if yen < 0 {
		return fmt.Errorf("%w: a cap of %d yen", ErrBadRequest, yen)
	}
	return l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleGrant); err != nil {
			return err
		}
		n, err := t.next(`SELECT COALESCE(MAX(n), 0) FROM unbound_cap`)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO unbound_cap (n, yen, person, at) VALUES ($1, $2, $3, $4)`, n, yen, person, t.ms())
		return err
	})
}

// Cap returns what an unbound kiosk may cost at most; 0 is no cap.
func (l *Ledger) Cap(ctx context.Context) (yen int64, err error) {
	err = l.view(ctx, func(t *txn) error { yen, err = t.unboundCap(); return err })
	return yen, err
}

func (t *txn) unboundCap() (yen int64, err error) {
	_, err = t.one(`SELECT yen FROM unbound_cap ORDER BY n DESC LIMIT 1`, nil, &yen)
	return yen, err
}

// withinCap returns a [CapError] if the allotment is too much beside what the
// kiosk holds by all of its keys.
func (t *txn) withinCap(kiosk string, a cards.Allotment) error {
	limit, err := t.unboundCap()
	if err != nil || limit == 0 {
		return err
	}
	yen, err := t.couldCost(a.Event.ID, int64(a.Count)*int64(a.Points), a.Batch)
	if err != nil {
		return err
	}
	return t.withinCapOf(kiosk, limit, yen)
}

// withinCapOf returns a [CapError] if so many yen are too much beside what the
// kiosk holds by all of its keys.
func (t *txn) withinCapOf(kiosk string, limit, yen int64) error {
	keys, err := t.liveKeys(kiosk)
	for _, id := range keys {
		k := Kiosk{Key: id} // the rest of it takes long, and here everybody waits
		key, _, keyErr := t.signer(id)
		err = errorOr(errorOr(err, keyErr), t.sumUp(&k, key))
		yen += k.AtRisk
	}
	if err == nil && yen > limit {
		err = &CapError{Cap: limit, Yen: yen}
	}
	return err
}
