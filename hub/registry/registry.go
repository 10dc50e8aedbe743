// Package registry knows who is who: which resident has which MyKey ID, which
// partner takes tickets, who is signed in, and on which device.
//
// A password never leaves the call that brought it, and neither it nor a
// session stands in the database in a form that signs anybody in.
//
// Guessing is slowed down by account and device, and nobody is ever locked out.
// The right password on a device that is new to the account signs in at once
// while at most 50 other addresses guess at that account, whatever they do; while
// n more than that do (n up to 430), within 3 minutes for each of them all, by a
// line in which every address stands once. Their guesses are at most 1,038 on
// the first day and 768 on each that follows, however many addresses they have
// ([DefaultLimits]). A known device waits for nobody. What remains is a guesser
// at the holder's own address, who shares its five tries and one more every
// 3 hours: another network or the counter is the way round.
//
// An address counts only beside an account: a crowd behind one waits for nothing
// but its turn at the processors, and that goes round by address too.
//
// It moves no points and shows no page.
package registry

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"pointkiosk/cards"
)

// Opts are the registry's settings. The zero value is the real thing.
type Opts struct {
	Clock  func() time.Time // time.Now
	Rand   io.Reader        // crypto/rand
	Cost   Cost             // DefaultCost
	Limits Limits           // DefaultLimits
	AtOnce int              // passwords checked at the same time for strange devices, and as many for known ones: one a processor
	Wait   time.Duration    // how long a sign-in waits for its turn: 3 s
	Idle   time.Duration    // a session ends this long after its last use, a press of a button: 30 min
	Most   time.Duration    // and this long after its sign-in: 12 h

	Key        []byte                              // 32 bytes, kept where no database backup goes; without it nobody can apply
	Roots      func() ([]*x509.Certificate, error) // the CAs of user authentication; none if nil
	Policy     asn1.ObjectIdentifier               // of the certificates: [UserAuthentication]
	Revocation Revocation                          // whom to ask; nobody if nil, and no certificate is called good then
	Trouble    func(error)                         // hears what is wrong with that; nobody if nil
}

func (o Opts) filled() Opts {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost()
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	o.AtOnce = cmp.Or(o.AtOnce, runtime.GOMAXPROCS(0))
	o.Wait = cmp.Or(o.Wait, 3*time.Second)
	o.Idle = cmp.Or(o.Idle, 30*time.Minute)
	o.Most = cmp.Or(o.Most, 12*time.Hour)
	if o.Policy == nil {
		o.Policy = UserAuthentication()
	}
	if o.Trouble == nil {
		o.Trouble = func(error) {}
	}
	return o
}

// A Registry holds the accounts.
type Registry struct {
	write, read *sql.DB
	opts        Opts
	dummy       string // the hash that an unknown ID is checked against
	strange     gate   // before the check of a password
	known       gate   // one that a flood of strangers can't fill
	throttle    throttle
	secrets     *secrets // nil without a key
}

// Open returns the registry in a migrated database (package schema).
func Open(write, read *sql.DB, opts *Opts) (*Registry, error) {
	r := &Registry{write: write, read: read, opts: opts.filled(), throttle: newThrottle()}
	r.strange.free, r.known.free = r.opts.AtOnce, r.opts.AtOnce
	var err error
	if r.dummy, err = r.opts.Cost.hash([]byte("nobody's password"), r.opts.Rand); err != nil {
		return nil, err
	}
	if r.opts.Key == nil {
		return r, nil
	}
	if r.secrets, err = secretsOf(r.opts.Key); err != nil {
		return nil, err
	}
	return r, r.own(context.Background())
}

// Why an ID can't be given.
var (
	ErrTaken     = errors.New("registry: this MyKey ID has, or had, an account")
	ErrOffensive = errors.New("registry: nobody gets this MyKey ID: it offends")
)

// Add makes an account. The ID may be typed in any of the ways that
// [cards.NormalizeMyKeyID] reads.
func (r *Registry) Add(ctx context.Context, id, password string) error {
	mykey, err := cards.NormalizeMyKeyID(id)
	if err != nil {
		return err
	}
	if err := checkPassword(password, mykey.String()); err != nil {
		return err
	}
	phc, err := r.opts.Cost.hash([]byte(password), r.opts.Rand)
	if err != nil {
		return err
	}
	return r.update(ctx, func(t *txn) error {
		ruling, err := r.free(t, mykey)
		switch {
		case err != nil:
			return err
		case ruling == cards.RulingOffensive:
			return ErrOffensive
		case ruling != cards.RulingOK:
			return ErrTaken
		}
		account, err := r.newAccount(t, phc)
		if err != nil {
			return err
		}
		given, err := t.give(mykey, account)
		if err == nil && !given {
			err = ErrTaken
		}
		return err
	})
}

// NewSecret draws the 256 bits by which a browser is known again: the text of
// a device's cookie.
func (r *Registry) NewSecret() (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(r.opts.Rand, b[:]); err != nil {
		return "", fmt.Errorf("registry: draw a secret: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

func (r *Registry) now() time.Time { return r.opts.Clock() }

// digest is how a secret stands in the database. Secrets are 256 random bits:
// a plain hash can't be turned back.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
