package ledger

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"pointkiosk/cards"
)

// An enrolment secret: 4 bytes that find its row, then 128 bits that prove.
const (
	codeSize   = 4
	secretSize = codeSize + 16
)

// The limits of an enrolment code (DECISIONS 11).
const (
	enrolFor   = 30 * time.Minute
	enrolTries = 5
	enrolAhead = time.Minute // a code made later than that from now comes from a clock that was ahead
)

// What can be wrong with an enrolment or a kiosk's name.
var (
	ErrEnrolment  = errors.New("ledger: the enrolment code is wrong, used or too old: make a new one with hub kiosk add")
	ErrEnrolled   = errors.New("ledger: the kiosk is enrolled; revoke its key first")
	ErrNoKiosk    = errors.New("ledger: no such kiosk, or it is not enrolled yet")
	ErrNoEvent    = errors.New("ledger: no such event")
	ErrBadRequest = errors.New("ledger: not possible")
)

// AddKiosk names a kiosk and returns the one-time secret with which it may
// enrol until the given time. A code made before for the same kiosk ends.
func (l *Ledger) AddKiosk(ctx context.Context, name string) (secret []byte, until time.Time, err error) {
	if name == "" || len(name) > 64 {
		return nil, until, fmt.Errorf("%w: a kiosk's name has 1 to 64 bytes", ErrBadRequest)
	}
	secret = make([]byte, secretSize)
	if _, err := io.ReadFull(l.rand, secret); err != nil {
		return nil, until, fmt.Errorf("ledger: randomness: %w", err)
	}
	err = l.update(ctx, func(t *txn) error {
		if err := t.notEnrolled(name); err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO kiosk (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, t.ms()); err != nil {
			return err
		}
		until = t.at.Add(enrolFor)
		sum := sha256.Sum256(secret)
		_, err := t.exec(`INSERT INTO enrolment (code, kiosk, secret, made_at, ends_at) VALUES ($1, $2, $3, $4, $5)`,
			codeOf(secret), name, sum[:], t.ms(), until.UnixMilli())
		if err != nil {
			return err
		}
		seq, err := t.next(`SELECT COALESCE(MAX(seq), 0) FROM enrolment_order`)
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO enrolment_order (seq, code) VALUES ($1, $2)`, seq, codeOf(secret))
		return err
	})
	return secret, until, err
}

func codeOf(secret []byte) int64 { return int64(binary.BigEndian.Uint32(secret)) }

// liveKey returns a kiosk's key that signs cards and is not revoked.
func (t *txn) liveKey(kiosk string) (s signer, found bool, err error) {
	var id int64
	found, err = t.one(`SELECT k.id FROM signing_key k LEFT JOIN revocation r ON r.key_id = k.id
		WHERE k.kiosk = $1 AND k.role = $2 AND r.key_id IS NULL`, []any{kiosk, roleLive}, &id)
	if err != nil || !found {
		return s, false, err
	}
	return t.signer(cards.KeyID(id))
}

func (t *txn) notEnrolled(kiosk string) error {
	_, found, err := t.liveKey(kiosk)
	if err == nil && found {
		return ErrEnrolled
	}
	return err
}

// An enrolmentRow is one code, with what became of it.
type enrolmentRow struct {
	code, tries    int64
	made, ends     int64
	kiosk          string
	secret         []byte
	live, practice int64 // 0 until it is used
	newer          int64 // codes made later for the same kiosk
}

// Enrol answers a sealed enrolment with a sealed welcome. The same keys with
// the same secret have the same answer again, as the first may be lost.
func (l *Ledger) Enrol(ctx context.Context, sealed []byte) ([]byte, error) {
	e, err := cards.OpenEnrolment(sealed)
	if err != nil || len(e.Secret) != secretSize || bytes.Equal(e.Live, e.Practice) {
		return nil, errors.Join(ErrEnrolment, err)
	}
	var welcome cards.Welcome
	refused := false // a refusal has to be committed: it counts a try
	err = l.update(ctx, func(t *txn) error {
		row, err := t.enrolment(codeOf(e.Secret))
		if err != nil {
			return err
		}
		if refused, err = t.refuseEnrolment(row, e); err != nil || refused {
			return err
		}
		welcome, err = l.welcome(t, row, e)
		return err
	})
	if err != nil {
		return nil, err
	}
	if refused {
		return nil, ErrEnrolment
	}
	return cards.Seal(l.trust, cards.PaperWelcome, welcome)
}

func (t *txn) enrolment(code int64) (row enrolmentRow, err error) {
	found, err := t.one(`SELECT e.kiosk, e.secret, e.made_at, e.ends_at, COALESCE(u.live_key, 0), COALESCE(u.practice_key, 0),
		(SELECT COUNT(*) FROM enrolment_try y WHERE y.code = e.code),
		(SELECT COUNT(*) FROM enrolment n JOIN enrolment_order p ON p.code = n.code WHERE n.kiosk = e.kiosk AND p.seq > o.seq)
		FROM enrolment e JOIN enrolment_order o ON o.code = e.code LEFT JOIN enrolment_use u ON u.code = e.code WHERE e.code = $1`, []any{code},
		&row.kiosk, &row.secret, &row.made, &row.ends, &row.live, &row.practice, &row.tries, &row.newer)
	if found {
		row.code = code
	}
	return row, err
}

// refuseEnrolment reports whether the code does not open the door, and counts
// a wrong secret against it.
func (t *txn) refuseEnrolment(row enrolmentRow, e cards.Enrolment) (bool, error) {
	sum := sha256.Sum256(e.Secret)
	switch {
	case row.code == 0 || row.tries >= enrolTries || row.newer > 0,
		t.ms() >= row.ends, row.made > t.ms()+enrolAhead.Milliseconds():
		return true, nil
	case subtle.ConstantTimeCompare(sum[:], row.secret) != 1:
		_, err := t.exec(`INSERT INTO enrolment_try (code, n, at) VALUES ($1, $2, $3)`, row.code, row.tries+1, t.ms())
		return true, err
	case row.live == 0:
		known, err := t.one(`SELECT id FROM signing_key WHERE public = $1 OR public = $2`, []any{e.Live, e.Practice}, new(int64))
		return known, err // a key is known once
	}
	live, _, err := t.signer(cards.KeyID(row.live))
	if err != nil {
		return true, err
	}
	practice, _, err := t.signer(cards.KeyID(row.practice))
	return !bytes.Equal(live.public, e.Live) || !bytes.Equal(practice.public, e.Practice), err
}

// welcome gives the keys their ids, once, and makes the answer.
func (l *Ledger) welcome(t *txn, row enrolmentRow, e cards.Enrolment) (w cards.Welcome, err error) {
	w = cards.Welcome{Kiosk: row.kiosk, Live: cards.KeyID(row.live), Practice: cards.KeyID(row.practice), TrustKey: l.trust.Public()}
	if row.live == 0 {
		if err := t.notEnrolled(row.kiosk); err != nil {
			return w, err
		}
		if w.Live, err = t.newKey(roleLive, row.kiosk, ed25519.PublicKey(e.Live)); err != nil {
			return w, err
		}
		if w.Practice, err = t.newKey(rolePractice, row.kiosk, ed25519.PublicKey(e.Practice)); err != nil {
			return w, err
		}
		_, err = t.exec(`INSERT INTO enrolment_use (code, live_key, practice_key, at) VALUES ($1, $2, $3, $4)`,
			row.code, int64(w.Live), int64(w.Practice), t.ms())
		if err != nil {
			return w, err
		}
		if _, err := l.publish(t); err != nil {
			return w, err
		}
	}
	_, w.Trust, err = t.trustList()
	return w, err
}
