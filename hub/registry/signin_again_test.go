package registry

import (
	"testing"

	"pointkiosk/cards"
)

// signIn is a sign-in under an offer, as a kiosk seals it.
func (b *booth) signIn(o cards.Offer, id, password string) cards.SignIn {
	b.t.Helper()
	s := cards.SignIn{ID: id, Nonce: cards.SignInNonce(o.Challenge)}
	bound, err := s.Bound()
	if err == nil {
		s.Password, err = cards.SealPassword(o.Seal, bound, []byte(password))
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

// A sign-in opens one sitting, at one kiosk and while its offer is good. Sent
// again it opens the same one, and none when that is over: whoever kept it would
// see for ever what the account holds.
func TestSignInAgain(t *testing.T) {
	b := newBooth(t, nil)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	sits := func(kiosk string, s cards.SignIn, request byte) cards.Answer {
		t.Helper()
		done, err := b.Sit(t.Context(), kiosk, [32]byte{request}, s)
		if err != nil {
			t.Fatal(err)
		}
		return done.Answer
	}
	s := b.signIn(b.ask(cards.Show, ""), "HANA2345", testPassword)
	if got := sits("KSZ-015", s, 1); got.Ruling != cards.RulingLate {
		t.Errorf("at another kiosk: %+v", got)
	}
	first := sits(testKiosk, s, 2)
	if again := sits(testKiosk, s, 2); first.Ruling != cards.RulingOK || again.Ruling != cards.RulingOK || again.Token != first.Token || again.TokenEnds != first.TokenEnds {
		t.Errorf("%+v, %+v", first, again)
	}
	if got := sits(testKiosk, s, 3); got.Ruling != cards.RulingLate {
		t.Errorf("in another envelope: %+v", got)
	}
	b.rise(testKiosk, first.Token)
	if got := sits(testKiosk, s, 2); got.Ruling != cards.RulingLate || got.Token != "" || got.ID != "" {
		t.Errorf("when it was over: %+v", got)
	}
	late := b.signIn(b.ask(cards.Show, ""), "HANA2345", testPassword)
	b.clock.wait(challengeLife)
	if got := sits(testKiosk, late, 4); got.Ruling != cards.RulingLate {
		t.Errorf("late: %+v", got)
	}
	if got := sits(testKiosk, b.signIn(b.ask(cards.Register, ""), "HANA2345", testPassword), 5); got.Ruling != cards.RulingLate {
		t.Errorf("under an offer for something else: %+v", got)
	}
	if n := b.count(`SELECT COUNT(*) FROM sitting`); n != 0 {
		t.Errorf("%d sittings are open", n)
	}
}
