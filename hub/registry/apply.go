package registry

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"time"

	"pointkiosk/cards"
)

// A Revocation asks whether a certificate was taken back. Whoever can't say it
// says not checked, with or without an error for the log.
type Revocation interface {
	Check(ctx context.Context, leaf, issuer *x509.Certificate) (cards.Standing, error)
}

// revocationTime is how long a resident waits for a CA at most.
const revocationTime = 5 * time.Second

// An Applied is the answer to an application, with the account that it is
// about; "" if about none.
type Applied struct {
	Answer  cards.Answer // all but Held and Moved, which the ledger knows
	Account string
}

// A caseFile is one application on its way: what came, and what is known of it.
type caseFile struct {
	request  string // SHA-256, hex
	lost     string // of an apply whose answer never came; empty if there is none
	later    int64  // 1: it was signed without a network, and deposited
	kiosk    string
	apply    cards.Apply
	app      cards.Application
	id       cards.MyKeyID // the one asked for
	body     []byte
	password []byte // as it was sent, opened; overwritten when the answer is made
	taken    challenge
	holder   holder
	hash     string // of the certificate
	phc      string // of the password to be set
	right    bool   // the password that was sent is the account's, or staff allowed it without one
	tries    []try  // what it drew on, without one
	ruling   cards.Ruling
	standing cards.Standing
	wait     time.Duration
	account  string
	told     cards.MyKeyID // the ID in the answer
	codeEnds int64         // 0: no slip code
}

// Apply does what an application asks for, once: the same request has the same
// answer again. An error means that nothing is known; ask again.
func (r *Registry) Apply(ctx context.Context, kiosk string, request [32]byte, a cards.Apply) (Applied, error) {
	if _, err := r.open(); err != nil {
		return Applied{}, err
	}
	f := &caseFile{request: hexOf(request), kiosk: kiosk, apply: a, body: a.Application}
	done, err := r.run(ctx, f)
	done.Answer.Request = bytes.Clone(request[:])
	done.Answer.At = r.now().UnixMilli()
	return done, err
}

// run takes an application from its first look to its answer.
func (r *Registry) run(ctx context.Context, f *caseFile) (Applied, error) {
	if done, found, err := r.answered(ctx, f.request); err != nil || found {
		return done, err
	}
	defer func() { clear(f.password) }()
	if f.ruling = f.read(r.secrets); f.ruling == cards.RulingOK {
		f.ruling = f.firstPassword()
	}
	if f.ruling != cards.RulingOK {
		return f.answer(r), nil // nothing was used up: the same challenge, signed again or sent as it should be, is good
	}
	var err error
	if f.taken, f.ruling, err = r.take(ctx, f.app, f.kiosk, f.request); err != nil || f.ruling != cards.RulingOK {
		return f.answer(r), err
	}
	if err := r.examine(ctx, f); err != nil {
		return Applied{}, err
	}
	if f.ruling == cards.RulingOK {
		if err := r.prove(ctx, f); err != nil {
			return Applied{}, err
		}
	}
	if f.ruling == cards.RulingBusy {
		return f.answer(r), nil // the same request again is looked at anew
	}
	done, err := r.conclude(ctx, f)
	if done.Answer.Ruling == cards.RulingOK {
		r.throttle.giveBack(f.tries)
	}
	return done, err
}

// read reads the application and the password that came with it, as far as that
// needs no database.
func (f *caseFile) read(s *secrets) cards.Ruling {
	var err error
	if f.app, err = cards.ParseApplication(f.body); err != nil || f.app.Kiosk != f.kiosk || f.app.At <= 0 {
		return cards.RulingMalformed
	}
	if f.app.ID != "" {
		f.id, err = cards.ParseMyKeyID(f.app.ID)
	}
	if err == nil && len(f.apply.Password) > 0 {
		f.password, err = cards.OpenPassword(s.seal, f.body, f.apply.Password)
	}
	if err != nil {
		return cards.RulingMalformed
	}
	return cards.RulingOK
}

// firstPassword rules on the password that is to be set with a new ID: there is
// one, or a slip code to set it by. For anything else none is set.
func (f *caseFile) firstPassword() cards.Ruling {
	sent := len(f.password) > 0
	switch f.app.Purpose {
	case cards.Register:
		if sent == f.apply.Code {
			return cards.RulingMalformed
		}
		if sent && checkPassword(string(f.password), f.app.ID) != nil {
			return cards.RulingPassword
		}
	case cards.Rebind:
	default:
		if sent || f.apply.Code && f.app.Purpose == cards.Retire {
			return cards.RulingMalformed
		}
	}
	return cards.RulingOK
}

// examine looks at what was signed: the certificate, the signature, and whether
// the certificate was taken back.
func (r *Registry) examine(ctx context.Context, f *caseFile) (err error) {
	if f.taken.scheme != f.app.Scheme || f.app.Purpose == cards.Register && f.taken.terms != f.app.Terms {
		f.ruling = cards.RulingMalformed
		return nil
	}
	if f.holder, f.ruling, err = r.recognize(f.apply.Certificate, r.now()); err != nil || f.ruling != cards.RulingOK {
		return err
	}
	if f.ruling = f.holder.signature(f.app, f.apply.Signature, f.taken.offered); f.ruling != cards.RulingOK {
		return nil
	}
	if f.app.Purpose == cards.Register && len(f.taken.offered) == 1 && f.taken.offered[0] != f.app.ID { // a leased challenge is for its own ID
		f.ruling = cards.RulingOtherID
		return nil
	}
	f.hash = r.secrets.certificate(f.holder.leaf)
	if f.standing = r.standing(ctx, f.holder); f.standing == cards.StandingRevoked {
		f.ruling = cards.RulingRevoked
	}
	return nil
}

// standing asks whether the certificate was taken back. An error is the CA's
// trouble, and goes to Opts.Trouble.
func (r *Registry) standing(ctx context.Context, h holder) cards.Standing {
	if r.opts.Revocation == nil {
		return cards.StandingNotChecked
	}
	ctx, cancel := context.WithTimeout(ctx, revocationTime)
	defer cancel()
	standing, err := r.opts.Revocation.Check(ctx, h.leaf, h.ca)
	if err != nil {
		r.opts.Trouble(err)
		if standing != cards.StandingRevoked {
			return cards.StandingNotChecked
		}
	}
	return standing
}

// prove does what takes argon2id its time, before the one writer is taken up:
// the hash of a new password, or the check of the old one. Who has none is slowed
// down as if they had typed a wrong one.
func (r *Registry) prove(ctx context.Context, f *caseFile) (err error) {
	sent := len(f.password) > 0
	switch {
	case f.app.Purpose == cards.Rebind && sent:
		f.right, f.wait, err = r.knows(ctx, f.id, f.password, f.kiosk)
	case f.app.Purpose == cards.Rebind:
		f.tries, f.wait = r.throttle.first(r.now(), r.kioskWays("word for "+f.id.String(), digest("kiosk "+f.kiosk)))
	case sent:
		f.phc, f.wait, err = r.hashInTurn(ctx, f.password, f.kiosk)
	}
	if f.wait > 0 {
		f.ruling = cards.RulingBusy
	}
	return err
}

// hashInTurn hashes a password when there is a processor for it.
func (r *Registry) hashInTurn(ctx context.Context, password []byte, place string) (phc string, wait time.Duration, err error) {
	in, err := r.known.enter(ctx, r.opts.Wait, "kiosk "+place)
	if err != nil {
		return "", 0, err
	}
	if !in {
		return "", retryWhenBusy, nil
	}
	defer r.known.leave()
	phc, err = r.opts.Cost.hash(password, r.opts.Rand)
	return phc, 0, err
}

// knows checks the password of an ID that is typed at a kiosk, slowed down as a
// sign-in at a strange device is.
func (r *Registry) knows(ctx context.Context, id cards.MyKeyID, password []byte, kiosk string) (right bool, wait time.Duration, err error) {
	account, phc, _, err := r.lookup(ctx, id, "")
	if err != nil {
		return false, 0, err
	}
	device := digest("kiosk " + kiosk)
	tries, wait := r.throttle.first(r.now(), r.kioskWays(id.String(), device))
	if wait > 0 {
		return false, wait, nil
	}
	right, err = r.check(ctx, &r.strange, device, phc, password)
	if err != nil || right {
		r.throttle.giveBack(tries)
	}
	if busy := (*BusyError)(nil); errors.As(err, &busy) {
		return false, busy.RetryAfter, nil
	}
	return right && account != "", 0, err
}

// answer is what the kiosk hears of a case. A ruling that uses nothing up is
// given anew each time.
func (f *caseFile) answer(r *Registry) Applied {
	a := cards.Answer{Ruling: f.ruling, Standing: f.standing, Wait: seconds(f.wait)}
	if f.told != (cards.MyKeyID{}) {
		a.ID = f.told.String()
	}
	return Applied{Answer: a, Account: f.account}
}
