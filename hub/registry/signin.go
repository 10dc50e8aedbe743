package registry

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"pointkiosk/cards"
)

// ErrWrong reports an unknown ID or a wrong password: which of them, nobody
// learns, by the answer or by its time.
var ErrWrong = errors.New("registry: no such MyKey ID with this password")

// A BusyError reports more sign-ins at once than this machine can check. It
// says nothing about the password.
type BusyError struct{ RetryAfter time.Duration }

func (e *BusyError) Error() string {
	return fmt.Sprintf("registry: too many sign-ins at once, again in %v", e.RetryAfter)
}

// A SlowError reports too many wrong passwords. The one that was sent was not
// looked at.
type SlowError struct{ RetryAfter time.Duration }

func (e *SlowError) Error() string {
	return fmt.Sprintf("registry: too many wrong passwords, again in %v", e.RetryAfter)
}

const retryWhenBusy = 5 * time.Second

// SignIn is [Registry.SignInFrom] from an unknown address.
func (r *Registry) SignIn(ctx context.Context, id, password, device string) (Session, error) {
	return r.SignInFrom(ctx, netip.Addr{}, id, password, device)
}

// SignInFrom checks the password and begins a session on a device, which is
// named by its cookie's text. Its errors are [cards.ErrMyKeyID], [ErrWrong], [BusyError],
// [SlowError] and those of the database.
func (r *Registry) SignInFrom(ctx context.Context, from netip.Addr, id, password, device string) (Session, error) {
	mykey, err := cards.NormalizeMyKeyID(id)
	if err != nil {
		return Session{}, err
	}
	device, place := digest(device), placeOf(from)
	account, phc, known, err := r.lookup(ctx, mykey, device)
	if err != nil {
		return Session{}, err
	}
	tries, wait := r.throttle.first(r.now(), r.ways(mykey, device, place, known))
	if wait > 0 {
		return Session{}, &SlowError{wait}
	}
	turns := &r.strange
	if known {
		turns = &r.known
	}
	right, err := r.check(ctx, turns, place, phc, []byte(password))
	if err != nil || right {
		r.throttle.giveBack(tries)
	}
	switch {
	case err != nil:
		return Session{}, err
	case !right:
		return Session{}, ErrWrong
	}
	return r.begin(ctx, mykey, account, device)
}

// lookup returns the account that an ID names, its stored password, empty if
// there is none, and whether the device signed in to it before.
func (r *Registry) lookup(ctx context.Context, id cards.MyKeyID, device string) (account, phc string, known bool, err error) {
	err = r.read.QueryRowContext(ctx, `SELECT a.id, a.password FROM account a WHERE a.id = (SELECT k.account`+current+` AND k.id = $1)`,
		id.String()).Scan(&account, &phc)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", "", false, fmt.Errorf("registry: look an account up: %w", err)
	}
	var n int
	err = r.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM device WHERE account = $1 AND id = $2`, account, device).Scan(&n)
	if err != nil {
		return "", "", false, fmt.Errorf("registry: look a device up: %w", err)
	}
	return account, phc, n > 0, nil
}

// check compares in turn, and takes as long for nobody's password as for
// somebody's.
func (r *Registry) check(ctx context.Context, turns *gate, place, phc string, password []byte) (bool, error) {
	in, err := turns.enter(ctx, r.opts.Wait, place)
	if err != nil {
		return false, err
	}
	if !in {
		return false, &BusyError{retryWhenBusy}
	}
	defer turns.leave()
	if phc == "" {
		_, err := matches(r.dummy, password)
		return false, err
	}
	return matches(phc, password)
}
