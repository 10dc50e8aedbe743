package registry

import (
	"context"
	"encoding/hex"
	"time"

	"pointkiosk/cards"
)

// Sit opens a sitting at a kiosk by MyKey ID and password, for who has no card,
// under an offer, which is used up. The same request has the same one, until it is
// over. It fills the answer as [Registry.Apply]
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
	return done, r.update(ctx, func(t *txn) error {
		if done.Account, err = t.accountOf(id); err != nil {
			return err
		}
		a.Ruling, err = t.signIn(done.Account, kiosk, hexOf(request), secrets, s.Nonce, a)
		if a.Ruling == cards.RulingOK {
			a.ID = id.String()
		}
		return err
	})
}

// signIn opens the sitting of a sign-in, once, under the offer that its nonce is
// made of. The same one again finds it, as long as it lasts.
func (t *txn) signIn(account, kiosk, request string, secrets *secrets, nonce []byte, a *cards.Answer) (cards.Ruling, error) {
	var c challenge
	prefix := hex.EncodeToString(nonce)
	found, err := t.one(`SELECT id, request, ends_at FROM challenge WHERE id >= $1 AND id < $2 AND kiosk = $3 AND purpose = $4`,
		[]any{prefix, prefix + "g", kiosk, string(cards.Show)}, &c.id, &c.request, &c.ends)
	if err != nil || !found || account == "" {
		return cards.RulingLate, err
	}
	token := secrets.token(request)
	if c.request == "" && t.ms() < c.ends {
		var ruling cards.Ruling
		if err := t.use(&c, request, &ruling); err != nil || ruling != cards.RulingOK { // somebody was faster
			return cards.RulingLate, err
		}
		if err := t.sit(account, kiosk, token); err != nil {
			return "", err
		}
	} else if c.request != request {
		return cards.RulingLate, nil
	}
	open, err := t.one(`SELECT ends_at FROM sitting WHERE id = $1 AND account = $2 AND ends_at > $3`, []any{digest(token), account, t.ms()}, &a.TokenEnds)
	if err != nil || !open {
		return cards.RulingLate, err
	}
	a.Token = cards.Secret(token)
	return cards.RulingOK, nil
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
