package registry

import (
	"context"
	"time"

	"pointkiosk/cards"
)

// Sit opens a sitting at a kiosk by MyKey ID and password, for who has no card.
// The same request opens the same one. It fills the answer as [Registry.Apply]
// does.
func (r *Registry) Sit(ctx context.Context, kiosk string, request [32]byte, s cards.SignIn) (done Applied, err error) {
	secrets, err := r.open()
	if err != nil {
		return done, err
	}
	a := &done.Answer
	a.Request, a.At = request[:], r.now().UnixMilli()
	id, err := cards.NormalizeMyKeyID(s.ID)
	if err != nil {
		a.Ruling = cards.RulingMalformed
		return done, nil
	}
	password, err := secrets.passwordOf(s)
	if err != nil {
		a.Ruling = cards.RulingMalformed
		return done, nil
	}
	defer clear(password)
	right, wait, err := r.knows(ctx, id, password, kiosk)
	switch {
	case err != nil:
		return done, err
	case wait > 0:
		a.Ruling, a.Wait = cards.RulingBusy, seconds(wait)
		return done, nil
	case !right:
		a.Ruling = cards.RulingWrong
		return done, nil
	}
	token := secrets.token(hexOf(request))
	return done, r.update(ctx, func(t *txn) error {
		if done.Account, err = t.accountOf(id); err != nil {
			return err
		}
		if err := t.sit(done.Account, kiosk, token); err != nil {
			return err
		}
		a.Ruling, a.ID, a.Token, a.TokenEnds = cards.RulingOK, id.String(), cards.Secret(token), t.at.Add(sittingLife).UnixMilli()
		return nil
	})
}

// passwordOf opens the password of a sign-in.
func (s *secrets) passwordOf(in cards.SignIn) ([]byte, error) {
	bound, err := in.Bound()
	if err != nil {
		return nil, err
	}
	return cards.OpenPassword(s.seal, bound, in.Password)
}

// Sitting returns the account of a sitting at this kiosk; "" if it is over.
func (r *Registry) Sitting(ctx context.Context, kiosk string, token cards.Secret) (account string, err error) {
	err = r.view(ctx, func(t *txn) error {
		_, err := t.one(`SELECT account FROM sitting WHERE id = $1 AND kiosk = $2 AND ends_at > $3 AND ends_at <= $4`,
			[]any{digest(string(token)), kiosk, t.ms(), t.at.Add(sittingLife + skew).UnixMilli()}, &account)
		return err
	})
	return account, err
}

// Rise ends a sitting. Ending it twice is harmless.
func (r *Registry) Rise(ctx context.Context, kiosk string, token cards.Secret) error {
	return r.update(ctx, func(t *txn) error {
		_, err := t.exec(`DELETE FROM sitting WHERE id = $1 AND kiosk = $2`, digest(string(token)), kiosk)
		return err
	})
}

// seconds rounds up: who comes back by then is not turned away again.
func seconds(wait time.Duration) uint32 { return uint32((wait + time.Second - 1) / time.Second) }
