package uplink

import (
	"context"
	"crypto/ed25519"
	"testing"
	"time"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
)

// held counts the allotments that a kiosk keeps, and how many of them differ.
func (k *booth) held() (papers, different int) {
	k.t.Helper()
	sealed, err := k.Papers(context.Background(), cards.PaperAllotment)
	check(k.t, err)
	seen := map[string]bool{}
	for _, s := range sealed {
		seen[string(s)] = true
	}
	return len(sealed), len(seen)
}

// However many allotments a kiosk has, each comes once; it stops where it could
// not name more.
func TestManyAllotments(t *testing.T) {
	h := newTown(t)
	ctx := context.Background()
	k := h.enrol("station-1", "l", direct{h})
	for n := range cards.MaxHeld + 100 {
		_, err := h.Grant(ctx, ledger.Grant{Kiosk: "station-1", Event: "bar", Count: 1, Day: cards.DayOf(noon) + cards.Day(n%7)})
		check(t, err)
	}
	old, err := k.up.Pack(ctx, 0, batch)
	check(t, err)
	for range 15 {
		check(t, k.up.Sync(ctx))
	}
	if papers, different := k.held(); papers != cards.MaxHeld || different != papers {
		t.Errorf("%d papers of %d allotments", papers, different)
	}
	_, err = k.up.exchange(ctx, old) // its answer brings the first ones again
	check(t, err)
	if papers, _ := k.held(); papers != cards.MaxHeld {
		t.Errorf("%d papers", papers)
	}
	list, err := k.Trust(ctx, key("t").Public().(ed25519.PublicKey))
	check(t, err)
	for day, want := range []int{500, 500 - 87, 500 - 2*87 + 1} { // 87 of the first day, 86 of the next
		if ids, err := k.up.names(ctx, list, noon.Add(time.Duration(day)*24*time.Hour).UnixMilli()); err != nil || len(ids) != want {
			t.Errorf("day %d: %d are named, want %d: %v", day, len(ids), want, err)
		}
	}
}
