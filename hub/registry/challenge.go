package registry

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"pointkiosk/cards"
)

// The life of a challenge, and how long its row stays after: what comes late is
// told that it is late. Who registers reads the terms and types a password twice
// before their card signs.
const (
	challengeLife = 5 * time.Minute
	registerLife  = 20 * time.Minute
	challengeKept = 24 * time.Hour
)

// lifeOf is how long a challenge for this purpose lasts.
func lifeOf(p cards.Purpose) time.Duration {
	if p == cards.Register {
		return registerLife
	}
	return challengeLife
}

// proposals is how many free IDs an offer has.
const proposals = 3

// A challenge is what one kiosk may have signed for one purpose.
type challenge struct {
	id             string
	kiosk, purpose string
	scheme, terms  string
	offered        []string // IDs that the resident may have seen
	request        string   // what used it
	ends           int64
}

// challengeID is how a challenge stands in the database.
func challengeID(c []byte) string { return digest(string(c)) }

// Ask answers a kiosk's ask with a challenge and IDs that are free now; the hub
// says which terms. It fills all of the offer but Request.
func (r *Registry) Ask(ctx context.Context, kiosk string, a cards.Ask, terms cards.Terms) (o cards.Offer, err error) {
	s, err := r.open()
	if err != nil {
		return o, err
	}
	if wait := r.throttle.take(r.now(), []try{{key: "ask " + kiosk, rate: r.opts.Limits.Ask}}); wait > 0 {
		return o, &BusyError{wait}
	}
	o = cards.Offer{Challenge: make([]byte, cards.ChallengeSize), Terms: terms, Revokes: r.opts.Revocation != nil, Seal: s.seal.PublicKey().Bytes()}
	if _, err := io.ReadFull(r.opts.Rand, o.Challenge); err != nil {
		return o, fmt.Errorf("registry: draw a challenge: %w", err)
	}
	err = r.update(ctx, func(t *txn) error {
		o.At, o.Ends = t.ms(), t.at.Add(lifeOf(a.Purpose)).UnixMilli()
		shown, err := r.offer(t, a, &o)
		if err != nil {
			return err
		}
		if _, err := t.exec(`DELETE FROM challenge WHERE ends_at <= $1`, t.at.Add(-challengeKept).UnixMilli()); err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO challenge (id, kiosk, purpose, scheme, terms, offered, request, ends_at) VALUES ($1, $2, $3, $4, $5, $6, '', $7)`,
			challengeID(o.Challenge), kiosk, string(a.Purpose), a.Scheme, terms.Version, strings.Join(shown, " "), o.Ends)
		return err
	})
	return o, err
}

// offer finds IDs for who needs one, looks at the one that is wanted, and
// returns all that the resident may see.
func (r *Registry) offer(t *txn, a cards.Ask, o *cards.Offer) (shown []string, err error) {
	if a.Purpose == cards.Register || a.Purpose == cards.Change {
		ids, err := r.draw(t, proposals)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			o.Proposals = append(o.Proposals, id.String())
		}
	}
	shown = o.Proposals
	if a.Wanted == "" {
		return shown, nil
	}
	wanted, err := cards.NormalizeMyKeyID(a.Wanted)
	if err != nil {
		o.Wanted = cards.RulingMalformed
		return shown, nil
	}
	if a.Purpose == cards.Register || a.Purpose == cards.Change { // to rebind it is somebody's, and nobody hears whether
		o.Wanted, err = r.free(t, wanted)
	}
	return append(shown, wanted.String()), err
}

// take uses a challenge up for this request, before anything is checked: it is
// gone whatever comes of it. The same request takes it again.
func (r *Registry) take(ctx context.Context, a cards.Application, kiosk, request string) (c challenge, ruling cards.Ruling, err error) {
	id := challengeID(a.Challenge)
	err = r.update(ctx, func(t *txn) error {
		var offered string
		found, err := t.one(`SELECT kiosk, purpose, scheme, terms, offered, request, ends_at FROM challenge WHERE id = $1`, []any{id},
			&c.kiosk, &c.purpose, &c.scheme, &c.terms, &offered, &c.request, &c.ends)
		c.id, c.offered = id, strings.Fields(offered)
		switch {
		case err != nil:
			return err
		case !found, c.kiosk != kiosk, c.purpose != string(a.Purpose):
			ruling = cards.RulingLate
		case c.request == request:
			ruling = cards.RulingOK
		case c.request != "":
			ruling = cards.RulingUsed
		case t.ms() >= c.ends:
			ruling = cards.RulingLate
		default:
			return t.use(&c, request, &ruling)
		}
		return nil
	})
	return c, ruling, err
}

// use is the one write by which a challenge is used.
func (t *txn) use(c *challenge, request string, ruling *cards.Ruling) error {
	n, err := t.exec(`UPDATE challenge SET request = $1 WHERE id = $2 AND request = ''`, request, c.id)
	*ruling = cards.RulingOK
	if n == 0 {
		*ruling = cards.RulingUsed
	}
	return err
}

// hexOf is how a SHA-256 stands in the database.
func hexOf(sum [32]byte) string { return hex.EncodeToString(sum[:]) }
