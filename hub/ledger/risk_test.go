package ledger_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// Whoever has a kiosk's key signs every number there is and claims them all:
// that costs what the hub had said, to the yen, and no more (DECISIONS 10).
func TestStolenCostsWhatIsSaid(t *testing.T) {
	for _, tt := range []struct {
		name  string
		after func(*book)
		want  int64
	}{
		{"nothing issued", func(*book) {}, 100*200 + 100*50},
		{"some outstanding, redeemed, void", func(b *book) {
			for n := range uint32(3) {
				b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, n+1), cards.Signed, cards.Printing, cards.Printed)...)
			}
			b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 2), cards.VoidAsked)...)
			b.redeems(b.walk, 1, "AAAA2222")
		}, 100*200 + 98*50},
		{"after the event's hours", func(b *book) { b.set(held.End().Add(time.Hour)) }, 100*200 + 100*50},
		{"the cards' last second", func(b *book) { b.set(b.walk.Expires.End().Add(-time.Second)) }, 100*200 + 100*50},
		{"past the cards' last day", func(b *book) { b.set(b.walk.Expires.End()) }, 0},
		{"retired", func(b *book) {
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Retired}))
		}, 100*200 + 100*50},
		{"compromised", func(b *book) {
			b.take(b.kiosk, b.kiosk.steps(b.card(b.walk, 1), cards.Signed, cards.Printing, cards.Printed)...)
			check(b.t, b.Revoke(context.Background(), ledger.Revocation{Kiosk: "station-1", How: cards.Compromised}))
		}, 50},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook(t)
			tt.after(b)
			kiosks, err := b.Kiosks(context.Background())
			check(t, err)
			if kiosks[0].AtRisk != tt.want {
				t.Errorf("the hub says %d yen, want %d", kiosks[0].AtRisk, tt.want)
			}
			if took := b.plunder(); took != tt.want {
				t.Errorf("a thief took %d yen, the hub said %d", took, kiosks[0].AtRisk)
			}
		})
	}
}

// plunder claims every number of every allotment with the kiosk's own key, each
// for another account, and returns what that gave.
func (b *book) plunder() (yen int64) {
	b.t.Helper()
	for n := range uint32(100) {
		for _, a := range []cards.Allotment{b.cards, b.walk} {
			c, err := b.Claim(context.Background(), b.card(a, n+1), fmt.Sprintf("T%d-%d", a.ID, n))
			if err == nil {
				yen += int64(c.Points)
			}
		}
	}
	return yen
}
