package ledger

import (
	"context"
	"fmt"
	"math"
	"slices"

	"pointkiosk/cards"
)

// A Revocation ends a key of a kiosk, with the practice key that came with it.
// Of a compromised one, entries from Since on, and all that arrive later, no
// longer vouch for a card; Since 0 means that whatever was received until now
// does. A retired key may be found compromised later, and a compromised one
// earlier than first thought.
type Revocation struct {
	Kiosk  string
	Key    cards.KeyID // 0: the one it signs with now
	How    cards.Revocation
	Since  uint64 // an entry of that key's journal
	Person string // who says so
}

// A WhichKeyError reports a revocation that may mean one key or another: each
// has a journal of its own, whose entries are numbered from 1.
type WhichKeyError struct {
	Kiosk string
	Keys  []cards.KeyID
}

func (e *WhichKeyError) Error() string {
	return fmt.Sprintf("ledger: kiosk %q has had the keys %v: say which", e.Kiosk, e.Keys)
}

// Revoke ends a key.
func (l *Ledger) Revoke(ctx context.Context, r Revocation) error {
	if r.How != cards.Retired && r.How != cards.Compromised || r.How == cards.Retired && r.Since != 0 {
		return fmt.Errorf("%w: a key is retired, or compromised since an entry", ErrBadRequest)
	}
	if r.Since == 0 || r.Since > math.MaxInt64 {
		r.Since = math.MaxInt64
	}
	return l.update(ctx, func(t *txn) error {
		if err := t.may(r.Person, RoleRevoke); err != nil {
			return err
		}
		key, err := t.revocable(r)
		if err != nil {
			return err
		}
		var practice int64
		if _, err := t.one(`SELECT practice_key FROM enrolment_use WHERE live_key = $1`, []any{int64(key)}, &practice); err != nil {
			return err
		}
		for _, id := range []int64{int64(key), practice} {
			if err := t.revoke(id, r); err != nil {
				return err
			}
		}
		_, err = l.publish(t)
		return err
	})
}

func (t *txn) revoke(key int64, r Revocation) error {
	step, err := t.next(`SELECT COALESCE(MAX(id), 0) FROM revocation_step`)
	if err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO revocation_step (id, key_id, how, since, at, person) VALUES ($1, $2, $3, $4, $5, $6)`,
		step, key, string(r.How), int64(r.Since), t.ms(), r.Person)
	return errorOr(err, t.waitAgain(key))
}

// revocable finds the key that is meant, if the revocation says anything new
// of it.
func (t *txn) revocable(r Revocation) (cards.KeyID, error) {
	keys, err := t.liveKeys(r.Kiosk)
	if err != nil || len(keys) == 0 {
		return 0, errorOr(err, ErrNoKiosk)
	}
	id := r.Key
	if id == 0 {
		id = keys[len(keys)-1]
	}
	key, _, err := t.signer(id)
	several := len(keys) > 1 && (key.revoked != "" || r.Since != math.MaxInt64)
	switch {
	case err != nil:
		return 0, err
	case r.Key == 0 && several, !slices.Contains(keys, id):
		return 0, &WhichKeyError{Kiosk: r.Kiosk, Keys: keys}
	case key.revoked == r.How && r.Since >= key.since, key.revoked == cards.Compromised && r.How == cards.Retired:
		return 0, fmt.Errorf("%w: key %d is %s already", ErrBadRequest, id, key.revoked)
	}
	return id, nil
}

// liveKeys returns every key that the kiosk has signed cards with, the newest
// last.
func (t *txn) liveKeys(kiosk string) (keys []cards.KeyID, err error) {
	err = t.each(`SELECT id FROM signing_key WHERE kiosk = $1 AND role = $2 ORDER BY id`, []any{kiosk, roleLive}, func(scan func(...any) error) error {
		var id cards.KeyID
		err := scan(&id)
		keys = append(keys, id)
		return err
	})
	return keys, err
}

// Clear lets a kiosk issue again that was stopped by a conflict. The person
// who decided so is kept.
func (l *Ledger) Clear(ctx context.Context, kiosk, person string) error {
	return l.update(ctx, func(t *txn) error {
		if err := t.may(person, RoleDecide); err != nil {
			return err
		}
		live, found, err := t.liveKey(kiosk)
		if err != nil || !found {
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

	alarmNotGranted = "not granted" // a ticket that the hub never said yes to is signed
	alarmOwed       = "owed"        // the card over a surplus is signed that a person said never came
	alarmWithdrawn  = "withdrawn"   // withdrawn cards were handed out
	alarmHoard      = "hoard"       // one account waits for many cards of a batch
	alarmBudget     = "budget"      // cards were handed out beyond the event's budget
)

// alarm is kept once for each thing that it is about.
func (t *txn) alarm(kind string, key cards.KeyID, seq uint64, card cards.Serial, words string) error {
	_, err := t.alarmed(kind, key, seq, card, words)
	return err
}

// alarmed is alarm, and reports whether it is a new one.
func (t *txn) alarmed(kind string, key cards.KeyID, seq uint64, card cards.Serial, words string) (fresh bool, err error) {
	n, err := t.exec(`INSERT INTO alarm (kind, key_id, seq, allotment, number, words, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (kind, key_id, seq, allotment, number) DO NOTHING`,
		kind, int64(key), int64(seq), int64(card.Allotment), int64(card.Number), words, t.ms())
	return n == 1, err
}
