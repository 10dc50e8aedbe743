package hub

import (
	"strings"
	"testing"

	"pointkiosk/hub/ledger"
)

// Whose points were moved, and whose they became, both see it on their page.
func TestReversalIsSeen(t *testing.T) {
	town := newTown(t, nil)
	p, card := town.phone("ja"), town.card(bar, 1)
	p.post(p.signIn(p.open(card), residentID, residentPassword), "/claim", nil)
	r := ledger.Reversal{Serial: card.Serial(), To: "somebody", Person: "佐藤", Reason: "となりの人のもの"}
	if _, err := town.ledger.Reverse(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	s := p.get("/account")
	for _, want := range []string{"200ポイントは別の人のものとわかり", card.Serial().String(), "口座の取りちがえの直し", "−200"} {
		if !strings.Contains(s.html, want) {
			t.Errorf("%q is not in\n%s", want, s.html)
		}
	}
	if strings.Contains(s.html, r.Reason) || strings.Contains(s.html, r.To) {
		t.Errorf("it says who, or why:\n%s", s.html)
	}
	other := town.card(bar, 2)
	if _, err := town.ledger.Claim(t.Context(), other, "somebody else"); err != nil {
		t.Fatal(err)
	}
	r.Serial, r.To = other.Serial(), town.account(residentID)
	if _, err := town.ledger.Reverse(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if s := p.get("/account"); !strings.Contains(s.html, "200ポイントを、職員がこの口座へ移しました") || !strings.Contains(s.html, "&#43;200") {
		t.Errorf("%s", s.html)
	}
}
