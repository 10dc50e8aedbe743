package hub

import (
	"net/url"
	"testing"
)

// With two cards open in two tabs, the button of the first does not take the
// second one's points unseen.
func TestTwoTabs(t *testing.T) {
	town := newTown(t, nil)
	p := town.phone("ja")
	first, second := town.card(bar, 1), town.card(bar, 2)
	offer := p.signIn(p.open(first), residentID, residentPassword)
	p.open(second)
	s := p.post(offer, "/claim", url.Values{"card": {first.Serial().String()}})
	if s.path != "/claim" {
		t.Fatalf("the button led to %s", s.path)
	}
	if b, err := town.ledger.Balance(t.Context(), town.account(residentID)); err != nil || b.Points != 0 {
		t.Fatalf("%d points were taken, %v", b.Points, err)
	}
	if s = p.post(s, "/claim", url.Values{"card": {second.Serial().String()}}); s.path != "/done" {
		t.Errorf("the card that is shown: %s", s.path)
	}
}
