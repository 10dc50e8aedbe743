package registry

import (
	"testing"

	"pointkiosk/cards"
)

// Which IDs a resident was shown, and which one they typed, is forgotten when the
// challenge is used and answered; a hub that died in between still knows.
func TestOfferedIsForgotten(t *testing.T) {
	b := newBooth(t, nil)
	card, l := b.card(nil), b.lease(1)
	kept := func(what string, want int) {
		t.Helper()
		if n := b.count(`SELECT COUNT(*) FROM challenge WHERE offered <> ''`); n != want {
			t.Errorf("%s: %d offers are kept, want %d", what, n, want)
		}
	}
	f := b.file(card, cards.Register, "HANA2345")
	a := f.sent(t)
	if _, got, err := b.take(t.Context(), f.app, testKiosk, hexOf(requestOf(t, a))); err != nil || got != cards.RulingOK {
		t.Fatalf("%s, %v", got, err)
	}
	kept("leased, and used but not answered", 2)
	b.send(testKiosk, a)
	kept("registered", 1)
	b.apply(b.card(nil), cards.Register, "HANA2345")
	kept("refused", 1)
	b.apply(card, cards.Change, "HANA2346")
	kept("changed", 1)
	b.deposited(testKiosk, l, b.card(nil))
	kept("deposited", 0)
	b.ask(cards.Register, "HANA2347")
	kept("asked for, and never used", 1)
	b.clock.wait(registerLife + challengeKept)
	b.ask(cards.Show, "")
	kept("a day later, at the next ask", 0)
}

// A card that signed another ID than the leased one takes no password away from
// whoever has the lease.
func TestLeaseGivenTwiceForItsOwnID(t *testing.T) {
	b := newBooth(t, nil)
	l := b.lease(1)
	one := l.Leased[0]
	b.deposited(testKiosk, l, b.card(nil))
	b.setPassword(one)
	l.Leased[0].ID = "HANA2345"
	if got := b.deposited(testKiosk, l, b.card(nil)); got.Ruling != cards.RulingUsed {
		t.Fatalf("%+v", got)
	}
	if !b.signsIn(one.ID) {
		t.Error("the password was taken away")
	}
}
