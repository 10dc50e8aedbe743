package ledger

import (
	"context"
	"fmt"
	"math"

	"pointkiosk/cards"
)

// Revoke ends the keys of a kiosk. Of a compromised one, entries from since
// on, and all that arrive later, no longer vouch for a card; since 0 means
// that whatever was received until now does. A kiosk whose keys are retired
// may be found compromised later.
func (l *Ledger) Revoke(ctx context.Context, kiosk string, how cards.Revocation, since uint64) error {
	if how != cards.Retired && how != cards.Compromised || how == cards.Retired && since != 0 {
		return fmt.Errorf("%w: a key is retired, or compromised since an entry", ErrBadRequest)
	}
	if since == 0 || since > math.MaxInt64 {
		since = math.MaxInt64
	}
	return l.update(ctx, func(t *txn) error {
		keys, err := t.revocable(kiosk, how)
		if err != nil {
			return err
		}
		for _, id := range keys {
			step, err := t.next(`SELECT COALESCE(MAX(id), 0) FROM revocation_step`)
			if err != nil {
				return err
			}
			if _, err := t.exec(`INSERT INTO revocation_step (id, key_id, how, since, at) VALUES ($1, $2, $3, $4, $5)`,
				step, id, string(how), int64(since), t.ms()); err != nil {
				return err
			}
		}
		_, err = l.publish(t)
		return err
	})
}

// revocable returns the keys of a kiosk that are not revoked; where there are
// none, and they are found compromised, those that were only retired.
func (t *txn) revocable(kiosk string, how cards.Revocation) (keys []int64, err error) {
	for _, state := range []string{"r.key_id IS NULL", "r.how = 'retired'"} {
		err := t.each(`SELECT k.id FROM signing_key k LEFT JOIN revocation r ON r.key_id = k.id
			WHERE k.kiosk = $1 AND k.kiosk <> '' AND `+state+` ORDER BY k.id`, []any{kiosk}, func(scan func(...any) error) error {
			var id int64
			err := scan(&id)
			keys = append(keys, id)
			return err
		})
		if err != nil || len(keys) > 0 || how == cards.Retired {
			return keys, errorOr(err, found(len(keys)))
		}
	}
	return nil, ErrNoKiosk
}

func found(n int) error {
	if n == 0 {
		return ErrNoKiosk
	}
	return nil
}

// Clear lets a kiosk issue again that was stopped by a conflict. The person
// who decided so is kept.
func (l *Ledger) Clear(ctx context.Context, kiosk, person string) error {
	return l.update(ctx, func(t *txn) error {
		live, found, err := t.liveKey(kiosk)
		if err != nil || !found || person == "" {
			return errorOr(err, ErrNoKiosk)
		}
		n, err := t.exec(`INSERT INTO stop_cleared (stop, person, at) SELECT s.id, $1, $2 FROM stop s
			LEFT JOIN stop_cleared c ON c.stop = s.id WHERE s.key_id = $3 AND c.stop IS NULL`, person, t.ms(), int64(live.id))
		if err == nil && n == 0 {
			err = fmt.Errorf("%w: kiosk %s is not stopped", ErrBadRequest, kiosk)
		}
		return err
	})
}

// halt tells the kiosk with this key to stop, until a person clears it.
func (t *txn) halt(key cards.KeyID, why string) error {
	if now, err := t.stopped(key); err != nil || now != "" {
		return err
	}
	id, err := t.next(`SELECT COALESCE(MAX(id), 0) FROM stop`)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO stop (id, key_id, why, at) VALUES ($1, $2, $3, $4)`, id, int64(key), why, t.ms())
	return err
}

// stopped says why the kiosk must not issue; empty when it may.
func (t *txn) stopped(key cards.KeyID) (why string, err error) {
	_, err = t.one(`SELECT s.why FROM stop s LEFT JOIN stop_cleared c ON c.stop = s.id
		WHERE s.key_id = $1 AND c.stop IS NULL ORDER BY s.id LIMIT 1`, []any{int64(key)}, &why)
	return why, err
}

// The kinds of alarms.
const (
	alarmConflict = "conflict"      // two entries under one number
	alarmFork     = "fork"          // an entry that follows on another than the one before
	alarmNotOut   = "never printed" // redeemed, but the journal says that it never left the kiosk
	alarmDigest   = "digest"        // another card than the one journalled, under one number
)

// alarm is kept once for each thing that it is about.
func (t *txn) alarm(kind string, key cards.KeyID, seq uint64, card cards.Serial, words string) error {
	_, err := t.exec(`INSERT INTO alarm (kind, key_id, seq, allotment, number, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (kind, key_id, seq, allotment, number) DO NOTHING`,
		kind, int64(key), int64(seq), int64(card.Allotment), int64(card.Number), words, t.ms())
	return err
}
