package registry

import (
	"net/netip"
	"testing"

	"pointkiosk/cards"
)

// A kiosk whose disk was copied, or put back, gives one leased ID to two people:
// the same ID and the same code stand on two slips. When the hub hears of it, the
// one that is not the account's opens it no more.
func TestLeaseGivenTwice(t *testing.T) {
	for _, set := range []bool{false, true} {
		b := newBooth(t, nil)
		l := b.lease(1)
		one, phone := l.Leased[0], netip.MustParseAddr("192.0.2.9")
		first, second := b.sealed(l, b.card(nil)), b.sealed(l, b.card(nil))
		for n, tt := range []struct {
			sealed []byte
			want   cards.Ruling
		}{{first, cards.RulingOK}, {second, cards.RulingUsed}, {first, cards.RulingOK}} {
			if n == 1 && set {
				if _, err := b.SetPassword(t.Context(), phone, one.ID, string(one.Code), "stranger-2026", "a phone"); err != nil {
					t.Fatal(err)
				}
			}
			done, err := b.Deposit(t.Context(), testKiosk, cards.Deposit{Sealed: tt.sealed})
			if err != nil || done.Answer.Ruling != tt.want {
				t.Fatalf("%d: %+v, %v", n, done.Answer, err)
			}
		}
		if _, err := b.SetPassword(t.Context(), phone, one.ID, string(one.Code), "stranger-2027", "a phone"); err == nil {
			t.Errorf("set %v: the code on two slips still opens the account", set)
		}
		if _, err := b.SignIn(t.Context(), one.ID, "stranger-2026", "a phone"); err == nil {
			t.Errorf("set %v: the password set by it still opens the account", set)
		}
		if n := b.count(`SELECT COUNT(*) FROM session`); n != 0 {
			t.Errorf("set %v: %d sessions", set, n)
		}
	}
}
