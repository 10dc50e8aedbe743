package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"pointkiosk/cards"
)

// How long a kiosk may give a leased ID, and how long after that what it gave
// may come: a kiosk can be without a network for long.
const (
	leaseLife = 30 * 24 * time.Hour
	leaseKept = 60 * 24 * time.Hour
)

// Lease gives a kiosk MyKey IDs to hand out without a network, takes back those
// that it gave nobody, and returns all that it holds. It fills all of the lease
// but Request.
func (r *Registry) Lease(ctx context.Context, kiosk string, a cards.LeaseAsk, terms cards.Terms) (l cards.Lease, err error) {
	s, err := r.open()
	if err != nil {
		return l, err
	}
	l = cards.Lease{Terms: terms, Seal: s.seal.PublicKey().Bytes()}
	err = r.update(ctx, func(t *txn) error {
		l.At = t.ms()
		if err := t.giveBack(kiosk, a.Back); err != nil {
			return err
		}
		if l.Leased, err = t.leased(kiosk, a.Scheme, terms.Version); err != nil {
			return err
		}
		more, err := r.draw(t, max(0, int(a.Want)-len(l.Leased)))
		if err != nil {
			return err
		}
		for _, id := range more {
			if err := r.lend(t, kiosk, a.Scheme, terms.Version, id); err != nil {
				return err
			}
		}
		l.Leased, err = t.leased(kiosk, a.Scheme, terms.Version)
		return err
	})
	for n := range l.Leased {
		if err == nil {
			var code cards.SlipCode
			code, err = s.slipCode(l.Leased[n].Challenge)
			l.Leased[n].Code = cards.Secret(code.Text())
		}
	}
	return l, err
}

// giveBack frees IDs that the kiosk gave nobody, and those that nobody can have
// been given any more: their challenges go with them.
func (t *txn) giveBack(kiosk string, ids []string) error {
	var over [][]byte
	collect := func(scan func(...any) error) error {
		var c []byte
		err := scan(&c)
		over = append(over, c)
		return err
	}
	for _, id := range ids {
		if err := t.each(`SELECT challenge FROM lease WHERE id = $1 AND kiosk = $2`, []any{id, kiosk}, collect); err != nil {
			return err
		}
	}
	if err := t.each(`SELECT challenge FROM lease WHERE kept_till <= $1`, []any{t.ms()}, collect); err != nil {
		return err
	}
	for _, c := range over {
		if _, err := t.exec(`DELETE FROM lease WHERE challenge = $1`, c); err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM challenge WHERE id = $1 AND request = ''`, challengeID(c)); err != nil {
			return err
		}
	}
	return nil
}

// leased returns what a kiosk holds in a scheme and may give to somebody who
// agrees to these terms.
func (t *txn) leased(kiosk, scheme, terms string) (list []cards.Leased, err error) {
	err = t.each(`SELECT id, challenge, ends_at FROM lease WHERE kiosk = $1 AND scheme = $2 AND terms = $3 AND ends_at > $4 ORDER BY ends_at, id`,
		[]any{kiosk, scheme, terms, t.ms()}, func(scan func(...any) error) error {
			var one cards.Leased
			err := scan(&one.ID, &one.Challenge, &one.Ends)
			list = append(list, one)
			return err
		})
	return list[:min(len(list), cards.MaxLeased)], err
}

// lend leases an ID, with a challenge that lasts until what was signed over it
// has had its time to come.
func (r *Registry) lend(t *txn, kiosk, scheme, terms string, id cards.MyKeyID) error {
	fresh := make([]byte, cards.ChallengeSize)
	if _, err := io.ReadFull(r.opts.Rand, fresh); err != nil {
		return fmt.Errorf("registry: draw a challenge: %w", err)
	}
	till := t.at.Add(leaseLife + leaseKept).UnixMilli()
	n, err := t.exec(`INSERT INTO lease (id, kiosk, scheme, terms, challenge, ends_at, kept_till, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		id.String(), kiosk, scheme, terms, fresh, t.at.Add(leaseLife).UnixMilli(), till, t.ms())
	if err = onlyOne(n, err); err != nil {
		return err
	}
	_, err = t.exec(`INSERT INTO challenge (id, kiosk, purpose, scheme, terms, offered, request, ends_at) VALUES ($1, $2, $3, $4, $5, $6, '', $7)`,
		challengeID(fresh), kiosk, string(cards.Register), scheme, terms, id.String(), till)
	return err
}

// Deposit registers what was signed without a network. What was sealed is the
// request: the same again, from whatever paper, has the same answer.
func (r *Registry) Deposit(ctx context.Context, kiosk string, d cards.Deposit) (done Applied, err error) {
	s, err := r.open()
	if err != nil {
		return done, err
	}
	request := sha256.Sum256(d.Sealed)
	finish := func(done Applied, err error) (Applied, error) {
		done.Answer.Request, done.Answer.At = bytes.Clone(request[:]), r.now().UnixMilli()
		return done, err
	}
	p, err := cards.OpenProvisional(s.seal, d.Sealed)
	if err == nil {
		a := cards.Apply{Application: p.Application, Certificate: p.Certificate, Signature: p.Signature, Code: true, Staff: d.Staff}
		f := &caseFile{request: hexOf(request), lost: hex.EncodeToString(d.Lost), later: 1, kiosk: kiosk, apply: a, body: p.Application}
		if f.apply.Check() == nil {
			done, err := r.run(ctx, f)
			if err == nil && done.Answer.Ruling == cards.RulingUsed {
				err = r.twice(ctx, f)
			}
			return finish(done, err)
		}
	}
	return finish(Applied{Answer: cards.Answer{Ruling: cards.RulingMalformed}}, nil)
}
