package registry

import (
	"context"
	"errors"
	"net/netip"

	"pointkiosk/cards"
)

// SetPassword sets the password by a slip code and begins a session. Guessing is
// slowed down as at the sign-in, and by the same tries. Its errors are
// [cards.ErrMyKeyID], [cards.ErrSlipCode], [ErrPassword], [ErrWeak], [ErrWrong]
// for an unknown ID and a wrong, used or old code, [BusyError], [SlowError] and
// those of the database.
func (r *Registry) SetPassword(ctx context.Context, from netip.Addr, typedID, typedCode, password, device string) (Session, error) {
	s, err := r.open()
	if err != nil {
		return Session{}, err
	}
	id, err := cards.NormalizeMyKeyID(typedID)
	if err != nil {
		return Session{}, err
	}
	code, err := cards.NormalizeSlipCode(typedCode)
	if err != nil {
		return Session{}, err
	}
	if err := checkPassword(password, id.String()); err != nil {
		return Session{}, err
	}
	device, place := digest(device), placeOf(from)
	tries, wait := r.throttle.first(r.now(), r.ways(id, device, place, false))
	if wait > 0 {
		return Session{}, &SlowError{wait}
	}
	account, err := r.byCode(ctx, id, s.codeMark(code), password, place)
	if err != nil {
		if !errors.Is(err, ErrWrong) {
			r.throttle.giveBack(tries)
		}
		return Session{}, err
	}
	r.throttle.giveBack(tries)
	return r.begin(ctx, id, account, device)
}

// byCode sets the password of the account that an ID and the mark of a code
// name together, and uses the code up.
func (r *Registry) byCode(ctx context.Context, id cards.MyKeyID, mark, password, place string) (account string, err error) {
	var live int64
	const valid = `SELECT COUNT(*) FROM slip_code WHERE hash = $1 AND ends_at > $2 AND account = $3`
	err = r.view(ctx, func(t *txn) error {
		if account, err = t.accountOf(id); err != nil {
			return err
		}
		_, err := t.one(valid, []any{mark, t.ms(), account}, &live)
		return err
	})
	if err != nil || live == 0 {
		return "", orWrong(err)
	}
	phc, wait, err := r.hashInTurn(ctx, []byte(password), place)
	if err != nil || wait > 0 {
		if err == nil {
			err = &BusyError{wait}
		}
		return "", err
	}
	return account, r.update(ctx, func(t *txn) error {
		n, err := t.exec(`DELETE FROM slip_code WHERE hash = $1 AND ends_at > $2 AND account = $3`, mark, t.ms(), account)
		if err != nil || n == 0 { // somebody was faster
			return orWrong(err)
		}
		if err := t.setPassword(account, phc); err != nil {
			return err
		}
		return t.note(Deed{What: "password", Account: account})
	})
}

func orWrong(err error) error {
	if err == nil {
		return ErrWrong
	}
	return err
}
