package hub

import (
	"strings"
	"testing"

	"pointkiosk/cards"
	"pointkiosk/hub/ledger"
	"pointkiosk/hub/schema/schematest"
)

// A kept claim of which the hub does not know any more which card it was made
// with is not paid by the decision: the notice says to scan again, until then.
func TestNoticeToClaimAgain(t *testing.T) {
	town := newTown(t, nil)
	if err := town.ledger.Revoke(t.Context(), ledger.Revocation{Kiosk: "K-01", How: cards.Compromised}); err != nil {
		t.Fatal(err)
	}
	p, card := town.phone("ja"), town.card(bar, 1)
	p.post(p.signIn(p.open(card), residentID, residentPassword), "/claim", nil)
	if _, err := town.db.Exec(schematest.Spelled(t, `UPDATE kept_claim SET digest = x''`)); err != nil {
		t.Fatal(err)
	}
	_, err := town.ledger.Decide(t.Context(), ledger.Decision{Accept: true, Serials: []cards.Serial{card.Serial()}, Cards: 1, Person: "佐藤", Reason: "名簿"})
	if err != nil {
		t.Fatal(err)
	}
	if s := p.get("/account"); !strings.Contains(s.html, "もう一度読み取ってください") {
		t.Errorf("%s", s.html)
	}
	if s := p.post(p.open(card), "/claim", nil); s.path != "/done" {
		t.Fatalf("%s", s.html)
	}
	if s := p.get("/account"); !strings.Contains(s.html, "200ポイントが口座に入りました") || strings.Contains(s.html, "もう一度読み取ってください") {
		t.Errorf("%s", s.html)
	}
}
